"""What a subscription is, and the rules its settings keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from oms_core.errors import InvalidField

from svc_events.domain.filters import Filter, parse_filters

DEFAULT_ACK_DEADLINE_S: Final = 30.0
MAX_ACK_DEADLINE_S: Final = 3600.0
DEFAULT_MAX_OUTSTANDING: Final = 1000
DEFAULT_RETRY_DELAYS_S: Final = (1.0, 5.0, 30.0, 60.0, 300.0)
MAX_RETRY_DELAY_S: Final = 7 * 86_400.0


class Ordering(Enum):
    """In what order events are delivered; see `DeliveryOrdering` in the protos."""

    NONE = "none"
    BY_KEY = "by_key"


@dataclass(frozen=True, slots=True)
class Start:
    """Where in a stream to start; with the events to come when nothing is set.

    At most one is set. The beginning is sequence 1, the first event that is kept. A commit
    has been turned into a sequence before.
    """

    sequence: int = 0
    time: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Whether it means the events to come."""
        return not self.sequence and self.time is None


@dataclass(frozen=True, slots=True)
class SubscriptionSpec:
    """What callers say of a subscription.

    Args:
        stream: Id of its stream.
        filters: As plain data; all have to match.
        max_attempts: 0: without limit.
    """

    stream: str
    description: str = ""
    filters: Sequence[object] = ()
    ordering: Ordering = Ordering.NONE
    ack_deadline_s: float = DEFAULT_ACK_DEADLINE_S
    max_attempts: int = 0
    max_outstanding: int = DEFAULT_MAX_OUTSTANDING
    retry_delays_s: Sequence[float] = DEFAULT_RETRY_DELAYS_S

    def check(self) -> Filter:
        """Checks what the protos can't say; the filters as one.

        Raises:
            InvalidField, InvalidExpression.
        """
        if not 1 <= self.ack_deadline_s <= MAX_ACK_DEADLINE_S:
            raise InvalidField.of(
                "subscription.ack_deadline",
                f"is {self.ack_deadline_s:g} s; from 1 s to {MAX_ACK_DEADLINE_S:g} s are allowed",
            )
        for index, delay in enumerate(self.retry_delays_s):
            if not 0 <= delay <= MAX_RETRY_DELAY_S:
                raise InvalidField.of(
                    f"subscription.retry.delays[{index}]",
                    f"is {delay:g} s; from 0 to {MAX_RETRY_DELAY_S:g} s are allowed",
                )
        return parse_filters(list(self.filters))

    def retry_delay_s(self, attempt: int) -> float:
        """How long a delivery that was rejected waits.

        Args:
            attempt: Which attempt was rejected, from 1.
        """
        delays = self.retry_delays_s or DEFAULT_RETRY_DELAYS_S
        return delays[min(attempt, len(delays)) - 1]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it is kept.

    Args:
        start: Where its epoch began, never "now": consumers that are missing, such as after a
            crash while it was made, are made from it.
        epoch: Counts up with each seek; deliveries of an earlier one are void.
        version: Counts up with each change of the settings.
    """

    id: str
    spec: SubscriptionSpec
    start: Start
    created_by: str
    create_time: datetime
    update_time: datetime
    epoch: int = 1
    version: int = 1

    @property
    def etag(self) -> str:
        """Changes whenever the settings do."""
        return f"{self.version}-{self.epoch}"


@dataclass(frozen=True, slots=True)
class Counts:
    """What the broker knows of a subscription."""

    pending: int = 0
    outstanding: int = 0
    redelivered: int = 0
    acknowledged_sequence: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to a subscriber.

    Args:
        payload: The event in protobuf.
        deadline: When it comes again unless it is acknowledged.
    """

    sequence: int
    publish_time: datetime
    payload: bytes
    ack_id: str = ""
    attempt: int = 1
    deadline: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
