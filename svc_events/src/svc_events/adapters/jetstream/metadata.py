"""What JetStream says of a message, read off its reply subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nats.aio.msg import Msg

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """Where a message stands.

    Args:
        attempt: How often it was delivered to the consumer, from 1.
        sequence: Position in the stream.
        delivery: How many messages the consumer had delivered with this one, repetitions included.
        publish_time: When the stream took it.
        pending: How many more the consumer has to deliver.
    """

    attempt: int
    sequence: int
    delivery: int
    publish_time: datetime
    pending: int


def facts_of(message: Msg) -> MessageFacts:
    """What the broker says of a message that a consumer delivered."""
    attempt, sequence, delivery, nanoseconds, pending = (
        int(token) for token in message.reply.split(".")[-5:]
    )
    published = _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    return MessageFacts(attempt, sequence, delivery, published, pending)
