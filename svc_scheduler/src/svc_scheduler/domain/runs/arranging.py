"""Several runs of one job, recorded together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from svc_scheduler.domain.jobs.model import JobSettings
from svc_scheduler.domain.runs.misfires import Fire
from svc_scheduler.domain.runs.model import OPEN, State
from svc_scheduler.domain.runs.overlaps import Other, decide


@dataclass(slots=True)
class Planned:
    """A run to be recorded.

    Args:
        time: The time of the schedule; None for a run by hand.
    """

    id: str
    time: datetime | None
    begin: datetime
    state: State
    reason: str = ""
    missed_count: int = 0


@dataclass(slots=True)
class Arrangement:
    """What is to be recorded, and what becomes of the runs that are there.

    Args:
        cancelled: Ids of runs under way that are to be cancelled.
        ended: Ids of runs that end as cancelled.
        skipped: Ids of waiting runs that others stand for.
    """

    planned: list[Planned] = field(default_factory=list[Planned])
    cancelled: set[str] = field(default_factory=set[str])
    ended: set[str] = field(default_factory=set[str])
    skipped: set[str] = field(default_factory=set[str])


def planned_of(run_id: str, fire: Fire) -> Planned:
    """The run of a time."""
    return Planned(run_id, fire.time, fire.begin, fire.state, fire.reason, fire.missed_count)


def arrange(settings: JobSettings, runs: Iterable[Planned], others: Sequence[Other]) -> Arrangement:
    """Decides about runs one after the other, each in view of those before it.

    Args:
        runs: In the order of their times; changed to what becomes of them.
        others: The job's runs that are not done, in the order they were recorded.
    """
    result = Arrangement()
    there = {each.id: Other(each.id, each.state) for each in others}
    new: dict[str, Planned] = {}
    for run in runs:
        result.planned.append(run)
        if run.state is not State.PENDING or run.id in there:
            continue
        decision = decide(settings, list(there.values()))
        run.state, run.reason = decision.state, decision.reason
        result.cancelled.update(decision.cancel)
        for ids, state, kept in (
            (decision.end, State.CANCELLED, result.ended),
            (decision.replace, State.SKIPPED, result.skipped),
        ):
            for each in ids:
                del there[each]
                if each in new:
                    new[each].state, new[each].reason = state, f"run {run.id} stands for it"
                else:
                    kept.add(each)
        if run.state in OPEN:
            there[run.id], new[run.id] = Other(run.id, run.state), run
    return result
