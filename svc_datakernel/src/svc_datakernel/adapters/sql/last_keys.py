"""The highest keys that every commit counts up from, under the write lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from svc_datakernel.adapters.sql import deferring
from svc_datakernel.adapters.sql import tables as t
from svc_datakernel.adapters.sql.known import LastKeys
from svc_datakernel.adapters.sql.marks import MODEL, ORIGIN, REMOVED_CHANGE, REMOVED_SEQUENCE
from svc_datakernel.adapters.sql.queries import Query

QUERY = Query(
    select(
        select(func.max(t.commits.c.sequence)).scalar_subquery(),
        select(func.coalesce(func.max(t.changes.c.key), 0)).scalar_subquery(),
        select(func.coalesce(func.max(t.documents.c.key), 0)).scalar_subquery(),
        select(func.coalesce(func.max(t.contents.c.key), 0)).scalar_subquery(),
        # What compaction removed keeps its number: who follows the log would miss another's.
        select(t.meta.c.value).where(t.meta.c.name == REMOVED_SEQUENCE).scalar_subquery(),
        select(t.meta.c.value).where(t.meta.c.name == REMOVED_CHANGE).scalar_subquery(),
        select(t.meta.c.value).where(t.meta.c.name == ORIGIN).scalar_subquery(),
        # Asked along, for each statement is a wait on a database server.
        select(t.meta.c.value).where(t.meta.c.name == MODEL).scalar_subquery(),
        select(t.branches.c.line).where(t.branches.c.name == bindparam("branch")).scalar_subquery(),
    )
)


def of(conn: Connection, branch: str) -> tuple[LastKeys, int | None]:
    """The highest keys, to be counted up, and the branch's own line."""
    known = deferring.known_of(conn)
    if known is not None and known.last is not None and branch in known.own_lines:
        return known.last, known.own_lines[branch]
    last, own = parsed(QUERY.row(conn, {"branch": branch}))
    if known is not None:
        known.last, known.own_lines[branch] = last, own
    return last, own


def parsed(row: Sequence[Any]) -> tuple[LastKeys, int | None]:
    """The answer to `QUERY`: the highest keys, and the line of the branch."""
    sequence, change, document, content, removed_sequence, removed_change, *rest = row
    origin, model, own = rest
    last = LastKeys(
        max(sequence, int(removed_sequence or 0)),
        max(change, int(removed_change or 0)),
        document,
        content,
        origin,
        model,
    )
    return last, own
