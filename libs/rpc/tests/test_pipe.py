"""The bounded queue under a local stream."""

import asyncio

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_rpc.local.pipe import WINDOW_BYTES, WINDOW_MESSAGES, Pipe, PipeClosed


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def new_pipe() -> Pipe:
    return Pipe(asyncio.get_running_loop())


async def test_reader_gets_what_the_writer_puts_then_the_end():
    pipe = await new_pipe()
    await pipe.put(b"a")
    await pipe.put(b"b")
    pipe.close()
    assert [await pipe.get(), await pipe.get(), await pipe.get()] == [b"a", b"b", grpc.aio.EOF]
    assert await pipe.get() is grpc.aio.EOF


async def test_reader_waits_for_the_writer():
    pipe = await new_pipe()
    reading = asyncio.create_task(pipe.get())
    await settle()
    assert not reading.done()
    await pipe.put(b"a")
    assert await reading == b"a"


@pytest.mark.parametrize(
    ("message", "room"), [(b"", WINDOW_MESSAGES), (b"x" * (WINDOW_BYTES // 4), 4)]
)
async def test_writer_waits_when_it_is_too_far_ahead(message, room):
    pipe = await new_pipe()
    for _ in range(room):
        await pipe.put(message)
    writing = asyncio.create_task(pipe.put(message))
    await settle()
    assert not writing.done()
    await pipe.get()
    await writing


async def test_message_larger_than_the_window_passes_alone():
    pipe = await new_pipe()
    await pipe.put(b"x" * WINDOW_BYTES * 3)
    assert len(await pipe.get()) == WINDOW_BYTES * 3


async def test_closing_wakes_a_waiting_writer():
    pipe = await new_pipe()
    await pipe.put(b"x" * WINDOW_BYTES)
    writing = asyncio.create_task(pipe.put(b"y"))
    await settle()
    pipe.close(drop=True)
    with pytest.raises(PipeClosed):
        await writing
    assert await pipe.get() is grpc.aio.EOF


async def test_closed_pipe_takes_nothing():
    pipe = await new_pipe()
    pipe.close()
    with pytest.raises(PipeClosed):
        await pipe.put(b"a")


async def test_reader_that_gave_up_loses_nothing():
    pipe = await new_pipe()
    reading = asyncio.create_task(pipe.get())
    await settle()
    reading.cancel()
    await settle()
    await pipe.put(b"a")
    assert await pipe.get() == b"a"


@given(st.lists(st.binary(max_size=40_000), max_size=30), st.integers(0, 2))
def test_order_and_content_are_kept_at_any_pace(messages, pauses):
    async def run():
        pipe = await new_pipe()

        async def write():
            for message in messages:
                await pipe.put(message)
            pipe.close()

        writer = asyncio.create_task(write())
        received = []
        while (message := await pipe.get()) is not grpc.aio.EOF:
            received.append(message)
            for _ in range(pauses):
                await asyncio.sleep(0)
        await writer
        return received

    assert asyncio.run(run()) == messages
