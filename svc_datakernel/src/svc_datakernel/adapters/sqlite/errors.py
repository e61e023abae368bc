"""What SQLite's errors mean to a caller."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from oms_core.errors import Cancelled, DataCorrupted, LimitExceeded, OmsError, ServiceUnavailable
from sqlalchemy.exc import DBAPIError

DRIVER_ERRORS: Final = (DBAPIError, sqlite3.Error)
"""What a failing statement raises, through SQLAlchemy or past it."""

_FULL: Final = {"SQLITE_FULL", "SQLITE_TOOBIG", "SQLITE_NOMEM"}
_DAMAGED: Final = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
_RETRY_AFTER_S = 1.0


@contextmanager
def typed_errors(database: str) -> Generator[None]:
    """Raises SQLite's errors as what they mean; others pass."""
    try:
        yield
    except DRIVER_ERRORS as exc:
        raise _typed(exc, database) from exc


def error_name(exc: Exception) -> str:
    """SQLite's name of an error without what extends it, such as SQLITE_CORRUPT."""
    driver_error = exc.orig if isinstance(exc, DBAPIError) else exc
    name: str = getattr(driver_error, "sqlite_errorname", "")
    return "_".join(name.split("_")[:2])


def _typed(exc: Exception, database: str) -> OmsError:
    plain = error_name(exc)
    driver_error = exc.orig if isinstance(exc, DBAPIError) else exc
    detail = f"{driver_error} ({getattr(driver_error, 'sqlite_errorname', '')})"
    if plain == "SQLITE_INTERRUPT":
        return Cancelled(f"the caller of a statement on database {database!r} went away")
    if plain in _FULL:
        return LimitExceeded(
            f"database {database!r} has no room left: {detail}; nothing was changed; "
            "free disk space, then try again",
            metadata={"limit": "storage"},
            retry_after_s=_RETRY_AFTER_S,
        )
    if plain in _DAMAGED:
        return DataCorrupted(
            f"the file of database {database!r} is damaged: {detail}; restore it from a backup",
            metadata={"database": database},
        )
    return ServiceUnavailable(
        f"database {database!r} can't be used right now: {detail}; try again",
        metadata={"service": "datakernel"},
        retry_after_s=_RETRY_AFTER_S,
    )
