"""Which triples can be seen from a position, as conditions for SQL, and how they are read.

Statements are the same for every position: they have the parameters `line` and
`change_end`, which `Sight.parameters` gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    bindparam,
    exists,
    func,
    select,
)

from svc_datakernel.adapters.sql import positions
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.tables import changes, line_ancestors


class Sight(NamedTuple):
    """What of the index a position sees.

    Args:
        is_single: It sees no other line than its own, so that conditions are simpler.
    """

    line: int
    change_end: int
    is_single: bool

    @property
    def parameters(self) -> Mapping[str, Any]:
        """For statements with a condition of `visible`."""
        return {"line": self.line, "change_end": self.change_end}


def sight(conn: Connection, position: Position) -> Sight:
    """What a position sees."""
    reach = positions.reach(conn, position)
    return Sight(position.line, position.change_end, len(reach) == 1)


def visible(triple: FromClause, *, is_single: bool) -> ColumnElement[bool]:
    """The condition that a row of `triples`, or of an alias of it, can be seen."""
    if is_single:
        return (triple.c.line == bindparam("line")) & _holds(triple, bindparam("change_end"))
    ancestor = line_ancestors.alias()
    limit = func.coalesce(ancestor.c.change_limit, bindparam("change_end"))
    return (
        exists()
        .where(
            ancestor.c.line == bindparam("line"),
            ancestor.c.ancestor == triple.c.line,
            _holds(triple, limit),
            ~_is_hidden(triple, ancestor),
        )
        .correlate(triple)
    )


def _holds(triple: FromClause, limit: ColumnElement[int]) -> ColumnElement[bool]:
    is_open = triple.c.to_change.is_(None) | (triple.c.to_change >= limit)
    return (triple.c.from_change < limit) & is_open


def _is_hidden(triple: FromClause, ancestor: FromClause) -> ColumnElement[bool]:
    """Whether a line nearer than the row's has a version of its own of the document."""
    nearer, version = line_ancestors.alias(), changes.alias()
    owner = func.coalesce(func.nullif(triple.c.owner, 0), triple.c.subject)
    return (
        exists(select(1).select_from(nearer.join(version, version.c.line == nearer.c.ancestor)))
        .where(
            nearer.c.line == bindparam("line"),
            nearer.c.depth < ancestor.c.depth,
            version.c.document == owner,
            version.c.key < func.coalesce(nearer.c.change_limit, bindparam("change_end")),
        )
        .correlate(triple, ancestor)
    )
