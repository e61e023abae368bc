"""Which calls are refused when calls wait for too long."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from oms_core.errors import DeadlineExceeded, LimitExceeded
from oms_rpc.admission import Admission

_LONGEST_S = 0.25


class _Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


class _World:
    """Calls at an even rate, and a server in which they wait for a while."""

    def __init__(self, longest_wait_s: float = _LONGEST_S) -> None:
        self.clock = _Clock()
        self.admission = Admission(longest_wait_s, self.clock)
        self._probed = asyncio.Event()
        self._answer = asyncio.Event()
        self._answered = asyncio.Event()
        self._task = asyncio.create_task(self.admission.keep_probing(self._probe))

    async def _probe(self) -> None:
        self._probed.set()
        await self._answer.wait()
        self._answer.clear()
        self._answered.set()

    async def begin_probe(self) -> None:
        """Waits until the server has called itself."""
        with suppress(LimitExceeded):
            self.admission.enter(None)
        await self._probed.wait()
        self._probed.clear()

    async def answer_probe(self) -> None:
        self._answer.set()
        await self._answered.wait()
        self._answered.clear()

    def pass_time(self, seconds: float, *, every_s: float = 0.002) -> float:
        """Time with calls at an even rate; the share of them that was let in."""
        admitted = 0
        count = round(seconds / every_s)
        for _ in range(count):
            self.clock.at += every_s
            with suppress(LimitExceeded):
                self.admission.enter(5.0)
                admitted += 1
        return admitted / count

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


async def test_burst_is_let_in_whole() -> None:
    world = _World()
    await world.begin_probe()
    assert world.pass_time(1.1) == 1
    await world.answer_probe()
    await world.close()


async def test_overload_refuses_ever_more_and_ends_by_itself() -> None:
    world = _World()
    await world.begin_probe()
    world.pass_time(_LONGEST_S + 1.1)
    assert world.pass_time(0.5) < 0.6
    assert world.pass_time(2) < 0.15
    assert world.pass_time(2) == pytest.approx(0.05, abs=0.02)
    await world.answer_probe()
    # What the last probe waited for counts until the next one was answered.
    await world.begin_probe()
    await world.answer_probe()
    assert world.pass_time(1) < 0.6
    world.pass_time(2)
    assert world.pass_time(1) == 1
    assert world.admission.share == 1
    await world.close()


async def test_few_callers_are_never_refused_however_slow_the_server_is() -> None:
    world = _World()
    await world.begin_probe()
    assert world.pass_time(5, every_s=0.1) == 1
    await world.close()


async def test_call_without_time_left_is_not_begun() -> None:
    world = _World()
    with pytest.raises(DeadlineExceeded):
        world.admission.enter(0.0)
    await world.close()


async def test_nothing_is_refused_when_told_so() -> None:
    world = _World(longest_wait_s=0)
    assert world.pass_time(10) == 1
    await world.close()
