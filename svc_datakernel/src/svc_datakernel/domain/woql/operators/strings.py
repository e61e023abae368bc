"""Functions of strings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from svc_datakernel.domain.graph.terms import Literal, Node
from svc_datakernel.domain.woql import errors
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.operators.arguments import (
    NoAnswer,
    integer_argument,
    list_argument,
    literal_text,
    text_argument,
)
from svc_datakernel.domain.woql.operators.signature import Arguments, Operator
from svc_datakernel.domain.woql.patterns import Pattern
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.similarity import similarity
from svc_datakernel.domain.woql.terms import Term, Var, deref, free_variables

# Of the white space of Unicode, only this counts.
_TRIMMED: Final = re.compile(r"^[ \t\n\v\f\r]*(.*?)[ \t\n\v\f\r]*$")


def _mapped(operator: str, change: Callable[[str], str]) -> Operator:
    def apply(run: Run, context: Context, args: Arguments) -> bool:
        try:
            text = text_argument(args[0], operator, context)
        except NoAnswer:
            return False
        return run.give_text(change(text), args[1])

    return apply


def _trim(text: str) -> str:
    # Not by the pattern alone: it is quadratic in inner white space.
    if "\n" not in text.strip(" \t\n\v\f\r"):
        return text.strip(" \t\n\v\f\r")
    return _TRIMMED.sub(r"\1", text, count=1) if len(text) < 10_000 else text


def _concatenate(run: Run, context: Context, args: Arguments) -> bool:
    texts = _texts(args[0], context)
    return bool(texts) and run.give_text("".join(texts or ()), args[1])


def _texts(term: Term, context: Context) -> list[str] | None:
    """The texts of a list's elements; None when one has none."""
    term = deref(term)
    if type(term) is not list:
        return None
    try:
        return [_element(item, context) for item in map(deref, term)]
    except NoAnswer:
        return None


def _element(term: Term, context: Context) -> str:
    if isinstance(term, Node):
        return context.names.full(term.iri)
    if isinstance(term, Literal):
        return literal_text(term, "Concatenate")
    raise NoAnswer


def _join(run: Run, context: Context, args: Arguments) -> bool:
    unbound = [v.name for term in args[:2] for v in free_variables(term)]
    if unbound:
        raise errors.unbound("Join", unbound)
    texts = _texts(list_argument(args[0], "Join"), context)
    try:
        separator = text_argument(args[1], "Join", context)
    except NoAnswer:
        return False
    return bool(texts) and run.give_text(separator.join(texts or ()), args[2])


def _split(run: Run, context: Context, args: Arguments) -> bool:
    try:
        text = text_argument(args[0], "Split", context)
        pattern = Pattern(text_argument(args[1], "Split", context))
    except NoAnswer:
        return False
    parts: list[str] = []
    separators: set[str] = set()
    start = 0
    for begin, end in pattern.spans(text, run):
        parts.append(text[start:begin])
        separators.add(text[begin:end])
        start = end
    # TerminusDB only knows a split whose separators are all the same text.
    return len(separators) <= 1 and run.give_texts([*parts, text[start:]], args[2])


def _regexp(run: Run, context: Context, args: Arguments) -> bool:
    try:
        pattern = Pattern(text_argument(args[0], "Regexp", context))
        text = text_argument(args[1], "Regexp", context)
    except NoAnswer:
        return False
    groups = pattern.search(text, run)
    return groups is not None and run.give_texts(groups, args[2])


def _like(run: Run, context: Context, args: Arguments) -> bool:
    try:
        left = text_argument(args[0], "Like", context)
        right = text_argument(args[1], "Like", context)
    except NoAnswer:
        return False
    return run.give_number(similarity(left, right, run.step), args[2])


def _pad(run: Run, context: Context, args: Arguments) -> bool:
    # It has no solutions in TerminusDB, whatever it is given.
    return False


def _substring(run: Run, context: Context, args: Arguments) -> Iterator[None]:
    try:
        text = text_argument(args[0], "Substring", context)
        before, length, after = map(integer_argument, args[1:4])
        part = deref(args[4])
        known = None if type(part) is Var else text_argument(part, "Substring", context)
    except NoAnswer:
        return
    for start, size in _placements(text, known, (before, length, after)):
        run.step()
        mark = run.mark()
        if _give_substring(run, args, text, start, size):
            yield
        run.undo(mark)


def _give_substring(run: Run, args: Arguments, text: str, start: int, size: int) -> bool:
    return (
        run.give_number(start, args[1])
        and run.give_number(size, args[2])
        and run.give_number(len(text) - start - size, args[3])
        and run.give_text(text[start : start + size], args[4])
    )


def _placements(
    text: str, known: str | None, given: tuple[int | None, int | None, int | None]
) -> Iterator[tuple[int, int]]:
    """Where substrings start and how long they are, by start and length."""
    before, length, after = given
    if known is not None:
        start = text.find(known)
        while start >= 0:
            yield start, len(known)
            start = text.find(known, start + 1)
        return
    total = len(text)
    if before is None and length is not None and after is not None:
        before = total - length - after
    starts = range(total + 1) if before is None else range(before, before + 1)
    for start in starts:
        if not 0 <= start <= total:
            return
        rest = total - start
        size = rest - after if length is None and after is not None else length
        sizes = range(rest + 1) if size is None else range(size, size + 1)
        yield from ((start, found) for found in sizes if 0 <= found <= rest)


OPERATORS: Final[Mapping[str, Operator]] = {
    "Upper": _mapped("Upper", str.upper),
    "Lower": _mapped("Lower", str.lower),
    "Trim": _mapped("Trim", _trim),
    "Concatenate": _concatenate,
    "Join": _join,
    "Split": _split,
    "Regexp": _regexp,
    "Like": _like,
    "Pad": _pad,
    "Substring": _substring,
}
