"""Whether PostgreSQL, Redis and NATS can be reached.

No service of this version stores anything in them, so none is required: one that is down
shows as degraded. Clients connect at the first check and are kept.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import urlsplit

from oms_core.errors import ServiceUnavailable
from oms_rpc import ReadyCheck, Service, ServiceContext

from oms_monolith.settings import DependencySettings

_TIMEOUT_S = 2


class Dependency(Protocol):
    """A client of a server, connected when it is first asked."""

    async def ask(self) -> None:
        """Asks the server for a sign of life; raises whatever its driver raises."""
        ...

    async def close(self) -> None:
        """Closes the client. Idempotent."""
        ...


class Dependencies:
    """PostgreSQL, Redis and NATS, with a readiness check for each."""

    def __init__(self, settings: DependencySettings) -> None:
        kinds: tuple[tuple[str, str, Callable[[str], Dependency]], ...] = (
            ("postgresql", settings.database_url.get_secret_value(), PostgresDependency),
            ("redis", settings.redis_url.get_secret_value(), RedisDependency),
            ("nats", settings.nats_url.get_secret_value(), NatsDependency),
        )
        self._kinds = [(name, url, make(url) if url else None) for name, url, make in kinds]

    def ready_checks(self) -> Sequence[ReadyCheck]:
        """A check for each server, also for one that is not configured; none is required."""
        return [
            ReadyCheck(
                name, _check(name, url, dependency) if dependency else None, is_required=False
            )
            for name, url, dependency in self._kinds
        ]

    async def close(self) -> None:
        """Closes every client."""
        for _, _, dependency in self._kinds:
            if dependency is not None:
                await dependency.close()


def _check(name: str, url: str, dependency: Dependency) -> Callable[[], Awaitable[None]]:
    parts = urlsplit(url)
    # Not the URL: it holds a password.
    where = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    async def check() -> None:
        try:
            await dependency.ask()
        except Exception as exc:
            raise ServiceUnavailable(
                f"{name} at {where} does not answer ({type(exc).__name__}); is it running?",
                metadata={"service": name},
            ) from exc

    return check


# The drivers take about a second to import, which is not spent while the server starts, nor on
# its event loop.


class PostgresDependency:
    """One connection, opened again after a failure."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None

    async def ask(self) -> None:
        if self._connection is None:
            psycopg: Any = await asyncio.to_thread(import_module, "psycopg")
            self._connection = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=_TIMEOUT_S
            )
        try:
            await self._connection.execute("SELECT 1")
        except BaseException:  # also when cancelled: an answer may still be on its way
            await self.close()
            raise

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


class RedisDependency:
    """A client that reconnects by itself."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Any = None

    async def ask(self) -> None:
        if self._client is None:
            redis: Any = await asyncio.to_thread(import_module, "redis.asyncio")
            self._client = redis.Redis.from_url(
                self._url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
            )
        await self._client.ping()

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


class NatsDependency:
    """A client without the driver's own reconnecting: the next check connects again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Any = None

    async def ask(self) -> None:
        if self._client is None:
            nats: Any = await asyncio.to_thread(import_module, "nats")
            self._client = await nats.connect(
                self._url,
                allow_reconnect=False,
                connect_timeout=_TIMEOUT_S,
                reconnect_time_wait=0,  # waited for before the first attempt, too
                error_cb=_ignore,
            )
        try:
            await self._client.jetstream(timeout=_TIMEOUT_S).account_info()
        except BaseException:  # also when cancelled
            await self.close()
            raise

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):  # the server may be gone already
                await client.close()


async def _ignore(_error: Exception) -> None:
    """The error is raised by the call it belongs to; the driver would log it as well."""


def closing(dependencies: Dependencies, services: Sequence[Service]) -> Sequence[Service]:
    """The services, with the clients among the resources that are closed with the first."""
    first, *others = services

    async def setup(ctx: ServiceContext) -> None:
        ctx.stack.push_async_callback(dependencies.close)
        await first.setup(ctx)

    return [Service(name=first.name, setup=setup), *others]
