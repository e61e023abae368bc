"""Subscriptions as resources: made, read, changed, moved, deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import filter_pb2
from oms.event.v1 import subscription_service_pb2 as pb
from oms.event.v1 import subscription_service_pb2_grpc as pb_grpc

from event_service.subscriptions.worlds import World, ids, seconds

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _exact(event_type: str) -> filter_pb2.Filter:
    return filter_pb2.Filter(exact=filter_pb2.AttributeValues(values={"type": event_type}))


async def test_settings_are_answered_as_they_were_given(world: World) -> None:
    nested = filter_pb2.Filter(
        any=filter_pb2.FilterList(filters=[_exact("a"), filter_pb2.Filter(**{"not": _exact("b")})])
    )
    made = await world.create(
        description="for tests",
        filters=[nested, filter_pb2.Filter(sql="EXISTS subject")],
        ack_deadline=seconds(90),
        max_attempts=7,
        max_outstanding=11,
        retry=event_pb.RetryDelays(delays=[seconds(0.5), seconds(60)]),
    )
    answer = await world.stub.GetSubscription(pb.GetSubscriptionRequest(name=made.name))
    assert answer.subscription == made
    assert list(made.selection.filters) == [nested, filter_pb2.Filter(sql="EXISTS subject")]
    assert made.ack_deadline.seconds == 90
    assert (made.max_attempts, made.max_outstanding) == (7, 11)
    assert made.created_by == "alice123"
    assert made.etag


async def test_lists_are_paged_by_id(world: World) -> None:
    made = [(await world.create()).name for _ in range(5)]
    request = pb.ListSubscriptionsRequest(stream=f"streams/{world.stream}", page_size=2)
    names: list[str] = []
    while True:
        answer = await world.stub.ListSubscriptions(request)
        names += [each.name for each in answer.subscriptions]
        if not answer.next_page_token:
            break
        request.page_token = answer.next_page_token
    assert names == sorted(made)


async def test_a_taken_id_is_refused_and_nothing_changes(world: World) -> None:
    made = await world.create(description="first")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await world.stub.CreateSubscription(
            pb.CreateSubscriptionRequest(
                subscription_id=made.name.partition("/")[2],
                subscription=pb.Subscription(
                    selection=event_pb.Selection(stream=f"streams/{world.stream}")
                ),
            )
        )
    assert caught.value.code() == grpc.StatusCode.ALREADY_EXISTS
    answer = await world.stub.GetSubscription(pb.GetSubscriptionRequest(name=made.name))
    assert answer.subscription.description == "first"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ack_deadline": seconds(0.5)}, "subscription.ack_deadline: is 0.5 s"),
        ({"retry": event_pb.RetryDelays(delays=[seconds(700_000)])}, "retry.delays[0]"),
        ({"filters": [filter_pb2.Filter(sql="type = ")]}, "filters[0].sql"),
        ({"start": event_pb.StartPosition(sequence=-1)}, "start.sequence: is -1"),
    ],
)
async def test_bad_settings_are_refused_by_name(
    world: World, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await world.create(**fields)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert message in (caught.value.details() or "")


async def test_an_unknown_stream_or_commit_is_not_found(world: World) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await World(world.jetstream, world.suite, "missing").create()
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await world.create(start=event_pb.StartPosition(commit="a" * 64))
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    listed = await world.stub.ListSubscriptions(
        pb.ListSubscriptionsRequest(stream="streams/missing")
    )
    assert list(listed.subscriptions) == []


async def test_new_filters_hold_from_then_on_and_positions_stay(world: World) -> None:
    made = await world.create(filters=[_exact("a")])
    await world.publish("a1", "a")
    await world.acknowledge(made.name, *await world.pull(made.name, wait_s=20))
    made.selection.filters[0].CopyFrom(_exact("b"))
    changed = await world.stub.UpdateSubscription(
        pb.UpdateSubscriptionRequest(
            subscription=made, update_mask=FieldMask(paths=["selection.filters"])
        )
    )
    assert changed.subscription.etag != made.etag
    for name in ("a", "b"):
        await world.publish(f"{name}2", name)
    assert ids(await world.pull(made.name, wait_s=20)) == ["b2"]


async def test_an_update_with_an_old_etag_changes_nothing(world: World) -> None:
    made = await world.create()
    made.description = "changed"
    await world.stub.UpdateSubscription(pb.UpdateSubscriptionRequest(subscription=made))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await world.stub.UpdateSubscription(pb.UpdateSubscriptionRequest(subscription=made))
    assert caught.value.code() == grpc.StatusCode.ABORTED


async def test_stream_and_ordering_cannot_be_changed(world: World) -> None:
    made = await world.create()
    for path in ("selection", "selection.stream", "ordering", "nonsense"):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await world.stub.UpdateSubscription(
                pb.UpdateSubscriptionRequest(subscription=made, update_mask=FieldMask(paths=[path]))
            )
        assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_starts_are_what_they_say(world: World) -> None:
    await world.publish("e1")
    between = datetime.now(UTC)
    await world.publish("e2")
    time = Timestamp()
    time.FromDatetime(between)
    starts = {
        "beginning": event_pb.StartPosition(beginning=True),
        "sequence": event_pb.StartPosition(sequence=2),
        "time": event_pb.StartPosition(time=time),
        "now": event_pb.StartPosition(),
    }
    made = {name: await world.create(start) for name, start in starts.items()}
    await world.publish("e3")
    found = {name: ids(await world.pull(each.name, wait_s=20)) for name, each in made.items()}
    assert found == {
        "beginning": ["e1", "e2", "e3"],
        "sequence": ["e2", "e3"],
        "time": ["e2", "e3"],
        "now": ["e3"],
    }


async def test_a_moved_subscription_forgets_what_was_delivered(world: World) -> None:
    made = await world.create()
    for number in range(3):
        await world.publish(f"e{number}")
    old = await world.pull(made.name)
    await world.stub.SeekSubscription(
        pb.SeekSubscriptionRequest(name=made.name, position=event_pb.StartPosition(sequence=2))
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await world.acknowledge(made.name, *old)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert ids(await world.pull(made.name, wait_s=20)) == ["e1", "e2"]


async def test_lost_consumers_are_made_again_from_where_the_subscription_began(
    world: World,
) -> None:
    made = await world.create()
    await world.publish("e")
    broker_name = f"OMS_EV_{world.stream}"
    for info in await world.jetstream.consumers_info(broker_name):
        await world.jetstream.delete_consumer(broker_name, info.name)
    assert ids(await world.pull(made.name, wait_s=20)) == ["e"]


async def test_a_deleted_subscription_leaves_nothing_behind(world: World) -> None:
    made = await world.create(ordering=pb.DELIVERY_ORDERING_BY_KEY)
    await world.stub.DeleteSubscription(
        pb.DeleteSubscriptionRequest(name=made.name, etag=made.etag)
    )
    assert await world.jetstream.consumers_info(f"OMS_EV_{world.stream}") == []
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await world.pull(made.name)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


async def test_a_viewer_consumes_nothing(world: World) -> None:
    made = await world.create()
    stub: Any = pb_grpc.SubscriptionServiceStub(world.suite.channel("viewer"))
    for call in (
        stub.Pull(pb.PullRequest(name=made.name)),
        stub.DeleteSubscription(pb.DeleteSubscriptionRequest(name=made.name)),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
