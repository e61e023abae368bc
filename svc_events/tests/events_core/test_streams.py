"""Streams in a real JetStream, and reading out of them."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from oms_core.errors import InvalidField, ResourceAlreadyExists, ResourceNotFound
from svc_events.adapters.jetstream.outgoing import outgoing
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.reading import EventReader
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.events import CloudEvent, EventData
from svc_events.domain.streams import StreamOptions
from svc_events.domain.subjects import subject_filter

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def stream_id() -> str:
    return f"t-{secrets.token_hex(4)}"


@pytest.fixture
def reader(nats, streams) -> EventReader:
    return EventReader(nats, streams)


async def fill(publisher: EventPublisher, stream_id: str, types: list[str], size: int = 5) -> None:
    events = [
        CloudEvent(id=str(n), source="/test", type=each, data=EventData(bytes(size)))
        for n, each in enumerate(types)
    ]
    await publisher.publish(stream_id, [outgoing(each, stream_id=stream_id) for each in events])


async def test_a_stream_has_the_options_it_was_made_with(streams: EventStreams, stream_id: str):
    options = StreamOptions(
        description="é",
        max_age_s=3600.5,
        max_bytes=1_000_000,
        max_events=1000,
        max_event_bytes=5000,
        is_refusing=True,
        is_in_memory=True,
        duplicate_window_s=0.25,
    )
    made = await streams.create(stream_id, options)
    assert made.options == options
    assert (made.stream_id, made.event_count, made.last_publish_time) == (stream_id, 0, None)
    assert abs(made.create_time - datetime.now(UTC)) < timedelta(minutes=1)
    assert await streams.get(stream_id) == made


async def test_a_stream_is_made_once(streams: EventStreams, stream_id: str):
    attempts = [streams.create(stream_id, StreamOptions(max_events=n % 2)) for n in range(6)]
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(each) for each in answers].count(ResourceAlreadyExists) == 5


async def test_more_replicas_than_servers_are_refused(streams: EventStreams, stream_id: str):
    with pytest.raises(InvalidField, match=r"stream\.replicas"):
        await streams.create(stream_id, StreamOptions(replicas=3))


async def test_streams_are_listed_by_id_and_others_are_not(streams: EventStreams, nats):
    await (await nats.jetstream()).add_stream(name="OTHER", subjects=["other"])
    ids = [f"l-{secrets.token_hex(4)}" for _ in range(3)]
    for each in ids:
        await streams.create(each, StreamOptions())
    found = [each.stream_id for each in await streams.list()]
    assert found == sorted(found)
    assert {*ids, "events"} <= set(found)
    assert not {"OTHER", "other"} & set(found)


async def test_options_change_and_the_etag_with_them(streams: EventStreams, stream_id: str):
    made = await streams.create(stream_id, StreamOptions())
    changed = await streams.update(stream_id, StreamOptions(max_events=7))
    assert changed.options == StreamOptions(max_events=7)
    assert changed.options.etag != made.options.etag
    assert (await streams.get(stream_id)).options.etag == changed.options.etag


async def test_a_deleted_stream_is_gone(streams: EventStreams, stream_id: str):
    await streams.create(stream_id, StreamOptions())
    await streams.delete(stream_id)
    for call in (streams.get, streams.delete, streams.purge):
        with pytest.raises(ResourceNotFound):
            await call(stream_id)
    with pytest.raises(ResourceNotFound):
        await streams.update(stream_id, StreamOptions())


async def test_purging_takes_what_it_names(streams: EventStreams, publisher, stream_id: str):
    await streams.create(stream_id, StreamOptions())
    await fill(publisher, stream_id, ["a.x", "a.y", "b.x", "a", "a.x", "b.x"])
    assert await streams.purge(stream_id, before_sequence=2) == 1
    assert await streams.purge(stream_id, event_type="a.*") == 2
    assert await streams.purge(stream_id, event_type="a") == 1
    assert await streams.purge(stream_id, keep=1) == 1
    assert await streams.purge(stream_id) == 1
    left = await streams.get(stream_id)
    assert (left.event_count, left.first_sequence, left.last_sequence) == (0, 7, 6)


async def test_an_event_is_read_by_its_place(streams, publisher, reader, stream_id: str):
    await streams.create(stream_id, StreamOptions())
    await fill(publisher, stream_id, ["a", "b"])
    found = await reader.get(stream_id, 2)
    assert (found.sequence, found.subject.rpartition(".")[2]) == (2, "b")
    assert abs(found.publish_time - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(ResourceNotFound, match=f"'streams/{stream_id}/events/3'"):
        await reader.get(stream_id, 3)
    with pytest.raises(ResourceNotFound, match="'streams/nowhere'"):
        await reader.get("nowhere", 1)


async def read(reader: EventReader, stream_id: str, event_type: str = "", **more):
    arguments = {"start": 1, "most": 100, "most_bytes": 1_000_000, **more}
    wanted = subject_filter(stream_id, event_type=event_type)
    batch = await reader.read(stream_id, subject_filter=wanted, **arguments)
    return [each.sequence for each in batch.messages], batch.has_more


async def test_a_batch_has_the_events_of_a_type_from_a_place_on(
    streams, publisher, reader, stream_id: str
):
    await streams.create(stream_id, StreamOptions())
    assert await read(reader, stream_id) == ([], False)
    await fill(publisher, stream_id, ["a.x", "b", "a.y", "a", "a.x"], size=1000)
    assert await read(reader, stream_id) == ([1, 2, 3, 4, 5], False)
    assert await read(reader, stream_id, "a.*", start=2) == ([3, 5], False)
    assert await read(reader, stream_id, "a.*", most=2) == ([1, 3], True)
    assert await read(reader, stream_id, "c") == ([], False)
    assert await read(reader, stream_id, start=6) == ([], False)
    some, has_more = await read(reader, stream_id, most_bytes=2500)
    assert 1 <= len(some) < 5
    assert has_more


async def test_a_batch_starts_at_a_moment(streams, publisher, reader, stream_id: str):
    await streams.create(stream_id, StreamOptions())
    await fill(publisher, stream_id, ["a", "b"])
    second = (await reader.get(stream_id, 2)).publish_time
    later = second + timedelta(milliseconds=1)
    assert (await read(reader, stream_id, start=second))[0][-1:] == [2]
    assert await read(reader, stream_id, start=later) == ([], False)
    assert await read(reader, stream_id, start=second - timedelta(days=1)) == ([1, 2], False)


async def test_reading_a_stream_that_is_not_there_says_so(reader: EventReader):
    with pytest.raises(ResourceNotFound, match="'streams/nowhere'"):
        await read(reader, "nowhere")
