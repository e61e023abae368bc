"""Canonical JSON: one byte string for one document, with every digit of every number.

Keys are sorted by code point, there is no whitespace, strings carry the fewest
escapes, and a number is written as its author wrote it (`1.0`, `1.00` and `1`
stay three different numbers; 2^53 + 1 and decimals lose nothing).
"""

from __future__ import annotations

import json
from typing import Any

import orjson
from oms_core.errors import InvalidDocument

MAX_DOCUMENT_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


class _Refused(ValueError):
    """Something JSON allows and a document does not."""


def canonicalise(raw: bytes, *, document_id: str) -> bytes:
    """Checks a document and brings it into canonical form.

    Args:
        raw: What the caller sent.
        document_id: Named in the error.
    Raises:
        InvalidDocument: no JSON object in UTF-8, larger than 8 MiB, deeper than 64
            levels, with a duplicate or reserved key, or with a value JSON can't hold.
    """
    try:
        _check_size(raw)
        return _canonicalise_plain(raw) or _canonicalise_exact(raw)
    except json.JSONDecodeError as exc:
        raise _invalid(document_id, f"is no JSON: {exc.msg}", exc.pos) from exc
    except UnicodeDecodeError as exc:
        raise _invalid(document_id, "is not UTF-8", exc.start) from exc
    except RecursionError as exc:
        raise _invalid(document_id, f"is nested deeper than {MAX_DEPTH} levels") from exc
    except _Refused as exc:
        raise _invalid(document_id, str(exc)) from exc


def parse_exact(text: str) -> Any:
    """Parses JSON without losing anything: numbers become `Number`, duplicate keys are refused."""
    return _DECODER.decode(text)


def write_exact(value: Any) -> bytes:
    """Writes what `parse_exact` parsed, in canonical form: members sorted, numbers as they were.

    Raises:
        ValueError: a text holds half of a surrogate pair.
    """
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts).encode()


def is_canonical(raw: bytes) -> bool:
    """Whether bytes are JSON in canonical form."""
    try:
        plain = orjson.loads(raw)
        if orjson.dumps(plain, option=orjson.OPT_SORT_KEYS) == raw:
            return True
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    try:
        return write_exact(parse_exact(raw.decode())) == raw
    except (ValueError, RecursionError):
        return False


def _check_size(raw: bytes) -> None:
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise _Refused(f"has {len(raw)} bytes, more than {MAX_DOCUMENT_BYTES}")


def _canonicalise_plain(raw: bytes) -> bytes | None:
    """The fast path. Writing the parsed value back gives the same bytes only if
    parsing lost nothing: no duplicate key, no rounded number, no other escape."""
    try:
        value = orjson.loads(raw)
        if type(value) is not dict or orjson.dumps(value) != raw:
            return None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    _check_shape(value, raw.count(b"{") + raw.count(b"["))
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _canonicalise_exact(raw: bytes) -> bytes:
    value = parse_exact(raw.decode())
    _check_shape(value, MAX_DEPTH + 1)
    return write_exact(value)


def _check_shape(value: object, most_levels: int) -> None:
    if not isinstance(value, dict):
        raise _Refused("is no JSON object")
    for key in value:
        if key[:1] in ("_", "@"):
            raise _Refused(f"has the reserved key {key!r}; keys must not begin with _ or @")
    if most_levels > MAX_DEPTH and _is_too_deep(value):
        raise _Refused(f"is nested deeper than {MAX_DEPTH} levels")


def _is_too_deep(value: object) -> bool:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _write(value: Any, parts: list[str]) -> None:
    if isinstance(value, Number):
        parts.append(value)
    elif isinstance(value, str):
        parts.append(_quote(value))
    elif isinstance(value, dict):
        opening = "{"
        for key in sorted(value):
            parts.append(f"{opening}{_quote(key)}:")
            _write(value[key], parts)
            opening = ","
        parts.append("}" if value else "{}")
    elif isinstance(value, list):
        opening = "["
        for item in value:
            parts.append(opening)
            _write(item, parts)
            opening = ","
        parts.append("]" if value else "[]")
    else:
        parts.append("null" if value is None else "true" if value else "false")


def _quote(text: str) -> str:
    try:
        return orjson.dumps(text).decode()
    except orjson.JSONEncodeError as exc:
        raise _Refused("holds half of a surrogate pair, which is no character") from exc


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise _Refused(f"has the key {twice!r} twice in one object")
    return found


def _constant(name: str) -> Any:
    raise _Refused(f"holds {name}, which JSON has no number for")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=Number, parse_float=Number, parse_constant=_constant
)


def _invalid(document_id: str, why: str, offset: int | None = None) -> InvalidDocument:
    metadata = {"document": document_id}
    where = ""
    if offset is not None:
        metadata["offset"] = str(offset)
        where = f" at offset {offset}"
    return InvalidDocument(f"document {document_id!r} {why}{where}", metadata=metadata)
