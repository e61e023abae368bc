"""Jobs and their policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from svc_scheduler.domain.targets.model import Target
from svc_scheduler.domain.triggers.schedule import Schedule

DEFAULT_TIMEOUT: Final = timedelta(minutes=5)
DEFAULT_CATCH_UP: Final = timedelta(hours=1)
MAX_WAITING: Final = 1_000
"""Most runs of a job that wait for others."""


class Overlap(IntEnum):
    """What becomes of a run while others of its job are not done; numbers as in the proto."""

    SKIP = 1
    QUEUE_ONE = 2
    QUEUE_ALL = 3
    CANCEL_OTHER = 4
    TERMINATE_OTHER = 5
    ALLOW = 6


class Priority(IntEnum):
    """Which runs go first; numbers as in the proto."""

    LOW = 1
    NORMAL = 2
    HIGH = 3


@dataclass(frozen=True, slots=True)
class Misfire:
    """What becomes of times that could not be kept.

    Args:
        catch_up: Times further back are passed over together.
        grace: Times within the window and further back than this are recorded as missed.
        is_coalesced: Of several due times only the last runs.
    """

    catch_up: timedelta = DEFAULT_CATCH_UP
    grace: timedelta = DEFAULT_CATCH_UP
    is_coalesced: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """When an attempt that failed is repeated.

    Args:
        max_attempts: At least 1.
        multiplier: How many times longer each wait is than the one before.
    """

    max_attempts: int = 1
    first_delay: timedelta = timedelta(seconds=1)
    multiplier: float = 2.0
    max_delay: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class JobSettings:
    """What its author says about a job.

    Args:
        schedule: None: it runs only by hand.
        permissions: What a run may do.
        max_concurrency: With `Overlap.ALLOW`; 0: any number.
        pause_after_failures: 0: never.
    """

    target: Target
    schedule: Schedule | None = None
    permissions: frozenset[str] = frozenset()
    misfire: Misfire = Misfire()
    overlap: Overlap = Overlap.SKIP
    max_concurrency: int = 0
    timeout: timedelta = DEFAULT_TIMEOUT
    retry: Retry = Retry()
    pause_after_failures: int = 0
    expire_time: datetime | None = None
    priority: Priority = Priority.NORMAL
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def with_overlap(self, overlap: Overlap) -> JobSettings:
        """The same with another policy on overlaps."""
        return replace(self, overlap=overlap)

    @property
    def is_unlimited(self) -> bool:
        """Whether runs never wait for each other."""
        return self.overlap is Overlap.ALLOW and self.max_concurrency == 0
