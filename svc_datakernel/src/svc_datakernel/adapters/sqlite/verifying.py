"""Verification with what only SQLite knows: whether the file itself is whole."""

from __future__ import annotations

from sqlalchemy import Connection

from svc_datakernel.adapters.sql.verification import MOST_FAULTS, verify
from svc_datakernel.adapters.sqlite.errors import DRIVER_ERRORS, error_name
from svc_datakernel.domain.model import Fault, Verification


def verify_file(conn: Connection, database: str) -> Verification:
    """Checks the file's structure, then the history in it; at most 1,000 faults are answered."""
    faults = structure_faults(conn)
    try:
        found = verify(conn, database)
    except DRIVER_ERRORS as exc:
        if error_name(exc) == "SQLITE_INTERRUPT":
            raise
        faults.append(Fault("", "", f"the file can't be read on: {exc}"))
        return Verification(0, 0, faults[:MOST_FAULTS])
    return Verification(
        found.commit_count, found.document_count, [*faults, *found.faults][:MOST_FAULTS]
    )


def structure_faults(conn: Connection) -> list[Fault]:
    """What is wrong with the file's pages and indexes, up to 1,000 faults."""
    try:
        rows = conn.exec_driver_sql(f"PRAGMA integrity_check({MOST_FAULTS})").scalars().all()
    except DRIVER_ERRORS as exc:
        if error_name(exc) == "SQLITE_INTERRUPT":
            raise
        return [Fault("", "", f"the file can't be checked: {exc}")]
    return [Fault("", "", f"the file is damaged: {row}") for row in rows if row != "ok"]
