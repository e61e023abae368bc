"""How the scheduler fares.

oms_scheduler_leading                            1 while this process leads, else 0
oms_scheduler_fencing_token                      token of the term that this process leads in
oms_scheduler_runs_recorded_total                times of schedules that were recorded as runs
oms_scheduler_lateness_seconds                   how long after its time each was recorded
scheduler_jobs_executed_total{kind,outcome}      attempts that ended here, by kind of target
oms_scheduler_attempt_seconds{kind}              how long they took
oms_scheduler_runs_running                       runs that this process has
oms_scheduler_stale_reports_total                results that were refused: they came too late
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_LATENESS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600)
_SECONDS: Final = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 900, 3600)

LEADING: Final = Gauge("oms_scheduler_leading", "1 while this process leads")
TOKEN: Final = Gauge("oms_scheduler_fencing_token", "Token of the term led in")
RECORDED: Final = Counter("oms_scheduler_runs_recorded", "Times of schedules recorded as runs")
LATENESS: Final = Histogram(
    "oms_scheduler_lateness_seconds",
    "How long after its time a run was recorded",
    buckets=_LATENESS,
)
EXECUTED: Final = Counter(
    "scheduler_jobs_executed", "Attempts that ended, by kind of target", ["kind", "outcome"]
)
SECONDS: Final = Histogram(
    "oms_scheduler_attempt_seconds", "How long attempts took", ["kind"], buckets=_SECONDS
)
RUNNING: Final = Gauge("oms_scheduler_runs_running", "Runs that this process has")
STALE: Final = Counter("oms_scheduler_stale_reports", "Results that were refused")


def led(token: int) -> None:
    """This process leads; 0: no more."""
    LEADING.set(1 if token else 0)
    TOKEN.set(token)


def recorded(lateness_s: Iterable[float]) -> None:
    """Times were recorded, each so many seconds late."""
    for each in lateness_s:
        RECORDED.inc()
        LATENESS.observe(max(0.0, each))
