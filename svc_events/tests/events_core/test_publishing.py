"""Publishing into a real JetStream."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from io_cloudevents.v1 import cloudevents_pb2 as pb
from oms_core.errors import InvalidEvent, LimitExceeded, ResourceNotFound, ServiceUnavailable
from prometheus_client import REGISTRY
from svc_events.adapters.jetstream.outgoing import Outgoing, outgoing
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.stream_config import to_config
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.convert import event_from_pb
from svc_events.domain.events import CloudEvent, EventData
from svc_events.domain.streams import StreamOptions

pytestmark = pytest.mark.asyncio(loop_scope="module")


def event(event_id: str, size: int = 10) -> CloudEvent:
    return CloudEvent(
        id=event_id, source="/test", type="com.acme.made", data=EventData(bytes(size))
    )


def some(count: int, **more) -> list[Outgoing]:
    start = secrets.token_hex(4)
    return [outgoing(event(f"{start}-{n}"), **more) for n in range(count)]


@pytest.fixture
def new_stream(nats):
    async def make(**options) -> str:
        stream_id = f"t-{secrets.token_hex(4)}"
        jetstream = await nats.jetstream()
        await jetstream.add_stream(to_config(stream_id, StreamOptions(**options)))
        return stream_id

    return make


async def test_events_get_places_in_their_order(publisher: EventPublisher, nats):
    events = some(300)
    places = await publisher.publish("events", events)
    first = places[0].sequence
    assert [place.sequence for place in places] == list(range(first, first + 300))
    assert not any(place.is_duplicate for place in places)
    stored = await (await nats.jetstream()).get_msg("OMS_EV_events", first + 299)
    assert (stored.subject, stored.data) == (events[299].subject, events[299].payload)
    assert stored.headers == {
        "content-type": "application/cloudevents+protobuf",
        "Nats-Msg-Id": events[299].message_id,
    }
    assert event_from_pb(pb.CloudEvent.FromString(stored.data)).source == "/test"


async def test_an_event_that_comes_again_gets_its_first_place(publisher: EventPublisher):
    events = some(3)
    name, labels = "event_gateway_messages_published_total", {"stream": "built-in"}
    before = REGISTRY.get_sample_value(name, labels) or 0
    first = await publisher.publish("events", events)
    again = await publisher.publish("events", [*events[1:], *some(1)])
    assert REGISTRY.get_sample_value(name, labels) == before + 4
    assert [place.sequence for place in again[:2]] == [place.sequence for place in first[1:]]
    assert [place.is_duplicate for place in again] == [True, True, False]


async def test_publications_of_many_callers_keep_apart(publisher: EventPublisher):
    batches = [some(50) for _ in range(20)]
    every = await asyncio.gather(*(publisher.publish("events", each) for each in batches))
    sequences = [place.sequence for places in every for place in places]
    assert len(set(sequences)) == 1000
    assert all(list(places) == sorted(places) for places in every)
    assert publisher.flights.window.used == 0
    assert not len(publisher.flights)


async def test_no_events_need_no_broker(publisher: EventPublisher):
    assert await publisher.publish("events", []) == []


async def test_an_unknown_stream_is_named(publisher: EventPublisher):
    with pytest.raises(ResourceNotFound) as caught:
        await publisher.publish("nowhere", some(2, stream_id="nowhere"))
    assert caught.value.metadata == {
        "resource_type": "stream",
        "resource_name": "streams/nowhere",
    }


async def test_an_event_larger_than_the_stream_takes_is_refused(
    publisher: EventPublisher, new_stream
):
    stream = await new_stream(max_event_bytes=1000)
    with pytest.raises(InvalidEvent, match="max_event_bytes"):
        await publisher.publish(stream, [outgoing(event("1", 2000), stream_id=stream)])


async def test_an_event_larger_than_the_broker_takes_is_refused_before_it_is_sent(
    publisher: EventPublisher,
):
    too_large = outgoing(event("1", 8 * 1024 * 1024))
    with pytest.raises(InvalidEvent, match=r"makes an event of \d+ bytes, more than \d+"):
        await publisher.publish("events", [too_large])
    assert await publisher.publish("events", some(1))


async def test_a_full_stream_that_refuses_says_so(publisher: EventPublisher, new_stream):
    stream = await new_stream(max_events=5, is_refusing=True)
    events = some(8, stream_id=stream)
    flight = await publisher.flights.send(events)
    places, error = await publisher.land(stream, flight)
    assert [place.sequence for place in places] == [1, 2, 3, 4, 5]
    assert isinstance(error, LimitExceeded)
    assert error.metadata["limit"] == "stream"
    assert error.retry_after_s


async def test_the_built_in_stream_is_made_by_whoever_needs_it_first(nats):
    await (await nats.jetstream()).delete_stream("OMS_EV_events")
    replicas = [EventStreams(nats, StreamOptions(max_events=100 + n)) for n in range(5)]
    await asyncio.gather(*(each.ensure() for each in replicas))
    info = await (await nats.jetstream()).stream_info("OMS_EV_events")
    assert 100 <= info.config.max_msgs <= 104


async def test_a_built_in_stream_that_was_deleted_is_made_again(publisher: EventPublisher, nats):
    await publisher.publish("events", some(1))
    await (await nats.jetstream()).delete_stream("OMS_EV_events")
    with pytest.raises(ServiceUnavailable, match="made again"):
        await publisher.publish("events", some(1))
    assert (await publisher.publish("events", some(1)))[0].sequence == 1
