"""What tells runs apart."""

from __future__ import annotations

from typing import NamedTuple


class RunKey(NamedTuple):
    """A run, whatever its job is called."""

    job_uid: int
    id: str


class QueuedRun(NamedTuple):
    """A run that a worker is to take.

    Args:
        attempt: Number of the attempt that is to come, so that a message tells from earlier ones.
    """

    key: RunKey
    priority: int
    attempt: int
