"""The LIKE operator, in time that is linear in the text, whatever the pattern.

`%` stands for any characters or none, `_` for one; behind a backslash both stand for themselves.
Any other backslash is an ordinary character. All is case sensitive.

A pattern is cut at its `%` into pieces of a fixed length. The first piece has to begin the text,
the last one to end it, and each piece between is taken at the first place where it fits: a later
place would leave less room for the others, so nothing is ever tried twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

Matcher: TypeAlias = Callable[[str], bool]
"""Whether a text is like the pattern."""

_Find: TypeAlias = Callable[[str, int], int]
"""Where behind a place a piece first ends, or -1."""

_PART: Final = re.compile(r"\\([%_])|([%_])|(.)", re.DOTALL)
_ANY: Final = None
"""In a piece: the place of a `_`."""

_Piece: TypeAlias = list[str | None]


def compile_pattern(pattern: str) -> Matcher:
    """A function that tells whether a text is like a pattern."""
    first, *others = _pieces(pattern)
    if not others:
        return _whole(first)
    *between, last = others
    between = [piece for piece in between if piece]
    if not between and not last:
        return _beginning(first)
    if not between and not first:
        return _ending(last)
    return _between(first, between, last)


@dataclass(frozen=True, slots=True)
class FixedEnds:
    """What a text has to begin and end with to be like a pattern.

    Args:
        prefix: Perhaps empty.
        suffix: Perhaps empty; of a pattern without wildcards all of it, as `prefix` is.
        is_literal: The pattern has no wildcards.
        is_all: Any text that begins and ends so, and is long enough for both, is like the pattern.
    """

    prefix: str
    suffix: str
    is_literal: bool
    is_all: bool


def fixed_ends(pattern: str) -> FixedEnds:
    """The fixed ends of a pattern."""
    first, *others = _pieces(pattern)
    last = others[-1] if others else first
    prefix = _characters(first)
    suffix = _characters(reversed(last))[::-1]
    is_fixed = len(prefix) == len(first) and len(suffix) == len(last)
    return FixedEnds(
        prefix,
        suffix,
        is_literal=is_fixed and not others,
        is_all=is_fixed and bool(others) and not any(others[:-1]),
    )


def _characters(steps: Iterable[str | None]) -> str:
    """The characters before the first wildcard."""
    found: list[str] = []
    for step in steps:
        if step is None:
            break
        found.append(step)
    return "".join(found)


def _pieces(pattern: str) -> list[_Piece]:
    pieces: list[_Piece] = [[]]
    for escaped, wildcard, plain in _PART.findall(pattern):
        if wildcard == "%":
            pieces.append([])
        else:
            pieces[-1].append(_ANY if wildcard else escaped or plain)
    return pieces


def _fits(piece: _Piece) -> re.Pattern[str]:
    """Matches a piece at one place: character by character, without choices."""
    parts = ("." if character is None else re.escape(character) for character in piece)
    return re.compile("".join(parts), re.DOTALL)


def _literal(piece: _Piece) -> str | None:
    """The text of a piece without wildcards."""
    return None if None in piece else "".join(character or "" for character in piece)


def _whole(piece: _Piece) -> Matcher:
    literal = _literal(piece)
    if literal is not None:
        return lambda text: text == literal
    fits = _fits(piece)
    return lambda text: fits.fullmatch(text) is not None


def _beginning(piece: _Piece) -> Matcher:
    literal = _literal(piece)
    if literal is not None:
        return lambda text: text.startswith(literal)
    fits = _fits(piece)
    return lambda text: fits.match(text) is not None


def _ending(piece: _Piece) -> Matcher:
    literal = _literal(piece)
    if literal is not None:
        return lambda text: text.endswith(literal)
    fits, length = _fits(piece), len(piece)
    return lambda text: len(text) >= length and fits.match(text, len(text) - length) is not None


def _between(first: _Piece, between: list[_Piece], last: _Piece) -> Matcher:
    begins, ends = _beginning(first), _ending(last)
    finds = [_finder(piece) for piece in between]
    head, tail = len(first), len(last)
    shortest = head + tail + sum(map(len, between))

    def is_like(text: str) -> bool:
        if len(text) < shortest or not begins(text) or not ends(text):
            return False
        at, end = head, len(text) - tail
        for find in finds:
            at = find(text, at)
            if not 0 <= at <= end:
                return False
        return True

    return is_like


def _finder(piece: _Piece) -> _Find:
    literal = _literal(piece)
    if literal is None:
        return _gap_finder(piece)
    length = len(literal)

    def find(text: str, at: int) -> int:
        found = text.find(literal, at)
        return found + length if found >= 0 else -1

    return find


def _gap_finder(piece: _Piece) -> _Find:
    """Shift-And: bit n of `state` says that the n + 1 characters just read fit the piece's first.

    A character costs one step, however often the piece nearly fits.
    Source: Baeza-Yates and Gonnet, "A New Approach to Text Searching", CACM 35(10), 1992.
    """
    anything = sum(1 << bit for bit, character in enumerate(piece) if character is None)
    fitting: dict[str, int] = {}
    for bit, character in enumerate(piece):
        if character is not None:
            fitting[character] = fitting.get(character, anything) | 1 << bit
    complete = 1 << (len(piece) - 1)

    def find(text: str, at: int) -> int:
        state = 0
        for place in range(at, len(text)):
            state = (state << 1 | 1) & fitting.get(text[place], anything)
            if state & complete:
                return place + 1
        return -1

    return find
