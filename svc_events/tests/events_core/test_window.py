"""A bound on what is under way."""

from __future__ import annotations

import asyncio

from svc_events.adapters.jetstream.acknowledgements import Place, read_acknowledgement
from svc_events.adapters.jetstream.window import Window


async def turns(*tasks: asyncio.Task) -> list[bool]:
    for _ in range(5):
        await asyncio.sleep(0)
    return [task.done() for task in tasks]


async def test_whoever_came_first_gets_room_first():
    window = Window(10)
    await window.enter(8)
    large = asyncio.create_task(window.enter(9))
    small = asyncio.create_task(window.enter(1))
    assert await turns(large, small) == [False, False]
    window.leave(8)
    assert await turns(large, small) == [True, True]
    assert window.used == 10


async def test_what_is_larger_than_the_window_passes_alone():
    window = Window(10)
    await window.enter(50)
    waiting = asyncio.create_task(window.enter(1))
    assert await turns(waiting) == [False]
    window.leave(50)
    assert await turns(waiting) == [True]


async def test_one_that_gives_up_leaves_its_room_to_the_next():
    window = Window(10)
    await window.enter(5)
    large, small = asyncio.create_task(window.enter(10)), asyncio.create_task(window.enter(5))
    assert await turns(large, small) == [False, False]
    large.cancel()
    assert await turns(large, small) == [True, True]
    assert (large.cancelled(), window.used) == (True, 10)


async def test_one_that_is_cancelled_as_its_turn_comes_keeps_no_room():
    window = Window(10)
    await window.enter(10)
    waiting = asyncio.create_task(window.enter(10))
    await turns(waiting)
    window.leave(10)
    waiting.cancel()
    assert await turns(waiting) == [True]
    assert window.used == 0


def test_acknowledgements_are_read_as_the_server_writes_them_and_as_any_json():
    assert read_acknowledgement(b'{"stream":"S","seq":7}') == Place(7, False)
    assert read_acknowledgement(b'{"stream":"S","seq":7,"duplicate":true}') == Place(7, True)
    with_domain = b'{"stream":"S","domain":"d","seq":7,"duplicate": true}'
    assert read_acknowledgement(with_domain) == Place(7, True)
    error = b'{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"}}'
    assert read_acknowledgement(error)["err_code"] == 10077
    assert read_acknowledgement(b"")["code"] == 503
    assert read_acknowledgement(b"?")["err_code"] == 0
