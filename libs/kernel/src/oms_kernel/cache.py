"""Three tiers: this process, Redis, and where the value comes from.

Keys have to name a commit, so a value under a key is the same for ever and no tier
can hold a stale one. What is read here passes no authorisation: a service asks
only after it has authorised its own caller.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from oms_kernel.memory_tier import MemoryTier
from oms_kernel.single_flight import SingleFlight

if TYPE_CHECKING:
    # Its driver takes half a second, also where there is no Redis.
    from oms_kernel.redis_tier import RedisTier

Load = Callable[[], Awaitable[bytes]]

_CLAIM_S: Final = 5.0
_POLL_S: Final = 0.02


class TieredCache:
    """Reads through the tiers; a value missing in all is loaded once, however many ask.

    In one process by sharing the load, among processes by a short claim in Redis: who does
    not get it looks again for the value, at most `wait_s`, and then loads it too.
    """

    def __init__(self, memory: MemoryTier, redis: RedisTier | None, *, wait_s: float = 1.0) -> None:
        self.memory = memory
        self.redis = redis
        self._wait_s = wait_s
        self._flights: SingleFlight[str, bytes] = SingleFlight()

    async def get(self, key: str, load: Load) -> bytes:
        """A value, from the nearest tier that has it.

        Args:
            key: Names a commit and what of it.
            load: Gets the value where it comes from.
        Raises:
            Whatever `load` raises; that is not kept.
        """
        return await self._flights.get(
            key, partial(self.memory.get, key), partial(self._fetch, key, load)
        )

    async def close(self) -> None:
        """Ends the loads under way and closes Redis's connections."""
        await self._flights.close()
        if self.redis is not None:
            await self.redis.close()

    async def _fetch(self, key: str, load: Load) -> bytes:
        value = await load() if self.redis is None else await self._through(self.redis, key, load)
        self.memory.put(key, value)
        return value

    async def _through(self, redis: RedisTier, key: str, load: Load) -> bytes:
        found = await redis.get(key)
        if found is not None:
            return found
        claim = await redis.claim(key, for_s=_CLAIM_S)
        if claim is None:
            found = await self._awaited(redis, key)
            if found is not None:
                return found
        try:
            value = await load()
            await redis.put(key, value)
        finally:
            if claim:
                await redis.release(key, claim)
        return value

    async def _awaited(self, redis: RedisTier, key: str) -> bytes | None:
        """What another process is loading, if it arrives in time."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait_s
        while loop.time() < until:
            await asyncio.sleep(_POLL_S)
            found = await redis.get(key)
            if found is not None:
                return found
        return None
