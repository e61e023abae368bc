"""Placeholders of templates: `{{path}}` and `{{path | filter}}`, nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final

from svc_events.domain.events.event import is_name
from svc_events.domain.routing.json_values import write_value

MAX_PATH_DEPTH: Final = 16
"""Steps of a path, `data` included."""

_OPEN: Final = "{{"
_CLOSE: Final = "}}"
_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_STEP: Final = re.compile(r'[^\s.|{}"]++')
_WORD: Final = re.compile(r"[a-z]++")
_STRING: Final = JSONDecoder()


class TemplateFault(Exception):
    """A template breaks the language.

    Args:
        offset: Where, in characters from 0.
    """

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(why)
        self.offset = offset
        self.why = why


class Missing:
    """The value of what is not there."""


MISSING: Final = Missing()
Filter = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A path and what is done to its value.

    Args:
        path: An attribute's name, or `data` and the members and places inside it.
        change: None: the value stays what it is.
    """

    path: tuple[str, ...]
    change: Filter | None = None

    def value(self, look: Callable[[tuple[str, ...]], Any]) -> Any:
        """The value, of its own type; empty text for what is not there."""
        found = look(self.path)
        if self.change is not None:
            return self.change(found)
        return "" if found is MISSING else found


Part = str | Placeholder


def parse_text(text: str) -> tuple[Part, ...]:
    """Divides a template into its texts and placeholders.

    Raises:
        TemplateFault: see there.
    """
    parts: list[Part] = []
    at = 0
    while (begin := text.find(_OPEN, at)) >= 0:
        if begin > at:
            parts.append(text[at:begin])
        placeholder, at = _placeholder(text, begin)
        parts.append(placeholder)
    if at < len(text):
        parts.append(text[at:])
    return tuple(parts)


def text_of(value: Any) -> str:
    """The text of a value: of a list or an object its JSON, of null and what is missing none."""
    if value is MISSING or value is None:
        return ""
    return str(value) if isinstance(value, str) else write_value(value)


def _placeholder(text: str, begin: int) -> tuple[Placeholder, int]:
    at = _skip(text, begin + len(_OPEN))
    path, at = _path(text, at)
    at = _skip(text, at)
    change = None
    if text.startswith("|", at):
        change, at = _filter(text, _skip(text, at + 1))
        at = _skip(text, at)
    if text.startswith(_CLOSE, at):
        return Placeholder(path, change), at + len(_CLOSE)
    if at >= len(text):
        raise TemplateFault(begin, "the placeholder is not closed by }}")
    raise TemplateFault(at, f"{text[at]!r} is not expected; a path, |, one filter and }}}} are")


def _path(text: str, at: int) -> tuple[tuple[str, ...], int]:
    begin, steps = at, list[str]()
    while True:
        step = _STEP.match(text, at)
        if step is None:
            raise TemplateFault(at, "a name is expected")
        steps.append(step[0])
        at = step.end()
        if not text.startswith(".", at):
            break
        at += 1
    _check_path(steps, begin)
    return tuple(steps), at


def _check_path(steps: list[str], begin: int) -> None:
    if len(steps) > MAX_PATH_DEPTH:
        raise TemplateFault(begin, f"the path has {len(steps)} steps, more than {MAX_PATH_DEPTH}")
    if not is_name(steps[0]):
        raise TemplateFault(begin, f"{steps[0][:64]!r} is no name of an attribute, nor data")
    if len(steps) > 1 and steps[0] != "data":
        raise TemplateFault(begin, f"{steps[0]!r} has no members; only data has")


def _filter(text: str, at: int) -> tuple[Filter, int]:
    word = _WORD.match(text, at)
    name = word[0] if word else ""
    if word and name in _FILTERS:
        return _FILTERS[name], word.end()
    if word and name == "default":
        return _default(text, word.end())
    known = ", ".join([*_FILTERS, 'default:"text"'])
    raise TemplateFault(at, f"{name or text[at : at + 1]!r} is no filter; they are {known}")


def _default(text: str, at: int) -> tuple[Filter, int]:
    if not text.startswith(':"', at):
        raise TemplateFault(at, 'default is followed by :"text"')
    try:
        other, end = _STRING.raw_decode(text, at + 1)
    except JSONDecodeError as exc:
        raise TemplateFault(exc.pos, f"no text in double quotes: {exc.msg}") from exc
    return lambda value: text_of(value) or other, end


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _upper(value: Any) -> str:
    return text_of(value).upper()


def _lower(value: Any) -> str:
    return text_of(value).lower()


def _json(value: Any) -> str:
    return write_value("" if value is MISSING else value)


_FILTERS: Final[Mapping[str, Filter]] = {"upper": _upper, "lower": _lower, "json": _json}

__all__ = [
    "MAX_PATH_DEPTH",
    "MISSING",
    "Missing",
    "Part",
    "Placeholder",
    "TemplateFault",
    "parse_text",
    "text_of",
]
