"""Reads the change log: one commit's changes, and the changes along a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, select

from svc_datakernel.adapters.sql import bodies, positions
from svc_datakernel.adapters.sql.dialect import AnyRow
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.tables import changes, commits, contents, documents
from svc_datakernel.domain.differences import ContentName, LogEntry, NetChange, net_changes
from svc_datakernel.domain.hashing import etag_of
from svc_datakernel.domain.model import ChangePart, ChangeType, Commit, Difference
from svc_datakernel.domain.store import PAGE_BYTES

_before, _after = contents.alias("before_content"), contents.alias("after_content")
_ENTRIES = select(
    documents.c.id,
    changes.c.type,
    changes.c.change_type,
    changes.c.key,
    _before.c.hash,
    _before.c.type,
    _after.c.hash,
    _after.c.type,
)
_JOINED = (
    changes.join(documents, documents.c.key == changes.c.document)
    .outerjoin(_before, _before.c.key == changes.c.before)
    .outerjoin(_after, _after.c.key == changes.c.after)
)
_OF_COMMIT = (
    _ENTRIES.select_from(_JOINED)
    .where(changes.c.key >= bindparam("start"), changes.c.key < bindparam("end"))
    .order_by(changes.c.key)
    .limit(bindparam("count"))
)
# Goes from a line's commits to the changes of each, so that the cost is the changes'.
_ALONG_LINE = (
    _ENTRIES.select_from(
        commits.join(
            _JOINED,
            (changes.c.key >= commits.c.change_start) & (changes.c.key < commits.c.change_end),
        )
    )
    .where(
        commits.c.line == bindparam("line"),
        commits.c.sequence > bindparam("after"),
        commits.c.sequence <= bindparam("last"),
    )
    .order_by(commits.c.sequence, changes.c.key)
)
_RANGE = select(commits.c.change_start, commits.c.change_end).where(
    commits.c.sequence == bindparam("sequence")
)
_START = select(commits.c.change_start).where(commits.c.sequence == bindparam("sequence"))


def read_changes(
    conn: Connection, commit: Commit, *, start: int, limit: int, with_documents: bool
) -> ChangePart:
    """A commit's changes from index `start` in the order of document ids."""
    first = conn.execute(_START, {"sequence": commit.sequence}).scalar_one()
    parameters = {"start": first + start, "end": first + commit.change_count, "count": limit}
    rows = [
        (_to_entry(row), row.change_type, row.type) for row in conn.execute(_OF_COMMIT, parameters)
    ]
    entries = [entry for entry, _, _ in rows]
    count = fitting(conn, entries) if with_documents else len(rows)
    loaded = _load(conn, entries[:count]) if with_documents else {}
    differences = [
        _difference(entry, ChangeType(change_type), type_, loaded)
        for entry, change_type, type_ in rows[:count]
    ]
    end = start + count
    return ChangePart(differences, end if end < commit.change_count else None)


def differences_of(
    conn: Connection, net: Sequence[NetChange], *, with_documents: bool
) -> list[Difference]:
    """Differences for net changes, with their contents if asked for."""
    loaded = _load(conn, net) if with_documents else {}
    return [_difference(change, change.change_type, change.type, loaded) for change in net]


def fitting(conn: Connection, named: Sequence[LogEntry] | Sequence[NetChange]) -> int:
    """How many of the first changes have contents of about 1 MiB together; at least one."""
    sizes = bodies.sizes_of(conn, _hashes(named))
    total = 0
    for count, change in enumerate(named):
        total += sum(sizes[name.hash] for name in (change.before, change.after) if name)
        if total > PAGE_BYTES and count > 0:
            return count
    return len(named)


def changes_of(conn: Connection, sequence: int) -> list[LogEntry]:
    """What one commit changed, in the order of document ids."""
    start, end = conn.execute(_RANGE, {"sequence": sequence}).one()
    parameters = {"start": start, "end": end, "count": end - start}
    return [_to_entry(row) for row in conn.execute(_OF_COMMIT, parameters)]


def net_between(conn: Connection, base: Position, target: Position) -> list[NetChange]:
    """How two commits differ, from the changes on the way between them only."""
    base_reach, target_reach = positions.reach(conn, base), positions.reach(conn, target)
    seen_from_base = {reach.line: reach.sequence for reach in base_reach}
    # Lines form a tree with one root, so the two reaches always meet.
    shared = next(reach for reach in target_reach if reach.line in seen_from_base)
    parting = min(shared.sequence, seen_from_base[shared.line])
    return net_changes(
        _along(conn, base_reach, shared.line, parting),
        _along(conn, target_reach, shared.line, parting),
    )


def _along(
    conn: Connection, reach: Sequence[positions.Reach], line: int, parting: int
) -> Iterator[LogEntry]:
    """The log from the parting point on `line` to the start of a reach, oldest first."""
    nearest = next(index for index, seen in enumerate(reach) if seen.line == line)
    for seen in reversed(reach[: nearest + 1]):
        after = parting if seen.line == line else 0
        if seen.sequence <= after:
            continue
        parameters = {"line": seen.line, "after": after, "last": seen.sequence}
        for row in conn.execute(_ALONG_LINE, parameters):
            yield _to_entry(row)


def _to_entry(row: AnyRow) -> LogEntry:
    id_, _, change_type, _, before, before_type, after, after_type = row
    return LogEntry(
        id_,
        None if before is None else ContentName(before, before_type),
        None
        if after is None or change_type == ChangeType.DELETED
        else ContentName(after, after_type),
    )


def _difference(
    change: LogEntry | NetChange, change_type: ChangeType, type_: str, json: dict[bytes, bytes]
) -> Difference:
    before = change.before.hash if change.before else None
    after = change.after.hash if change.after else None
    return Difference(
        document_id=change.document_id,
        type=type_,
        change_type=change_type,
        before_etag=etag_of(before),
        after_etag=etag_of(after),
        before_json=json.get(before) if before else None,
        after_json=json.get(after) if after else None,
    )


def _hashes(named: Sequence[LogEntry] | Sequence[NetChange]) -> list[bytes]:
    names = (name for change in named for name in (change.before, change.after))
    return list(dict.fromkeys(name.hash for name in names if name))


def _load(conn: Connection, named: Sequence[LogEntry] | Sequence[NetChange]) -> dict[bytes, bytes]:
    found = bodies.load_named(conn, _hashes(named))
    return {hash_: content.json for hash_, content in found.items()}
