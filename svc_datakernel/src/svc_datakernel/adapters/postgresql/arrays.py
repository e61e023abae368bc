"""Columns of values as arrays in PostgreSQL's binary form, so that many rows are one statement.

The driver would look at each value by itself, which costs more than inserting it.

Source: `array_recv` and the `*recv` functions of the types in PostgreSQL's sources.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, repeat
from struct import Struct, pack
from typing import Any, Final

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format
from sqlalchemy import Boolean, LargeBinary, Text
from sqlalchemy.types import TypeEngine

_INT8, _BOOL, _TEXT, _BYTEA = 20, 16, 25, 17  # OIDs of the types of items
_header = Struct("!iiIii").pack  # dimensions, whether there are NULLs, type, items, first index
_length = Struct("!i").pack
_NULL: Final = _length(-1)


class Integers(bytes):
    """An array of bigint."""


class Booleans(bytes):
    """An array of boolean."""


class Texts(bytes):
    """An array of text."""


class Binaries(bytes):
    """An array of bytea."""


def array_type(column: TypeEngine[Any]) -> tuple[str, Callable[[Sequence[Any]], bytes]]:
    """The name of the array that takes a column's values, and what makes one of them."""
    if isinstance(column, Text):
        return "text[]", texts
    if isinstance(column, LargeBinary):
        return "bytea[]", binaries
    return ("boolean[]", booleans) if isinstance(column, Boolean) else ("bigint[]", integers)


def integers(values: Sequence[int | None]) -> Integers:
    """An array of integers."""
    if None in values:
        items = (_NULL if value is None else pack("!iq", 8, value) for value in values)
        return Integers(_array(_INT8, len(values), b"".join(items), has_null=True))
    body = pack("!" + "iq" * len(values), *chain.from_iterable(zip(repeat(8), values)))
    return Integers(_array(_INT8, len(values), body))


def booleans(values: Sequence[bool]) -> Booleans:
    """An array of truth values."""
    body = b"".join(b"\0\0\0\1\1" if value else b"\0\0\0\1\0" for value in values)
    return Booleans(_array(_BOOL, len(values), body))


def texts(values: Sequence[str | None]) -> Texts:
    """An array of texts. The server refuses those with NUL characters."""
    return Texts(_framed(_TEXT, [None if value is None else value.encode() for value in values]))


def binaries(values: Sequence[bytes | None]) -> Binaries:
    """An array of bytes."""
    return Binaries(_framed(_BYTEA, values))


def register(connection: psycopg.Connection[Any]) -> None:
    """Makes a connection take arrays as parameters."""
    for dumper in (_Integers, _Booleans, _Texts, _Binaries):
        connection.adapters.register_dumper(dumper.of, dumper)


def _framed(item: int, values: Sequence[bytes | None]) -> bytes:
    parts = (_NULL if value is None else _length(len(value)) + value for value in values)
    return _array(item, len(values), b"".join(parts), has_null=None in values)


def _array(item: int, count: int, body: bytes, *, has_null: bool = False) -> bytes:
    return _header(1, has_null, item, count, 1) + body


class _Dumper(Dumper):
    """Hands over what is in the server's form already."""

    format = Format.BINARY

    def dump(self, obj: Any) -> Buffer | None:
        return obj


class _Integers(_Dumper):
    of = Integers
    oid = 1016


class _Booleans(_Dumper):
    of = Booleans
    oid = 1000


class _Texts(_Dumper):
    of = Texts
    oid = 1009


class _Binaries(_Dumper):
    of = Binaries
    oid = 1001
