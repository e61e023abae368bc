"""Many at once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from svc_embedding.pipelining import pipelined


class _Source:
    """Numbers, as many as are read."""

    def __init__(self, count: int) -> None:
        self.read, self._count = 0, count

    async def __aiter__(self) -> AsyncIterator[int]:
        for number in range(self._count):
            self.read += 1
            yield number


async def _settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_no_more_are_read_than_may_be_under_way() -> None:
    source, gates = _Source(10), [asyncio.Event() for _ in range(10)]

    async def work(number: int) -> int:
        await gates[number].wait()
        return number

    async with aclosing(pipelined(source, work, limit=3)) as results:
        first = asyncio.ensure_future(anext(results))
        await _settled()
        assert source.read == 3
        gates[1].set()
        gates[0].set()
        assert await first == 0
        await _settled()
        # The one that was answered is still being written.
        assert source.read == 3
        assert await anext(results) == 1
        await _settled()
        assert source.read == 4
        for gate in gates:
            gate.set()
        assert [number async for number in results] == list(range(2, 10))


async def test_an_error_comes_after_what_came_before() -> None:
    async def work(number: int) -> int:
        if number == 2:
            raise ValueError("two")
        return number

    results = pipelined(_Source(9), work, limit=2)
    async with aclosing(results):
        assert [await anext(results) for _ in range(2)] == [0, 1]
        with pytest.raises(ValueError, match="two"):
            await anext(results)
