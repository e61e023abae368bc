"""Verification with what the server finds by itself: pages whose checksums are wrong."""

from __future__ import annotations

from sqlalchemy import Connection

from svc_datakernel.adapters.postgresql.errors import DRIVER_ERRORS, is_damage
from svc_datakernel.adapters.sql.verification import verify
from svc_datakernel.domain.model import Fault, Verification


def verify_tables(conn: Connection, database: str) -> Verification:
    """Checks the history; where the server can't read on, that is the fault."""
    try:
        return verify(conn, database)
    except DRIVER_ERRORS as exc:
        if not is_damage(exc):
            raise
        return Verification(0, 0, [Fault("", "", f"the tables can't be read: {exc}")])
