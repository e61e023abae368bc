import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SkippedTimePolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SKIPPED_TIME_POLICY_UNSPECIFIED: _ClassVar[SkippedTimePolicy]
    SKIPPED_TIME_POLICY_DROP: _ClassVar[SkippedTimePolicy]
    SKIPPED_TIME_POLICY_AFTER: _ClassVar[SkippedTimePolicy]
    SKIPPED_TIME_POLICY_SHIFT: _ClassVar[SkippedTimePolicy]

class RepeatedTimePolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPEATED_TIME_POLICY_UNSPECIFIED: _ClassVar[RepeatedTimePolicy]
    REPEATED_TIME_POLICY_FIRST: _ClassVar[RepeatedTimePolicy]
    REPEATED_TIME_POLICY_LAST: _ClassVar[RepeatedTimePolicy]
    REPEATED_TIME_POLICY_BOTH: _ClassVar[RepeatedTimePolicy]
SKIPPED_TIME_POLICY_UNSPECIFIED: SkippedTimePolicy
SKIPPED_TIME_POLICY_DROP: SkippedTimePolicy
SKIPPED_TIME_POLICY_AFTER: SkippedTimePolicy
SKIPPED_TIME_POLICY_SHIFT: SkippedTimePolicy
REPEATED_TIME_POLICY_UNSPECIFIED: RepeatedTimePolicy
REPEATED_TIME_POLICY_FIRST: RepeatedTimePolicy
REPEATED_TIME_POLICY_LAST: RepeatedTimePolicy
REPEATED_TIME_POLICY_BOTH: RepeatedTimePolicy

class Schedule(_message.Message):
    __slots__ = ("trigger", "time_zone", "start_time", "end_time", "jitter", "exclusions", "skipped_times", "repeated_times")
    TRIGGER_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    JITTER_FIELD_NUMBER: _ClassVar[int]
    EXCLUSIONS_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_TIMES_FIELD_NUMBER: _ClassVar[int]
    REPEATED_TIMES_FIELD_NUMBER: _ClassVar[int]
    trigger: Trigger
    time_zone: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    jitter: _duration_pb2.Duration
    exclusions: _containers.RepeatedCompositeFieldContainer[Exclusion]
    skipped_times: SkippedTimePolicy
    repeated_times: RepeatedTimePolicy
    def __init__(self, trigger: _Optional[_Union[Trigger, _Mapping]] = ..., time_zone: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., jitter: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., exclusions: _Optional[_Iterable[_Union[Exclusion, _Mapping]]] = ..., skipped_times: _Optional[_Union[SkippedTimePolicy, str]] = ..., repeated_times: _Optional[_Union[RepeatedTimePolicy, str]] = ...) -> None: ...

class Trigger(_message.Message):
    __slots__ = ("cron", "interval", "once", "calendar_interval", "any", "all")
    CRON_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    ONCE_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    ANY_FIELD_NUMBER: _ClassVar[int]
    ALL_FIELD_NUMBER: _ClassVar[int]
    cron: CronTrigger
    interval: IntervalTrigger
    once: _timestamp_pb2.Timestamp
    calendar_interval: CalendarIntervalTrigger
    any: TriggerList
    all: TriggerList
    def __init__(self, cron: _Optional[_Union[CronTrigger, _Mapping]] = ..., interval: _Optional[_Union[IntervalTrigger, _Mapping]] = ..., once: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., calendar_interval: _Optional[_Union[CalendarIntervalTrigger, _Mapping]] = ..., any: _Optional[_Union[TriggerList, _Mapping]] = ..., all: _Optional[_Union[TriggerList, _Mapping]] = ...) -> None: ...

class TriggerList(_message.Message):
    __slots__ = ("triggers",)
    TRIGGERS_FIELD_NUMBER: _ClassVar[int]
    triggers: _containers.RepeatedCompositeFieldContainer[Trigger]
    def __init__(self, triggers: _Optional[_Iterable[_Union[Trigger, _Mapping]]] = ...) -> None: ...

class CronTrigger(_message.Message):
    __slots__ = ("expression",)
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    expression: str
    def __init__(self, expression: _Optional[str] = ...) -> None: ...

class IntervalTrigger(_message.Message):
    __slots__ = ("every", "anchor_time")
    EVERY_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_TIME_FIELD_NUMBER: _ClassVar[int]
    every: _duration_pb2.Duration
    anchor_time: _timestamp_pb2.Timestamp
    def __init__(self, every: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., anchor_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CalendarIntervalTrigger(_message.Message):
    __slots__ = ("first_date", "time_of_day", "years", "months", "weeks", "days")
    FIRST_DATE_FIELD_NUMBER: _ClassVar[int]
    TIME_OF_DAY_FIELD_NUMBER: _ClassVar[int]
    YEARS_FIELD_NUMBER: _ClassVar[int]
    MONTHS_FIELD_NUMBER: _ClassVar[int]
    WEEKS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    first_date: str
    time_of_day: str
    years: int
    months: int
    weeks: int
    days: int
    def __init__(self, first_date: _Optional[str] = ..., time_of_day: _Optional[str] = ..., years: _Optional[int] = ..., months: _Optional[int] = ..., weeks: _Optional[int] = ..., days: _Optional[int] = ...) -> None: ...

class Exclusion(_message.Message):
    __slots__ = ("span", "recurring")
    SPAN_FIELD_NUMBER: _ClassVar[int]
    RECURRING_FIELD_NUMBER: _ClassVar[int]
    span: TimeSpan
    recurring: RecurringTimeSpan
    def __init__(self, span: _Optional[_Union[TimeSpan, _Mapping]] = ..., recurring: _Optional[_Union[RecurringTimeSpan, _Mapping]] = ...) -> None: ...

class TimeSpan(_message.Message):
    __slots__ = ("start_time", "end_time")
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RecurringTimeSpan(_message.Message):
    __slots__ = ("cron", "duration")
    CRON_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    cron: str
    duration: _duration_pb2.Duration
    def __init__(self, cron: _Optional[str] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
