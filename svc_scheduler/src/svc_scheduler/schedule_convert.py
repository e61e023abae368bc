"""Schedules: messages to the domain's own, checked field by field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from oms.scheduler.v1 import schedule_pb2 as pb
from oms_core.errors import InvalidField

from svc_scheduler.domain.triggers.cron import CronExpression
from svc_scheduler.domain.triggers.policies import FIXED_TIME, ClockChanges, Repeated, Skipped
from svc_scheduler.domain.triggers.schedule import Exclusion, RecurringSpan, Schedule, Span
from svc_scheduler.domain.triggers.trigger import (
    AllOf,
    AnyOf,
    CalendarInterval,
    Cron,
    Interval,
    Once,
    Trigger,
)

_T = TypeVar("_T")
MAX_DEPTH: Final = 4
MAX_TRIGGERS: Final = 64
MAX_JITTER: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)
_LONGEST_INTERVAL: Final = timedelta(days=36525)
_LONGEST_EXCLUSION: Final = timedelta(days=366)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_YEAR: Final = 9000
_SKIPPED: Final = {
    pb.SKIPPED_TIME_POLICY_DROP: Skipped.DROP,
    pb.SKIPPED_TIME_POLICY_AFTER: Skipped.AFTER,
    pb.SKIPPED_TIME_POLICY_SHIFT: Skipped.SHIFT,
}
_REPEATED: Final = {
    pb.REPEATED_TIME_POLICY_FIRST: Repeated.FIRST,
    pb.REPEATED_TIME_POLICY_LAST: Repeated.LAST,
    pb.REPEATED_TIME_POLICY_BOTH: Repeated.BOTH,
}


def schedule_from_pb(message: pb.Schedule, field: str = "schedule") -> Schedule:
    """Reads a schedule.

    Args:
        field: Where it lies in the request, for errors.
    Raises:
        InvalidExpression: a cron expression can't be read; says where.
        InvalidField: anything else that makes no schedule.
    """
    reader = _Reader(message, field)
    start = instant_of(message, "start_time", field)
    end = instant_of(message, "end_time", field)
    if start is not None and end is not None and end < start:
        raise InvalidField.of(
            f"{field}.end_time", f"{end.isoformat()} is before start_time, {start.isoformat()}"
        )
    jitter = timedelta()
    if message.HasField("jitter"):
        jitter = _span(message.jitter, f"{field}.jitter", timedelta(), MAX_JITTER)
    return Schedule(
        reader.trigger(message.trigger, f"{field}.trigger", 1),
        start,
        end,
        jitter,
        [
            reader.exclusion(each, f"{field}.exclusions[{number}]")
            for number, each in enumerate(message.exclusions)
        ],
    )


def zone_of(message: pb.Schedule, field: str = "schedule") -> ZoneInfo:
    """The zone that a schedule counts in.

    Raises:
        InvalidField: there is no such zone.
    """
    name = message.time_zone or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise InvalidField.of(
            f"{field}.time_zone", f"{name!r} is no zone of the IANA time zone database"
        ) from exc


class _Reader:
    """Reads what depends on the zone and the policies of a schedule."""

    def __init__(self, message: pb.Schedule, field: str) -> None:
        self._message = message
        self._field = field
        self._zone = zone_of(message, field)
        self._count = 0

    def trigger(self, message: pb.Trigger, field: str, depth: int) -> Trigger:
        self._count += 1
        if self._count > MAX_TRIGGERS or depth > MAX_DEPTH:
            raise InvalidField.of(
                field, f"at most {MAX_TRIGGERS} triggers, nested at most {MAX_DEPTH} deep"
            )
        match message.WhichOneof("kind"):
            case "cron":
                return self._cron(message.cron.expression, f"{field}.cron.expression")
            case "interval":
                return self._interval(message.interval, f"{field}.interval")
            case "calendar_interval":
                return self._calendar(message.calendar_interval, f"{field}.calendar_interval")
            case "any":
                return AnyOf(self._parts(message.any, f"{field}.any", depth))
            case "all":
                return AllOf(self._parts(message.all, f"{field}.all", depth))
            case _:
                return Once(_instant(message.once, f"{field}.once"))

    def exclusion(self, message: pb.Exclusion, field: str) -> Exclusion:
        if message.WhichOneof("kind") == "recurring":
            recurring = message.recurring
            length = _span(
                recurring.duration, f"{field}.recurring.duration", _SECOND, _LONGEST_EXCLUSION
            )
            return RecurringSpan(self._cron(recurring.cron, f"{field}.recurring.cron"), length)
        start = _instant(message.span.start_time, f"{field}.span.start_time")
        end = _instant(message.span.end_time, f"{field}.span.end_time")
        if end <= start:
            raise InvalidField.of(
                f"{field}.span.end_time", f"{end.isoformat()} is not later than start_time"
            )
        return Span(start, end)

    def _parts(self, message: pb.TriggerList, field: str, depth: int) -> list[Trigger]:
        return [
            self.trigger(each, f"{field}.triggers[{number}]", depth + 1)
            for number, each in enumerate(message.triggers)
        ]

    def _changes(self, default: ClockChanges) -> ClockChanges:
        return ClockChanges(
            _SKIPPED.get(self._message.skipped_times, default.skipped),
            _REPEATED.get(self._message.repeated_times, default.repeated),
        )

    def _cron(self, text: str, field: str) -> Cron:
        expression = CronExpression.parse(text, field)
        return Cron(expression, self._zone, self._changes(expression.clock_changes))

    def _interval(self, message: pb.IntervalTrigger, field: str) -> Interval:
        anchor = instant_of(message, "anchor_time", field)
        return Interval(
            _span(message.every, f"{field}.every", _SECOND, _LONGEST_INTERVAL),
            anchor or instant_of(self._message, "start_time", self._field) or _EPOCH,
        )

    def _calendar(self, message: pb.CalendarIntervalTrigger, field: str) -> CalendarInterval:
        months = message.years * 12 + message.months
        days = message.weeks * 7 + message.days
        if months + days == 0:
            raise InvalidField.of(field, "years, months, weeks and days are all 0")
        first = _parsed(date.fromisoformat, message.first_date, f"{field}.first_date")
        if not _EPOCH.year <= first.year <= _LAST_YEAR:
            raise InvalidField.of(f"{field}.first_date", f"{first} is not of 1970 to 9000")
        at = time()
        if message.time_of_day:
            at = _parsed(time.fromisoformat, message.time_of_day, f"{field}.time_of_day")
        return CalendarInterval(first, months, days, at, self._zone, self._changes(FIXED_TIME))


def instant_of(message: object, name: str, parent: str) -> datetime | None:
    """A timestamp of a message, if it is set.

    Raises:
        InvalidField: it is not of the years 1970 to 9000.
    """
    has: Callable[[str], bool] = getattr(message, "HasField")  # noqa: B009 - any message
    return _instant(getattr(message, name), f"{parent}.{name}") if has(name) else None


def _instant(message: Timestamp, field: str) -> datetime:
    try:
        found = message.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        found = datetime.max.replace(tzinfo=UTC)
    if not _EPOCH.year <= found.year <= _LAST_YEAR:
        raise InvalidField.of(field, f"{message.seconds} s is not of the years 1970 to 9000")
    return found


def _span(message: Duration, field: str, least: timedelta, most: timedelta) -> timedelta:
    try:
        found = message.ToTimedelta()
    except (ValueError, OverflowError):
        found = timedelta.max
    if not least <= found <= most:
        raise InvalidField.of(
            field,
            f"{message.seconds} s is not between {least.total_seconds():.0f} s"
            f" and {most.total_seconds():.0f} s",
        )
    return found


def _parsed(parse: Callable[[str], _T], text: str, field: str) -> _T:
    try:
        return parse(text)
    except ValueError as exc:
        raise InvalidField.of(field, f"{text!r}: {exc}") from exc
