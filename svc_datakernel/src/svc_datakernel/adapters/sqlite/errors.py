"""What SQLite's errors mean to a caller."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from oms_core.errors import Cancelled, DataCorrupted, LimitExceeded, OmsError, ServiceUnavailable
from sqlalchemy.exc import DBAPIError

_FULL: Final = {"SQLITE_FULL", "SQLITE_TOOBIG", "SQLITE_NOMEM"}
_DAMAGED: Final = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
_RETRY_AFTER_S = 1.0


@contextmanager
def typed_errors(database: str) -> Generator[None]:
    """Raises SQLite's errors as what they mean; others pass."""
    try:
        yield
    except DBAPIError as exc:
        raise _typed(exc, database) from exc


def _typed(exc: DBAPIError, database: str) -> OmsError:
    # Extended names such as SQLITE_CORRUPT_INDEX begin with the plain ones.
    name: str = getattr(exc.orig, "sqlite_errorname", "")
    plain = "_".join(name.split("_")[:2])
    detail = f"{exc.orig} ({name})"
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
