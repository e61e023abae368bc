"""Regular expressions that can't hang.

A pattern whose cost is bounded by its shape runs in the standard library's engine. Any
other runs in a matcher that counts its steps against the query's deadline and a limit of
its own, so that nested repetitions end in an error instead of a stuck thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

# The parsed form of a pattern; the standard library has no public name for it.
from re import _constants as ops  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any, Final

from oms_core.errors import InvalidQuery

from svc_datakernel.domain.woql.matching import Matcher
from svc_datakernel.domain.woql.run import Run

MAX_PATTERN: Final = 10_000
_MOST_COST: Final = 20_000_000
_ASCII: Final = re.ASCII  # \d, \w and \s are those of PCRE without Unicode properties


class Pattern:
    """A compiled pattern.

    Raises:
        InvalidQuery: it is no regular expression, or longer than 10,000 characters.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_PATTERN:
            raise _refused(f"it has {len(text)} characters, more than {MAX_PATTERN}")
        self._compiled, self._tree, self._repeats = _compiled(text)

    def search(self, text: str, run: Run) -> list[str] | None:
        """The first match and its groups; a group without part in it as an empty string."""
        for _, _, groups in self._matches(text, run):
            return groups
        return None

    def spans(self, text: str, run: Run) -> Iterator[tuple[int, int]]:
        """Where matches begin and end, without overlap, from left to right."""
        for start, end, _ in self._matches(text, run):
            yield start, end

    def _matches(self, text: str, run: Run) -> Iterator[tuple[int, int, list[str]]]:
        run.check_deadline()
        if self._repeats is not None and (len(text) + 1) ** (self._repeats + 1) <= _MOST_COST:
            for found in self._compiled.finditer(text):
                groups = [found[0], *(group or "" for group in found.groups())]
                yield found.start(), found.end(), groups
            return
        yield from Matcher(self._tree, self._compiled, run).matches(text)


@lru_cache(maxsize=256)
def _compiled(text: str) -> tuple[re.Pattern[str], Any, int | None]:
    try:
        tree = parser.parse(text, _ASCII)
        compiled = re.compile(text, _ASCII)
    except (re.error, OverflowError, RecursionError) as exc:
        raise _refused(str(exc)) from exc
    return compiled, tree, _unbounded_repeats(tree)


def _refused(why: str) -> InvalidQuery:
    return InvalidQuery(
        f"the pattern is no regular expression: {why}",
        metadata={"api_error": "api:RegularExpressionSyntaxError", "why": why},
    )


def _unbounded_repeats(tree: Any) -> int | None:
    """How many repeats of a pattern can each take any number of characters; None where a
    repeat is inside of another, or the pattern refers back: its cost has no such bound."""
    count = 0
    for op, argument in tree:
        found = _cost_of(op, argument)
        if found is None:
            return None
        count += found
    return count


def _cost_of(op: Any, argument: Any) -> int | None:
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        part = argument[2]
        return 1 if len(part) == 1 and _is_character(part) else None
    if op in (ops.GROUPREF, ops.GROUPREF_EXISTS, ops.ATOMIC_GROUP):
        return None
    if op is ops.BRANCH:
        return _sum(_unbounded_repeats(branch) for branch in argument[1])
    if op in (ops.SUBPATTERN, ops.ASSERT, ops.ASSERT_NOT):
        return _unbounded_repeats(argument[-1])
    return 0


def _is_character(tree: Sequence[Any]) -> bool:
    op = tree[0][0]
    if op is ops.SUBPATTERN:
        inner = tree[0][1][-1]
        return len(inner) == 1 and _is_character(inner)
    return op in (ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY)


def _sum(parts: Iterator[int | None]) -> int | None:
    total = 0
    for part in parts:
        if part is None:
            return None
        total += part
    return total
