"""What PostgreSQL's errors mean to a caller."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from typing import Final

import psycopg
from oms_core.errors import (
    Cancelled,
    DataCorrupted,
    DeadlineExceeded,
    InvalidDocument,
    LimitExceeded,
    OmsError,
    ServiceUnavailable,
)
from sqlalchemy.exc import DBAPIError

from svc_datakernel.adapters.sql.group_writer import TransactionConflict

DRIVER_ERRORS: Final = (DBAPIError, psycopg.Error)
"""What a failing statement raises, through SQLAlchemy or past it."""

_RETRY_AFTER_S: Final = 1.0
# Out of disk, out of memory, a configured limit; a row or statement beyond what there can be.
_FULL: Final = {"53100", "53200", "53400"}
_TOO_LARGE: Final = {"54000", "54001", "54011", "54023"}
_DAMAGED: Final = {"XX001", "XX002"}
_CONFLICTS: Final = {"40001", "40P01"}
_CANCELLED: Final = "57014"
_NOT_TEXT: Final = {"22021", "22P05"}
_NO_TABLE: Final = {"42P01", "3F000"}
# Classes of errors that pass with time: connections, resources, operators, the system.
_PASSING: Final = ("08", "53", "55", "57", "58", "25", "28", "3D")


_NO_CONNECTION: Final = ("connection failed", "connection to server", "connection timeout")


class SchemaGone(ServiceUnavailable):
    """The tables of a database are not where they were: it was deleted, or made anew."""


@contextmanager
def typed_errors(database: str) -> Generator[None]:
    """Raises PostgreSQL's errors as what they mean; others pass, and so do faults of programs."""
    try:
        yield
    except DRIVER_ERRORS as exc:
        error = _typed(exc, database)
        if error is None:
            raise
        raise error from exc


def driver_error(exc: Exception) -> BaseException | None:
    """What psycopg raised, through SQLAlchemy or past it."""
    return exc.orig if isinstance(exc, DBAPIError) else exc


def sqlstate(exc: Exception) -> str:
    """SQLSTATE of an error; empty where the server did not tell, as when it is gone."""
    return getattr(driver_error(exc), "sqlstate", None) or ""


def is_damage(exc: Exception) -> bool:
    """Whether the server says that what it stored is damaged."""
    return sqlstate(exc) in _DAMAGED


def is_connection_lost(exc: Exception) -> bool:
    """Whether the server went away, so that nobody knows what it still did."""
    state = sqlstate(exc)
    return not state or state.startswith(("08", "57P"))


def _typed(exc: Exception, database: str) -> OmsError | None:
    state = sqlstate(exc)
    first_line = str(driver_error(exc)).partition("\n")[0]
    if first_line.startswith(_NO_CONNECTION):
        first_line = "PostgreSQL can't be reached"  # where that was is nobody's business
    detail = f"{first_line} ({state or 'no answer'})"
    meaning = next((make for states, make in _MEANINGS if state in states), None)
    if meaning is not None:
        return meaning(database, detail)
    if isinstance(driver_error(exc), psycopg.DataError):
        return _not_text(database, detail)
    if state.startswith(_PASSING) or not state:
        return unavailable(database, detail)
    return None


def unavailable(database: str, detail: str) -> ServiceUnavailable:
    """The error for what passes with time."""
    return ServiceUnavailable(
        f"database {database!r} can't be used right now: {detail}; try again",
        metadata={"service": "datakernel"},
        retry_after_s=_RETRY_AFTER_S,
    )


def _cancelled(database: str, detail: str) -> OmsError:
    if "timeout" in detail:
        return DeadlineExceeded(
            f"a statement on database {database!r} took too long: {detail}; ask for less",
        )
    return Cancelled(f"the caller of a statement on database {database!r} went away")


def _conflict(database: str, detail: str) -> OmsError:
    return TransactionConflict(
        f"database {database!r} was changed at the same time: {detail}; try again",
        metadata={"service": "datakernel"},
        retry_after_s=_RETRY_AFTER_S,
    )


def _full(database: str, detail: str) -> OmsError:
    return LimitExceeded(
        f"database {database!r} has no room left: {detail}; nothing was changed; "
        "free space on the server, then try again",
        metadata={"limit": "storage"},
        retry_after_s=_RETRY_AFTER_S,
    )


def _too_large(database: str, detail: str) -> OmsError:
    return LimitExceeded(
        f"database {database!r} can't take anything that large: {detail}; nothing was changed; "
        "make the ids or the request smaller",
        metadata={"limit": "storage"},
    )


def _damaged(database: str, detail: str) -> OmsError:
    return DataCorrupted(
        f"the tables of database {database!r} are damaged: {detail}; restore them from a backup",
        metadata={"database": database},
    )


def _not_text(database: str, detail: str) -> OmsError:
    return InvalidDocument(
        f"database {database!r} can't keep that text: {detail}; leave out the NUL characters"
    )


def _gone(database: str, detail: str) -> OmsError:
    return SchemaGone(
        f"the tables of database {database!r} are not where they were: {detail}; try again",
        metadata={"service": "datakernel"},
    )


_MEANINGS: Final[Sequence[tuple[Collection[str], Callable[[str, str], OmsError]]]] = (
    ({_CANCELLED}, _cancelled),
    (_CONFLICTS, _conflict),
    (_FULL, _full),
    (_TOO_LARGE, _too_large),
    (_DAMAGED, _damaged),
    (_NOT_TEXT, _not_text),
    (_NO_TABLE, _gone),
)
