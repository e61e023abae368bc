"""Events that clients ask for, acknowledge and give back."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import filter_pb2
from oms.event.v1 import subscription_service_pb2 as pb

from event_service.subscriptions.worlds import World, ids, seconds

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _type_filter(**dialects: str) -> list[filter_pb2.Filter]:
    return [
        filter_pb2.Filter(**{name: filter_pb2.AttributeValues(values={"type": value})})
        if name != "sql"
        else filter_pb2.Filter(sql=value)
        for name, value in dialects.items()
    ]


async def test_events_come_once_acknowledged_never_again(world: World) -> None:
    subscription = await world.create()
    for number in range(5):
        await world.publish(f"e{number}")
    first = await world.pull(subscription.name, most=3)
    assert ids(first) == ["e0", "e1", "e2"]
    assert [each.event.sequence for each in first] == [1, 2, 3]
    assert first[0].event.name == f"streams/{world.stream}/events/1"
    await world.acknowledge(subscription.name, *first)
    rest = await world.pull(subscription.name)
    assert ids(rest) == ["e3", "e4"]
    await world.acknowledge(subscription.name, *rest)
    now = await world.stub.GetSubscription(pb.GetSubscriptionRequest(name=subscription.name))
    assert now.subscription.pending_count == now.subscription.outstanding_count == 0
    assert now.subscription.acknowledged_sequence == 5


async def test_a_pull_waits_for_the_first_event(world: World) -> None:
    subscription = await world.create()
    pulling = asyncio.create_task(world.pull(subscription.name, wait_s=20))
    await asyncio.sleep(0)
    await world.publish("late")
    assert ids(await pulling) == ["late"]


async def test_a_pull_without_events_ends_in_time(world: World) -> None:
    subscription = await world.create()
    assert await world.pull(subscription.name) == []
    assert await world.pull(subscription.name, wait_s=0.2) == []


async def test_what_was_rejected_comes_again_after_its_delay(world: World) -> None:
    subscription = await world.create()
    await world.publish("e")
    [first] = await world.pull(subscription.name)
    await world.stub.Reject(
        pb.RejectRequest(name=subscription.name, ack_ids=[first.ack_id], delay=seconds(0.1))
    )
    assert await world.pull(subscription.name) == []
    [again] = await world.pull(subscription.name, wait_s=20)
    assert (ids([again]), first.attempt, again.attempt) == (["e"], 1, 2)


async def test_the_retry_setting_says_when_it_comes_again(world: World) -> None:
    retry = event_pb.RetryDelays(delays=[seconds(0.05), seconds(3600)])
    subscription = await world.create(retry=retry)
    await world.publish("e")
    for _ in range(2):
        [delivery] = await world.pull(subscription.name, wait_s=20)
        await world.stub.Reject(pb.RejectRequest(name=subscription.name, ack_ids=[delivery.ack_id]))
    assert await world.pull(subscription.name, wait_s=0.3) == []


async def test_a_final_rejection_is_the_end_of_it(world: World) -> None:
    subscription = await world.create()
    await world.publish("e")
    [delivery] = await world.pull(subscription.name)
    await world.stub.Reject(
        pb.RejectRequest(name=subscription.name, ack_ids=[delivery.ack_id], final=True)
    )
    assert await world.pull(subscription.name, wait_s=0.2) == []
    now = await world.stub.GetSubscription(pb.GetSubscriptionRequest(name=subscription.name))
    assert now.subscription.outstanding_count == 0


async def test_an_unanswered_delivery_comes_again_at_its_deadline(world: World) -> None:
    subscription = await world.create(ack_deadline=seconds(1))
    await world.publish("e")
    [first] = await world.pull(subscription.name)
    [again] = await world.pull(subscription.name, wait_s=20)
    assert again.attempt == 2
    assert again.event == first.event


async def test_attempts_are_limited(world: World) -> None:
    subscription = await world.create(max_attempts=2)
    await world.publish("e")
    for _ in range(2):
        [delivery] = await world.pull(subscription.name, wait_s=20)
        await world.stub.Reject(
            pb.RejectRequest(name=subscription.name, ack_ids=[delivery.ack_id], delay=seconds(0.01))
        )
    assert await world.pull(subscription.name, wait_s=0.3) == []


@pytest.mark.parametrize(
    "filters",
    [
        _type_filter(exact="com.acme.made"),
        _type_filter(prefix="com.acme.ma"),
        _type_filter(suffix=".made"),
        _type_filter(prefix="com.", suffix=".made"),
        _type_filter(sql="type = 'com.acme.made' AND EXISTS subject"),
    ],
    ids=["exact", "prefix", "suffix", "both", "sql"],
)
async def test_only_matching_events_are_delivered(world: World, filters: Any) -> None:
    subscription = await world.create(filters=filters)
    await world.publish("other", "com.acme.broken", subject="s")
    await world.publish("yes", "com.acme.made", subject="s")
    await world.publish("elsewhere", "org.acme.built", subject="s")
    found = await world.pull(subscription.name, wait_s=20)
    assert ids(found) == ["yes"]
    await world.acknowledge(subscription.name, *found)
    assert await world.pull(subscription.name) == []
    now = await world.stub.GetSubscription(pb.GetSubscriptionRequest(name=subscription.name))
    assert now.subscription.outstanding_count == 0  # what did not match is done, too


async def test_clients_share_a_subscription(world: World) -> None:
    subscription = await world.create()
    for number in range(20):
        await world.publish(f"e{number}")
    parts = await asyncio.gather(*(world.pull(subscription.name, most=5) for _ in range(4)))
    assert sorted(ids(each for part in parts for each in part)) == sorted(
        f"e{number}" for number in range(20)
    )


async def test_of_a_key_one_event_at_a_time_is_under_way(world: World) -> None:
    subscription = await world.create(ordering=pb.DELIVERY_ORDERING_BY_KEY)
    for number in range(3):
        for key in ("a", "b"):
            await world.publish(f"{key}{number}", subject=key)
    seen: list[str] = []
    rejected: list[str] = []
    while len(seen) < 6:
        found = await world.pull(subscription.name, wait_s=20)
        keys = [event_id[0] for event_id in ids(found)]
        assert len(keys) == len(set(keys))
        for delivery, event_id in zip(found, ids(found), strict=True):
            if event_id == "a1" and not rejected:  # the middle one of a key fails once
                rejected.append(event_id)
                await world.stub.Reject(
                    pb.RejectRequest(
                        name=subscription.name, ack_ids=[delivery.ack_id], delay=seconds(0.05)
                    )
                )
            else:
                seen.append(event_id)
                await world.acknowledge(subscription.name, delivery)
    assert rejected == ["a1"]
    assert [each for each in seen if each[0] == "a"] == ["a0", "a1", "a2"]
    assert [each for each in seen if each[0] == "b"] == ["b0", "b1", "b2"]


async def test_large_events_are_answered_one_by_one(world: World) -> None:
    subscription = await world.create()
    for number in range(4):
        await world.publish(f"e{number}", padding="x" * 700_000)
    sizes: list[int] = []
    while found := await world.pull(subscription.name):
        sizes.append(len(found))
        await world.acknowledge(subscription.name, *found)
    assert sum(sizes) == 4
    assert max(sizes) == 1


@pytest.mark.parametrize(
    "ack_id", ["x", "JEpTLkFDSy5PTVNfRVZfZXZlbnRzLngu", "////", "MS8vLzEuMi4zLjQ"]
)
async def test_an_ack_id_that_names_nothing_is_refused(world: World, ack_id: str) -> None:
    subscription = await world.create()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await world.stub.Acknowledge(
            pb.AcknowledgeRequest(name=subscription.name, ack_ids=[ack_id])
        )
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "ack_ids[0]" in (caught.value.details() or "")


async def test_another_subscriptions_ack_id_acknowledges_nothing_there(world: World) -> None:
    one, other = await world.create(), await world.create()
    await world.publish("e")
    [delivery] = await world.pull(one.name)
    await world.pull(other.name)
    # The same position of the other one is what the id can mean there, and nothing of the first.
    await world.acknowledge(other.name, delivery)
    now = await world.stub.GetSubscription(pb.GetSubscriptionRequest(name=one.name))
    assert now.subscription.outstanding_count == 1
