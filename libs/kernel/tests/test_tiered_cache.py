"""The tiers together, on a real Valkey that is killed, paused and started again."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import psutil
import pytest
from oms_core.clock import SystemClock
from oms_core.errors import DeadlineExceeded, ServiceUnavailable
from oms_devstack import Stack, starting_stack
from oms_kernel import MemoryTier, TieredCache
from oms_kernel.redis_tier import RedisTier
from redis.asyncio import Redis


class Source:
    """Where values come from: counts the loads, which wait until they may go on."""

    def __init__(self) -> None:
        self.loads = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.begun = asyncio.Event()

    async def load(self) -> bytes:
        self.loads += 1
        self.begun.set()
        await self.go_on.wait()
        return b"value"


def cache_of(url: str | None, *, timeout_s: float = 0.2, wait_s: float = 1.0) -> TieredCache:
    """A cache as a process of its own would have it."""
    clock = SystemClock()
    redis = None if url is None else RedisTier(url, clock, timeout_s=timeout_s)
    return TieredCache(MemoryTier(clock, max_bytes=1_000_000, ttl_s=60), redis, wait_s=wait_s)


@asynccontextmanager
async def caches(*urls: str | None, **patience: float) -> AsyncGenerator[list[TieredCache]]:
    made = [cache_of(url, **patience) for url in urls]
    try:
        yield made
    finally:
        for cache in made:
            await cache.close()


async def test_two_hundred_readers_of_a_cold_key_load_it_once():
    source = Source()
    source.go_on.clear()
    async with caches(None) as (cache,):
        readers = [asyncio.create_task(cache.get("k", source.load)) for _ in range(200)]
        await source.begun.wait()
        source.go_on.set()
        assert set(await asyncio.gather(*readers)) == {b"value"}
    assert source.loads == 1


async def test_processes_that_share_redis_load_a_cold_key_once(stack: Stack):
    url = stack.urls["REDIS_URL"]
    source = Source()
    source.go_on.clear()
    # A Redis that is slow counts as away, and a loader as lost, on a busy machine too.
    async with caches(*[url] * 8, timeout_s=20, wait_s=4) as processes:
        readers = [
            asyncio.create_task(cache.get("k", source.load))
            for cache in processes
            for _ in range(25)
        ]
        await source.begun.wait()
        source.go_on.set()
        assert set(await asyncio.gather(*readers)) == {b"value"}
    assert source.loads == 1


async def test_value_loaded_by_one_process_comes_from_redis_in_another(stack: Stack):
    url = stack.urls["REDIS_URL"]
    source = Source()
    async with caches(url, url) as (first, second):
        await first.get("k", source.load)
        assert await second.get("k", source.load) == b"value"
        assert second.redis is not None
        assert second.redis.stats.hits == 1
    assert source.loads == 1


async def test_failed_load_is_told_to_all_and_not_kept():
    calls = 0

    async def load() -> bytes:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0)
        raise ServiceUnavailable("the kernel is away", metadata={"service": "datakernel"})

    async with caches(None) as (cache,):
        answers = await asyncio.gather(
            *(cache.get("k", load) for _ in range(5)), return_exceptions=True
        )
        assert [type(answer) for answer in answers] == [ServiceUnavailable] * 5
        with pytest.raises(ServiceUnavailable):
            await cache.get("k", load)
    assert calls == 2


async def test_reader_that_gives_up_does_not_end_the_load_of_the_others():
    source = Source()
    source.go_on.clear()
    async with caches(None) as (cache,):
        first = asyncio.create_task(cache.get("k", source.load))
        await source.begun.wait()
        second = asyncio.create_task(cache.get("k", source.load))
        await asyncio.sleep(0)
        first.cancel()
        source.go_on.set()
        assert await second == b"value"
    assert source.loads == 1


async def test_deadline_of_the_first_reader_is_not_that_of_the_second():
    source = Source()
    deadlines = [True, False]

    async def load() -> bytes:
        await source.load()
        if deadlines.pop(0):
            raise DeadlineExceeded("too late")
        return b"value"

    async with caches(None) as (cache,):
        source.go_on.clear()
        first = asyncio.create_task(cache.get("k", load))
        await source.begun.wait()
        second = asyncio.create_task(cache.get("k", load))
        await asyncio.sleep(0)
        source.go_on.set()
        with pytest.raises(DeadlineExceeded):
            await first
        assert await second == b"value"


async def test_something_else_under_the_key_counts_as_a_miss(stack: Stack):
    url = stack.urls["REDIS_URL"]
    source = Source()
    async with caches(url) as (cache,), Redis.from_url(url) as redis:
        await redis.set("oms:kernel:1:k", b"0123456789abcdef" + b"forged")
        assert await cache.get("k", source.load) == b"value"
    assert source.loads == 1


def _send(stack: Stack, number: signal.Signals) -> None:
    """Sends a signal to the Valkey server of a stack."""
    folder = str(stack.folder)
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name().startswith("valkey") and process.cwd().startswith(folder):
                process.send_signal(number)
                return
    raise AssertionError("no Valkey of this stack runs")


async def _survives(cache: TieredCache, source: Source, keys: range) -> float:
    """Reads cold keys; gives the seconds that took."""
    started = perf_counter()
    for number in keys:
        assert await cache.get(f"cold {number}", source.load) == b"value"
    return perf_counter() - started


async def test_cold_reads_go_on_while_redis_is_killed(stack: Stack):
    source = Source()
    async with caches(stack.urls["REDIS_URL"]) as (cache,):
        await cache.get("warm", source.load)
        _send(stack, signal.SIGKILL)
        await stack.processes[0].wait()
        await _survives(cache, source, range(20))
    assert source.loads == 21


async def test_cold_reads_wait_for_a_hanging_redis_once_and_not_each_time(stack: Stack):
    source = Source()
    async with caches(stack.urls["REDIS_URL"]) as (cache,):
        await cache.get("warm", source.load)
        _send(stack, signal.SIGSTOP)
        try:
            await _survives(cache, source, range(50))
        finally:
            _send(stack, signal.SIGCONT)
        assert cache.redis is not None
        assert cache.redis.stats.skipped >= 40, "the breaker has to spare most reads the wait"
    assert source.loads == 51


async def test_redis_is_used_again_after_a_restart(tmp_path: Path):
    source = Source()
    folder = tmp_path / "data"
    async with starting_stack(folder, only={"valkey"}, is_durable=False) as stack:
        await stack.ready()
        url = stack.urls["REDIS_URL"]
        cache = cache_of(url)
        await cache.get("before", source.load)
    await _survives(cache, source, range(3))
    port = urlsplit(url).port or 0
    async with starting_stack(
        folder, only={"valkey"}, ports={"valkey": port}, is_durable=False
    ) as stack:
        await stack.ready()
        assert cache.redis is not None
        await _eventually_shared(cache, url, source)
        await cache.close()


async def _eventually_shared(cache: TieredCache, url: str, source: Source) -> None:
    """Reads cold keys until one arrives in Redis."""

    async def is_shared(number: int) -> bool:
        await cache.get(f"after {number}", source.load)
        async with Redis.from_url(url) as redis:
            return await redis.exists(f"oms:kernel:1:after {number}") == 1

    await _until(is_shared)


async def _until(condition: Callable[[int], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        number = 0
        while not await condition(number):
            number += 1
            await asyncio.sleep(0.05)
