"""The net effect of a stretch of history, computed from its change log alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from svc_datakernel.domain.model import ChangeType, TypeCount


class ContentName(NamedTuple):
    """Names a content without holding it."""

    hash: bytes
    type: str


class LogEntry(NamedTuple):
    """One change in the log: what could be read before it and after it, None for nothing."""

    document_id: str
    before: ContentName | None
    after: ContentName | None


class NetChange(NamedTuple):
    """How one document differs between two commits; never equal on both sides."""

    document_id: str
    before: ContentName | None
    after: ContentName | None

    @property
    def change_type(self) -> ChangeType:
        """What happened from the first commit to the second."""
        if self.before is None:
            return ChangeType.CREATED
        return ChangeType.DELETED if self.after is None else ChangeType.UPDATED

    @property
    def type(self) -> str:
        """The document's type, that of the second commit where it is there."""
        name = self.after or self.before
        assert name is not None, "a net change has at least one side"
        return name.type


def net_changes(to_base: Iterable[LogEntry], to_target: Iterable[LogEntry]) -> list[NetChange]:
    """How two commits differ, in the order of document ids.

    What was there at the point where the two paths part is known without reading
    it: it is what the first change on either path found.

    Args:
        to_base: The log from the parting point to the one commit, oldest first.
        to_target: The log from the parting point to the other, oldest first.
    """
    parting: dict[str, ContentName | None] = {}
    base = _last_states(to_base, parting)
    target = _last_states(to_target, parting)
    found: list[NetChange] = []
    for document_id in sorted(parting):
        start = parting[document_id]
        before, after = base.get(document_id, start), target.get(document_id, start)
        if before != after:
            found.append(NetChange(document_id, before, after))
    return found


def count_by_type(changes: Sequence[NetChange]) -> list[TypeCount]:
    """How many documents of each type differ, in the order of types."""
    counts: dict[str, list[int]] = {}
    for change in changes:
        counts.setdefault(change.type, [0, 0, 0])[change.change_type - 1] += 1
    return [TypeCount(type_, *counts[type_]) for type_ in sorted(counts)]


def _last_states(
    entries: Iterable[LogEntry], parting: dict[str, ContentName | None]
) -> dict[str, ContentName | None]:
    states: dict[str, ContentName | None] = {}
    for document_id, before, after in entries:
        parting.setdefault(document_id, before)
        states[document_id] = after
    return states
