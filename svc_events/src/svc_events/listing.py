"""Lists the events of a stream page by page, never more than a bounded part of it at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from io_cloudevents.v1 import cloudevents_pb2
from oms_core.errors import DataCorrupted, FieldViolation, InvalidExpression
from oms_core.logging import get_logger

from svc_events.adapters.jetstream.reading import EventReader, StoredMessage
from svc_events.convert import event_from_pb
from svc_events.domain.cesql import Expression, ExpressionSyntaxError, values_of
from svc_events.domain.subjects import subject_filter
from svc_events.event_convert import parse_stored

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""Bytes of events in one page; a larger event has a page of its own."""
MAX_SCANNED_EVENTS: Final = 20_000
MAX_SCANNED_BYTES: Final = 32 * 1024 * 1024
"""Events, and bytes of events, that are looked at for one page."""
_BATCH_EVENTS: Final = 500
_BATCH_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Query:
    """What events have to be like; what is empty or None does not restrict.

    Args:
        event_type: Exact, or with a final `*` the beginning of it.
        start_time: Published then or later.
        end_time: Published before.
    """

    stream_id: str
    event_type: str = ""
    source: str = ""
    subject: str = ""
    event_id: str = ""
    start_time: datetime | None = None
    end_time: datetime | None = None
    expression: Expression | None = None

    @property
    def is_by_type_alone(self) -> bool:
        """Whether the broker can tell most of the events that match."""
        return not (self.source or self.subject or self.event_id or self.expression)

    def matches(self, event: cloudevents_pb2.CloudEvent) -> bool:
        """Whether an event is one that is asked for, apart from its time."""
        if self.event_type.endswith("*"):
            if not event.type.startswith(self.event_type[:-1]):
                return False
        elif self.event_type and event.type != self.event_type:
            return False
        return (
            (not self.source or event.source == self.source)
            and (not self.event_id or event.id == self.event_id)
            and (not self.subject or _subject(event) == self.subject)
            and (self.expression is None or self._is_true(self.expression, event))
        )

    @staticmethod
    def _is_true(expression: Expression, event: cloudevents_pb2.CloudEvent) -> bool:
        return expression.is_true(values_of(event_from_pb(event)))


_Found: TypeAlias = tuple[StoredMessage, cloudevents_pb2.CloudEvent]


@dataclass(frozen=True, slots=True)
class Page:
    """Events in their order, and where the next page starts; None on the last one."""

    events: Sequence[_Found]
    next_sequence: int | None


def parse_expression(text: str, *, field: str) -> Expression:
    """Parses an expression of a request.

    Raises:
        InvalidExpression: it is none, or calls a function that there is not.
    """
    try:
        expression = Expression(text)
    except ExpressionSyntaxError as exc:
        raise InvalidExpression(
            f"{field}: {exc.message}",
            metadata=exc.metadata,
            fields=[FieldViolation(field, exc.message)],
        ) from exc
    for call in expression.unknown_calls:
        what = f"there is no function {call.name} of {len(call.arguments)} arguments"
        raise InvalidExpression(
            f"{field}: {what}",
            metadata={"format": "cesql", "offset": str(call.at)},
            fields=[FieldViolation(field, what)],
        )
    return expression


async def list_events(
    reader: EventReader, query: Query, *, start_sequence: int | None, most: int
) -> Page:
    """A page of events.

    Args:
        start_sequence: Where it starts; None for the first one.
        most: Most events, from 1.
    Raises:
        ResourceNotFound: there is no such stream.
        ServiceUnavailable: NATS can't be reached.
    """
    wanted = subject_filter(query.stream_id, event_type=query.event_type)
    start: int | datetime = start_sequence or query.start_time or 1
    events: list[_Found] = []
    size = scanned = scanned_bytes = 0
    while True:
        batch = await reader.read(
            query.stream_id,
            subject_filter=wanted,
            start=start,
            most=most if query.is_by_type_alone else _BATCH_EVENTS,
            most_bytes=_BATCH_BYTES,
        )
        for message in batch.messages:
            scanned_bytes += len(message.payload)
            if query.end_time is not None and message.publish_time >= query.end_time:
                return Page(events, None)
            event = _readable(query.stream_id, message)
            if event is None or not query.matches(event):
                continue
            size += len(message.payload)
            if len(events) == most or (events and size > MAX_ANSWER_BYTES):
                return Page(events, message.sequence)
            events.append((message, event))
        if not batch.has_more:
            return Page(events, None)
        start = batch.messages[-1].sequence + 1
        scanned += len(batch.messages)
        is_far = scanned >= MAX_SCANNED_EVENTS or scanned_bytes >= MAX_SCANNED_BYTES
        if len(events) == most or is_far:
            return Page(events, start)


def _readable(stream_id: str, message: StoredMessage) -> cloudevents_pb2.CloudEvent | None:
    try:
        return parse_stored(stream_id, message)
    except DataCorrupted:
        # One broken message must not hide what lies behind it.
        get_logger().warning("no event", stream=stream_id, sequence=message.sequence)
        return None


def _subject(event: cloudevents_pb2.CloudEvent) -> str:
    return event.attributes["subject"].ce_string if "subject" in event.attributes else ""
