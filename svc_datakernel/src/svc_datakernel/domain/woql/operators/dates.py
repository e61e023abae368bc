"""Days, months, weeks, durations and intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import dates, errors
from svc_datakernel.domain.woql.comparing import equal, less
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.dates import Moment, Span
from svc_datakernel.domain.woql.intervals import interval, interval_ends
from svc_datakernel.domain.woql.native import Compound, native
from svc_datakernel.domain.woql.operators.signature import Arguments, Operator
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Term, Var, deref


def _moment(term: Term) -> Moment | None:
    term = deref(term)
    return Moment.of(term) if isinstance(term, Literal) else None


def _span(term: Term) -> Span | None:
    term = deref(term)
    if not isinstance(term, Literal) or term.datatype != "xsd:duration":
        return None
    return Span.of(term)


def _is_free(term: Term) -> bool:
    return type(deref(term)) is Var


def _unbound(operator: str, *terms: Term) -> Exception:
    return errors.unbound(operator, [v.name for v in map(deref, terms) if type(v) is Var])


def _neighbour(operator: str, days: int) -> Operator:
    def move(run: Run, context: Context, args: Arguments) -> bool:
        if _is_free(args[0]) and _is_free(args[1]):
            raise _unbound(operator, *args)
        is_back = _is_free(args[0])
        known, asked = (args[1], args[0]) if is_back else (args[0], args[1])
        moment = _moment(known)
        if moment is None or not moment.is_date:
            return False
        moved = dates.date_of(moment.days + (-days if is_back else days))
        return run.unify(asked, dates.date(*moved, moment.offset))

    return move


def _month_date(operator: str, day_of: Callable[[int, int], int]) -> Operator:
    def find(run: Run, context: Context, args: Arguments) -> bool:
        year_month = deref(args[0])
        if type(year_month) is Var:
            raise _unbound(operator, year_month)
        if not isinstance(year_month, Literal) or year_month.datatype != "xsd:gYearMonth":
            return False
        value = native(year_month)
        assert isinstance(value, Compound)
        year, month, offset = value.parts
        return run.unify(args[1], dates.date(year, month, day_of(year, month), offset))

    return find


def _month_dates(operator: str, day_of: Callable[[int, int], int]) -> Operator:
    def generate(run: Run, context: Context, args: Arguments) -> Iterator[None]:
        if _is_free(args[1]) or _is_free(args[2]):
            raise _unbound(operator, args[1], args[2])
        start, end = _moment(args[1]), _moment(args[2])
        if start is None or end is None or not (start.is_date and end.is_date):
            return
        year, month, _ = start.ymd
        while True:
            run.step()
            candidate = dates.date(year, month, day_of(year, month), start.offset)
            if not less(candidate, args[2]):
                return
            mark = run.mark()
            if run.unify(args[0], candidate):
                yield
            run.undo(mark)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)

    return generate


def _weekday(*, starts_sunday: bool) -> Operator:
    def find(run: Run, context: Context, args: Arguments) -> bool:
        moment = _required(args[0], "Weekday")
        if moment is None:
            return False
        day = moment.days % 7 + 1  # Monday is 1: day number 0 was a Monday
        if starts_sunday:
            day = day % 7 + 1
        return run.unify(args[1], _integer(day))

    return find


def _required(term: Term, operator: str) -> Moment | None:
    if _is_free(term):
        raise _unbound(operator, term)
    return _moment(term)


def _integer(value: int) -> Literal:
    return Literal("xsd:integer", str(value))


def _iso_week(run: Run, context: Context, args: Arguments) -> bool:
    moment = _required(args[0], "IsoWeek")
    if moment is None:
        return False
    # A week belongs to the year that its Thursday is in.
    thursday = moment.days - moment.days % 7 + 3
    year = dates.date_of(thursday)[0]
    week = (thursday - dates.day_number(year, 1, 1)) // 7 + 1
    return run.unify(args[1], _integer(year)) and run.unify(args[2], _integer(week))


def _date_duration(run: Run, context: Context, args: Arguments) -> bool:
    start, end, duration = args
    free = [term for term in args if _is_free(term)]
    if len(free) > 1:
        raise _unbound("DateDuration", *args)
    if not _is_free(start) and not _is_free(duration):
        moved = _moved(start, duration, 1)
        return moved is not None and equal(run, end, moved)
    if not _is_free(start):
        first, last = _moment(start), _moment(end)
        return (
            first is not None
            and last is not None
            and run.unify(duration, Span.between(first, last).literal())
        )
    moved = _moved(end, duration, -1)
    return moved is not None and run.unify(start, moved)


def _moved(start: Term, duration: Term, sign: int) -> Literal | None:
    moment, span = _moment(start), _span(duration)
    if moment is None or span is None:
        return None
    return moment.plus(span, sign, keeps_month_end=True).literal()


def _interval(run: Run, context: Context, args: Arguments) -> bool:
    start, end, whole = args
    if not _is_free(whole):
        ends = interval_ends(whole)
        return ends is not None and run.unify(start, ends[0]) and run.unify(end, ends[1])
    if _is_free(start) or _is_free(end):
        raise _unbound("Interval", *args)
    first, last = _moment(start), _moment(end)
    if first is None or last is None:
        return False
    return run.unify(whole, interval(first.literal(), last.literal()))


def _interval_span(operator: str, *, is_from_start: bool) -> Operator:
    def relate(run: Run, context: Context, args: Arguments) -> bool:
        point, duration = (args[0], args[1]) if is_from_start else (args[1], args[0])
        whole = args[2]
        if not _is_free(whole):
            return _taken_apart(run, point, duration, whole)
        if _is_free(point) or _is_free(duration):
            raise _unbound(operator, *args)
        moment, span = _moment(point), _span(duration)
        if moment is None or span is None:
            return False
        other = moment.plus(span, 1 if is_from_start else -1).literal()
        ends = (moment.literal(), other) if is_from_start else (other, moment.literal())
        return run.unify(whole, interval(*ends))

    def _taken_apart(run: Run, point: Term, duration: Term, whole: Term) -> bool:
        ends = interval_ends(whole)
        if ends is None:
            return False
        first, last = Moment.of(ends[0]), Moment.of(ends[1])
        assert first is not None
        assert last is not None
        return run.unify(point, ends[0 if is_from_start else 1]) and run.unify(
            duration, Span.between(first, last).literal()
        )

    return relate


def _first(year: int, month: int) -> int:
    return 1


OPERATORS: Final[Mapping[str, Operator]] = {
    "DayAfter": _neighbour("DayAfter", 1),
    "DayBefore": _neighbour("DayBefore", -1),
    "MonthStartDate": _month_date("MonthStartDate", _first),
    "MonthEndDate": _month_date("MonthEndDate", dates.days_in_month),
    "MonthStartDates": _month_dates("MonthStartDates", _first),
    "MonthEndDates": _month_dates("MonthEndDates", dates.days_in_month),
    "Weekday": _weekday(starts_sunday=False),
    "WeekdaySundayStart": _weekday(starts_sunday=True),
    "IsoWeek": _iso_week,
    "DateDuration": _date_duration,
    "Interval": _interval,
    "IntervalStartDuration": _interval_span("IntervalStartDuration", is_from_start=True),
    "IntervalDurationEnd": _interval_span("IntervalDurationEnd", is_from_start=False),
}
