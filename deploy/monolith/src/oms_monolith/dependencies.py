"""Whether PostgreSQL, Redis and NATS can be reached.

No service of this version stores anything in them, so none is required: one that is down
shows as degraded. Clients connect at the first check and are kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
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


# Each driver is imported when its server is configured, before the first check: that takes
# longer than a check may.


class PostgresDependency:
    """One connection, opened again after a failure."""

    def __init__(self, url: str) -> None:
        import psycopg

        self._connect = partial(
            psycopg.AsyncConnection.connect, url, autocommit=True, connect_timeout=_TIMEOUT_S
        )
        self._connection: Any = None

    async def ask(self) -> None:
        if self._connection is None:
            self._connection = await self._connect()
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
        from redis.asyncio import Redis

        self._client: Any = Redis.from_url(
            url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
        )

    async def ask(self) -> None:
        await self._client.ping()

    async def close(self) -> None:
        await self._client.aclose()


class NatsDependency:
    """A client without the driver's own reconnecting: the next check connects again."""

    def __init__(self, url: str) -> None:
        import nats

        self._connect = partial(
            nats.connect,
            url,
            allow_reconnect=False,
            connect_timeout=_TIMEOUT_S,
            reconnect_time_wait=0,  # waited for before the first attempt, too
            error_cb=_ignore,
        )
        self._client: Any = None

    async def ask(self) -> None:
        if self._client is None:
            self._client = await self._connect()
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


def closing(service: Service, dependencies: Dependencies) -> Service:
    """The service, with the clients among the resources that are closed with it."""

    async def setup(ctx: ServiceContext) -> None:
        ctx.stack.push_async_callback(dependencies.close)
        await service.setup(ctx)

    return Service(name=service.name, setup=setup)
