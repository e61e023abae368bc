"""A backtracking matcher of regular expressions that counts its steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from re import _constants as ops  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any, Final

from svc_datakernel.domain.woql import errors
from svc_datakernel.domain.woql.run import Run

MOST_STEPS: Final = 250_000
# Deeper, Python's own stack would be at stake.
MOST_DEPTH: Final = 400

_Groups = dict[int, tuple[int, int]]
_Next = Callable[[int, _Groups], "tuple[int, _Groups] | None"]


class Matcher:
    """Matches one parsed pattern.

    Args:
        tree: As the standard library parses it.
        compiled: The same pattern; its single characters are matched with it.
    """

    def __init__(self, tree: Any, compiled: re.Pattern[str], run: Run) -> None:
        self._tree = list(tree)
        self._flags = compiled.flags
        self._group_count = compiled.groups
        self._run = run
        self._steps = 0
        self._depth = 0
        self._text = ""

    def matches(self, text: str) -> Iterator[tuple[int, int, list[str]]]:
        """Matches without overlap: where each begins and ends, and its groups.

        Raises:
            LimitExceeded: the pattern takes too many steps on this text.
            DeadlineExceeded: the query's time is over.
        """
        self._text = text
        start = 0
        while start <= len(text):
            found = self._from(start)
            if found is None:
                start += 1
                continue
            end, groups = found
            yield start, end, self._texts(start, end, groups)
            start = end if end > start else start + 1

    def _from(self, start: int) -> tuple[int, _Groups] | None:
        try:
            return self._sequence(self._tree, 0, start, {}, _accept)
        except RecursionError as exc:
            limit = "nested steps of a regular expression"
            raise errors.over_limit(limit, MOST_DEPTH) from exc

    def _texts(self, start: int, end: int, groups: _Groups) -> list[str]:
        numbered = (groups.get(n, (0, 0)) for n in range(1, self._group_count + 1))
        return [self._text[start:end], *(self._text[a:b] for a, b in numbered)]

    def _count(self) -> None:
        self._run.step()
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise errors.over_limit("steps of a regular expression", MOST_STEPS)

    def _sequence(
        self, items: Sequence[Any], index: int, at: int, groups: _Groups, then: _Next
    ) -> tuple[int, _Groups] | None:
        self._count()
        while index < len(items) and (size := self._single(items[index], at)) is not None:
            if size == 0:
                return None
            at, index = at + 1, index + 1
        if index == len(items):
            return then(at, groups)
        if self._depth >= MOST_DEPTH:
            raise errors.over_limit("nested steps of a regular expression", MOST_DEPTH)
        self._depth += 1
        try:
            return self._item(
                items[index],
                at,
                groups,
                lambda end, found: self._sequence(items, index + 1, end, found, then),
            )
        finally:
            self._depth -= 1

    def _single(self, item: Any, at: int) -> int | None:
        """1 or 0 for an item of one character that matches or not, None for other items."""
        op, argument = item
        if op not in _SINGLE:
            return None
        if at >= len(self._text):
            return 0
        return int(self._character(op, argument, self._text[at]))

    def _character(self, op: Any, argument: Any, char: str) -> bool:
        if op is ops.ANY:
            return char != "\n" or bool(self._flags & re.DOTALL)
        candidates = {char, char.lower(), char.upper()} if self._flags & re.IGNORECASE else {char}
        if op is ops.IN:
            return any(_in_set(argument, ord(c)) for c in candidates if len(c) == 1)
        is_same = any(ord(c) == argument for c in candidates if len(c) == 1)
        return is_same == (op is ops.LITERAL)

    def _item(self, item: Any, at: int, groups: _Groups, then: _Next) -> tuple[int, _Groups] | None:
        op, argument = item
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            return self._repeat(argument, 0, at, groups, then, is_greedy=op is ops.MAX_REPEAT)
        if op is ops.BRANCH:
            found = (self._sequence(b, 0, at, groups, then) for b in argument[1])
            return next((match for match in found if match is not None), None)
        if op is ops.AT:
            return then(at, groups) if self._is_at(argument, at) else None
        if op in (ops.ASSERT, ops.ASSERT_NOT):
            return self._look(argument, at, groups, then, is_wanted=op is ops.ASSERT)
        if op in (ops.ATOMIC_GROUP, ops.POSSESSIVE_REPEAT):
            return self._atomic(op, argument, at, groups, then)
        return self._grouped(op, argument, at, groups, then)

    def _grouped(
        self, op: Any, argument: Any, at: int, groups: _Groups, then: _Next
    ) -> tuple[int, _Groups] | None:
        if op is ops.SUBPATTERN:
            return self._group(argument, at, groups, then)
        if op is ops.GROUPREF:
            return self._back_reference(argument, at, groups, then)
        raise errors.unfit("Regexp", "conditional groups are not offered")

    def _repeat(
        self, argument: Any, count: int, at: int, groups: _Groups, then: _Next, *, is_greedy: bool
    ) -> tuple[int, _Groups] | None:
        least, most, part = argument
        if len(part) == 1 and part[0][0] in _SINGLE:
            return self._run_of(argument, at, groups, then, is_greedy=is_greedy)

        def again() -> tuple[int, _Groups] | None:
            if most is not ops.MAXREPEAT and count >= most:
                return None
            return self._sequence(
                list(part),
                0,
                at,
                groups,
                lambda end, found: (
                    None
                    if end == at and count >= least
                    else self._repeat(argument, count + 1, end, found, then, is_greedy=is_greedy)
                ),
            )

        if count < least:
            return again()
        if is_greedy:
            return again() or then(at, groups)
        return then(at, groups) or again()

    def _run_of(
        self, argument: Any, at: int, groups: _Groups, then: _Next, *, is_greedy: bool
    ) -> tuple[int, _Groups] | None:
        """A repeat of one character, without going deeper for each."""
        least, most, part = argument
        end = at
        while (most is ops.MAXREPEAT or end - at < most) and self._single(part[0], end):
            self._count()
            end += 1
        ends = range(at + int(least), end + 1)
        for stop in reversed(ends) if is_greedy else ends:
            self._count()
            found = then(stop, groups)
            if found is not None:
                return found
        return None

    def _group(
        self, argument: Any, at: int, groups: _Groups, then: _Next
    ) -> tuple[int, _Groups] | None:
        number, part = argument[0], argument[-1]
        if number is None:
            return self._sequence(list(part), 0, at, groups, then)
        return self._sequence(
            list(part), 0, at, groups, lambda end, found: then(end, {**found, number: (at, end)})
        )

    def _is_at(self, where: Any, at: int) -> bool:
        text = self._text
        if where in (ops.AT_BEGINNING, ops.AT_BEGINNING_STRING):
            is_line = where is ops.AT_BEGINNING and self._flags & re.MULTILINE
            return at == 0 or bool(is_line and text[at - 1] == "\n")
        if where is ops.AT_END:
            is_line = bool(self._flags & re.MULTILINE)
            return at == len(text) or (text[at] == "\n" and (is_line or at == len(text) - 1))
        if where is ops.AT_END_STRING:
            return at == len(text)
        is_edge = _is_word(text[at - 1 : at]) != _is_word(text[at : at + 1])
        return is_edge == (where is ops.AT_BOUNDARY)

    def _back_reference(
        self, number: int, at: int, groups: _Groups, then: _Next
    ) -> tuple[int, _Groups] | None:
        if number not in groups:
            return None
        start, end = groups[number]
        part = self._text[start:end]
        return then(at + len(part), groups) if self._text.startswith(part, at) else None

    def _look(
        self, argument: Any, at: int, groups: _Groups, then: _Next, *, is_wanted: bool
    ) -> tuple[int, _Groups] | None:
        direction, part = argument
        found = None
        starts = (at,) if direction > 0 else range(at, -1, -1)
        for start in starts:
            found = self._sequence(
                list(part),
                0,
                start,
                groups,
                lambda end, found: (end, found) if direction > 0 or end == at else None,
            )
            if found is not None:
                break
        if (found is not None) != is_wanted:
            return None
        return then(at, groups if found is None else found[1])

    def _atomic(
        self, op: Any, argument: Any, at: int, groups: _Groups, then: _Next
    ) -> tuple[int, _Groups] | None:
        if op is ops.ATOMIC_GROUP:
            found = self._sequence(list(argument), 0, at, groups, _accept)
        else:
            found = self._repeat(argument, 0, at, groups, _accept, is_greedy=True)
        return None if found is None else then(*found)


_SINGLE: Final = frozenset({ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY})


def _accept(at: int, groups: _Groups) -> tuple[int, _Groups] | None:
    return at, groups


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def _in_set(items: Any, code: int) -> bool:
    is_negated = bool(items) and items[0][0] is ops.NEGATE
    return any(_in_item(op, argument, code) for op, argument in items) != is_negated


def _in_item(op: Any, argument: Any, code: int) -> bool:
    if op is ops.LITERAL:
        return code == argument
    if op is ops.RANGE:
        return argument[0] <= code <= argument[1]
    if op is ops.CATEGORY:
        return _in_category(str(argument), chr(code))
    return False


def _in_category(name: str, char: str) -> bool:
    if "DIGIT" in name:
        found = char.isascii() and char.isdigit()
    elif "SPACE" in name:
        found = char in " \t\n\r\f\v"
    else:
        found = _is_word(char)
    return found != ("NOT" in name)
