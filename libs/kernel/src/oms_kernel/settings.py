"""Settings of the cache in front of the kernel."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from oms_core.clock import Clock
from oms_core.settings import Settings
from pydantic import Field, SecretStr

from oms_kernel.cache import TieredCache
from oms_kernel.memory_tier import MemoryTier

if TYPE_CHECKING:
    from oms_kernel.redis_tier import RedisTier


class CacheSettings(Settings):
    """How much of the kernel's answers is kept, where, and for how long."""

    redis_url: SecretStr = Field(default=SecretStr(""), validation_alias="REDIS_URL")
    """Redis or Valkey as the tier that processes share. Left out: there is none."""
    redis_pool_size: int = Field(default=16, ge=1, le=1000, validation_alias="REDIS_POOL_SIZE")
    """Most connections to Redis."""
    redis_timeout_s: float = Field(
        default=0.1, gt=0, le=10, validation_alias="OMS_CACHE_REDIS_TIMEOUT_S"
    )
    """Longest wait for Redis, in seconds; the kernel is asked instead from then on."""
    memory_bytes: int = Field(
        default=64 * 1024 * 1024, ge=0, validation_alias="OMS_CACHE_MEMORY_BYTES"
    )
    """Room for answers in this process, in bytes."""
    ttl_s: float = Field(default=300.0, gt=0, validation_alias="OMS_CACHE_TTL_S")
    """How long an answer is kept in this process, in seconds; in Redis twelve times as long."""
    head_ttl_s: float = Field(default=1.0, ge=0, le=60, validation_alias="OMS_CACHE_HEAD_TTL_S")
    """Longest use of a branch's head without asking, in seconds; 0 asks at every read."""


@asynccontextmanager
async def opened_cache(settings: CacheSettings, clock: Clock) -> AsyncGenerator[TieredCache]:
    """A cache as the settings say, closed at the end."""
    memory = MemoryTier(clock, max_bytes=settings.memory_bytes, ttl_s=settings.ttl_s)
    url = settings.redis_url.get_secret_value()
    cache = TieredCache(memory, _redis(url, settings, clock) if url else None)
    try:
        yield cache
    finally:
        await cache.close()


def _redis(url: str, settings: CacheSettings, clock: Clock) -> RedisTier:
    # Its driver imports slowly, and most have no Redis.
    from oms_kernel.redis_tier import RedisTier

    return RedisTier(
        url,
        clock,
        pool_size=settings.redis_pool_size,
        timeout_s=settings.redis_timeout_s,
        ttl_s=settings.ttl_s * 12,
    )
