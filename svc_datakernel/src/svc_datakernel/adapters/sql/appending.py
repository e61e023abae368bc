"""Appends a commit to a branch: the one place that writes history.

The caller holds the database's write lock, so that keys and sequences can be
counted up from the highest ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from svc_datakernel.adapters.sql import (
    bodies,
    deferring,
    directory,
    graph_index,
    last_keys,
    positions,
)
from svc_datakernel.adapters.sql import tables as t
from svc_datakernel.adapters.sql.dialect import insert_rows
from svc_datakernel.adapters.sql.directory import NewEntry
from svc_datakernel.adapters.sql.graph_index import IndexedChange
from svc_datakernel.adapters.sql.known import LastKeys
from svc_datakernel.adapters.sql.marks import (
    REMOVED_LINE,
)
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.versions import Version
from svc_datakernel.domain.hashing import commit_hash
from svc_datakernel.domain.model import MAIN_BRANCH, ChangeType, Commit, DatabaseModel
from svc_datakernel.domain.operations import PlannedChange


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit to append.

    Args:
        head: The branch's head, the first parent.
        changes: What it changes, in any order.
        seen: Versions seen from the head, for each changed document that has one.
        taken: For a merge: versions on the other side, for each changed document that has one.
        stored: Keys of contents that are stored already, by hash, beyond those of the versions.
        line: The line to put it on; no branch is moved then. None: the branch's own.
    """

    database: str
    branch: str
    head: Position
    author: str
    message: str
    now_us: int
    changes: Sequence[PlannedChange]
    seen: Mapping[str, Version]
    second_parent: Position | None = None
    taken: Mapping[str, Version] = field(default_factory=dict[str, Version])
    stored: Mapping[bytes, int] = field(default_factory=dict[bytes, int])
    line: int | None = None
    request_id: str = ""
    fingerprint: bytes = b""


_LAST_LINE = select(
    func.max(t.lines.c.key),
    select(t.meta.c.value).where(t.meta.c.name == REMOVED_LINE).scalar_subquery(),
)
_MOVE = Query(
    update(t.branches)
    .where(t.branches.c.name == bindparam("branch"))
    .values(
        head=bindparam("new_head"),
        line=bindparam("new_line"),
        update_time_us=bindparam("new_time_us"),
    )
)
_KNOWN = Query(select(t.commits.c.sequence).where(t.commits.c.id == bindparam("id")))
_COMMIT_COLUMNS = tuple(column.name for column in t.commits.c)


def append_root(conn: Connection, *, database: str, author: str, message: str, now_us: int) -> None:
    """Writes the first commit, its line and the branch `main` into empty tables."""
    conn.execute(insert(t.lines).values(key=0, branch=MAIN_BRANCH, parent=None, fork_sequence=None))
    own = {"sequence_limit": None, "change_limit": None}
    conn.execute(insert(t.line_ancestors).values(line=0, depth=0, ancestor=0, **own))
    root = commit_hash(
        database=database,
        parents=(),
        author=author,
        message=message,
        time_us=now_us,
        branch=MAIN_BRANCH,
        changes=(),
    )
    values = _commit_values(author, message, now_us, MAIN_BRANCH)
    _insert_commit(conn, values | {"sequence": 0, "id": root, "line": 0})
    times = {"create_time_us": now_us, "update_time_us": now_us}
    conn.execute(insert(t.branches).values(name=MAIN_BRANCH, head=0, line=0, **times))


def append(conn: Connection, new: NewCommit) -> Commit:
    """Writes a commit with its changes and, unless it has a line to go on, moves the branch."""
    last, own = last_keys.of(conn, new.branch)
    sequence, start = last.sequence + 1, last.change + 1
    ordered = sorted(new.changes, key=lambda change: change.document_id)
    line = _line_for(conn, new, own) if new.line is None else new.line
    time_us = max(new.now_us, new.head.time_us)
    source = new.second_parent
    commit_id = _hash(new, last.origin or new.database, ordered, time_us)
    if own is None and new.line is None:
        # The branch may have stood here before it was moved, and have made this very commit.
        while _KNOWN.row(conn, {"id": commit_id}) is not None:
            time_us += 1
            commit_id = _hash(new, last.origin or new.database, ordered, time_us)
    values = _commit_values(new.author, new.message, time_us, new.branch) | {
        "sequence": sequence,
        "id": commit_id,
        "line": line,
        "change_start": start,
        "change_end": start + len(ordered),
        "first_parent": new.head.sequence,
        "second_parent": source.sequence if source else None,
        "request_id": new.request_id,
        "fingerprint": new.fingerprint,
    }
    _insert_commit(conn, values)
    if source is not None:
        merge = (line, sequence, source.line, source.sequence)
        insert_rows(conn, t.merges, [merge], keeps_known=True)
    contents = _store_contents(conn, new, ordered, last)
    documents = _store_documents(conn, new, ordered, last)
    rows = [
        (
            start + index,
            sequence,
            line,
            documents[change.document_id],
            change.type,
            change.change_type.value,
            change.is_hard,
            None if change.before is None else contents[change.before],
            None if change.after is None else contents[change.after],
            *_authorship(new, change, sequence),
        )
        for index, change in enumerate(ordered)
    ]
    insert_rows(conn, t.changes, rows, keeps_known=True)
    last.sequence, last.change = sequence, start + len(ordered) - 1
    entries = _entries(new, ordered, documents, line=line, start=start)
    directory.add(conn, line, entries, change_start=start)
    if last.model == str(DatabaseModel.GRAPH.value):
        graph_index.index(conn, line, _indexed(conn, new, ordered, rows, line=line))
    if new.line is None:
        moved = {"new_head": sequence, "new_line": line, "new_time_us": time_us}
        _MOVE.later(conn, moved | {"branch": new.branch}, table=t.branches, key=new.branch)
        head = Position(sequence, commit_id, line, start + len(ordered), time_us)
        _learn_head(conn, new.branch, head)
    record_request(conn, new.request_id, new.fingerprint, sequence=sequence, is_unchanged=False)
    return Commit(
        id=commit_id.hex(),
        parents=tuple(parent.hex() for parent in _parents(new)),
        author=new.author,
        message=new.message,
        time_us=time_us,
        branch=new.branch,
        sequence=sequence,
        change_count=len(ordered),
        request_id=new.request_id,
        fingerprint=new.fingerprint,
    )


def record_request(
    conn: Connection, request_id: str, fingerprint: bytes, *, sequence: int, is_unchanged: bool
) -> None:
    """Keeps a request's answer for its repetition; nothing without a request id."""
    if request_id:
        row = (request_id, fingerprint, sequence, is_unchanged)
        insert_rows(conn, t.requests, [row], keeps_known=True)
        known = deferring.known_of(conn)
        if known is not None:
            known.requests[request_id] = row


def _learn_head(conn: Connection, branch: str, head: Position) -> None:
    known = deferring.known_of(conn)
    if known is not None:
        known.heads[branch] = head
        known.own_lines[branch] = head.line


def _insert_commit(conn: Connection, values: Mapping[str, Any]) -> None:
    row = tuple(values[name] for name in _COMMIT_COLUMNS)
    insert_rows(conn, t.commits, [row], keeps_known=True)


def _commit_values(author: str, message: str, time_us: int, branch: str) -> dict[str, Any]:
    return {
        "change_start": 1,
        "change_end": 1,
        "first_parent": None,
        "second_parent": None,
        "branch": branch,
        "author": author,
        "message": message,
        "time_us": time_us,
        "request_id": "",
        "fingerprint": b"",
    }


def _hash(new: NewCommit, database: str, ordered: Sequence[PlannedChange], time_us: int) -> bytes:
    return commit_hash(
        database=database,
        parents=_parents(new),
        author=new.author,
        message=new.message,
        time_us=time_us,
        branch=new.branch,
        changes=(change[:6] for change in ordered),
    )


def _parents(new: NewCommit) -> list[bytes]:
    return [new.head.id] + ([new.second_parent.id] if new.second_parent else [])


def _line_for(conn: Connection, new: NewCommit, own: int | None) -> int:
    """The branch's own line; begun here with the first commit since the branch was made."""
    return begin_line(conn, new.branch, new.head) if own is None else own


def begin_line(conn: Connection, branch: str, fork: Position) -> int:
    """A new line, whose first commit will be on top of another line's."""
    last, removed = conn.execute(_LAST_LINE).one()
    line = max(last, int(removed or 0)) + 1
    conn.execute(
        insert(t.lines).values(
            key=line, branch=branch, parent=fork.line, fork_sequence=fork.sequence
        )
    )
    reach = positions.reach(conn, fork)
    rows: list[tuple[int | None, ...]] = [(line, 0, line, None, None)]
    rows += [(line, depth, *seen) for depth, seen in enumerate(reach, 1)]
    insert_rows(conn, t.line_ancestors, rows)
    return line


def _store_contents(
    conn: Connection, new: NewCommit, ordered: Sequence[PlannedChange], last: LastKeys
) -> dict[bytes, int]:
    """Keys of all contents the changes name, those not stored before being stored."""
    fresh = {change.after: change.new_content for change in ordered if change.new_content}
    keys = bodies.keys_of(conn, [hash_ for hash_ in fresh if hash_ is not None])
    rows: list[tuple[Any, ...]] = []
    for content in fresh.values():
        if content.hash not in keys:
            last.content += 1
            keys[content.hash] = last.content
            row = (last.content, content.hash, len(content.json), content.type, content.json)
            rows.append(row)
    insert_rows(conn, t.contents, rows, keeps_known=True)
    known = deferring.known_of(conn)
    if known is not None:
        known.store(rows)
    for versions in (new.seen, new.taken):
        for version in versions.values():
            if version.hash is not None and version.content is not None:
                keys[version.hash] = version.content
    return {**keys, **new.stored}


def _store_documents(
    conn: Connection, new: NewCommit, ordered: Sequence[PlannedChange], last: LastKeys
) -> dict[str, int]:
    keys: dict[str, int] = {}
    rows: list[tuple[int, str]] = []
    for change in ordered:
        seen = new.seen.get(change.document_id)
        if seen is not None:
            keys[change.document_id] = seen.document
            continue
        last.document += 1
        keys[change.document_id] = last.document
        rows.append((last.document, change.document_id))
    insert_rows(conn, t.documents, rows, keeps_known=True)
    known = deferring.known_of(conn)
    if known is not None:
        known.touch(change.document_id for change in ordered)
    return keys


def _authorship(new: NewCommit, change: PlannedChange, sequence: int) -> tuple[int, int]:
    """The commits that created and last changed the document."""
    created = updated = sequence
    taken = new.taken.get(change.document_id)
    if taken is not None and taken.line is not None:
        created, updated = taken.created_sequence, taken.updated_sequence
    if change.change_type is not ChangeType.CREATED:
        created = new.seen[change.document_id].created_sequence
    return created, updated


def _entries(
    new: NewCommit,
    ordered: Sequence[PlannedChange],
    documents: Mapping[str, int],
    *,
    line: int,
    start: int,
) -> list[NewEntry]:
    """What the line's directory lacks: documents it had no version of under that type."""
    found: list[NewEntry] = []
    for key, change in enumerate(ordered, start):
        if change.after is None:
            continue
        known = new.seen.get(change.document_id)
        if known is None or known.line != line or known.type != change.type:
            document = documents[change.document_id]
            found.append(NewEntry(change.document_id, change.type, document, key))
    return found


def _indexed(
    conn: Connection,
    new: NewCommit,
    ordered: Sequence[PlannedChange],
    rows: Sequence[tuple[Any, ...]],
    *,
    line: int,
) -> list[IndexedChange]:
    """The changes with the contents that the index of triples is made from.

    Args:
        rows: Those of `changes`, in the same order.
    """
    hashes = [_content_hashes(new, change, line) for change in ordered]
    stored = {
        hash_
        for change, (before, after) in zip(ordered, hashes, strict=True)
        for hash_ in (before, None if change.new_content else after)
        if hash_ is not None
    }
    contents = bodies.load_named(conn, sorted(stored))
    return [
        IndexedChange(
            change.document_id,
            row[3],
            row[0],
            contents[before] if before else None,
            (change.new_content or contents[after]) if after else None,
            change.flat,
        )
        for change, row, (before, after) in zip(ordered, rows, hashes, strict=True)
    ]


def _content_hashes(
    new: NewCommit, change: PlannedChange, line: int
) -> tuple[bytes | None, bytes | None]:
    """Hashes of what could be read on the line before a change, and of what can be after it."""
    after = None if change.change_type is ChangeType.DELETED else change.after
    known = new.seen.get(change.document_id)
    if known is None or known.line != line or not known.is_live:
        return None, after
    return known.hash, after
