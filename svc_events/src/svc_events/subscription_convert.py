"""Subscriptions and deliveries between protos and the domain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import subscription_service_pb2 as pb
from oms_core.errors import InvalidField

from svc_events.domain.subscriptions.record import (
    DEFAULT_ACK_DEADLINE_S,
    DEFAULT_MAX_OUTSTANDING,
    DEFAULT_RETRY_DELAYS_S,
    Counts,
    Delivery,
    Ordering,
    Start,
    Subscription,
    SubscriptionSpec,
)
from svc_events.filter_convert import filters_from_plain, filters_to_plain
from svc_events.names import stream_of

CHANGEABLE: Final = frozenset(
    {
        "description",
        "selection.filters",
        "ack_deadline",
        "max_attempts",
        "max_outstanding",
        "retry",
    }
)
_ORDERINGS: Final = {
    pb.DELIVERY_ORDERING_UNSPECIFIED: Ordering.NONE,
    pb.DELIVERY_ORDERING_NONE: Ordering.NONE,
    pb.DELIVERY_ORDERING_BY_KEY: Ordering.BY_KEY,
}
_ORDERING_NAMES: Final = {
    Ordering.NONE: pb.DELIVERY_ORDERING_NONE,
    Ordering.BY_KEY: pb.DELIVERY_ORDERING_BY_KEY,
}

CommitFinder = Callable[[str, str, bool], Awaitable[int]]
"""Finds where in a stream, by its id, a commit's first event is, or what comes after its last."""


def seconds_of(duration: Duration) -> float:
    """A duration in seconds."""
    return duration.seconds + duration.nanos / 1e9


def duration_of(seconds: float) -> Duration:
    """Seconds as a duration, to the microsecond."""
    duration = Duration()
    duration.FromMicroseconds(round(seconds * 1e6))
    return duration


def time_of(timestamp: Timestamp) -> datetime:
    """A time with time zone UTC."""
    return timestamp.ToDatetime(tzinfo=UTC)


def timestamp_of(time: datetime) -> Timestamp:
    """A time as a message."""
    timestamp = Timestamp()
    timestamp.FromDatetime(time)
    return timestamp


def spec_of(message: pb.Subscription) -> SubscriptionSpec:
    """What a caller says of a subscription, with the defaults of what is left out."""
    retry = message.retry.delays
    return SubscriptionSpec(
        stream=stream_of(message.selection.stream),
        description=message.description,
        filters=filters_to_plain(message.selection.filters),
        ordering=_ORDERINGS[message.ordering],
        ack_deadline_s=(
            seconds_of(message.ack_deadline)
            if message.HasField("ack_deadline")
            else DEFAULT_ACK_DEADLINE_S
        ),
        max_attempts=message.max_attempts,
        max_outstanding=message.max_outstanding or DEFAULT_MAX_OUTSTANDING,
        retry_delays_s=[seconds_of(each) for each in retry] if retry else DEFAULT_RETRY_DELAYS_S,
    )


def message_of(subscription: Subscription, counts: Counts | None = None) -> pb.Subscription:
    """A subscription as it is answered; where it started is not kept."""
    spec = subscription.spec
    message = pb.Subscription(
        name=f"subscriptions/{subscription.id}",
        description=spec.description,
        selection=event_pb.Selection(
            stream=f"streams/{spec.stream}", filters=filters_from_plain(spec.filters)
        ),
        ordering=_ORDERING_NAMES[spec.ordering],
        ack_deadline=duration_of(spec.ack_deadline_s),
        max_attempts=spec.max_attempts,
        max_outstanding=spec.max_outstanding,
        retry=event_pb.RetryDelays(delays=[duration_of(each) for each in spec.retry_delays_s]),
        etag=subscription.etag,
        create_time=timestamp_of(subscription.create_time),
        update_time=timestamp_of(subscription.update_time),
        created_by=subscription.created_by,
    )
    if counts is not None:
        message.pending_count = counts.pending
        message.outstanding_count = counts.outstanding
        message.redelivered_count = counts.redelivered
        message.acknowledged_sequence = counts.acknowledged_sequence
    return message


async def start_of(
    position: event_pb.StartPosition, stream: str, find_commit: CommitFinder, *, field: str
) -> Start:
    """Where to start, a commit having been looked up.

    Args:
        stream: Id of the stream.
        field: What errors call the position.
    Raises:
        InvalidField: a sequence below 1.
        ResourceNotFound: the stream has no event of the commit.
    """
    which = position.WhichOneof("position")
    if which == "beginning" and position.beginning:
        return Start(sequence=1)
    if which == "sequence":
        if position.sequence < 1:
            raise InvalidField.of(
                f"{field}.sequence", f"is {position.sequence}; positions begin at 1"
            )
        return Start(sequence=position.sequence)
    if which == "time":
        return Start(time=time_of(position.time))
    if which in ("commit", "after_commit"):
        is_after = which == "after_commit"
        commit = position.after_commit if is_after else position.commit
        return Start(sequence=await find_commit(stream, commit, is_after))
    return Start()


def delivered(delivery: Delivery, stream: str) -> event_pb.DeliveredEvent:
    """An event as it is handed to a subscriber."""
    message = event_pb.DeliveredEvent(
        event=event_pb.StoredEvent(
            name=f"streams/{stream}/events/{delivery.sequence}",
            event=cloudevents_pb2.CloudEvent.FromString(delivery.payload),
            sequence=delivery.sequence,
            publish_time=timestamp_of(delivery.publish_time),
        ),
        ack_id=delivery.ack_id,
        attempt=delivery.attempt,
    )
    if delivery.deadline is not None:
        message.ack_deadline.CopyFrom(timestamp_of(delivery.deadline))
    return message
