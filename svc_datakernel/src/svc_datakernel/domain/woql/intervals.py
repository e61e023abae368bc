"""Literals of xdd:dateTimeInterval: `start/end`, each a date or a date with time."""

from __future__ import annotations

from typing import Final

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import literals
from svc_datakernel.domain.woql.dates import Moment, Span
from svc_datakernel.domain.woql.terms import Term, deref

INTERVAL: Final = "xdd:dateTimeInterval"


def interval(start: Literal, end: Literal) -> Literal:
    """The interval from one date or date with time to another."""
    return Literal(INTERVAL, f"{start.lexical}/{end.lexical}")


def interval_ends(term: Term) -> tuple[Literal, Literal] | None:
    """Both ends of an interval; None for what is none."""
    term = deref(term)
    if not isinstance(term, Literal) or term.datatype != INTERVAL:
        return None
    first, _, second = term.lexical.partition("/")
    if first.lstrip("-").startswith("P"):
        end, span = _end(second), Span.of(Literal("xsd:duration", first))
        return None if end is None or span is None else (_moved(end, span, -1), end)
    start = _end(first)
    if second.lstrip("-").startswith("P"):
        span = Span.of(Literal("xsd:duration", second))
        return None if start is None or span is None else (start, _moved(start, span, 1))
    end = _end(second)
    return None if start is None or end is None else (start, end)


def _end(text: str) -> Literal | None:
    return literals.canonical("xsd:dateTime" if "T" in text else "xsd:date", text)


def _moved(literal: Literal, span: Span, sign: int) -> Literal:
    moment = Moment.of(literal)
    assert moment is not None
    return moment.plus(span, sign).literal()
