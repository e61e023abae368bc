"""Removes what no branch and no tag reaches, a little at a time, while the database is used.

Every piece is a transaction that leaves a whole database: whoever is stopped in between
has removed less, and the next run goes on. Commits go newest first, so that none is ever
without its parents, and each piece looks anew at what is reached, because a branch may
have been made there meanwhile. A large commit's changes are set aside first (`removing:`
in `meta`) and cleared piece by piece.

What is derived may stay behind for a while and hurts nobody: a line that lost its end is
never appended to again, so keys beyond the end are never looked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from svc_datakernel.adapters.sql import answers
from svc_datakernel.adapters.sql import tables as t
from svc_datakernel.adapters.sql.dialect import in_chunks
from svc_datakernel.adapters.sql.leases import is_any, leased
from svc_datakernel.adapters.sql.marks import (
    REMOVED_CHANGE,
    REMOVED_LINE,
    REMOVED_SEQUENCE,
    REMOVING,
)
from svc_datakernel.adapters.sql.reachability import End, reached

COMMITS_AT_ONCE: Final = 200
CHANGES_AT_ONCE: Final = 5_000
CONTENTS_AT_ONCE: Final = 500
_TRIPLES_AT_ONCE: Final = 5_000


class Orphans(NamedTuple):
    """Contents that no change named, as of the last change there was."""

    last_change: int
    keys: Sequence[int]
    size_bytes: int


class _Removed(NamedTuple):
    sequence: int
    line: int
    change_start: int
    change_end: int


_COMMITS = select(
    t.commits.c.sequence, t.commits.c.line, t.commits.c.change_start, t.commits.c.change_end
).order_by(t.commits.c.sequence.desc())
_LATER = (
    select(t.commits.c.line, func.max(t.commits.c.sequence))
    .where(t.commits.c.sequence > bindparam("upto"))
    .group_by(t.commits.c.line)
)
_LAST_CHANGE = select(func.coalesce(func.max(t.changes.c.key), 0))


def count_unreached(conn: Connection, *, now_us: int) -> int:
    """How many commits nothing reaches."""
    limits = reached(conn, also=leased(conn, now_us=now_us))
    return sum(1 for row in conn.execute(_COMMITS) if _is_unreached(_Removed(*row), limits))


def remove_commits(conn: Connection, *, upto: int, now_us: int) -> int:
    """Removes some of the commits that nothing reaches, and sets their changes aside.

    Args:
        upto: The highest sequence to remove. What came later is for the next time, and keeps
            what it was made on.
    Returns:
        How many; 0 when there are no more.
    """
    later = [End(*row) for row in conn.execute(_LATER, {"upto": upto})]
    limits = reached(conn, also=[*leased(conn, now_us=now_us), *later])
    chosen: list[_Removed] = []
    for row in conn.execute(_COMMITS):
        if _is_unreached(_Removed(*row), limits):
            chosen.append(_Removed(*row))
        if len(chosen) == COMMITS_AT_ONCE:
            break
    if not chosen:
        return 0
    _keep_highest(conn, REMOVED_SEQUENCE, max(each.sequence for each in chosen))
    _keep_highest(conn, REMOVED_CHANGE, max(each.change_end - 1 for each in chosen))
    sequences = [each.sequence for each in chosen]
    answers.remove_with(conn, sequences)
    for table, column in (
        (t.merges, t.merges.c.sequence),
        (t.requests, t.requests.c.sequence),
        (t.commits, t.commits.c.sequence),
    ):
        for some in in_chunks(sequences):
            conn.execute(delete(table).where(column.in_(some)))
    aside = [
        {"name": f"{REMOVING}{each.change_start}", "value": str(each.change_end)}
        for each in chosen
        if each.change_end > each.change_start
    ]
    if aside:
        conn.execute(insert(t.meta), aside)
    _remove_lines(conn, {each.line for each in chosen} - limits.keys())
    return len(chosen)


def clear_changes(conn: Connection) -> bool:
    """Deletes some of the changes that were set aside; whether there were any."""
    left = CHANGES_AT_ONCE
    found = conn.execute(select(t.meta).where(t.meta.c.name.startswith(REMOVING))).all()
    for name, value in found:
        start = int(name.removeprefix(REMOVING))
        cut = max(start, int(value) - left)
        conn.execute(delete(t.changes).where(t.changes.c.key >= cut, t.changes.c.key < int(value)))
        if cut > start:
            conn.execute(update(t.meta).where(t.meta.c.name == name).values(value=str(cut)))
        else:
            conn.execute(delete(t.meta).where(t.meta.c.name == name))
        left -= int(value) - cut
        if left <= 0:
            break
    return bool(found)


def find_orphans(conn: Connection) -> Orphans:
    """Contents that no change names, from one consistent state; reads every change."""
    # First of all: what is named after this is looked at again before anything is deleted.
    last_change = conn.execute(_LAST_CHANGE).scalar_one()
    used = select(t.changes.c.after).where(t.changes.c.after.is_not(None))
    used_before = select(t.changes.c.before).where(t.changes.c.before.is_not(None))
    rows = conn.execute(
        select(t.contents.c.key, t.contents.c.size).where(
            t.contents.c.key.not_in(used.union(used_before))
        )
    ).all()
    return Orphans(last_change, [row[0] for row in rows], sum(row[1] for row in rows))


def remove_contents(conn: Connection, orphans: Orphans, keys: Sequence[int], *, now_us: int) -> int:
    """Deletes some of the orphans, those left out that were named again since; how many.

    None while anything arrives: its contents may come before what names them.
    """
    if is_any(conn, now_us=now_us):
        return 0
    newer = conn.execute(
        select(t.changes.c.before, t.changes.c.after).where(t.changes.c.key > orphans.last_change)
    )
    named = {key for row in newer for key in row}
    gone = [key for key in keys if key not in named]
    for some in in_chunks(gone):
        conn.execute(delete(t.contents).where(t.contents.c.key.in_(some)))
    return len(gone)


def sweep_triples(conn: Connection, *, after: int) -> int | None:
    """Deletes triples of removed lines and changes, of some subjects beyond `after`.

    Returns:
        The last subject looked at; None when there are no more.
    """
    subjects = t.triples.c.subject
    last = conn.execute(
        select(
            func.max(
                select(subjects)
                .where(subjects > after)
                .order_by(subjects)
                .limit(_TRIPLES_AT_ONCE)
                .subquery()
                .c.subject
            )
        )
    ).scalar_one()
    if last is None:
        return None
    some = (subjects > after, subjects <= last)
    conn.execute(delete(t.triples).where(*some, left_behind()))
    conn.execute(
        update(t.triples)
        .where(*some, t.triples.c.to_change > _end_of(t.triples.c.line))
        .values(to_change=None)
    )
    return last


def left_behind() -> ColumnElement[bool]:
    """Which triples came from lines or changes that were removed."""
    is_gone = t.triples.c.line.not_in(select(t.lines.c.key))
    return or_(is_gone, t.triples.c.from_change > _end_of(t.triples.c.line))


def _end_of(line: ColumnElement[int]) -> ColumnElement[int]:
    """The last change there is on a line."""
    return (
        select(func.coalesce(func.max(t.commits.c.change_end), 0) - 1)
        .where(t.commits.c.line == line)
        .scalar_subquery()
    )


def _is_unreached(commit: _Removed, limits: Mapping[int, int]) -> bool:
    return commit.sequence > limits.get(commit.line, -1)


def _remove_lines(conn: Connection, candidates: set[int]) -> None:
    """Removes lines that have no commit any more, with what was derived for them."""
    kept = set(
        conn.execute(select(t.commits.c.line).where(t.commits.c.line.in_(candidates))).scalars()
        if candidates
        else ()
    )
    gone = sorted(candidates - kept, reverse=True)
    if gone:
        _keep_highest(conn, REMOVED_LINE, gone[0])
    for table, column in (
        (t.line_ancestors, t.line_ancestors.c.line),
        (t.directory, t.directory.c.line),
        (t.directory_buckets, t.directory_buckets.c.line),
        (t.lines, t.lines.c.key),
    ):
        for some in in_chunks(gone):
            conn.execute(delete(table).where(column.in_(some)))


def _keep_highest(conn: Connection, name: str, value: int) -> None:
    known = conn.execute(select(t.meta.c.value).where(t.meta.c.name == name)).scalar_one_or_none()
    if known is None:
        conn.execute(insert(t.meta).values(name=name, value=str(value)))
    elif int(known) < value:
        conn.execute(update(t.meta).where(t.meta.c.name == name).values(value=str(value)))
