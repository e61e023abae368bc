"""Shared streams: one source, many listeners, none of them in another's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from oms_core.errors import LimitExceeded, ResourceNotFound, ServiceUnavailable
from svc_graphql.execution import topics as module
from svc_graphql.execution.topics import Event, Feed, Listener, Topics, every


class Source:
    """A stream that a test feeds."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        self.resumed_after: list[Any] = []
        self.is_closed = asyncio.Event()

    async def open(self, last: Event | None) -> AsyncIterator[Any]:
        self.resumed_after.append(last.value if last else None)
        try:
            while True:
                value = await self.queue.get()
                if isinstance(value, Exception):
                    raise value
                yield value
        finally:
            self.is_closed.set()


async def next_of(listener: Listener) -> Any:
    async with asyncio.timeout(60):
        return (await listener.next()).value


async def test_all_listeners_hear_the_same_and_the_last_one_closes_the_stream():
    topics, source = Topics(max_queued=10), Source()
    one, two = topics.join("k", source.open), topics.join("k", source.open)
    source.queue.put_nowait("a")
    assert [await next_of(one), await next_of(two)] == ["a", "a"]
    one.close()
    one.close()
    source.queue.put_nowait("b")
    assert await next_of(two) == "b"
    assert len(topics) == 1
    two.close()
    async with asyncio.timeout(60):
        await source.is_closed.wait()
    assert source.resumed_after == [None]
    assert len(topics) == 0
    await topics.close()


async def test_a_slow_listener_fails_and_the_others_go_on():
    topics, source = Topics(max_queued=3), Source()
    slow, fast = topics.join("k", source.open), topics.join("k", source.open)
    for n in range(5):
        source.queue.put_nowait(n)
        assert await next_of(fast) == n
    with pytest.raises(LimitExceeded) as caught:
        await slow.next()
    assert caught.value.metadata == {"limit": "queued_events"}
    await topics.close()


async def test_a_stream_that_breaks_off_is_resumed_after_its_last_event(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(module, "_PAUSE_S", 0.001)
    topics, source = Topics(max_queued=10), Source()
    listener = topics.join("k", source.open)
    for value in ("a", ServiceUnavailable("down"), ServiceUnavailable("still"), "b"):
        source.queue.put_nowait(value)
    assert [await next_of(listener), await next_of(listener)] == ["a", "b"]
    assert source.resumed_after == [None, "a", "a"]
    await topics.close()


async def test_a_stream_that_is_refused_fails_its_listeners_and_may_be_opened_anew():
    topics, source = Topics(max_queued=10), Source()
    listener = topics.join("k", source.open)
    source.queue.put_nowait("a")
    source.queue.put_nowait(ResourceNotFound.of("database", "x"))
    assert await next_of(listener) == "a"
    with pytest.raises(ResourceNotFound):
        await listener.next()
    again = topics.join("k", source.open)
    listener.close()
    assert len(topics) == 1
    source.queue.put_nowait("b")
    assert await next_of(again) == "b"
    await topics.close()


async def test_what_is_made_of_an_event_is_made_once_even_if_the_first_asker_leaves():
    event, made = Event("x"), list[str]()
    release = asyncio.Event()

    async def make(_value: object) -> str:
        await release.wait()
        made.append("made")
        return "bytes"

    first = asyncio.ensure_future(event.once("k", make))
    others = [asyncio.ensure_future(event.once("k", make)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    release.set()
    assert await asyncio.gather(*others) == ["bytes"] * 3
    assert made == ["made"]
    assert await event.once("other", make) == "bytes"
    assert made == ["made", "made"]


class Taking:
    """A subscriber that takes events at once, or refuses to."""

    def __init__(self, topics: Topics, source: Source) -> None:
        self.listener = topics.join("k", source.open)
        self.is_willing = True
        self.taken: list[Any] = []
        self.yielded: asyncio.Queue[Any] = asyncio.Queue()
        self.task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        async for event in Feed(self.listener, every).events(self._take):
            self.yielded.put_nowait(event.value)

    def _take(self, events: Sequence[Event]) -> bool:
        values = [event.value for event in events]
        if "bad" in values:
            raise RuntimeError("a response can't be made")
        if self.is_willing:
            self.taken += values
        return self.is_willing

    async def waiting(self) -> Taking:
        """Itself, once it waits for events."""
        async with asyncio.timeout(60):
            while self.listener.take is None:  # noqa: ASYNC110
                await asyncio.sleep(0)
        return self

    async def next_yielded(self) -> Any:
        async with asyncio.timeout(60):
            return await self.yielded.get()


async def test_events_are_taken_at_once_and_those_that_are_not_wait_in_order():
    topics, source = Topics(max_queued=10), Source()
    one = await Taking(topics, source).waiting()
    other = topics.join("k", source.open)
    for value in ("a", "b"):
        source.queue.put_nowait(value)
        assert await next_of(other) == value
    assert (one.taken, one.yielded.empty()) == (["a", "b"], True)
    one.is_willing = False
    source.queue.put_nowait("c")
    assert await one.next_yielded() == "c"
    one.is_willing = True
    source.queue.put_nowait("bad")
    assert await one.next_yielded() == "bad"
    source.queue.put_nowait("d")
    assert [await next_of(other) for _ in range(3)] == ["c", "bad", "d"]
    assert (one.taken, one.yielded.empty()) == (["a", "b", "d"], True)
    one.task.cancel()
    await asyncio.wait([one.task])
    await topics.close()


async def test_a_response_that_is_still_being_made_is_not_ready():
    event, release = Event("x"), asyncio.Event()

    async def make(value: str) -> str:
        await release.wait()
        return value * 2

    assert event.ready("k", make) is None
    release.set()
    assert await event.once("k", make) == "xx"
    assert event.ready("k", make) == "xx"

    async def fail(_value: str) -> str:
        raise RuntimeError("no response")

    assert event.ready("failing", fail) is None
    with pytest.raises(RuntimeError):
        await event.once("failing", fail)
    assert event.ready("failing", fail) is None


async def test_many_listeners_hold_up_nobody_and_those_that_go_meanwhile_are_passed_over(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(module, "_TOLD_AT_ONCE", 2)
    topics, source = Topics(max_queued=10), Source()
    listeners = [topics.join("k", source.open) for _ in range(7)]
    source.queue.put_nowait("a")
    assert await next_of(listeners[0]) == "a"
    listeners[6].close()
    late = topics.join("k", source.open)
    source.queue.put_nowait("b")
    assert await next_of(late) == "b"
    assert [await next_of(one) for one in listeners[1:6]] == ["a"] * 5
    await topics.close()
