"""What requests were answered beside their commits, kept for their repetition."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Connection, bindparam, delete, select

from svc_datakernel.adapters.sql.dialect import in_chunks, insert_rows
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import answers, requests

_FAST: Final = 1
_BODY = Query(select(answers.c.body).where(answers.c.request == bindparam("request")))


def keep(conn: Connection, request_id: str, answer: Any) -> None:
    """Keeps an answer, JSON as Python has it, for a request that is recorded; nothing without a
    request id, nor for None."""
    if request_id and answer is not None:
        body = zlib.compress(orjson.dumps(answer), _FAST)
        insert_rows(conn, answers, [(request_id, body)], keeps_known=True)


def kept(conn: Connection, request_id: str) -> Any:
    """What was kept for a request; None for nothing, as for those of earlier programs."""
    row = _BODY.row(conn, {"request": request_id})
    return None if row is None else orjson.loads(zlib.decompress(row[0]))


def remove_with(conn: Connection, sequences: Sequence[int]) -> None:
    """Removes the answers of requests whose commits are to be removed."""
    for some in in_chunks(sequences):
        gone = select(requests.c.id).where(requests.c.sequence.in_(some))
        conn.execute(delete(answers).where(answers.c.request.in_(gone)))
