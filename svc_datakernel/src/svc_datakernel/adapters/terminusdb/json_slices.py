"""Cuts JSON into its parts without changing a byte of them, so that numbers stay exact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Final

# Numbers are passed over as text: no conversion, no limit of digits.
_DECODER: Final = JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_MARKS: Final = re.compile(rb'[{}\[\]"\\]')


def values(text: str) -> Iterator[str]:
    """The JSON values written one after another in a text.

    Raises:
        ValueError: there is something else in it.
    """
    at = _skip(text, 0)
    while at < len(text):
        end = _end(text, at)
        yield text[at:end]
        at = _skip(text, end)


def members(text: str) -> dict[str, str]:
    """The members of a JSON object, each value as it is written; the last of a name counts.

    Raises:
        ValueError: it is no object.
    """
    found: dict[str, str] = {}
    at = _expect(text, 0, "{")
    while text[at : at + 1] != "}":
        name, end = _DECODER.raw_decode(text, at)
        if not isinstance(name, str):
            raise JSONDecodeError("a member has no name", text, at)
        start = _expect(text, end, ":")
        end = _end(text, start)
        found[name] = text[start:end]
        at = _next(text, end, "}")
    return found


def elements(text: str) -> Iterator[str]:
    """The elements of a JSON array, each as it is written.

    Raises:
        ValueError: it is no array.
    """
    at = _expect(text, 0, "[")
    while text[at : at + 1] != "]":
        end = _end(text, at)
        yield text[at:end]
        at = _next(text, end, "]")


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _end(text: str, at: int) -> int:
    try:
        _, end = _DECODER.raw_decode(text, at)
    except RecursionError as exc:
        raise JSONDecodeError("nested too deeply", text, at) from exc
    return end


def _expect(text: str, at: int, mark: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != mark:
        raise JSONDecodeError(f"{mark!r} is missing", text, at)
    return _skip(text, at + 1)


def _next(text: str, at: int, closing: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] == closing:
        return at
    return _expect(text, at, ",")


class TooLarge(ValueError):
    """An object is larger than is taken."""


class ObjectSplitter:
    """Takes bytes cut anywhere, gives the JSON objects in them, each whole.

    Args:
        most_bytes: Largest object; a larger one raises `TooLarge`.
    """

    def __init__(self, most_bytes: int) -> None:
        self._buffer = bytearray()
        self._looked_at = 0
        self._depth = 0
        self._is_text = False
        self._most_bytes = most_bytes

    def feed(self, part: bytes) -> list[bytes]:
        """The objects that end in this part."""
        self._buffer += part
        found: list[bytes] = []
        start = 0
        at = self._looked_at
        while (match := _MARKS.search(self._buffer, at)) is not None:
            at = match.end()
            if match[0] == b"\\":
                at += 1  # what follows a backslash is never a mark
            elif self._moves_to_top(match[0]):
                self._check_size(at - start)
                found.append(bytes(self._buffer[start:at]).strip())
                start = at
        # After a backslash at the very end this lies one byte beyond it.
        self._looked_at = max(at, len(self._buffer)) - start
        del self._buffer[:start]
        self._check_size(len(self._buffer))
        return found

    def close(self) -> None:
        """Says that nothing follows.

        Raises:
            ValueError: an object is cut off.
        """
        if self._buffer.strip():
            raise ValueError("the last object is cut off")

    def _check_size(self, size: int) -> None:
        if size > self._most_bytes:
            raise TooLarge(f"a value is larger than {self._most_bytes} bytes")

    def _moves_to_top(self, mark: bytes) -> bool:
        if self._is_text:
            self._is_text = mark != b'"'
        elif mark == b'"':
            self._is_text = True
        else:
            self._depth += 1 if mark in b"{[" else -1
            return self._depth == 0
        return False
