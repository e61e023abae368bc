"""Plans the changes that make, at a head, what was changed elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import bodies, versions
from svc_datakernel.adapters.sql.dialect import in_chunks
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.versions import Version
from svc_datakernel.domain.differences import ContentName, NetChange
from svc_datakernel.domain.hashing import Content
from svc_datakernel.domain.model import ChangeType
from svc_datakernel.domain.operations import PlannedChange
from svc_datakernel.domain.transplanting import (
    Conflict,
    Strictness,
    Versions,
    merge_documents,
    whole_conflict,
)

Check: TypeAlias = Callable[[Connection, Position, Sequence[PlannedChange]], None]
"""Raises what the schema does not allow of changes to be made at a position."""


def unchecked(conn: Connection, position: Position, changes: Sequence[PlannedChange]) -> None:
    """The check of a database without a schema."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How changes are taken over.

    Args:
        is_merging: Documents are merged member by member.
    """

    is_merging: bool
    strictness: Strictness = field(default_factory=Strictness)


@dataclass(slots=True)
class Transplant:
    """What to change at a head, and what stands in the way; as `NewCommit` needs it."""

    changes: list[PlannedChange] = field(default_factory=list[PlannedChange])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])
    seen: dict[str, Version] = field(default_factory=dict[str, Version])
    stored: dict[bytes, int] = field(default_factory=dict[bytes, int])


_NOTHING: Final = object()


def plan(
    conn: Connection,
    head: Position,
    elsewhere: Sequence[NetChange],
    final: Position,
    rules: Rules,
) -> Transplant:
    """Plans at a head what was changed elsewhere.

    Args:
        final: Where the changed documents are as they should become; tells soft deletions.
    """
    transplant = Transplant()
    for some in in_chunks(elsewhere):
        ids = [change.document_id for change in some]
        here, there = versions.by_id(conn, head, ids), versions.by_id(conn, final, ids)
        transplant.seen |= here
        open_changes: list[NetChange] = []
        for change in some:
            ours = here.get(change.document_id)
            if _fits(change, ours, rules):
                _take(transplant, change, ours, there.get(change.document_id))
            else:
                open_changes.append(change)
        for change, found in _merged(conn, open_changes, here, rules):
            _settle(transplant, change, found, here, there)
    hashes = [
        change.after
        for change in transplant.changes
        if change.after is not None and change.new_content is None
    ]
    transplant.stored |= bodies.keys_of(conn, hashes)
    return transplant


def _live(version: Version | None) -> bytes | None:
    return version.hash if version is not None and version.is_live else None


def _hash(name: ContentName | None) -> bytes | None:
    return None if name is None else name.hash


def _fits(change: NetChange, ours: Version | None, rules: Rules) -> bool:
    hash_ = _live(ours)
    is_final = rules.strictness.match_final_state and hash_ == _hash(change.after)
    return is_final or hash_ == _hash(change.before)


def _take(
    transplant: Transplant, change: NetChange, ours: Version | None, theirs: Version | None
) -> None:
    before = _live(ours)
    if before == _hash(change.after):
        return
    if change.after is not None:
        transplant.changes.append(_write(change.document_id, before, change.after))
        return
    # What was deleted softly elsewhere stays readable with `show_deleted` here too.
    assert ours is not None, "a deletion is taken only where there is something to delete"
    is_soft = theirs is not None and theirs.is_there
    kept = theirs if is_soft and theirs is not None else ours
    transplant.changes.append(
        PlannedChange(
            document_id=change.document_id,
            type=kept.type,
            change_type=ChangeType.DELETED,
            is_hard=not is_soft,
            before=before,
            after=kept.hash if is_soft else None,
        )
    )


def _write(
    document_id: str, before: bytes | None, after: ContentName, content: Content | None = None
) -> PlannedChange:
    return PlannedChange(
        document_id=document_id,
        type=after.type,
        change_type=ChangeType.CREATED if before is None else ChangeType.UPDATED,
        is_hard=False,
        before=before,
        after=after.hash,
        new_content=content,
    )


def _merged(
    conn: Connection, changes: Sequence[NetChange], here: Mapping[str, Version], rules: Rules
) -> Iterator[tuple[NetChange, bytes | Conflict | None]]:
    for change in changes:
        ours = here.get(change.document_id)
        hashes = (_hash(change.before), _hash(change.after), _live(ours))
        loaded = bodies.load_named(conn, [hash_ for hash_ in hashes if hash_])
        json = [loaded[hash_].json if hash_ else None for hash_ in hashes]
        found = Versions(change.document_id, *json)
        same_type = ours is None or len({content.type for content in loaded.values()}) == 1
        if rules.is_merging and same_type:
            yield change, merge_documents(found, rules.strictness)
        else:
            yield change, whole_conflict(found)


def _settle(
    transplant: Transplant,
    change: NetChange,
    found: bytes | Conflict | None,
    here: Mapping[str, Version],
    there: Mapping[str, Version],
) -> None:
    if isinstance(found, Conflict):
        transplant.conflicts.append(found)
        return
    ours = here.get(change.document_id)
    if found is None:
        if _live(ours) is not None:
            _take(transplant, change, ours, there.get(change.document_id))
        return
    content = Content.of(change.type, found)
    if content.hash != _live(ours):
        name = ContentName(content.hash, content.type)
        written = _write(change.document_id, _live(ours), name, content)
        transplant.changes.append(written)
