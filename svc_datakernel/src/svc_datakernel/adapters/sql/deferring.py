"""Writes that are sent later, in bulk, for databases where each statement is a wait."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, Table

from svc_datakernel.adapters.sql.known import Known

_NAME = "deferral"


class Deferral(Protocol):
    """What one transaction has still to send. Reads in the ordinary way send it first."""

    @property
    def known(self) -> Known:
        """What need not be asked."""
        ...

    def insert(
        self, table: Table, rows: Sequence[tuple[Any, ...]], *, ignore_existing: bool
    ) -> None:
        """Inserts rows later, whose values are in the order of the table's columns."""
        ...

    def run(self, sql: str, values: Any, *, table: str, key: object) -> None:
        """Runs a statement later; see `Query.later`."""
        ...


def of(conn: Connection) -> Deferral | None:
    """The deferral of a connection's transaction; None where statements run at once."""
    return conn.info.get(_NAME)


def known_of(conn: Connection) -> Known | None:
    """What a connection's transaction knows; None where it asks each time."""
    deferral = conn.info.get(_NAME)
    return None if deferral is None else deferral.known


@contextmanager
def deferring(conn: Connection, deferral: Deferral) -> Generator[None]:
    """Statements of a connection may be sent later, within."""
    info = conn.info  # kept, for asking a lost connection for it would make a new one
    info[_NAME] = deferral
    try:
        yield
    finally:
        del info[_NAME]
