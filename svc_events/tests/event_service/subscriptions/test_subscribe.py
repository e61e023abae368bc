"""Events as a stream, of a subscription or of a reader with a position of his own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import filter_pb2
from oms.event.v1 import subscription_service_pb2 as pb

from event_service.subscriptions.worlds import World, ids, seconds

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]


async def _events(call: Any) -> AsyncIterator[Any]:
    async for response in call:
        for delivery in response.events:
            yield delivery


async def _take(call: Any, count: int) -> list[Any]:
    found: list[Any] = []
    async for delivery in _events(call):
        found.append(delivery)
        if len(found) == count:
            break
    return found


async def test_events_stream_as_they_are_published(world: World) -> None:
    subscription = await world.create()
    await world.publish("before")
    call = world.stub.Subscribe(pb.SubscribeRequest(subscription=subscription.name))
    [before] = await _take(call, 1)
    await world.publish("after")
    [after] = await _take(call, 1)
    assert ids([before, after]) == ["before", "after"]
    await world.acknowledge(subscription.name, before, after)
    call.cancel()
    assert await world.pull(subscription.name) == []


async def test_no_more_than_allowed_is_under_way(world: World) -> None:
    subscription = await world.create()
    for number in range(6):
        await world.publish(f"e{number}")
    call = world.stub.Subscribe(
        pb.SubscribeRequest(subscription=subscription.name, max_outstanding=2, heartbeat=seconds(1))
    )
    first = await _take(call, 2)
    assert list((await anext(aiter(call))).events) == []  # a heartbeat instead of a third
    await world.acknowledge(subscription.name, first[0])
    third = await _take(call, 1)
    assert ids([*first, *third]) == ["e0", "e1", "e2"]
    call.cancel()


async def test_ordered_events_stream_key_by_key(world: World) -> None:
    subscription = await world.create(ordering=pb.DELIVERY_ORDERING_BY_KEY)
    for number in range(4):
        for key in ("a", "b", "c"):
            await world.publish(f"{key}{number}", subject=key)
    call = world.stub.Subscribe(pb.SubscribeRequest(subscription=subscription.name))
    seen: list[str] = []
    async for delivery in _events(call):
        seen += ids([delivery])
        await world.acknowledge(subscription.name, delivery)
        if len(seen) == 12:
            break
    call.cancel()
    for key in ("a", "b", "c"):
        assert [each for each in seen if each[0] == key] == [f"{key}{n}" for n in range(4)]


async def test_a_stream_goes_on_where_the_subscription_was_moved_to(world: World) -> None:
    subscription = await world.create()
    for number in range(3):
        await world.publish(f"e{number}")
    call = world.stub.Subscribe(pb.SubscribeRequest(subscription=subscription.name))
    await _take(call, 3)
    await world.stub.SeekSubscription(
        pb.SeekSubscriptionRequest(
            name=subscription.name, position=event_pb.StartPosition(sequence=2)
        )
    )
    assert ids(await _take(call, 2)) == ["e1", "e2"]
    call.cancel()


async def test_a_stream_ends_with_its_subscription(world: World) -> None:
    subscription = await world.create()
    call = world.stub.Subscribe(
        pb.SubscribeRequest(subscription=subscription.name, heartbeat=seconds(1))
    )
    await anext(aiter(call))
    await world.stub.DeleteSubscription(pb.DeleteSubscriptionRequest(name=subscription.name))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in call:
            pass
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


async def test_a_reader_follows_a_stream_from_a_position_of_his_own(world: World) -> None:
    for number in range(3):
        await world.publish(f"e{number}")
    selection = event_pb.Selection(
        stream=f"streams/{world.stream}", start=event_pb.StartPosition(sequence=2)
    )
    call = world.stub.Subscribe(pb.SubscribeRequest(selection=selection))
    found = await _take(call, 2)
    await world.publish("e3")
    found += await _take(call, 1)
    call.cancel()
    assert ids(found) == ["e1", "e2", "e3"]
    assert {each.ack_id for each in found} == {""}


async def test_a_reader_without_a_position_gets_what_is_published_from_then_on(
    world: World,
) -> None:
    await world.publish("before")
    call = world.stub.Subscribe(
        pb.SubscribeRequest(
            selection=event_pb.Selection(stream=f"streams/{world.stream}"), heartbeat=seconds(1)
        )
    )
    assert list((await anext(aiter(call))).events) == []
    await world.publish("after")
    assert ids(await _take(call, 1)) == ["after"]
    call.cancel()


async def test_a_reader_learns_how_far_the_stream_was_read(world: World) -> None:
    for event_type in ("com.acme.made", "com.acme.broken"):
        await world.publish(event_type, event_type)
    wanted = filter_pb2.Filter(sql="type LIKE '%broken'")
    selection = event_pb.Selection(
        stream=f"streams/{world.stream}",
        filters=[wanted],
        start=event_pb.StartPosition(beginning=True),
    )
    call = world.stub.Subscribe(pb.SubscribeRequest(selection=selection))
    response = await anext(aiter(call))
    call.cancel()
    assert ids(response.events) == ["com.acme.broken"]
    assert response.read_sequence == 2


async def test_a_reader_is_not_disturbed_when_the_broker_forgets_him(world: World) -> None:
    await world.publish("e0")
    selection = event_pb.Selection(
        stream=f"streams/{world.stream}", start=event_pb.StartPosition(beginning=True)
    )
    call = world.stub.Subscribe(pb.SubscribeRequest(selection=selection, heartbeat=seconds(1)))
    found = await _take(call, 1)
    broker_name = f"OMS_EV_{world.stream}"
    for info in await world.jetstream.consumers_info(broker_name):
        await world.jetstream.delete_consumer(broker_name, info.name)
    await world.publish("e1")
    found += await _take(call, 1)
    call.cancel()
    assert ids(found) == ["e0", "e1"]


async def test_callers_at_different_replicas_share_a_subscription(
    world: World, servers: Any
) -> None:
    subscription = await world.create()
    async with servers.replica() as other:
        elsewhere = World(world.jetstream, other, world.stream)
        calls = [
            stub.Subscribe(pb.SubscribeRequest(subscription=subscription.name, max_outstanding=5))
            for stub in (world.stub, elsewhere.stub)
        ]
        for number in range(10):
            await world.publish(f"e{number}")
        parts = await asyncio.gather(*(_take(call, 5) for call in calls))
        # Acknowledged at the other replica, which frees the first one's window.
        await elsewhere.acknowledge(subscription.name, *parts[0])
        await world.publish("more")
        assert ids(await _take(calls[0], 1)) == ["more"]
        for call in calls:
            call.cancel()
    assert sorted(ids([*parts[0], *parts[1]])) == [f"e{number}" for number in range(10)]


async def test_what_was_not_handed_out_when_a_stream_ends_comes_again_at_once(
    world: World,
) -> None:
    count = 150
    subscription = await world.create(ack_deadline=seconds(3600), max_outstanding=2 * count)
    # Far more than the server can hand out to somebody who does not read.
    for number in range(count):
        await world.publish(f"e{number}", text="x" * 200_000)
    request = pb.SubscribeRequest(subscription=subscription.name, max_outstanding=2 * count)
    call = world.stub.Subscribe(request)
    await _take(call, 1)
    await world.until_under_way(count)
    call.cancel()
    missing = {f"e{number}" for number in range(count - 30, count)}
    call = world.stub.Subscribe(request)
    async for delivery in _events(call):
        missing -= set(ids([delivery]))
        await world.acknowledge(subscription.name, delivery)
        if not missing:
            break
    call.cancel()
