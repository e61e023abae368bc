"""Sends a history: what some branches reach and a receiver lacks, each commit after its parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from oms_core.errors import ResourceNotFound
from sqlalchemy import Connection, bindparam, select

from svc_datakernel.adapters.sql import bodies, commits
from svc_datakernel.adapters.sql.dialect import in_chunks
from svc_datakernel.adapters.sql.reachability import End, reached_from
from svc_datakernel.adapters.sql.tables import branches, changes, contents, documents, tags
from svc_datakernel.adapters.sql.tables import commits as commit_table
from svc_datakernel.domain.hashing import HashedChange
from svc_datakernel.domain.model import ChangeType, Commit, Database
from svc_datakernel.domain.replication import BundledChange, HistoryHeader, HistoryPart

_CHANGES_AT_ONCE = 500
_PART_BYTES = 1024 * 1024
_COMMITS_AT_ONCE = 200

_before, _after = contents.alias("before_content"), contents.alias("after_content")
_CHANGES = (
    select(
        documents.c.id,
        changes.c.type,
        changes.c.change_type,
        changes.c.is_hard,
        _before.c.hash,
        _after.c.hash,
        _after.c.size,
    )
    .select_from(
        changes.join(documents, documents.c.key == changes.c.document)
        .outerjoin(_before, _before.c.key == changes.c.before)
        .outerjoin(_after, _after.c.key == changes.c.after)
    )
    .where(changes.c.key >= bindparam("start"), changes.c.key < bindparam("end"))
    .order_by(changes.c.key)
)
_BRANCHES = select(branches.c.name, commit_table.c.id, commit_table.c.line, commit_table.c.sequence)
_HEADS = _BRANCHES.join(commit_table, commit_table.c.sequence == branches.c.head).order_by(
    branches.c.name
)
_TAGS = (
    select(tags.c.name, commit_table.c.id, commit_table.c.line, commit_table.c.sequence)
    .join(commit_table, commit_table.c.sequence == tags.c.sequence)
    .order_by(tags.c.name)
)
_KNOWN = select(commit_table.c.line, commit_table.c.sequence).where(
    commit_table.c.id.in_(bindparam("ids", expanding=True))
)
_PLACES = (
    select(commit_table.c.sequence, commit_table.c.line, commit_table.c.change_start)
    .where(commit_table.c.sequence > bindparam("after"))
    .order_by(commit_table.c.sequence)
    .limit(bindparam("count"))
)
_FIRST = select(commit_table.c.sequence).where(
    commit_table.c.line == bindparam("line"), commit_table.c.sequence > bindparam("after")
)


def parts(
    conn: Connection, database: Database, *, wanted: Sequence[str], have: Sequence[str]
) -> Iterator[HistoryPart]:
    """Yields a header, then commits in parts, all from one consistent state.

    Args:
        wanted: Names of branches; none for all, with all tags.
        have: Ids of commits that the receiver has; unknown ones do not matter.
    Raises:
        ResourceNotFound: there is no such branch.
    """
    heads = {name: (id_, End(line, at)) for name, id_, line, at in conn.execute(_HEADS)}
    marks = {name: (id_, End(line, at)) for name, id_, line, at in conn.execute(_TAGS)}
    if wanted:
        for name in wanted:
            if name not in heads:
                raise ResourceNotFound.of("branch", name)
        heads, marks = {name: heads[name] for name in wanted}, {}
    yield HistoryPart(
        header=HistoryHeader(
            origin_database=database.origin or database.id,
            display_name=database.display_name,
            description=database.description,
            kind=database.kind,
            model=database.model.value,
            branches={name: id_.hex() for name, (id_, _) in heads.items()},
            tags={name: id_.hex() for name, (id_, _) in marks.items()},
            base_iri=database.base_iri,
            schema_iri=database.schema_iri,
        )
    )
    limits = reached_from(conn, [end for _, end in (*heads.values(), *marks.values())])
    known = reached_from(conn, _known(conn, have))
    for sequence, start in _missing(conn, limits, known):
        yield from _commit_parts(conn, commits.get(conn, sequence), start)


def _known(conn: Connection, have: Sequence[str]) -> list[End]:
    ids = [bytes.fromhex(commit) for commit in have]
    return [End(*row) for some in in_chunks(ids) for row in conn.execute(_KNOWN, {"ids": some})]


def _missing(
    conn: Connection, limits: Mapping[int, int], known: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """Sequences to send with their first changes; older than the first of them is not looked."""
    open_lines = [line for line, limit in limits.items() if known.get(line, -1) < limit]
    starts = [_first_beyond(conn, line, known.get(line, -1)) for line in open_lines]
    if not starts:
        return
    after = min(starts) - 1
    while rows := conn.execute(_PLACES, {"after": after, "count": _COMMITS_AT_ONCE}).all():
        for sequence, line, start in rows:
            if known.get(line, -1) < sequence <= limits.get(line, -1):
                yield sequence, start
        after = rows[-1].sequence


def _first_beyond(conn: Connection, line: int, after: int) -> int:
    first = _FIRST.order_by(commit_table.c.sequence).limit(1)
    return conn.execute(first, {"line": line, "after": after}).scalar_one()


def _commit_parts(conn: Connection, commit: Commit, start: int) -> Iterator[HistoryPart]:
    end = start + commit.change_count
    if start == end:
        yield HistoryPart(commit=commit, is_last=True)
    while start < end:
        upto = min(start + _CHANGES_AT_ONCE, end)
        rows = conn.execute(_CHANGES, {"start": start, "end": upto}).all()
        chosen = rows[: _fitting([row.size or 0 for row in rows])]
        start += len(chosen)
        yield HistoryPart(commit=commit, changes=_bundled(conn, chosen), is_last=start == end)


def _fitting(sizes: Sequence[int]) -> int:
    """How many come to about 1 MiB together; at least one."""
    total = 0
    for count, size in enumerate(sizes):
        total += size
        if total > _PART_BYTES and count > 0:
            return count
    return len(sizes)


def _bundled(conn: Connection, rows: Sequence[tuple[object, ...]]) -> list[BundledChange]:
    found = [HashedChange(*row[:6]) for row in rows]  # pyright: ignore[reportArgumentType]
    loaded = bodies.load_named(conn, [each.after for each in found if _is_written(each)])  # pyright: ignore[reportArgumentType]
    return [
        BundledChange(
            change._replace(change_type=ChangeType(change.change_type)),
            loaded[change.after].json if _is_written(change) and change.after else None,
        )
        for change in found
    ]


def _is_written(change: HashedChange) -> bool:
    return change.after is not None and change.change_type != ChangeType.DELETED
