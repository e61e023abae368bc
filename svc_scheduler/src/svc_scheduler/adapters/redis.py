"""One client of Redis or Valkey, opened when first used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from oms_core.errors import ServiceUnavailable
from oms_core.tracing import span
from pydantic import SecretStr

_T = TypeVar("_T")


class RedisConnection:
    """The client; close it with `close`.

    Args:
        url: `redis://…` or `rediss://…` for TLS, with the password in it; empty: there is none.
        pool_size: Most connections.
        timeout_s: Longest wait for a connection, and for an answer, in seconds.
    """

    def __init__(self, url: SecretStr, *, pool_size: int, timeout_s: float) -> None:
        self._url = url
        self._pool_size = pool_size
        self._timeout_s = timeout_s
        self._client: Any = None
        self._is_closed = False

    @property
    def is_configured(self) -> bool:
        """Whether there is an address."""
        return bool(self._url.get_secret_value())

    async def ask(self, command: Callable[[Any], Awaitable[_T]]) -> _T:
        """Runs a command on the client.

        Raises:
            ServiceUnavailable: Redis is not configured or can't be reached.
        """
        client = await self._opened()
        with _translated(), span("Redis command", db_system_name="redis"):
            return await command(client)

    @asynccontextmanager
    async def pipeline(self) -> AsyncGenerator[Any]:
        """Collects commands, which `execute()` of the pipeline sends at once.

        Raises:
            ServiceUnavailable: Redis is not configured or can't be reached.
        """
        client = await self._opened()
        with _translated(), span("Redis pipeline", db_system_name="redis"):
            async with client.pipeline(transaction=False) as pipe:
                yield pipe

    async def check(self) -> None:
        """Raises ServiceUnavailable unless Redis answers."""
        await self.ask(lambda client: client.ping())

    async def close(self) -> None:
        """Closes the connections, for good: who comes late opens none. Idempotent."""
        self._is_closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _opened(self) -> Any:
        if self._client is None:
            url = self._url.get_secret_value()
            if not url:
                raise _unavailable("REDIS_URL is not set")
            # The driver takes long to import, which is not spent on the event loop.
            client_class, pool_class = await asyncio.to_thread(_classes)
            if self._is_closed:
                raise _unavailable("it is closed here")
            self._client = self._client or client_class.from_pool(
                pool_class.from_url(
                    url,
                    max_connections=self._pool_size,
                    timeout=self._timeout_s,
                    socket_timeout=self._timeout_s,
                    socket_connect_timeout=self._timeout_s,
                )
            )
        return self._client


def _classes() -> tuple[Any, Any]:
    from redis.asyncio import BlockingConnectionPool, Redis

    return Redis, BlockingConnectionPool


@contextmanager
def _translated() -> Generator[None]:
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError, TimeoutError) as exc:
        # By its kind alone: a message may carry the address with its password.
        raise _unavailable(type(exc).__name__) from exc


def _unavailable(why: str) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"Redis can't be used right now ({why}); try again later",
        metadata={"service": "redis"},
        retry_after_s=1.0,
    )
