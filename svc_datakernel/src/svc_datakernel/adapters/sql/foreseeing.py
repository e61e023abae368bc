"""Runs work before its turn, on what is likely, and keeps the result if that turns out true.

Work decides from nothing but its view. So if everything that the view was asked gets
the same answer under the write lock, the work need not be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, NoReturn, TypeVar

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import versions
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.domain.graph.terms import Pattern, Triple
from svc_datakernel.domain.graph.view import GraphView, StoredDocument, Work
from svc_datakernel.domain.hashing import Content
from svc_datakernel.domain.model import Database

_T = TypeVar("_T")


class _Unforeseen(Exception):
    """The work wants to know what only its turn will tell."""


class _LikelyView:
    """A `GraphView` with a schema seen before, and none of the documents asked for."""

    def __init__(self, database: Database, schema_key: str) -> None:
        self.database = database
        self.schema_key = schema_key
        self.asked: dict[str, None] = {}

    @property
    def commit_id(self) -> str:
        raise _Unforeseen

    def documents(
        self, ids: Sequence[str], *, with_deleted: bool = False
    ) -> Mapping[str, StoredDocument]:
        self.asked.update(dict.fromkeys(ids))
        if with_deleted:
            raise _Unforeseen
        return {}

    def schema_documents(self) -> NoReturn:
        raise _Unforeseen

    def owners(self, ids: Sequence[str]) -> NoReturn:
        raise _Unforeseen

    def list_documents(
        self, types: Sequence[str] | None, *, after: str = "", with_deleted: bool = False
    ) -> Iterator[StoredDocument]:
        raise _Unforeseen

    def count_documents(self, types: Sequence[str] | None) -> NoReturn:
        raise _Unforeseen

    def triples(self, pattern: Pattern) -> Iterator[Triple]:
        raise _Unforeseen

    def count_triples(self, pattern: Pattern, *, limit: int) -> NoReturn:
        raise _Unforeseen


class Foreseen(NamedTuple, Generic[_T]):
    """What work came to on a likely view.

    Args:
        ids: Documents that it asked for; the view had none of them.
        done: What it decided; None where it can't be told before its turn.
        hashes: Of the contents it writes.
    """

    schema_key: str
    ids: Sequence[str]
    done: Work[_T] | None
    hashes: Sequence[bytes]

    def holds(self, conn: Connection, head: Position, schema_keys: SchemaKeys) -> bool:
        """Whether the work would decide the same at a position, under the write lock."""
        if self.done is None or schema_keys.of(conn, head) != self.schema_key:
            return False
        seen = versions.by_id(conn, head, self.ids)
        return not any(version.is_live for version in seen.values())


def foresee(
    database: Database, schema_key: str, work: Callable[[GraphView], Work[_T]]
) -> Foreseen[_T]:
    """Runs work that most likely asks only for documents which are not there."""
    view = _LikelyView(database, schema_key)
    try:
        done = work(view)
    except Exception:  # noqa: BLE001 - its turn will tell whether that is an error
        return Foreseen(schema_key, list(view.asked), None, ())
    hashes = [
        Content.of(change.type, change.json).hash
        for change in done.changes
        if change.json is not None
    ]
    return Foreseen(schema_key, list(view.asked), done, hashes)
