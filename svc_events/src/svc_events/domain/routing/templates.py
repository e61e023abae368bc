"""Templates of attributes and data, compiled once and rendered within bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from oms_core.errors import FieldViolation, InvalidEvent, InvalidExpression, ParseError

from svc_events.domain.events.json_text import is_json
from svc_events.domain.events.limits import MAX_DATA_BYTES, MAX_DATA_DEPTH, MAX_VALUE_BYTES
from svc_events.domain.routing.json_values import quoted, read_value, write_pieces
from svc_events.domain.routing.placeholders import (
    Part,
    Placeholder,
    TemplateFault,
    parse_text,
    text_of,
)

MAX_TEXT_LENGTH: Final = 4096
"""Characters of the template of an attribute."""
MAX_DATA_LENGTH: Final = 65536
"""Characters of the template of the data."""

Look = Callable[[tuple[str, ...]], Any]
"""Finds the value at a path; `Scope.look`."""


class TextTemplate:
    """The template of an attribute.

    Args:
        field: What errors call it.
    Raises:
        InvalidExpression: it is none; `offset` in the metadata, in characters from 0.
    """

    def __init__(self, text: str, *, field: str) -> None:
        self._field = field
        _check_length(text, MAX_TEXT_LENGTH, field)
        try:
            self._parts = parse_text(text)
        except TemplateFault as exc:
            raise _invalid(field, exc.why, {"offset": str(exc.offset)}) from exc

    def render(self, look: Look) -> str:
        """The text for an event.

        Raises:
            InvalidEvent: it is longer than an attribute may be.
        """
        budget = _Budget(MAX_VALUE_BYTES, self._field)
        for part in self._parts:
            budget.write(part if isinstance(part, str) else text_of(part.value(look)))
        return budget.text


class DataTemplate:
    """The template of the data: a JSON document whose strings may have placeholders.

    A string that is a placeholder and nothing else is replaced by the value, of whatever type.
    Names of members are no templates.

    Args:
        field: What errors call it.
    Raises:
        InvalidExpression: it is none; in the metadata `line` and `column` of what is no JSON, or
            `path`, a JSON pointer (RFC 6901) to the string, and `offset` in it.
    """

    def __init__(self, text: str, *, field: str) -> None:
        self._field = field
        _check_length(text, MAX_DATA_LENGTH, field)
        try:
            document = read_value(text)
        except ParseError as exc:
            line, column = exc.metadata["line"], exc.metadata["column"]
            why = f"is no JSON document at line {line}, column {column}"
            raise _invalid(field, why, {"line": line, "column": column}) from exc
        self._document = self._compile(document, "")

    def render(self, look: Look) -> str:
        """The JSON text for an event.

        Raises:
            InvalidEvent: it is longer than data may be, or nested deeper.
        """
        budget = _Budget(MAX_DATA_BYTES, self._field)
        self._write(self._document, look, budget)
        text = budget.text
        if text.count("[") + text.count("{") > MAX_DATA_DEPTH and not is_json(text):
            why = f"makes JSON nested deeper than {MAX_DATA_DEPTH} levels"
            raise InvalidEvent.of(self._field, why)
        return text

    def _compile(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            members = cast("Mapping[str, Any]", value)
            return {
                name: self._compile(member, f"{path}/{_escaped(name)}")
                for name, member in members.items()
            }
        if isinstance(value, list):
            elements = cast("list[Any]", value)
            return [self._compile(each, f"{path}/{at}") for at, each in enumerate(elements)]
        return self._string(value, path) if type(value) is str else value

    def _string(self, text: str, path: str) -> Any:
        try:
            parts = parse_text(text)
        except TemplateFault as exc:
            where = {"path": path, "offset": str(exc.offset)}
            raise _invalid(self._field, exc.why, where) from exc
        if len(parts) == 1 and isinstance(parts[0], Placeholder):
            return parts[0]
        return _Mixed(parts) if any(isinstance(part, Placeholder) for part in parts) else text

    def _write(self, value: Any, look: Look, budget: _Budget) -> None:
        if isinstance(value, Placeholder):
            write_pieces(value.value(look), budget.write)
        elif isinstance(value, _Mixed):
            budget.write(quoted(value.render(look, self._field)))
        elif isinstance(value, dict):
            self._write_object(cast("dict[str, Any]", value), look, budget)
        elif isinstance(value, list):
            self._write_array(cast("list[Any]", value), look, budget)
        else:
            write_pieces(value, budget.write)

    def _write_object(self, members: dict[str, Any], look: Look, budget: _Budget) -> None:
        budget.write("{")
        for at, (name, member) in enumerate(members.items()):
            budget.write(f"{',' if at else ''}{quoted(name)}:")
            self._write(member, look, budget)
        budget.write("}")

    def _write_array(self, elements: list[Any], look: Look, budget: _Budget) -> None:
        budget.write("[")
        for at, element in enumerate(elements):
            if at:
                budget.write(",")
            self._write(element, look, budget)
        budget.write("]")


@dataclass(frozen=True, slots=True)
class _Mixed:
    """A string with text and placeholders in it."""

    parts: Sequence[Part]

    def render(self, look: Look, field: str) -> str:
        budget = _Budget(MAX_DATA_BYTES, field)
        for part in self.parts:
            budget.write(part if isinstance(part, str) else text_of(part.value(look)))
        return budget.text


class _Budget:
    """Collects pieces of text, up to a number of bytes."""

    __slots__ = ("_field", "_most", "_pieces", "_size")

    def __init__(self, most: int, field: str) -> None:
        self._most = most
        self._field = field
        self._pieces: list[str] = []
        self._size = 0

    @property
    def text(self) -> str:
        """All pieces."""
        return "".join(self._pieces)

    def write(self, piece: str) -> None:
        # Half of a surrogate pair is no fault yet; the event says what it is.
        self._size += len(piece) if piece.isascii() else len(piece.encode(errors="replace"))
        if self._size > self._most:
            raise InvalidEvent.of(self._field, f"makes more than {self._most} bytes")
        self._pieces.append(piece)


def _check_length(text: str, most: int, field: str) -> None:
    if len(text) > most:
        why = f"has {len(text)} characters, more than {most}"
        raise _invalid(field, why, {"offset": str(most)})


def _invalid(field: str, why: str, where: Mapping[str, str]) -> InvalidExpression:
    place = ", ".join(f"{name} {value or '/'}" for name, value in where.items())
    description = f"{why} ({place})"
    return InvalidExpression(
        f"{field}: {description}",
        metadata={"format": "template", **where},
        fields=[FieldViolation(field, description)],
    )


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
