"""Events published through `PublishStream`, beside bare publications of the same bytes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import grpc
import nats
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as pb
from oms.event.v1 import event_service_pb2_grpc as event_grpc
from oms.event.v1 import stream_service_pb2 as streams_pb
from oms.event.v1 import stream_service_pb2_grpc as stream_grpc
from oms_devstack import running_stack

from tests.bench.processes import Credentials, running_service
from tests.bench.report import Goal, Section

_EVENT_BYTES = 512
_EVENTS_A_MESSAGE = 500
_GOAL = 0.8
_UNDER_WAY = 4000  # what nats-py allows by default

Value = cloudevents_pb2.CloudEvent.CloudEventAttributeValue


def _event() -> cloudevents_pb2.CloudEvent:
    """An event of exactly 512 bytes, with the attributes that most have."""
    event = cloudevents_pb2.CloudEvent(
        id=secrets.token_hex(16),
        source="/bench/publisher",
        spec_version="1.0",
        type="com.example.order.placed.v1",
        attributes={
            "subject": Value(ce_string=f"order-{secrets.randbelow(1000):03}"),
            "datacontenttype": Value(ce_string="application/json"),
        },
    )
    event.attributes["time"].ce_timestamp.FromJsonString("2026-01-02T03:04:05.678901Z")
    # A text of 128 bytes and more has a length of two bytes.
    event.text_data = "x" * 128
    event.text_data += "x" * (_EVENT_BYTES - event.ByteSize())
    return event


async def publishing(*, events: int, rounds: int) -> Section:
    """Bare `publish_async` and `PublishStream`, one after the other, several times."""
    credentials = Credentials.fresh()
    with TemporaryDirectory() as folder:
        path = Path(folder)
        async with running_stack(path / "nats", only={"nats"}, is_durable=False) as stack:
            url = stack.urls["NATS_URL"]
            (path / "service").mkdir()
            running = running_service("svc_events", path / "service", credentials, NATS_URL=url)
            async with running as targets, await _connected(url) as client:
                channel = grpc.aio.insecure_channel(targets["events"].address)
                async with channel:
                    metadata = (("authorization", f"Bearer {credentials.token}"),)
                    return await _compare(client, channel, metadata, events, rounds)


async def _connected(url: str) -> Any:
    return await nats.connect(url, pending_size=64 * 1024 * 1024)


async def _compare(client: Any, channel: Any, metadata: Any, count: int, rounds: int) -> Section:
    streams = stream_grpc.StreamServiceStub(channel)
    for stream_id in ("bare", "events-in"):
        request = streams_pb.CreateStreamRequest(stream_id=stream_id)
        await streams.CreateStream(request, metadata=metadata)
    bare: list[float] = []
    with_ids: list[float] = []
    ours: list[float] = []
    for _ in range(rounds + 1):
        events = [_event() for _ in range(count)]
        payloads = [event.SerializeToString() for event in events]
        bare.append(count / await _bare(client, [None] * count, payloads))
        headers = [{"Nats-Msg-Id": event.id} for event in events]
        with_ids.append(count / await _bare(client, headers, payloads))
        ours.append(count / await _streamed(channel, metadata, events))
    # The first round warms up.
    return _section(bare[1:], with_ids[1:], ours[1:], count)


async def _bare(
    client: Any, headers: Sequence[dict[str, str] | None], payloads: Sequence[bytes]
) -> float:
    jetstream = client.jetstream(publish_async_max_pending=_UNDER_WAY)
    started = perf_counter()
    pending = [
        await jetstream.publish_async("oms.ev.bare.0.pub.x", payload, headers=each)
        for each, payload in zip(headers, payloads, strict=True)
    ]
    await asyncio.gather(*pending)
    return perf_counter() - started


async def _streamed(
    channel: Any, metadata: Any, events: Sequence[cloudevents_pb2.CloudEvent]
) -> float:
    stub: Any = event_grpc.EventServiceStub(channel)
    messages = [
        pb.PublishStreamRequest(
            parent="streams/events-in", events=events[start : start + _EVENTS_A_MESSAGE]
        )
        for start in range(0, len(events), _EVENTS_A_MESSAGE)
    ]

    async def requests() -> AsyncIterator[pb.PublishStreamRequest]:
        for message in messages:
            yield message

    started = perf_counter()
    acknowledged = 0
    async for progress in stub.PublishStream(requests(), metadata=metadata):
        acknowledged = progress.acknowledged_count
    took = perf_counter() - started
    assert acknowledged == len(events), acknowledged
    return took


def _section(
    bare: Sequence[float], with_ids: Sequence[float], ours: Sequence[float], count: int
) -> Section:
    ratio = median(mine / other for mine, other in zip(ours, bare, strict=True))
    section = Section(
        title="Publishing",
        method=(
            f"{count:,} events of {_EVENT_BYTES} bytes a round, {len(bare)} rounds, all ways in "
            "each, median. An event counts when JetStream has acknowledged it. Bare: nats-py's "
            f"`publish_async` of ready bytes, {_UNDER_WAY:,} under way; with ids, by which an "
            "event that comes again is recognised, as `PublishStream` does. `PublishStream`: gRPC "
            "over TCP to the service "
            f"as a process of its own, {_EVENTS_A_MESSAGE} events a message, every attribute "
            "checked."
        ),
        header=("publisher", "events/s", "slowest", "fastest"),
    )
    publishers = (
        ("nats-py `publish_async`", bare),
        ("nats-py `publish_async` with ids", with_ids),
        ("`PublishStream`", ours),
    )
    for name, rates in publishers:
        section.rows.append(
            (name, *(f"{each:,.0f}" for each in (median(rates), min(rates), max(rates))))
        )
    section.goals.append(
        Goal(
            f"at least {_GOAL:.0%} of bare `publish_async` through `PublishStream`: {ratio:.0%}",
            ratio >= _GOAL,
        )
    )
    return section
