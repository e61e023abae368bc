"""Reads contents, checked against their hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oms_core.errors import DataCorrupted
from sqlalchemy import Connection, bindparam, select

from svc_datakernel.adapters.sql.dialect import AnyRow, in_chunks, text_member_equals
from svc_datakernel.adapters.sql.tables import contents
from svc_datakernel.domain.hashing import Content, content_hash

_CONTENTS = select(contents.c.key, contents.c.hash, contents.c.type, contents.c.json).where(
    contents.c.key.in_(bindparam("keys", expanding=True))
)
_BY_HASH = select(contents.c.hash, contents.c.key).where(
    contents.c.hash.in_(bindparam("hashes", expanding=True))
)
_NAMED = select(contents.c.key, contents.c.hash, contents.c.type, contents.c.json).where(
    contents.c.hash.in_(bindparam("hashes", expanding=True))
)
_SIZES = select(contents.c.hash, contents.c.size).where(
    contents.c.hash.in_(bindparam("hashes", expanding=True))
)


def load(
    conn: Connection, keys: Sequence[int], *, texts: Mapping[str, str] | None = None
) -> Mapping[int, Content]:
    """Contents by key.

    Args:
        texts: Leave out contents that surely lack one of these top-level members.
    Raises:
        DataCorrupted: a content does not match its hash.
    """
    statement = _CONTENTS
    for name, text in (texts or {}).items():
        condition = text_member_equals(conn, contents.c.json, name, text)
        if condition is not None:
            statement = statement.where(condition)
    found: dict[int, Content] = {}
    for some in in_chunks(keys):
        found |= {row[0]: _checked(row) for row in conn.execute(statement, {"keys": some})}
    return found


def load_named(conn: Connection, hashes: Sequence[bytes]) -> Mapping[bytes, Content]:
    """Contents by hash.

    Raises:
        DataCorrupted: a content does not match its hash.
    """
    found: dict[bytes, Content] = {}
    for some in in_chunks(hashes):
        loaded = [_checked(row) for row in conn.execute(_NAMED, {"hashes": some})]
        found |= {content.hash: content for content in loaded}
    return found


def keys_of(conn: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Keys of the contents that are stored already."""
    return _pairs(conn, _BY_HASH, hashes)


def sizes_of(conn: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Sizes of contents in bytes."""
    return _pairs(conn, _SIZES, hashes)


def _pairs(conn: Connection, statement: Any, hashes: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for some in in_chunks(hashes):
        rows: Sequence[Any] = conn.execute(statement, {"hashes": some}).all()
        found |= dict(rows)
    return found


def _checked(row: AnyRow) -> Content:
    _, hash_, type_, json = row
    if content_hash(type_, json) != hash_:
        raise DataCorrupted(
            f"the stored content {hash_.hex()} of type {type_!r} does not match its hash; "
            "verify the database and restore it from a backup",
            metadata={"document": hash_.hex()},
        )
    return Content(hash_, type_, json)
