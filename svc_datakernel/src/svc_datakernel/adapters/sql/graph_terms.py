"""How terms are kept in SQL: IRIs by key, literals in place unless they are long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from svc_datakernel.adapters.sql import deferring
from svc_datakernel.adapters.sql.dialect import in_chunks, insert_rows
from svc_datakernel.adapters.sql.known import MOST_REMEMBERED, Known
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import documents, long_values, predicates
from svc_datakernel.domain.graph.terms import Literal

_LONGEST_IN_PLACE: Final = 200
SAFE_LENGTH: Final = _LONGEST_IN_PLACE
"""A printable text of this length or less stands in place: a cheap look before `is_in_place`."""
_NAMED: Final = "\x01"  # begins the name of a literal that is kept elsewhere

KEYS = Query(
    select(documents.c.id, documents.c.key).where(
        documents.c.id.in_(bindparam("ids", expanding=True))
    ),
    lists=["ids"],
)
_IDS = Query(
    select(documents.c.key, documents.c.id).where(
        documents.c.key.in_(bindparam("keys", expanding=True))
    ),
    lists=["keys"],
)
_LAST_KEY = Query(select(func.coalesce(func.max(documents.c.key), 0)))
_LONG = Query(
    select(long_values.c.name, long_values.c.value).where(
        long_values.c.name.in_(bindparam("names", expanding=True))
    ),
    lists=["names"],
)


def keys_of(conn: Connection, iris: Iterable[str]) -> dict[str, int]:
    """Keys of IRIs, those that the database has ever had."""
    known = deferring.known_of(conn)
    if known is not None:
        return _known_keys(conn, known, list(iris))
    found: dict[str, int] = {}
    for ids in in_chunks(list(iris)):
        found.update(KEYS.rows(conn, {"ids": ids}))
    return found


def _known_keys(conn: Connection, known: Known, iris: Sequence[str]) -> dict[str, int]:
    left = [iri for iri in iris if iri not in known.iris]
    found = {iri: known.iris[iri] for iri in set(iris).difference(left)}
    is_settled = known.unsent_ids.isdisjoint(left)
    for ids in in_chunks(left):
        asked: dict[str, int] = dict(KEYS.rows(conn, {"ids": ids}, is_settled=is_settled))
        found |= asked
        if len(left) <= MOST_REMEMBERED:
            known.iris |= asked
    return found


def iris_of(conn: Connection, keys: Iterable[int]) -> dict[int, str]:
    """IRIs by key."""
    found: dict[int, str] = {}
    for some in in_chunks(list(keys)):
        found.update(_IDS.rows(conn, {"keys": some}))
    return found


def intern(conn: Connection, iris: Iterable[str]) -> dict[str, int]:
    """Keys of IRIs, those not kept before being kept. Under the write lock."""
    wanted = list(iris)
    keys = keys_of(conn, wanted)
    fresh = [iri for iri in wanted if iri not in keys]
    if fresh:
        rows = list(enumerate(fresh, _last_key(conn) + 1))
        insert_rows(conn, documents, rows, keeps_known=True)
        keys.update((iri, key) for key, iri in rows)
        known = deferring.known_of(conn)
        if known is not None:
            known.touch(fresh)
            if known.last is not None:
                known.last.document = rows[-1][0]
            if len(fresh) <= MOST_REMEMBERED:
                known.iris.update((iri, key) for key, iri in rows)
    return keys


def _last_key(conn: Connection) -> int:
    known = deferring.known_of(conn)
    if known is not None and known.last is not None:
        return known.last.document
    return _LAST_KEY.row(conn, {})[0]


def keep_predicates(conn: Connection, keys: Iterable[int]) -> None:
    """Makes predicates known as such."""
    known = deferring.known_of(conn)
    if known is not None:
        keys = [key for key in keys if key not in known.predicates]
        known.predicates.update(keys)
    rows = [(key,) for key in keys]
    insert_rows(conn, predicates, rows, ignore_existing=True, keeps_known=True)


def datatype_name(literal: Literal) -> str:
    """What a literal's datatype is kept under: with the language, which no IRI contains."""
    return f"{literal.datatype}@{literal.language}" if literal.language else literal.datatype


def value_of(lexical: str) -> str:
    """What `triples.value` holds for a lexical form: itself, or its name."""
    if is_in_place(lexical):
        return lexical
    return _NAMED + sha256(lexical.encode()).hexdigest()


def is_in_place(lexical: str) -> bool:
    """Whether a lexical form stands in `triples.value` itself: not if it is long, or has
    a NUL, which not every database takes."""
    return (
        len(lexical) <= _LONGEST_IN_PLACE
        and "\x00" not in lexical
        and not lexical.startswith(_NAMED)
    )


def keep_long(conn: Connection, lexicals: Iterable[str]) -> None:
    """Keeps the lexical forms that don't stand in place."""
    rows = [(value_of(lexical), lexical.encode()) for lexical in lexicals]
    insert_rows(conn, long_values, rows, ignore_existing=True, keeps_known=True)


def lexicals_of(conn: Connection, values: Iterable[str]) -> Mapping[str, str]:
    """Lexical forms of what `triples.value` holds, for those that are kept elsewhere."""
    names = list({value for value in values if value.startswith(_NAMED)})
    found: dict[str, str] = {}
    for some in in_chunks(names):
        found.update((name, value.decode()) for name, value in _LONG.rows(conn, {"names": some}))
    return found
