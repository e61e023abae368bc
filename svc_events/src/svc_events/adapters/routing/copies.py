"""What is to be published for some events of a stream, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson
from oms_core.clock import Clock
from oms_core.errors import InvalidEvent, OmsError
from oms_core.logging import get_logger

from svc_events.adapters.jetstream.outgoing import Outgoing, outgoing
from svc_events.adapters.routing.book import Active, RuleBook
from svc_events.adapters.webhooks.codec import event_in_stream
from svc_events.adapters.webhooks.queue import Queued
from svc_events.adapters.webhooks.reading import Stored
from svc_events.convert import event_to_pb
from svc_events.domain.catalogue.names import ROUTING_LOOP
from svc_events.domain.events import CloudEvent, EventData, Timestamp, to_json
from svc_events.domain.events.data import JSON
from svc_events.domain.filters import Facts
from svc_events.domain.relay.translation import schema_url
from svc_events.domain.routing.compiled import is_at_end, route_names
from svc_events.domain.routing.rule import TargetKind
from svc_events.domain.routing.scope import Scope
from svc_events.domain.subjects import DEFAULT_STREAM, ORIGIN_PUBLISHED
from svc_events.domain.webhooks.names import delivery_id, ordering_partition

_MAX_ERROR: Final = 500


@dataclass(slots=True)
class Tally:
    """What became of the events that a rule was for."""

    routed: int = 0
    failed: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class ToStream:
    """A copy for a stream."""

    serial: int
    event: Outgoing


@dataclass(frozen=True, slots=True)
class ToSubject:
    """A copy for a subject of NATS: an event in JSON."""

    serial: int
    subject: str
    message_id: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToWebhook:
    """A copy for a webhook."""

    serial: int
    delivery: Queued


@dataclass(slots=True)
class Copies:
    """Copies of some events, each target's in the order of the events, and counts by rule."""

    streams: dict[str, list[ToStream]] = field(default_factory=dict[str, list[ToStream]])
    subjects: list[ToSubject] = field(default_factory=list[ToSubject])
    webhooks: list[ToWebhook] = field(default_factory=list[ToWebhook])
    loops: list[Outgoing] = field(default_factory=list[Outgoing])
    tallies: dict[int, Tally] = field(default_factory=dict[int, Tally])

    def succeed(self, serial: int) -> None:
        """Counts an event that a rule copied."""
        self._tally(serial).routed += 1

    def fail(self, serial: int, why: str) -> None:
        """Counts an event that a rule could not copy."""
        tally = self._tally(serial)
        tally.failed += 1
        tally.last_error = why[:_MAX_ERROR]

    def _tally(self, serial: int) -> Tally:
        return self.tallies.setdefault(serial, Tally())


@dataclass(frozen=True, slots=True)
class CopyMaker:
    """Makes the copies of events.

    Args:
        base_url: Where the API is reached, and with it the schemas.
    """

    book: RuleBook
    base_url: str
    clock: Clock

    def make(self, stream: str, rules: Sequence[Active], batch: Sequence[Stored]) -> Copies:
        """The copies of events of a stream. Takes long when they are large."""
        copies = Copies()
        for stored in batch:
            event = event_in_stream(stored.event, stream, stored.sequence)
            if event is not None:
                self._pass_on(stored, event, rules, copies)
        return copies

    def _pass_on(
        self, stored: Stored, event: CloudEvent, rules: Sequence[Active], copies: Copies
    ) -> None:
        facts, scope = Facts.of(event), Scope(event)
        for active in _matching(rules, stored, event, facts):
            if is_at_end(event):
                copies.loops.append(self._loop(active, stored, event))
                copies.fail(active.rule.serial, f"a loop: {event.id[:100]!r} passed 5 rules")
                continue
            try:
                self._put(active, stored, active.compiled.copy(event, scope), copies)
            except OmsError as exc:
                copies.fail(active.rule.serial, exc.message)
            except Exception as exc:  # noqa: BLE001 - the events and rules behind it have to go on
                get_logger().error("routing rule failed", rule=active.rule.name, exc_info=exc)
                copies.fail(active.rule.serial, "an internal error; the log tells more")

    def _put(self, active: Active, stored: Stored, made: CloudEvent, copies: Copies) -> None:
        rule, target = active.rule, active.target
        # With the event's own id: a stream that was made anew has other events at the same places.
        message_id = f"{rule.id}:{rule.stream}:{stored.sequence}:{stored.message_id}"
        match target.kind:
            case TargetKind.STREAM:
                event = outgoing(
                    made, stream_id=target.id, origin=ORIGIN_PUBLISHED, message_id=message_id
                )
                copies.streams.setdefault(target.id, []).append(ToStream(rule.serial, event))
            case TargetKind.SUBJECT:
                copies.subjects.append(ToSubject(rule.serial, target.id, message_id, to_json(made)))
            case TargetKind.WEBHOOK:
                delivery = self._delivery(active, stored, made)
                copies.webhooks.append(ToWebhook(rule.serial, delivery))

    def _delivery(self, active: Active, stored: Stored, made: CloudEvent) -> Queued:
        rule, webhook_id = active.rule, active.target.id
        endpoint = self.book.endpoint(webhook_id)
        if endpoint is None or not endpoint.is_enabled:
            why = "does not exist" if endpoint is None else "is not enabled"
            raise InvalidEvent.of("target_webhook", f"webhooks/{webhook_id} {why}")
        # Apart from what the webhook's own filters select of the same event.
        origin = f"{rule.stream} {rule.id}"
        return Queued(
            token=endpoint.token,
            partition=ordering_partition(made, endpoint.ordering_key),
            is_ordered=endpoint.is_ordered,
            delivery_id=delivery_id(endpoint.token, origin, stored.sequence, made),
            place=f"{rule.stream}/{stored.sequence}",
            event=event_to_pb(made).SerializeToString(),
            event_type=made.type,
            replay=f"rule-{rule.id}",
        )

    def _loop(self, active: Active, stored: Stored, event: CloudEvent) -> Outgoing:
        rule = active.rule
        data = {
            "routing_rule": rule.name,
            "event": {
                "name": f"streams/{rule.stream}/events/{stored.sequence}",
                "id": event.id,
                "source": event.source,
                "type": event.type,
            },
            "route": list(route_names(event)),
        }
        event_id = f"{rule.stream}-{stored.sequence}"
        told = CloudEvent(
            id=event_id,
            source=f"/{rule.name}",
            type=ROUTING_LOOP,
            subject=rule.name,
            time=Timestamp.of(self.clock.now()),
            datacontenttype=JSON,
            dataschema=schema_url(self.base_url, ROUTING_LOOP),
            data=EventData.text(orjson.dumps(data).decode()),
        )
        return outgoing(told, stream_id=DEFAULT_STREAM)


def _matching(
    rules: Sequence[Active], stored: Stored, event: CloudEvent, facts: Facts
) -> Iterator[Active]:
    for active in rules:
        is_for_it = stored.sequence > active.rule.start_sequence
        if is_for_it and active.compiled.matches(event, facts):
            yield active
