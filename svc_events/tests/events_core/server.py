"""The real event service with its whole chain, and callers of it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from oms.event.v1 import event_service_pb2_grpc, stream_service_pb2_grpc
from oms_nats import NatsSettings
from oms_postgres import PostgresSettings
from oms_rpc import Process, RunningServer, ServerSettings, Service, Topology, serving
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer
from pydantic import SecretStr
from svc_events.settings import EventSettings
from svc_events.setup import service


@dataclass(frozen=True)
class Served:
    """A running service."""

    server: RunningServer
    issuer: TokenIssuer

    def token(self, *roles: str) -> str:
        return self.issuer.issue("tester", roles=list(roles) or ["administrator"]).token

    def channel(self, *roles: str) -> Any:
        return self.server.channel(token=self.token(*roles))

    def events(self, *roles: str) -> Any:
        return event_service_pb2_grpc.EventServiceStub(self.channel(*roles))

    def streams(self, *roles: str) -> Any:
        return stream_service_pb2_grpc.StreamServiceStub(self.channel(*roles))


@asynccontextmanager
async def served(
    nats_url: str,
    *,
    postgres_url: str = "",
    nats_timeout_s: float = 5,
    instead: Service | None = None,
) -> AsyncIterator[Served]:
    """The service on a free port.

    Args:
        postgres_url: Left out: there is no PostgreSQL, which few calls need.
        instead: Served in its place.
    """
    security = SecuritySettings(jwt_secret=SecretStr(secrets.token_urlsafe(48)))
    issuer = TokenIssuer(security)
    nats = NatsSettings(url=SecretStr(nats_url), timeout_s=nats_timeout_s)
    hosted = instead or service(
        EventSettings(), nats, PostgresSettings(url=SecretStr(postgres_url))
    )
    process = Process(
        services=[hosted],
        server=ServerSettings(port=0, grace_s=2.0),
        topology=Topology(),
        authenticator=TokenAuthenticator(security),
        credentials=Delegation(issuer),
    )
    async with serving(process) as server:
        yield Served(server, issuer)
