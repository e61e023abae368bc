"""The record of branches that moved otherwise than by a commit on top: the feed's other half.

Moves are numbered, and each says after which commit it came, so that commits and moves together
are in one order. Nobody removes them: a move is a small row, and followers may be far behind.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, or_, select

from svc_datakernel.adapters.sql.dialect import insert_rows
from svc_datakernel.adapters.sql.marks import REMOVED_SEQUENCE
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import branch_moves, commits, meta
from svc_datakernel.domain.model import BranchMove, FeedPosition

_LAST_MOVE = select(func.coalesce(func.max(branch_moves.c.key), 0)).scalar_subquery()
_END = Query(select(select(func.max(commits.c.sequence)).scalar_subquery(), _LAST_MOVE))
_LAST = Query(
    select(
        select(func.max(commits.c.sequence)).scalar_subquery(),
        # What compaction removed keeps its number.
        select(meta.c.value).where(meta.c.name == REMOVED_SEQUENCE).scalar_subquery(),
        _LAST_MOVE,
    )
)
_BEFORE = Query(
    select(func.coalesce(func.max(branch_moves.c.key), 0)).where(
        branch_moves.c.after_sequence < bindparam("sequence")
    )
)
_AFTER = Query(
    select(branch_moves)
    .where(
        branch_moves.c.key > bindparam("after"),
        branch_moves.c.after_sequence <= bindparam("upto"),
        or_(bindparam("branch") == "", branch_moves.c.branch == bindparam("branch")),
    )
    .order_by(branch_moves.c.key)
    .limit(bindparam("count"))
)


def record(
    conn: Connection, branch: str, *, old: bytes | None, new: bytes | None, now_us: int
) -> None:
    """Records that a branch went from one commit to another; None is no branch."""
    if old == new:
        return
    last_sequence, removed, last_move = _LAST.row(conn, {})
    after_sequence = max(last_sequence, int(removed or 0))
    row = (last_move + 1, after_sequence, branch, old, new, now_us)
    insert_rows(conn, branch_moves, [row], keeps_known=True)


def end(conn: Connection) -> FeedPosition:
    """Where the feed ends now."""
    return FeedPosition(*_END.row(conn, {}))


def position(conn: Connection, sequence: int) -> FeedPosition:
    """The place right behind a commit, before all moves that came after it."""
    return FeedPosition(sequence, *_BEFORE.row(conn, {"sequence": sequence}))


def read(
    conn: Connection, *, after: int, upto: int, branch: str, limit: int
) -> Sequence[BranchMove]:
    """Moves with a number beyond `after`, none that came after a later commit than `upto`."""
    parameters = {"after": after, "upto": upto, "branch": branch, "count": limit}
    return [
        BranchMove(
            number=key,
            after_sequence=after_sequence,
            branch=name,
            old_head=old.hex() if old is not None else "",
            new_head=new.hex() if new is not None else "",
            time_us=time_us,
        )
        for key, after_sequence, name, old, new, time_us in _AFTER.rows(conn, parameters)
    ]
