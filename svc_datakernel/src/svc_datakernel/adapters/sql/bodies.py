"""Reads contents, checked against their hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oms_core.errors import DataCorrupted
from sqlalchemy import Connection, bindparam, select

from svc_datakernel.adapters.sql import deferring
from svc_datakernel.adapters.sql.dialect import in_chunks, text_member_equals
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import contents
from svc_datakernel.domain.hashing import Content, content_hash

_is_named = contents.c.hash.in_(bindparam("hashes", expanding=True))
_CONTENT = select(contents.c.key, contents.c.hash, contents.c.type, contents.c.json)
_CONTENTS = _CONTENT.where(contents.c.key.in_(bindparam("keys", expanding=True)))
_LOAD = Query(_CONTENTS, lists=["keys"])
KEYS_BY_HASH = Query(select(contents.c.hash, contents.c.key).where(_is_named), lists=["hashes"])
_NAMED = Query(_CONTENT.where(_is_named), lists=["hashes"])
_SIZES = Query(select(contents.c.hash, contents.c.size).where(_is_named), lists=["hashes"])


def load(
    conn: Connection, keys: Sequence[int], *, texts: Mapping[str, str] | None = None
) -> Mapping[int, Content]:
    """Contents by key.

    Args:
        texts: Leave out contents that surely lack one of these top-level members.
    Raises:
        DataCorrupted: a content does not match its hash.
    """
    query = _LOAD
    known = deferring.known_of(conn)
    is_settled = known is not None and known.unsent_contents.isdisjoint(keys)
    for name, text in (texts or {}).items():
        condition = text_member_equals(conn, contents.c.json, name, text)
        if condition is not None:
            query = Query(_CONTENTS.where(condition), lists=["keys"])
    found: dict[int, Content] = {}
    for some in in_chunks(keys):
        rows = query.rows(conn, {"keys": some}, is_settled=is_settled)
        found |= {row[0]: _checked(row) for row in rows}
    return found


def load_named(conn: Connection, hashes: Sequence[bytes]) -> Mapping[bytes, Content]:
    """Contents by hash.

    Raises:
        DataCorrupted: a content does not match its hash.
    """
    found: dict[bytes, Content] = {}
    known = deferring.known_of(conn)
    is_settled = known is not None and known.unsent_hashes.isdisjoint(hashes)
    for some in in_chunks(hashes):
        rows = _NAMED.rows(conn, {"hashes": some}, is_settled=is_settled)
        loaded = [_checked(row) for row in rows]
        found |= {content.hash: content for content in loaded}
    return found


def keys_of(conn: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Keys of the contents that are stored already."""
    known = deferring.known_of(conn)
    if known is None:
        return _pairs(conn, KEYS_BY_HASH, hashes)
    left = [hash_ for hash_ in hashes if hash_ not in known.contents]
    is_settled = known.unsent_hashes.isdisjoint(left)
    found = _pairs(conn, KEYS_BY_HASH, left, is_settled=is_settled)
    for hash_ in set(hashes).difference(left):
        if (key := known.contents[hash_]) is not None:
            found[hash_] = key
    return found


def sizes_of(conn: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Sizes of contents in bytes."""
    return _pairs(conn, _SIZES, hashes)


def _pairs(
    conn: Connection, query: Query, hashes: Sequence[bytes], *, is_settled: bool = False
) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for some in in_chunks(hashes):
        found |= dict(query.rows(conn, {"hashes": some}, is_settled=is_settled))
    return found


def _checked(row: Any) -> Content:
    _, hash_, type_, json = row
    if content_hash(type_, json) != hash_:
        raise DataCorrupted(
            f"the stored content {hash_.hex()} of type {type_!r} does not match its hash; "
            "verify the database and restore it from a backup",
            metadata={"document": hash_.hex()},
        )
    return Content(hash_, type_, json)
