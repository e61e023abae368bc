"""Sequence: the values from a start up to, without, an end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import dates, errors, numbers
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.native import Compound, native
from svc_datakernel.domain.woql.numbers import Number
from svc_datakernel.domain.woql.operators.signature import Arguments, Operator
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Json, Term, Var, deref

# What a datatype counts in, and how a count becomes a literal again.
_Position = Callable[[Compound], Number]
_Value = Callable[[Number, Compound], Literal]


def _sequence(run: Run, context: Context, args: Arguments) -> Iterator[None]:
    value, start, end, step, count = args
    first, last = deref(start), deref(end)
    if type(first) is Var or type(last) is Var:
        raise errors.unbound("Sequence", [v.name for v in (first, last) if type(v) is Var])
    if not isinstance(first, Literal) or not isinstance(last, Literal):
        return
    plan = _plan(first, last)
    stride = _stride(step, first)
    if plan is None or stride is None or stride <= 0:
        return
    low, high, literal = plan
    steps = math.ceil((high - low) / stride) if high > low else 0
    mark = run.mark()
    if steps and _count_fits(run, count, steps):
        yield from _values(run, value, (low, high, stride), literal)
    run.undo(mark)


def _values(
    run: Run, value: Term, span: tuple[Number, Number, Number], literal: Callable[[Number], Literal]
) -> Iterator[None]:
    position, high, stride = span
    while position < high:
        run.step()
        mark = run.mark()
        if run.unify(value, literal(position)):
            yield
        run.undo(mark)
        position += stride


def _stride(step: Term, first: Literal) -> Number | None:
    step = deref(step)
    if isinstance(step, Json) and step.value is None:
        return 1.0 if first.datatype in numbers.FLOAT_TYPES else 1
    if not isinstance(step, Literal) or step.datatype not in numbers.NUMERIC_TYPES:
        return None
    found = numbers.number_of(step)
    is_exact = first.datatype in numbers.NUMERIC_TYPES or first.datatype == "xsd:time"
    return found if is_exact else int(found)


def _count_fits(run: Run, count: Term, steps: int) -> bool:
    count = deref(count)
    if isinstance(count, Json):
        return True
    if type(count) is Var:
        # TerminusDB never tells the number: it answers this word.
        run.bind(count, Json("none"))
        return True
    if not isinstance(count, Literal) or count.datatype not in numbers.NUMERIC_TYPES:
        return False
    return numbers.number_of(count) == steps


def _plan(
    first: Literal, last: Literal
) -> tuple[Number, Number, Callable[[Number], Literal]] | None:
    datatype = first.datatype
    if datatype in numbers.NUMERIC_TYPES:
        if last.datatype not in numbers.NUMERIC_TYPES:
            return None
        return (
            numbers.number_of(first),
            numbers.number_of(last),
            lambda position: _number(position, datatype),
        )
    if datatype not in _COUNTED or last.datatype != datatype:
        return None
    start, end = native(first), native(last)
    if not isinstance(start, Compound) or not isinstance(end, Compound):
        return None
    position_of, value_of = _COUNTED[datatype]
    return position_of(start), position_of(end), lambda at: value_of(at, start)


def _number(position: Number, datatype: str) -> Literal:
    if datatype in numbers.FLOAT_TYPES:
        return numbers.double(position, datatype)
    return Literal(datatype, numbers.decimal(position).lexical)


def _zone(start: Compound) -> str:
    return dates.zone_text(start.parts[-1])


def _date_time_seconds(value: Compound) -> Number:
    year, month, day, hour, minute, second, _ = value.parts
    days = dates.day_number(year, month, day)
    return days * dates.DAY_SECONDS + hour * 3600 + minute * 60 + second


def _date_time(at: Number, start: Compound) -> Literal:
    days, seconds = divmod(int(at), dates.DAY_SECONDS)
    return dates.date_time(days, seconds * 10**9)


def _time(at: Number, start: Compound) -> Literal:
    whole = int(at)
    rest = numbers.simplified(Fraction(at) - whole)
    assert not isinstance(rest, float)
    fraction = numbers.decimal_text(rest).removeprefix("0") if rest else ""
    text = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{fraction}"
    return Literal("xsd:time", text)


def _day_of_year(value: Compound) -> Number:
    month, day, _ = value.parts
    return dates.day_number(2001, month, day) - dates.day_number(2001, 1, 1)


def _month_day(at: Number, start: Compound) -> Literal:
    _, month, day = dates.date_of(dates.day_number(2001, 1, 1) + int(at))
    return Literal("xsd:gMonthDay", f"-{month:02}-{day:02}{_zone(start)}")


def _first_part(value: Compound) -> Number:
    return value.parts[0]


_COUNTED: Final[dict[str, tuple[_Position, _Value]]] = {
    "xsd:date": (
        lambda value: dates.day_number(*value.parts[:3]),
        lambda at, start: dates.date(*dates.date_of(int(at)), start.parts[-1]),
    ),
    "xsd:dateTime": (_date_time_seconds, _date_time),
    "xsd:gYearMonth": (
        lambda value: value.parts[0] * 12 + value.parts[1] - 1,
        lambda at, start: Literal(
            "xsd:gYearMonth",
            f"{dates.year_text(int(at) // 12)}-{int(at) % 12 + 1:02}{_zone(start)}",
        ),
    ),
    "xsd:gYear": (
        _first_part,
        lambda at, start: Literal("xsd:gYear", dates.year_text(int(at)) + _zone(start)),
    ),
    "xsd:gMonth": (
        _first_part,
        lambda at, start: Literal("xsd:gMonth", f"--{int(at):02}{_zone(start)}"),
    ),
    "xsd:gDay": (
        _first_part,
        lambda at, start: Literal("xsd:gDay", f"---{int(at):02}{_zone(start)}"),
    ),
    "xsd:gMonthDay": (_day_of_year, _month_day),
    "xsd:time": (
        lambda value: value.parts[0] * 3600 + value.parts[1] * 60 + value.parts[2],
        _time,
    ),
}

OPERATORS: Final[Mapping[str, Operator]] = {"Sequence": _sequence}
