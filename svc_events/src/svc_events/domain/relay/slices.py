"""Takes JSON apart without rewriting it: the text of each member or item, as it stands there."""

from __future__ import annotations

import re
from json import JSONDecoder
from typing import Final

_SPACE: Final = re.compile(r"[ \t\n\r]*")
# Numbers stay text: a document may hold one with more digits than Python turns into an int.
_DECODER: Final = JSONDecoder(parse_int=str, parse_float=str)


def members(text: str) -> dict[str, str] | None:
    """The members of an object by name, each as its text; None when it is no object.

    Args:
        text: Sound JSON, such as a document of the kernel.
    """
    if not text.startswith("{"):
        return None
    found: dict[str, str] = {}
    at = _skip(text, 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        begin = _skip(text, _skip(text, at) + 1)
        _, at = _DECODER.raw_decode(text, begin)
        found[name] = text[begin:at]
        at = _next(text, at)
    return found


def items(text: str) -> list[str] | None:
    """The items of an array, each as its text; None when it is no array.

    Args:
        text: Sound JSON.
    """
    if not text.startswith("["):
        return None
    found: list[str] = []
    at = _skip(text, 1)
    while text[at] != "]":
        begin = at
        _, at = _DECODER.raw_decode(text, begin)
        found.append(text[begin:at])
        at = _next(text, at)
    return found


def _next(text: str, at: int) -> int:
    """The place of the next member or item, or of the mark that closes the whole."""
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
