"""The client library's loop against the real service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import grpc
import pytest
from io_cloudevents.v1.cloudevents_pb2 import CloudEvent
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import subscription_service_pb2 as pb
from oms_events import Consumer, RejectEvent

from event_service.subscriptions.worlds import World, seconds

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]


@asynccontextmanager
async def _running(consumer: Consumer, **options: int) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(consumer.run(**options))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, grpc.aio.AioRpcError):
            await task


class _Seen:
    """Events handled, and a way to wait for them."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._changed = asyncio.Event()

    def note(self, event: CloudEvent) -> None:
        self.ids.append(event.id)
        self._changed.set()

    async def until(self, is_true: Callable[[list[str]], bool]) -> None:
        while not is_true(self.ids):
            self._changed.clear()
            await self._changed.wait()


async def _outstanding(world: World, name: str) -> int:
    answer = await world.stub.GetSubscription(pb.GetSubscriptionRequest(name=name))
    return answer.subscription.outstanding_count + answer.subscription.pending_count


async def _until_done(world: World, name: str, task: asyncio.Task[None]) -> None:
    while await _outstanding(world, name):
        assert not task.done(), "the loop has ended"


async def test_events_are_handled_in_order_and_acknowledged(world: World) -> None:
    subscription, seen = await world.create(), _Seen()

    async def handle(event: CloudEvent) -> None:
        seen.note(event)

    for number in range(10):
        await world.publish(f"e{number}")
    async with _running(Consumer(world.suite.channel(), subscription.name, handle)) as task:
        await seen.until(lambda ids: len(ids) == 10)
        await _until_done(world, subscription.name, task)
    assert seen.ids == [f"e{number}" for number in range(10)]


async def test_a_handler_that_fails_gets_the_event_again(world: World) -> None:
    retry = event_pb.RetryDelays(delays=[seconds(0.02)])
    subscription, seen = await world.create(retry=retry), _Seen()

    async def handle(event: CloudEvent) -> None:
        seen.note(event)
        if seen.ids.count(event.id) < 3:
            raise ConnectionError("the database is away")

    await world.publish("e")
    async with _running(Consumer(world.suite.channel(), subscription.name, handle)) as task:
        await _until_done(world, subscription.name, task)
    assert seen.ids == ["e"] * 3


async def test_a_rejected_event_does_not_come_again(world: World) -> None:
    subscription, seen = await world.create(), _Seen()

    async def handle(event: CloudEvent) -> None:
        seen.note(event)
        raise RejectEvent("not for me")

    await world.publish("e")
    async with _running(Consumer(world.suite.channel(), subscription.name, handle)) as task:
        await _until_done(world, subscription.name, task)
    assert seen.ids == ["e"]


async def test_a_slow_handler_keeps_its_event(world: World) -> None:
    subscription, seen = await world.create(ack_deadline=seconds(3)), _Seen()
    second, release = asyncio.Event(), asyncio.Event()

    async def handle(event: CloudEvent) -> None:
        seen.note(event)
        if event.id == "slow":
            await release.wait()
        else:
            second.set()

    await world.publish("slow")
    consumer = Consumer(world.suite.channel(), subscription.name, handle)
    async with _running(consumer, concurrency=2) as task:
        await seen.until(lambda ids: "slow" in ids)
        loop = asyncio.get_running_loop()
        over = loop.create_future()
        loop.call_later(7, over.set_result, None)  # beyond two deadlines of the broker
        await over
        release.set()
        await _until_done(world, subscription.name, task)
    assert seen.ids == ["slow"]


async def test_a_subscription_that_is_not_there_ends_the_loop(world: World) -> None:
    async def handle(event: CloudEvent) -> None:
        raise AssertionError

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await Consumer(world.suite.channel(), "subscriptions/missing", handle).run()
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
