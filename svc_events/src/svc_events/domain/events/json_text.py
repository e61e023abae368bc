"""Reads JSON member by member, and keeps the text of each value as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final, NamedTuple, NoReturn

from oms_core.errors import ParseError

from svc_events.domain.events.limits import MAX_DATA_DEPTH


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


class Member(NamedTuple):
    """A value and its text, which begins and ends with the value's own characters."""

    value: Any
    text: str


def read_object(text: str) -> Mapping[str, Member]:
    """The members of a text that is one JSON object.

    Raises:
        ParseError: it is none, or has a member twice; `line` and `column` in the metadata.
    """
    with_positions = _Reader(text)
    members = with_positions.object()
    with_positions.end()
    return members


def read_array(text: str) -> Iterator[Mapping[str, Member]]:
    """The members of each object of a text that is one JSON array of objects.

    Raises:
        ParseError: it is none; `line` and `column` in the metadata.
    """
    reader = _Reader(text)
    yield from reader.objects()
    reader.end()


def read_value(text: str) -> Any:
    """The value of a text that is one JSON value; numbers are texts of class `Number`.

    Raises:
        ParseError: it is none, or is nested too deep; `line` and `column` in the metadata.
    """
    reader = _Reader(text)
    value = reader.value().value
    reader.end()
    return value


def is_json(text: str) -> bool:
    """Whether a text is one JSON value, not nested deeper than data may be."""
    reader = _Reader(text)
    try:
        reader.skip_space()
        reader.value()
        reader.end()
    except ParseError:
        return False
    return True


class _Reader:
    """Goes through a text once, from `at` on."""

    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def objects(self) -> Iterator[Mapping[str, Member]]:
        """An array of objects."""
        self.expect("[")
        if self.found("]"):
            return
        yield self.object()
        while self.found(","):
            yield self.object()
        self.expect("]")

    def object(self) -> Mapping[str, Member]:
        """An object."""
        members: dict[str, Member] = {}
        self.expect("{")
        if self.found("}"):
            return members
        self.member(members)
        while self.found(","):
            self.member(members)
        self.expect("}")
        return members

    def member(self, members: dict[str, Member]) -> None:
        """A name and its value."""
        begin = self.at
        plain = _PLAIN_NAME.match(self.text, begin)
        if plain is not None:
            name, self.at = plain[1], plain.end()
        else:
            name = self.name()
        if name in members:
            self.at = begin
            self.skip_space()
            self.fail(f"the member {name[:64]!r} is there twice")
        members[name] = self.value()

    def name(self) -> str:
        """A name, which may hold escapes, and the colon behind it."""
        self.skip_space()
        if not self.text.startswith('"', self.at):
            self.fail("a member's name in double quotes is expected")
        name = self.value().value
        self.expect(":")
        self.skip_space()
        return name

    def value(self) -> Member:
        """A value of any kind, which begins right here."""
        begin = self.at
        try:
            value, self.at = _DECODER.raw_decode(self.text, begin)
        except JSONDecodeError as exc:
            self.fail(exc.msg, exc.pos)
        except ValueError as exc:
            self.fail(str(exc), begin)
        except RecursionError:
            self.fail(f"the value is nested deeper than {MAX_DATA_DEPTH} levels", begin)
        text = self.text[begin : self.at]
        if isinstance(value, dict | list) and _is_too_deep(value, text):
            self.fail(f"the value is nested deeper than {MAX_DATA_DEPTH} levels", begin)
        return Member(value, text)

    def expect(self, mark: str) -> None:
        """A mark that has to be there."""
        if not self.found(mark):
            self.fail(f"{mark!r} is expected")

    def found(self, mark: str) -> bool:
        """Goes behind a mark, if it is there."""
        if not self.text.startswith(mark, self.at):
            self.skip_space()
            if not self.text.startswith(mark, self.at):
                return False
        self.at += 1
        return True

    def end(self) -> None:
        """The end of the text."""
        self.skip_space()
        if self.at != len(self.text):
            self.fail("the end is expected")

    def skip_space(self) -> None:
        """Goes behind white space."""
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at

    def fail(self, why: str, at: int | None = None) -> NoReturn:
        """Raises an error that points at a place."""
        error = JSONDecodeError(why, self.text, self.at if at is None else at)
        raise ParseError(
            f"the event is no JSON at line {error.lineno}, column {error.colno}: {why}",
            metadata={"format": "json", "line": str(error.lineno), "column": str(error.colno)},
        )


def _is_too_deep(value: Any, text: str) -> bool:
    """Whether an array or object has more levels than data may have."""
    if text.count("[") + text.count("{") <= MAX_DATA_DEPTH:
        return False
    level: list[Any] = [value]
    for _ in range(MAX_DATA_DEPTH):
        level = [child for parent in level for child in _containers(parent)]
        if not level:
            return False
    return True


def _containers(parent: Any) -> list[Any]:
    children: Iterable[Any] = parent.values() if isinstance(parent, dict) else parent
    return [child for child in children if isinstance(child, dict | list)]


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


_PLAIN_NAME: Final = re.compile(r'[ \t\n\r]*+"([^"\\\x00-\x1f]*+)"[ \t\n\r]*+:[ \t\n\r]*+')
_SPACE: Final = re.compile(r"[ \t\n\r]*+")
_DECODER: Final = JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=_constant)
