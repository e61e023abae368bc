"""What of a filter the broker can select by itself: subjects that cover all that matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from svc_events.domain.filters import All, AnyOf, Exact, Filter, Prefix
from svc_events.domain.subjects import subject_filter

_MOST: Final = 50


def subjects_for(stream_id: str, wanted: Filter, *, partition: int | None = None) -> list[str]:
    """Subjects that no matching event lies outside of; they may cover others too.

    The broker refuses subjects that overlap, so a wider one stands in for those inside it.

    Args:
        partition: Only this one; None: every.
    """
    types = _types(wanted)
    if types is None or len(types) > _MOST:
        types = [""]
    subjects = {subject_filter(stream_id, partition=partition, event_type=each) for each in types}
    return sorted(
        subject
        for subject in subjects
        if not any(other != subject and _covers(other, subject) for other in subjects)
    )


def _types(wanted: Filter) -> Sequence[str] | None:
    """Types, or with a final `*` beginnings of types, that every match has one of; None: any."""
    match wanted:
        case Exact("type", value):
            return [value]
        case Prefix("type", value):
            return [f"{value}*"]
        case All(inner):
            known = [found for each in inner if (found := _types(each)) is not None]
            return min(known, key=len) if known else None
        case AnyOf(inner):
            every = [_types(each) for each in inner]
            if any(each is None for each in every):
                return None
            return [each for some in every if some is not None for each in some]
        case _:
            return None


def _covers(wide: str, narrow: str) -> bool:
    """Whether a subject with a final `>` takes in another one."""
    return wide.endswith(".>") and narrow.startswith(wide[:-1])
