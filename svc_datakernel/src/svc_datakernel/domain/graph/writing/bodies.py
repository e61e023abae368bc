"""Bodies of requests: JSON values, one after another or in arrays, with exact numbers."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from oms_core.errors import FieldViolation, InvalidDocument

from svc_datakernel.domain.canonical_json import Number

MOST_BODY_BYTES: Final = 64 * 1024 * 1024
MOST_LEVELS: Final = 200
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SPACE: Final = re.compile(r"[ \t\r\n]*")


class _Refused(ValueError):
    """Something JSON allows and a document does not."""


def documents_in(body: bytes) -> list[Any]:
    """The documents of a body: its values one after another, those of arrays one by one.

    Raises:
        InvalidDocument: it is no JSON in UTF-8, too large, or has a member twice.
    """
    try:
        _check_size(body)
        values = _values(body.decode())
        if b"\\u" in body:
            _check_texts(values)
    except json.JSONDecodeError as exc:
        raise _invalid(f"is no JSON: {exc.msg} at offset {exc.pos}") from exc
    except UnicodeDecodeError as exc:
        raise _invalid(f"is not UTF-8 at offset {exc.start}") from exc
    except RecursionError as exc:
        raise _invalid(f"is nested deeper than {MOST_LEVELS} levels") from exc
    except _Refused as exc:
        raise _invalid(str(exc)) from exc
    if len(values) == 1 and isinstance(values[0], list):
        return values[0]
    return [each for value in values for each in (value if isinstance(value, list) else [value])]


def _check_size(body: bytes) -> None:
    if len(body) > MOST_BODY_BYTES:
        raise _Refused(f"has {len(body)} bytes, more than {MOST_BODY_BYTES}")


def _values(text: str) -> list[Any]:
    found: list[Any] = []
    at = _after_space(text, 0)
    while at < len(text):
        value, at = _DECODER.raw_decode(text, at)
        found.append(value)
        at = _after_space(text, at)
    return found


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _check_texts(values: list[Any]) -> None:
    pending: list[Any] = [values]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            pending += each
            pending += each.values()
        elif isinstance(each, list):
            pending += each
        elif isinstance(each, str) and not each.isascii() and _SURROGATE.search(each):
            raise _Refused("holds half of a surrogate pair, which is no character")


def check_depth(document: Any) -> None:
    """Checks that a document is not nested too deep to be worked with.

    Raises:
        InvalidDocument: it is nested deeper than 200 levels.
    """
    level: list[Any] = [document]
    for _ in range(MOST_LEVELS):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return
    raise _invalid(f"has a document nested deeper than {MOST_LEVELS} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise _Refused(f"has the key {twice!r} twice in one object")
    return found


def _constant(name: str) -> Any:
    raise _Refused(f"holds {name}, which JSON has no number for")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=Number, parse_float=Number, parse_constant=_constant
)


def _invalid(why: str) -> InvalidDocument:
    return InvalidDocument(
        f"the body {why}",
        metadata={"api_error": "api:JSONParseError"},
        fields=[FieldViolation("body", why)],
    )
