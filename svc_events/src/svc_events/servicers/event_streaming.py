"""Events for browsers, as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

from google.api.httpbody_pb2 import HttpBody
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as pb
from oms_core.errors import InvalidField
from oms_nats import NatsConnection

from svc_events.adapters.jetstream.following import follow
from svc_events.adapters.subscriptions.consumers import SubscriptionConsumers
from svc_events.convert import event_from_pb
from svc_events.domain.events import to_json
from svc_events.domain.filters import parse_filters
from svc_events.domain.subscriptions.record import Delivery, Start
from svc_events.names import stream_of
from svc_events.subscription_convert import CommitFinder, start_of

_CONTENT_TYPE: Final = "text/event-stream"
_HEARTBEAT_S: Final = 15.0
_LAST_ID: Final = "last-event-id"
_MOST_DIGITS: Final = 19


class EventStreaming:
    """Follows a stream for `EventService.StreamEvents`."""

    def __init__(
        self, nats: NatsConnection, consumers: SubscriptionConsumers, find_commit: CommitFinder
    ) -> None:
        self._nats = nats
        self._consumers = consumers
        self._find_commit = find_commit

    async def stream(
        self, request: pb.StreamEventsRequest, context: Any
    ) -> AsyncGenerator[pb.StreamEventsResponse]:
        """The events as they come, each a server-sent event of its own.

        A comment comes first, so that the answer begins before there is an event, and
        again whenever there is nothing to send for 15 s.
        """
        stream_id = stream_of(request.parent)
        wanted = parse_filters(_filters(request), field="filters")
        start = await self._start(request, context, stream_id)
        yield _response(b": the stream is open\n\n")
        followed = follow(self._nats, stream_id, wanted, start, heartbeat_s=_HEARTBEAT_S)
        async with aclosing(followed):
            async for some in followed:
                text = b"".join(_server_sent(each) for each in some.deliveries)
                yield _response(text or b":\n\n")

    async def _start(self, request: pb.StreamEventsRequest, context: Any, stream_id: str) -> Start:
        metadata = dict(context.invocation_metadata() or ())
        last = str(metadata.get(_LAST_ID, "")).strip()
        if last:
            if not last.isdecimal() or not last.isascii() or len(last) > _MOST_DIGITS:
                raise InvalidField.of("Last-Event-ID", f"{last[:80]!r} is no position in a stream")
            return Start(sequence=int(last) + 1)
        start = await start_of(request.start, stream_id, self._find_commit, field="start")
        return await self._consumers.resolved(stream_id, start)


def _filters(request: pb.StreamEventsRequest) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = []
    if request.type:
        dialect = "prefix" if request.type.endswith("*") else "exact"
        if wanted := request.type.removesuffix("*"):
            filters.append({dialect: {"type": wanted}})
    filters += [
        {"exact": {name: value}}
        for name, value in (("source", request.source), ("subject", request.subject))
        if value
    ]
    if request.filter:
        filters.append({"sql": request.filter})
    return filters


def _server_sent(delivery: Delivery) -> bytes:
    event = event_from_pb(cloudevents_pb2.CloudEvent.FromString(delivery.payload))
    # Exact bytes of JSON data may hold line breaks, which separate fields here.
    lines = to_json(event).splitlines()
    data = b"".join(b"data: " + line + b"\n" for line in lines)
    return b"id: %d\nevent: %s\n%s\n" % (delivery.sequence, _one_line(event.type), data)


def _one_line(text: str) -> bytes:
    return " ".join(text.splitlines()).encode()


def _response(text: bytes) -> pb.StreamEventsResponse:
    return pb.StreamEventsResponse(body=HttpBody(content_type=_CONTENT_TYPE, data=text))
