"""The second tier: Redis or Valkey, shared by processes, never needed.

Whatever goes wrong with it counts as a miss: away, slow, restarted, full, or holding
something that is not what was stored.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar, cast

from oms_core.breaker import CircuitBreaker
from oms_core.clock import Clock
from oms_core.logging import get_logger
from oms_core.tracing import span
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from oms_kernel.metrics import TierStats

_T = TypeVar("_T")
_PREFIX: Final = "oms:kernel:1:"
_DIGEST_BYTES: Final = 16
# Only who holds a claim may end it: it may have run out and be somebody else's by now.
_RELEASE: Final = (
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
)


class RedisTier:
    """Values in Redis, each with a digest of its key and content.

    Every command is bounded by `timeout_s`; after a failure the server is left alone for a
    while. Close it with `close`.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        pool_size: int = 16,
        timeout_s: float = 0.1,
        ttl_s: float = 3600.0,
        max_value_bytes: int = 4 * 1024 * 1024,
    ) -> None:
        """Connects when first used.

        Args:
            url: `redis://…` or `rediss://…` for TLS, with the password in it.
            pool_size: Most connections.
            timeout_s: Longest wait for a connection, and for an answer.
            ttl_s: How long a value is kept after it was stored.
            max_value_bytes: Larger values are not stored.
        """
        self.stats = TierStats("redis")
        self._ttl_ms = int(ttl_s * 1000)
        self._max_value_bytes = max_value_bytes
        self._breaker = CircuitBreaker(clock)
        self._log = get_logger()
        pool: Any = BlockingConnectionPool.from_url(
            url,
            max_connections=pool_size,
            timeout=timeout_s,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
        )
        self._redis: Any = Redis(connection_pool=pool)
        self._pool = pool

    async def get(self, key: str) -> bytes | None:
        """A value; None when there is none or Redis is of no help right now."""
        if not self._breaker.allows():
            self.stats.skipped += 1
            return None
        raw = cast("bytes | None", await self._guarded(lambda: self._redis.get(_PREFIX + key)))
        value = None if raw is None else _opened(key, raw)
        if value is None:
            self.stats.misses += 1
        else:
            self.stats.hits += 1
        return value

    async def put(self, key: str, value: bytes) -> None:
        """Stores a value, if that is possible right now."""
        if len(value) <= self._max_value_bytes and self._breaker.allows():
            sealed = _digest(key, value) + value
            await self._guarded(
                lambda: self._redis.set(_PREFIX + key, sealed, px=self._ttl_ms, nx=True)
            )

    async def claim(self, key: str, *, for_s: float) -> str | None:
        """Claims the right to load a value, so that other processes wait for it.

        Returns:
            What `release` needs; empty when Redis is of no help and everybody is on their own;
            None when somebody else has the claim.
        """
        if not self._breaker.allows():
            return ""
        token = secrets.token_hex(8)
        answer = await self._guarded(
            lambda: self._redis.set(f"{_PREFIX}claim:{key}", token, px=int(for_s * 1000), nx=True),
            failed="",
        )
        if answer == "":
            return ""
        return token if answer else None

    async def release(self, key: str, token: str) -> None:
        """Ends a claim."""
        if token and self._breaker.allows():
            claim = f"{_PREFIX}claim:{key}"
            await self._guarded(lambda: self._redis.eval(_RELEASE, 1, claim, token))

    async def close(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()
        await self._pool.disconnect()

    async def _guarded(
        self, call: Callable[[], Awaitable[_T]], *, failed: _T | None = None
    ) -> _T | None:
        """Runs a command that the breaker has allowed; `failed` when it did not work."""
        try:
            with span("Redis command", db_system_name="redis"):
                answer = await call()
        except (RedisError, OSError, TimeoutError) as exc:
            self._breaker.failed()
            # By its kind alone: a message may carry the address with its password.
            self._log.warning("cache in redis left alone for a while", error=type(exc).__name__)
            return failed
        except BaseException:
            self._breaker.abandoned()
            raise
        self._breaker.succeeded()
        return answer


def _digest(key: str, value: bytes) -> bytes:
    digest = hashlib.blake2b(key.encode(), digest_size=_DIGEST_BYTES)
    digest.update(b"\0")
    digest.update(value)
    return digest.digest()


def _opened(key: str, raw: bytes) -> bytes | None:
    value = raw[_DIGEST_BYTES:]
    return value if raw[:_DIGEST_BYTES] == _digest(key, value) else None
