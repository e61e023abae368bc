"""Recomputes every hash of a database, and checks what reads rely on against the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select

from svc_datakernel.adapters.sql import graph_derivation, graph_index, positions, versions
from svc_datakernel.adapters.sql.dialect import AnyRow
from svc_datakernel.adapters.sql.marks import ORIGIN, REMOVING
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.tables import (
    branches,
    changes,
    commits,
    contents,
    directory,
    directory_buckets,
    documents,
    line_ancestors,
    lines,
    merges,
    meta,
)
from svc_datakernel.domain.hashing import HashedChange, commit_hash, content_hash
from svc_datakernel.domain.model import ChangeType, Fault, Verification
from svc_datakernel.domain.wording import counted

MOST_FAULTS = 1000

_before, _after = contents.alias("before_content"), contents.alias("after_content")
_first, _second = commits.alias("first_parent_commit"), commits.alias("second_parent_commit")
_COMMITS = (
    select(
        commits,
        _first.c.id.label("first_id"),
        _first.c.line.label("first_line"),
        _first.c.time_us.label("first_time_us"),
        _second.c.id.label("second_id"),
    )
    .select_from(
        commits.outerjoin(_first, _first.c.sequence == commits.c.first_parent).outerjoin(
            _second, _second.c.sequence == commits.c.second_parent
        )
    )
    .order_by(commits.c.sequence)
)
_CHANGES = (
    select(
        changes,
        documents.c.id.label("document_id"),
        _before.c.hash.label("before_hash"),
        _after.c.hash.label("after_hash"),
    )
    .select_from(
        changes.outerjoin(documents, documents.c.key == changes.c.document)
        .outerjoin(_before, _before.c.key == changes.c.before)
        .outerjoin(_after, _after.c.key == changes.c.after)
    )
    .where(changes.c.key >= bindparam("start"), changes.c.key < bindparam("end"))
    .order_by(changes.c.key)
)
_CONTENTS = select(contents)
_HEADS = select(
    branches.c.name, branches.c.line, commits.c.line.label("head_line"), commits.c.sequence
)
_LAST_ON_LINE = select(func.max(commits.c.sequence)).where(commits.c.line == bindparam("line"))
# Nested, so that the few buckets are gone through and the many entries are looked up.
_LISTED = (
    exists()
    .where(
        directory.c.line == directory_buckets.c.line,
        directory.c.bucket == directory_buckets.c.bucket,
        directory.c.type == changes.c.type,
        directory.c.document_id == documents.c.id,
        directory.c.document == changes.c.document,
        directory.c.change <= changes.c.key,
    )
    .correlate(changes, documents, directory_buckets)
)
_NOT_LISTED = (
    select(documents.c.id, commits.c.id.label("commit_id"))
    .select_from(
        changes.join(documents, documents.c.key == changes.c.document).join(
            commits, commits.c.sequence == changes.c.sequence
        )
    )
    .where(
        changes.c.after.is_not(None),
        ~exists()
        .where(
            directory_buckets.c.line == changes.c.line,
            directory_buckets.c.change_start <= changes.c.key,
            _LISTED,
        )
        .correlate(changes, documents),
    )
)

_STRAY = select(changes.c.key).where(
    ~exists()
    .where(
        commits.c.sequence == changes.c.sequence,
        commits.c.change_start <= changes.c.key,
        commits.c.change_end > changes.c.key,
    )
    .correlate(changes)
)
_ORIGIN = select(meta.c.value).where(meta.c.name == ORIGIN)


def verify(conn: Connection, database: str) -> Verification:
    """Checks the whole history; at most 1,000 faults are answered."""
    commit_count = conn.execute(select(func.count()).select_from(commits)).scalar_one()
    content_count = conn.execute(select(func.count()).select_from(contents)).scalar_one()
    origin = conn.execute(_ORIGIN).scalar_one_or_none()
    faults = list(islice(_faults(conn, origin or database), MOST_FAULTS))
    return Verification(commit_count, content_count, faults)


def _faults(conn: Connection, database: str) -> Iterator[Fault]:
    yield from _content_faults(conn)
    expected = 1
    for row in conn.execute(_COMMITS).all():
        # Commits may have been removed in between, with their changes.
        if row.change_start < expected:
            yield _fault(row, "", "its changes do not follow those of the commit before")
        expected = row.change_end
        yield from _commit_faults(conn, database, row)
    yield from derived_faults(conn)


def derived_faults(conn: Connection) -> Iterator[Fault]:
    """Yields where what reads rely on does not follow from the log; hashes are not looked at."""
    yield from _line_faults(conn)
    yield from _branch_faults(conn)
    aside = set_aside(conn)
    for (key,) in conn.execute(_STRAY):
        if not any(start <= key < end for start, end in aside):
            yield Fault("", "", f"change {key} belongs to no commit")
    for document_id, commit_id in conn.execute(_NOT_LISTED):
        yield Fault(commit_id.hex(), document_id, "the document is missing from the directory")
    if graph_index.is_graph(conn):
        yield from graph_derivation.faults(conn)


def set_aside(conn: Connection) -> list[tuple[int, int]]:
    """Keys of changes, from and below, that a compaction has still to delete."""
    rows = conn.execute(select(meta).where(meta.c.name.startswith(REMOVING)))
    return [(int(row.name.removeprefix(REMOVING)), int(row.value)) for row in rows]


def _content_faults(conn: Connection) -> Iterator[Fault]:
    for row in conn.execute(_CONTENTS):
        if content_hash(row.type, row.json) != row.hash or len(row.json) != row.size:
            yield from _uses(conn, row.key, f"the content {row.hash.hex()} does not match its hash")


def _uses(conn: Connection, content: int, message: str) -> Iterator[Fault]:
    """The fault in each commit that wrote this content."""
    statement = (
        select(commits.c.id, documents.c.id)
        .select_from(
            changes.join(commits, commits.c.sequence == changes.c.sequence).join(
                documents, documents.c.key == changes.c.document
            )
        )
        .where(changes.c.after == content)
    )
    found = [Fault(id_.hex(), document, message) for id_, document in conn.execute(statement)]
    yield from found or [Fault("", "", message)]


def _commit_faults(conn: Connection, database: str, commit: AnyRow) -> Iterator[Fault]:
    rows = conn.execute(_CHANGES, {"start": commit.change_start, "end": commit.change_end}).all()
    if len(rows) != commit.change_end - commit.change_start:
        yield _fault(
            commit, "", f"it has {counted(len(rows), 'change', 'changes')} and should have more"
        )
    if _recompute(database, commit, rows) != commit.id:
        yield _fault(commit, "", "its content does not match its id")
    yield from _parent_faults(conn, commit)
    yield from _change_faults(conn, commit, rows)


def _recompute(database: str, commit: AnyRow, rows: Sequence[AnyRow]) -> bytes:
    return commit_hash(
        database=database,
        parents=[parent for parent in (commit.first_id, commit.second_id) if parent],
        author=commit.author,
        message=commit.message,
        time_us=commit.time_us,
        branch=commit.branch,
        changes=(
            HashedChange(
                row.document_id or "",
                row.type,
                row.change_type,
                row.is_hard,
                row.before_hash,
                row.after_hash,
            )
            for row in rows
        ),
    )


def _parent_faults(conn: Connection, commit: AnyRow) -> Iterator[Fault]:
    if commit.sequence == 0:
        return
    if commit.first_id is None:
        yield _fault(commit, "", "its first parent is missing")
        return
    if commit.time_us < commit.first_time_us:
        yield _fault(commit, "", "it is older than its first parent")
    if commit.first_line != commit.line:
        line = conn.execute(select(lines).where(lines.c.key == commit.line)).one_or_none()
        fork = None if line is None else (line.parent, line.fork_sequence)
        if fork != (commit.first_line, commit.first_parent):
            yield _fault(commit, "", "its line does not start from its first parent")
    merge = select(merges.c.source_sequence).where(
        merges.c.line == commit.line, merges.c.sequence == commit.sequence
    )
    if conn.execute(merge).scalar_one_or_none() != commit.second_parent:
        yield _fault(commit, "", "it is not listed right among the merges")


def _change_faults(conn: Connection, commit: AnyRow, rows: Sequence[AnyRow]) -> Iterator[Fault]:
    """Compares every change with what was there before it."""
    if commit.first_parent is None:
        return
    earlier = Position(commit.sequence, commit.id, commit.line, commit.change_start, commit.time_us)
    seen = versions.by_key(conn, earlier, [row.document for row in rows])
    for row in rows:
        if (row.line, row.sequence) != (commit.line, commit.sequence):
            yield _fault(commit, row.document_id, "the change is filed in a wrong place")
        version = seen.get(row.document)
        before = version.hash if version is not None and version.is_live else None
        if before != row.before_hash:
            yield _fault(commit, row.document_id, "the change does not follow from the one before")
        if commit.second_parent is None:
            yield from _audit_faults(commit, row, version)


def _audit_faults(commit: AnyRow, row: AnyRow, version: versions.Version | None) -> Iterator[Fault]:
    created = commit.sequence
    if row.change_type != ChangeType.CREATED and version is not None:
        created = version.created_sequence
    if (row.created_sequence, row.updated_sequence) != (created, commit.sequence):
        yield _fault(commit, row.document_id, "who created or changed the document is wrong")


def _line_faults(conn: Connection) -> Iterator[Fault]:
    for line in conn.execute(select(lines)).all():
        expected: list[tuple[Any, ...]] = [(line.key, None, None)]
        if line.fork_sequence is not None:
            fork = positions.at_sequence(conn, line.fork_sequence)
            expected += [tuple(seen) for seen in positions.reach(conn, fork)]
        stored = conn.execute(
            select(
                line_ancestors.c.ancestor,
                line_ancestors.c.sequence_limit,
                line_ancestors.c.change_limit,
            )
            .where(line_ancestors.c.line == line.key)
            .order_by(line_ancestors.c.depth)
        )
        if [tuple(row) for row in stored] != expected:
            yield Fault("", "", f"what line {line.key} of branch {line.branch!r} sees is wrong")


def _branch_faults(conn: Connection) -> Iterator[Fault]:
    heads = _HEADS.outerjoin(commits, commits.c.sequence == branches.c.head)
    for name, line, head_line, head in conn.execute(heads).all():
        if head is None:
            yield Fault("", "", f"the head of branch {name!r} is missing")
        elif line is not None and (
            line != head_line or conn.execute(_LAST_ON_LINE, {"line": line}).scalar() != head
        ):
            yield Fault("", "", f"branch {name!r} is not at the end of its line")


def _fault(commit: AnyRow, document_id: str | None, message: str) -> Fault:
    return Fault(commit.id.hex(), document_id or "", message)
