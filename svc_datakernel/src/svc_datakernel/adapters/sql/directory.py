"""Which documents may be there, in the order of ids, at a cost that fits the commit asked about.

Listing needs ids in order, and a line's ids of all times would make a list as of
an early commit wade through everything that came later. So a line's directory is
cut into buckets in the order of time, each at most as large as all before it
together (one commit is never cut). A read looks only into buckets that had begun by then: at
most about twice as many entries as there were documents, in a number of buckets
that grows with the logarithm. An entry promises nothing; `versions.py` decides.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    func,
    select,
    union_all,
    update,
)

from svc_datakernel.adapters.sql import deferring
from svc_datakernel.adapters.sql.dialect import AnySelect, insert_rows
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import (
    branches,
    directory,
    directory_buckets,
    line_ancestors,
)

SMALLEST_BUCKET = 256
_LARGEST_BATCH = 2000
_ARMS_AT_ONCE = 100  # SQLite takes 500 terms in one compound statement


class Entry(NamedTuple):
    """A document that may be there."""

    document_id: str
    document: int


class NewEntry(NamedTuple):
    """A document that a change brings to a line, or brings there under a new type."""

    document_id: str
    type: str
    document: int
    change: int


class _Arm(NamedTuple):
    """A bucket to read, below a change, for one type or for all."""

    line: int
    bucket: int
    limit: int
    type: str | None


_limit = func.coalesce(line_ancestors.c.change_limit, bindparam("change_end"))
_BUCKETS = Query(
    select(directory_buckets.c.line, directory_buckets.c.bucket, _limit)
    .join(line_ancestors, line_ancestors.c.ancestor == directory_buckets.c.line)
    .where(line_ancestors.c.line == bindparam("line"), directory_buckets.c.change_start < _limit)
)
_SIZE = select(directory_buckets.c.bucket, directory_buckets.c.entry_count).order_by(
    directory_buckets.c.bucket
)
_SIZES = Query(_SIZE.where(directory_buckets.c.line == bindparam("line")))
SIZES_AT_BRANCH = Query(
    _SIZE.join(branches, branches.c.line == directory_buckets.c.line).where(
        branches.c.name == bindparam("branch")
    )
)
_GROW = Query(
    update(directory_buckets)
    .where(
        directory_buckets.c.line == bindparam("in_line"),
        directory_buckets.c.bucket == bindparam("in_bucket"),
    )
    .values(entry_count=bindparam("filled"))
)


def entries(
    conn: Connection, position: Position, *, types: Sequence[str], after: str, batch: int
) -> Iterator[Sequence[Entry]]:
    """Yields batches of the documents that may be at a position, in the order of ids.

    Args:
        types: Only documents that had one of these types at some time; none means all.
        after: Only ids beyond this one.
        batch: How many to fetch at once; doubles from batch to batch.
    """
    parameters = {"line": position.line, "change_end": position.change_end}
    buckets = _BUCKETS.rows(conn, parameters)
    arms = [
        _Arm(line, bucket, limit, type_)
        for line, bucket, limit in buckets
        for type_ in (types or (None,))
    ]
    is_last = not arms
    while not is_last:
        found, is_last = _merge(conn, arms, after, batch)
        if found:
            yield found
            after = found[-1].document_id
        batch = min(batch * 2, _LARGEST_BATCH)


def add(conn: Connection, line: int, new: Sequence[NewEntry], *, change_start: int) -> None:
    """Adds what a commit brings, whose first change this is, to a line's directory."""
    if not new:
        return
    sizes = _sizes(conn, line)
    if not _fits(sizes, len(new)):
        sizes.append((sizes[-1][0] + 1 if sizes else 0, 0))
        row = (line, sizes[-1][0], change_start, 0)
        insert_rows(conn, directory_buckets, [row], keeps_known=True)
    bucket, filled = sizes[-1]
    sizes[-1] = (bucket, filled + len(new))
    rows = [(line, bucket, *entry) for entry in new]
    insert_rows(conn, directory, rows, ignore_existing=True, keeps_known=True)
    grown = {"in_line": line, "in_bucket": bucket, "filled": filled + len(new)}
    _GROW.later(conn, grown, table=directory_buckets, key=(line, bucket))


def _sizes(conn: Connection, line: int) -> list[tuple[int, int]]:
    """Number and entries of a line's buckets; what is changed of them has to be written too."""
    known = deferring.known_of(conn)
    if known is None:
        return _SIZES.rows(conn, {"line": line})
    if line not in known.sizes:
        known.sizes[line] = _SIZES.rows(conn, {"line": line})
    return known.sizes[line]


def _fits(sizes: Sequence[tuple[int, int]], count: int) -> bool:
    """Whether so many entries more go into the last bucket."""
    if not sizes:
        return False
    capacity = max(SMALLEST_BUCKET, sum(entry_count for _, entry_count in sizes[:-1]))
    return sizes[-1][1] + count <= capacity


def _merge(
    conn: Connection, arms: Sequence[_Arm], after: str, limit: int
) -> tuple[Sequence[Entry], bool]:
    """The next entries in order, without repetition, and whether they were the last."""
    groups = [arms[start : start + _ARMS_AT_ONCE] for start in range(0, len(arms), _ARMS_AT_ONCE)]
    streams = [_fetch(conn, group, after, limit) for group in groups]
    # Where a stream was cut off it may go on before the others' entries do.
    cuts = [stream[-1].document_id for stream in streams if len(stream) == limit]
    # A document is in the directory of every line and under every type it was written on.
    distinct = dict.fromkeys(heapq.merge(*streams))
    if not cuts:
        return list(distinct), True
    horizon = min(cuts)
    return [entry for entry in distinct if entry.document_id <= horizon], False


def _fetch(conn: Connection, arms: Sequence[_Arm], after: str, limit: int) -> list[Entry]:
    parameters: dict[str, Any] = {"after": after, "count": limit}
    for number, arm in enumerate(arms):
        parameters |= {f"{name}_{number}": value for name, value in arm._asdict().items()}
    query = _query(len(arms), has_type=arms[0].type is not None)
    return [Entry(*row) for row in query.rows(conn, parameters)]


@lru_cache(maxsize=2 * _ARMS_AT_ONCE)
def _query(arms: int, *, has_type: bool) -> Query:
    selects = [_arm(number, has_type=has_type) for number in range(arms)]
    count = bindparam("count")
    if arms == 1:
        return Query(selects[0].order_by(directory.c.document_id).limit(count))
    # PostgreSQL would read every arm to its end and sort.
    cut = [
        select(each.order_by(directory.c.document_id).limit(count).subquery()) for each in selects
    ]
    return Query(
        union_all(*selects).order_by("document_id").limit(count),
        postgresql=union_all(*cut).order_by("document_id").limit(count),
    )


def _arm(number: int, *, has_type: bool) -> AnySelect:
    arm = select(directory.c.document_id, directory.c.document).where(
        directory.c.line == bindparam(f"line_{number}"),
        directory.c.bucket == bindparam(f"bucket_{number}"),
        directory.c.document_id > bindparam("after"),
        directory.c.change < bindparam(f"limit_{number}"),
    )
    return arm.where(directory.c.type == bindparam(f"type_{number}")) if has_type else arm
