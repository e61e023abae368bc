"""Requests a second of each webhook: the generic cell rate algorithm, shared by replicas
through Redis where there is one.

A request takes the next free moment and waits for it. A tenth of a second's worth may go at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, Protocol

from oms_core.clock import Clock
from oms_core.logging import get_logger
from oms_core.tracing import span

_BURST_S: Final = 0.1
_PREFIX: Final = "oms:webhooks:rate:"
_TIMEOUT_S: Final = 0.25
# Times in microseconds, of the server's clock, so that replicas agree.
_RESERVE: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local wait = math.max(due - burst - now, 0)
redis.call('SET', KEYS[1], string.format('%d', due + interval), 'PX',
    math.ceil((due + interval - now) / 1000) + 1000)
return wait
"""


class RateLimiter(Protocol):
    """Tells requests when they may go."""

    async def reserve(self, key: str, per_second: float) -> float:
        """Takes the next free moment; how long until then, in seconds."""
        ...

    async def close(self) -> None:
        """Closes what it holds. Idempotent."""
        ...


class LocalLimiter:
    """Within this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, float] = {}

    async def reserve(self, key: str, per_second: float) -> float:
        interval = 1 / per_second
        now = self._clock.monotonic()
        due = max(self._due.get(key, 0.0), now)
        self._due[key] = due + interval
        return max(due - _burst_s(interval) - now, 0.0)

    async def close(self) -> None:
        self._due.clear()


class RedisLimiter:
    """Over every replica; while Redis is away, within this process.

    Args:
        open_client: Makes the client when it is first needed, for the driver imports slowly.
    """

    def __init__(self, open_client: Callable[[], Any], clock: Clock) -> None:
        self._open_client = open_client
        self._local = LocalLimiter(clock)
        self._client: Any = None
        self._reserve: Any = None
        self._log = get_logger()

    async def reserve(self, key: str, per_second: float) -> float:
        interval = 1 / per_second
        from redis.exceptions import RedisError

        if self._client is None:
            self._client = self._open_client()
            self._reserve = self._client.register_script(_RESERVE)
        arguments = [round(interval * 1e6), round(_burst_s(interval) * 1e6)]
        try:
            call = self._reserve(keys=[_PREFIX + key], args=arguments)
            with span("Redis EVALSHA", db_system_name="redis"):
                return await asyncio.wait_for(call, _TIMEOUT_S) / 1e6
        except (RedisError, OSError, TimeoutError) as exc:
            self._log.warning("rate is limited by each replica", error=type(exc).__name__)
            return await self._local.reserve(key, per_second)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def redis_client(url: str, pool_size: int) -> Any:
    """A client of Redis or Valkey with at most so many connections. Connects when first used."""
    from redis.asyncio import BlockingConnectionPool, Redis

    return Redis.from_pool(
        BlockingConnectionPool.from_url(
            url,
            max_connections=pool_size,
            timeout=_TIMEOUT_S,
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
        )
    )


def _burst_s(interval: float) -> float:
    """How far ahead of its pace a webhook may be: never less than the request itself needs."""
    return max(_BURST_S - interval, 0.0)
