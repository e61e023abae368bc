"""JSON values that are passed on exactly: a number stays the text that it was written as."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from json import JSONEncoder
from typing import Any, Final, cast

from svc_events.domain.events.json_text import Number, read_value

__all__ = ["Number", "read_value", "write_value"]

_quote: Final = JSONEncoder(ensure_ascii=False).encode
_quote_ascii: Final = JSONEncoder(ensure_ascii=True).encode
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def write_value(value: Any) -> str:
    """The JSON text of a value as `read_value` makes them."""
    pieces: list[str] = []
    write_pieces(value, pieces.append)
    return "".join(pieces)


def write_pieces(value: Any, write: Callable[[str], Any]) -> None:
    """Writes the JSON text of a value piece by piece.

    Args:
        write: Gets each piece; what it raises ends the writing.
    """
    if isinstance(value, Number):
        write(str(value))
    elif isinstance(value, str):
        write(quoted(value))
    elif value is None:
        write("null")
    elif isinstance(value, bool):
        write("true" if value else "false")
    elif isinstance(value, int):
        write(str(value))
    elif isinstance(value, Mapping):
        _write_object(cast("Mapping[str, Any]", value), write)
    else:
        _write_array(cast("Sequence[Any]", value), write)


def quoted(text: str) -> str:
    """A text as JSON; half of a surrogate pair, which UTF-8 can't hold, stays an escape."""
    return _quote_ascii(text) if _SURROGATE.search(text) else _quote(text)


def _write_object(members: Mapping[str, Any], write: Callable[[str], Any]) -> None:
    mark = "{"
    for name, member in members.items():
        write(f"{mark}{quoted(name)}:")
        write_pieces(member, write)
        mark = ","
    write("}" if members else "{}")


def _write_array(elements: Sequence[Any], write: Callable[[str], Any]) -> None:
    mark = "["
    for element in elements:
        write(mark)
        write_pieces(element, write)
        mark = ","
    write("]" if elements else "[]")
