"""Services behind a real server, with callers of every role."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc.aio
from oms_core.clock import Clock, SystemClock
from oms_rpc import Process, RunningServer, ServerSettings, Service, Topology, serving
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer
from pydantic import SecretStr

ADMINISTRATOR = "administrator"


def security_settings() -> SecuritySettings:
    """Settings with a random secret, for the services of one test."""
    return SecuritySettings(jwt_secret=SecretStr(secrets.token_urlsafe(48)))


@dataclass(frozen=True, slots=True)
class Suite:
    """Running services and what it takes to call them."""

    server: RunningServer
    issuer: TokenIssuer

    def token(
        self, role: str = ADMINISTRATOR, *, subject: str = "alice123", username: str = "alice.smith"
    ) -> str:
        """A token of a caller with one role."""
        return self.issuer.issue(subject, username=username, roles=[role]).token

    def channel(self, role: str = ADMINISTRATOR, *, subject: str = "alice123") -> grpc.aio.Channel:
        """A network channel on which every call is made by a caller with one role."""
        return self.server.channel(token=self.token(role, subject=subject))


@asynccontextmanager
async def running_suite(
    services: Sequence[Service],
    *,
    security: SecuritySettings,
    server: ServerSettings | None = None,
    topology: Topology | None = None,
    clock: Clock | None = None,
) -> AsyncGenerator[Suite]:
    """Serves services in this process, on free ports, as the monolith does.

    Args:
        services: In start order; calls between them are local.
        security: The settings that the services were made with.
        topology: Where services are that are not among these.
    """
    issuer = TokenIssuer(security, clock=clock)
    process = Process(
        services=services,
        server=server or ServerSettings(port=0),
        topology=topology or Topology(),
        authenticator=TokenAuthenticator(security, clock=clock),
        credentials=Delegation(issuer, clock=clock),
        clock=clock or SystemClock(),
    )
    async with serving(process) as running:
        yield Suite(running, issuer)
