"""Takes a history in, commit by commit, believing nothing: every id is computed anew.

A commit goes to the end of its first parent's line where that line is nobody else's,
or begins one. Until `finish` moves the branches nothing reaches what came, and a lease
keeps it from being removed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from oms_core.errors import DataCorrupted, Diverged, InvalidField, ResourceNotFound, StaleHead
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from svc_datakernel.adapters.sql import (
    ancestry,
    appending,
    bodies,
    branch_moves,
    leases,
    positions,
    versions,
)
from svc_datakernel.adapters.sql import tables as t
from svc_datakernel.adapters.sql.appending import NewCommit
from svc_datakernel.adapters.sql.creation import INCOMPLETE
from svc_datakernel.adapters.sql.dialect import insert_rows
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.reachability import End
from svc_datakernel.adapters.sql.versions import Version
from svc_datakernel.domain.canonical_json import is_canonical
from svc_datakernel.domain.hashing import Content, HashedChange
from svc_datakernel.domain.model import ChangeType, Commit
from svc_datakernel.domain.operations import PlannedChange
from svc_datakernel.domain.replication import BundledChange, HistoryHeader, ImportTarget

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_END: Final = select(func.max(t.commits.c.sequence)).where(t.commits.c.line == bindparam("line"))
_LINE = select(t.lines.c.branch).where(t.lines.c.key == bindparam("line"))
_OWNERS = select(t.branches.c.name).where(t.branches.c.line == bindparam("line"))


@dataclass(frozen=True, slots=True)
class Arrived:
    """A whole commit; the JSON is None where there is none or it was stored before."""

    commit: Commit
    changes: Sequence[BundledChange]


@dataclass(frozen=True, slots=True)
class Import:
    """An import that is under way.

    Args:
        database: The origin of the history, which its hashes cover.
        lease: Name of its lease.
        branches: Those it will move: their lines may be appended to.
    """

    database: str
    lease: str
    branches: frozenset[str]


def check_header(header: HistoryHeader) -> None:
    """Makes sure that a header's names can be names.

    Raises:
        InvalidField: one can't.
    """
    for name, commit in (*header.branches.items(), *header.tags.items()):
        if not _NAME.fullmatch(name) or not re.fullmatch("[0-9a-f]{64}", commit):
            raise InvalidField.of("header", f"{name!r} with commit {commit!r} is no name of one")


def is_known(conn: Connection, commit_id: str) -> bool:
    """Whether a commit is there already."""
    try:
        positions.at_commit(conn, commit_id)
    except ResourceNotFound:
        return False
    return True


def store_contents(conn: Connection, changes: Sequence[BundledChange]) -> None:
    """Stores contents of a commit that is too large to be kept in memory until it is whole.

    Raises:
        DataCorrupted: one does not match its hash.
    """
    found = {content.hash: content for change in changes if (content := _content(change))}
    known = bodies.keys_of(conn, list(found))
    last = conn.execute(select(func.coalesce(func.max(t.contents.c.key), 0))).scalar_one()
    fresh = [content for hash_, content in found.items() if hash_ not in known]
    rows = [
        (key, content.hash, len(content.json), content.type, content.json)
        for key, content in enumerate(fresh, last + 1)
    ]
    insert_rows(conn, t.contents, rows)


def store(conn: Connection, work: Import, arrived: Sequence[Arrived], *, now_us: int) -> int:
    """Stores commits that follow each other, and renews the lease; how many were new.

    Raises:
        DataCorrupted: one does not match its id, or does not fit what it follows.
    """
    ends: list[End] = []
    count = 0
    for each in arrived:
        if is_known(conn, each.commit.id):
            at = positions.at_commit(conn, each.commit.id)
        else:
            at = _store(conn, work, each)
            count += 1
        ends.append(End(at.line, at.sequence))
    kept = {end.line: end for end in (*leases.held(conn, work.lease), *ends)}
    leases.renew(conn, work.lease, list(kept.values()), now_us=now_us)
    return count


def finish(
    conn: Connection, work: Import, header: HistoryHeader, target: ImportTarget, *, now_us: int
) -> Mapping[str, str]:
    """Moves the branches and makes the tags, all or nothing; the branches that moved.

    Raises:
        StaleHead, Diverged, DataCorrupted.
    """
    moved = {
        name: commit
        for name, commit in header.branches.items()
        if _move(conn, name, _arrived(conn, commit), target, now_us=now_us)
    }
    known = set(conn.execute(select(t.tags.c.name)).scalars())
    for name, commit in header.tags.items():
        if name not in known:
            values = {"sequence": _arrived(conn, commit).sequence, "message": ""}
            values |= {"name": name, "author": target.author, "create_time_us": now_us}
            conn.execute(insert(t.tags).values(**values))
    conn.execute(delete(t.meta).where(t.meta.c.name == INCOMPLETE))
    leases.release(conn, work.lease)
    return moved


def _store(conn: Connection, work: Import, arrived: Arrived) -> Position:
    commit = arrived.commit
    if not commit.parents or len(commit.parents) > 2:
        raise _corrupt(commit, "it has no parents and is not this history's first commit")
    parents = [_arrived(conn, parent) for parent in commit.parents]
    head, source = parents[0], parents[1] if len(parents) > 1 else None
    ids = [each.change.document_id for each in arrived.changes]
    seen = versions.by_id(conn, head, ids)
    planned = [_planned(commit, each, seen) for each in arrived.changes]
    named = [each.after for each in planned if each.after and each.new_content is None]
    stored = bodies.keys_of(conn, named)
    if len(stored) < len(set(named)):
        raise _corrupt(commit, "a content is missing")
    made = appending.append(
        conn,
        NewCommit(
            database=work.database,
            branch=commit.branch,
            head=head,
            second_parent=source,
            author=commit.author,
            message=commit.message,
            now_us=commit.time_us,
            changes=planned,
            seen=seen,
            taken={} if source is None else versions.by_id(conn, source, ids),
            stored=stored,
            line=_line_for(conn, work, commit, head),
        ),
    )
    if made.id != commit.id:
        raise _corrupt(commit, f"its content makes it {made.id}")
    return positions.at_sequence(conn, made.sequence)


def _planned(commit: Commit, arrived: BundledChange, seen: Mapping[str, Version]) -> PlannedChange:
    change = arrived.change
    version = seen.get(change.document_id)
    before = version.hash if version is not None and version.is_live else None
    if before != change.before or not _is_sound(change, version):
        raise _corrupt(commit, f"document {change.document_id!r} does not follow what was before")
    return PlannedChange(
        document_id=change.document_id,
        type=change.type,
        change_type=ChangeType(change.change_type),
        is_hard=change.is_hard,
        before=change.before,
        after=change.after,
        new_content=_content(arrived),
    )


def _is_sound(change: HashedChange, version: Version | None) -> bool:
    if change.change_type == ChangeType.CREATED:
        return change.before is None and change.after is not None and not change.is_hard
    if change.change_type == ChangeType.UPDATED:
        return change.before is not None and change.after is not None and not change.is_hard
    is_there = version is not None and version.is_there
    return is_there and (change.after is None) == change.is_hard


def _content(arrived: BundledChange) -> Content | None:
    """The content that came with a change, checked.

    Raises:
        DataCorrupted: it does not match its hash, or is not canonical.
    """
    change, json = arrived.change, arrived.after_json
    if json is None or change.after is None:
        return None
    content = Content.of(change.type, json)
    if content.hash != change.after or not is_canonical(json):
        raise DataCorrupted(
            f"the content of document {change.document_id!r} does not match its hash; "
            "send it again",
            metadata={"document": change.document_id},
        )
    return content


def _line_for(conn: Connection, work: Import, commit: Commit, head: Position) -> int:
    """The line that a commit goes on: its first parent's, where that can be, or a new one."""
    is_end = conn.execute(_END, {"line": head.line}).scalar_one() == head.sequence
    is_same = conn.execute(_LINE, {"line": head.line}).scalar_one() == commit.branch
    owners = set(conn.execute(_OWNERS, {"line": head.line}).scalars())
    if not (is_end and is_same and owners <= work.branches):
        return appending.begin_line(conn, commit.branch, head)
    # Whoever commits to the branch meanwhile begins a line of their own.
    conn.execute(update(t.branches).where(t.branches.c.line == head.line).values(line=None))
    return head.line


def _move(conn: Connection, name: str, to: Position, target: ImportTarget, *, now_us: int) -> bool:
    known = conn.execute(select(t.branches.c.name).where(t.branches.c.name == name)).first()
    expected = target.expected_heads.get(name, "")
    if known is None:
        if expected:
            raise ResourceNotFound.of("branch", name)
        times = {"create_time_us": now_us, "update_time_us": now_us}
        line = _own_line(conn, to)
        conn.execute(insert(t.branches).values(name=name, head=to.sequence, line=line, **times))
        branch_moves.record(conn, name, old=None, new=to.id, now_us=now_us)
        return True
    head = positions.at_branch(conn, name)
    if expected and head.id.hex() != expected:
        raise StaleHead.of(name, expected, head.id.hex())
    base = head if head.sequence == to.sequence else ancestry.merge_base(conn, head, to)
    is_moving = base.sequence == head.sequence or bool(expected)
    if not is_moving and base.sequence != to.sequence:
        raise Diverged(
            f"branch {name!r} has commits of its own on both sides; merge or rebase them first",
            metadata={"branch": name, "local": head.id.hex(), "remote": to.id.hex()},
        )
    if not is_moving:
        return False
    # Also where the head stays: its line may have been given up above.
    values = {"head": to.sequence, "line": _own_line(conn, to, name)}
    if head.sequence != to.sequence:
        values["update_time_us"] = now_us
    conn.execute(update(t.branches).where(t.branches.c.name == name).values(**values))
    branch_moves.record(conn, name, old=head.id, new=to.id, now_us=now_us)
    return head.sequence != to.sequence


def _own_line(conn: Connection, to: Position, name: str = "") -> int | None:
    """The line that a branch at a commit may append to; None where it has to begin one."""
    is_end = conn.execute(_END, {"line": to.line}).scalar_one() == to.sequence
    owners = set(conn.execute(_OWNERS, {"line": to.line}).scalars()) - {name}
    return to.line if is_end and not owners else None


def _arrived(conn: Connection, commit_id: str) -> Position:
    try:
        return positions.at_commit(conn, commit_id)
    except ResourceNotFound as exc:
        raise DataCorrupted(
            f"commit {commit_id} is named and did not arrive; send the bundle again",
            metadata={"commit": commit_id},
        ) from exc


def _corrupt(commit: Commit, why: str) -> DataCorrupted:
    return DataCorrupted(
        f"commit {commit.id} does not match its id: {why}; nothing of it was kept",
        metadata={"commit": commit.id},
    )
