"""Real servers, and event services that use them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from oms_nats import NatsSettings
from oms_postgres import PostgresSettings
from oms_testing.suite import Suite, running_suite, security_settings
from pydantic import SecretStr
from svc_events.settings import EventSettings
from svc_events.setup import service


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of NATS and of an empty database."""

    nats: str
    postgresql: str

    @asynccontextmanager
    async def replica(self, settings: EventSettings | None = None) -> AsyncIterator[Suite]:
        """One more process of the event service, as far as the servers can tell."""
        events = service(
            settings or EventSettings(),
            NatsSettings(url=SecretStr(self.nats)),
            PostgresSettings(url=SecretStr(self.postgresql)),
        )
        async with running_suite([events], security=security_settings()) as suite:
            yield suite
