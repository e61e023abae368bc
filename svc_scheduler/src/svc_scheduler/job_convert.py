"""Jobs: messages to the domain's own, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from oms.scheduler.v1 import job_pb2 as pb
from oms_core.errors import InvalidField

from svc_scheduler.domain.jobs.model import (
    DEFAULT_CATCH_UP,
    DEFAULT_TIMEOUT,
    JobSettings,
    Misfire,
    Overlap,
    Priority,
    Retry,
)
from svc_scheduler.domain.targets.model import (
    ABSENT,
    GrpcCall,
    HttpCall,
    Json,
    Publication,
    Target,
    TaskCall,
)
from svc_scheduler.schedule_convert import instant_of, schedule_from_pb

DEFAULT_STREAM: Final = "events"
_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=366)
_SECOND: Final = timedelta(seconds=1)
_FIRST_DELAY: Final = timedelta(seconds=1)
_SHORTEST_DELAY: Final = timedelta(seconds=0.1)
_MAX_DELAY: Final = timedelta(hours=1)


def settings_from_pb(
    message: pb.Job, *, headers: Mapping[str, str] | None = None, field: str = "job"
) -> JobSettings:
    """Reads the settings of a job.

    Args:
        headers: Values of the headers of an HTTP target. None: those of the message.
        field: Where the job lies in the request, for errors.
    Raises:
        InvalidField: names the field at fault.
        InvalidExpression: a cron expression can't be read.
    """
    schedule = None
    if message.HasField("schedule"):
        schedule = schedule_from_pb(message.schedule, f"{field}.schedule")
    return JobSettings(
        target=target_from_pb(message.target, headers, f"{field}.target"),
        schedule=schedule,
        permissions=frozenset(message.permissions),
        misfire=_misfire(message, f"{field}.misfire"),
        overlap=Overlap(message.overlap or pb.OVERLAP_POLICY_SKIP),
        max_concurrency=message.max_concurrency,
        timeout=_span(message, "timeout", field, _SECOND, _DAY) or DEFAULT_TIMEOUT,
        retry=_retry(message.retry, f"{field}.retry") if message.HasField("retry") else Retry(),
        pause_after_failures=message.pause_after_failures,
        expire_time=instant_of(message, "expire_time", field),
        priority=Priority(message.priority or pb.PRIORITY_NORMAL),
        labels=dict(message.labels),
    )


def target_from_pb(message: pb.Target, headers: Mapping[str, str] | None, field: str) -> Target:
    """Reads a target.

    Raises:
        InvalidField: there is none.
    """
    match message.WhichOneof("kind"):
        case "grpc":
            return GrpcCall(message.grpc.method, _object(message.grpc.request))
        case "http":
            http = message.http
            given = http.headers if headers is None else headers
            return HttpCall(http.url, http.method or "POST", dict(given), _json(http, "body"))
        case "event":
            event = message.event
            stream = event.stream.removeprefix("streams/") or DEFAULT_STREAM
            return Publication(stream, event.type, event.subject, _json(event, "data"))
        case "task":
            return TaskCall(message.task.task, _object(message.task.parameters))
        case _:
            raise InvalidField.of(field, "there is none; set grpc, http, event or task")


def replaced(target: Target, parameters: Mapping[str, Json] | None) -> Target:
    """A target with other parameters, as `RunJobRequest.parameters` says; None: its own."""
    if parameters is None:
        return target
    match target:
        case GrpcCall():
            return GrpcCall(target.method, parameters)
        case HttpCall():
            return HttpCall(target.url, target.method, target.headers, parameters)
        case Publication():
            return Publication(target.stream, target.type, target.subject, parameters)
        case TaskCall():
            return TaskCall(target.task, parameters)


def _object(message: Message) -> Mapping[str, Json]:
    return json_format.MessageToDict(message)


def _json(message: Message, name: str) -> Json:
    if not message.HasField(name):
        return ABSENT
    value: Any = json_format.MessageToDict(getattr(message, name))
    return value


def _misfire(message: pb.Job, field: str) -> Misfire:
    misfire = message.misfire
    catch_up = _span(misfire, "catch_up_window", field, timedelta(), _YEAR)
    window = DEFAULT_CATCH_UP if catch_up is None else catch_up
    grace = _span(misfire, "grace", field, timedelta(), _YEAR)
    return Misfire(window, window if grace is None else grace, misfire.coalesce)


def _retry(message: pb.RetryPolicy, field: str) -> Retry:
    if message.multiplier and message.multiplier < 1:
        raise InvalidField.of(f"{field}.multiplier", f"{message.multiplier} is below 1")
    first = _span(message, "first_delay", field, _SHORTEST_DELAY, _DAY)
    longest = _span(message, "max_delay", field, _SHORTEST_DELAY, _DAY)
    return Retry(
        message.max_attempts,
        first or _FIRST_DELAY,
        message.multiplier or 2.0,
        longest or _MAX_DELAY,
    )


def _span(
    message: Message, name: str, parent: str, least: timedelta, most: timedelta
) -> timedelta | None:
    """A duration of a message, if it is set."""
    if not message.HasField(name):
        return None
    duration: Duration = getattr(message, name)
    try:
        found = duration.ToTimedelta()
    except (ValueError, OverflowError):
        found = timedelta.max
    if not least <= found <= most:
        raise InvalidField.of(
            f"{parent}.{name}",
            f"{duration.seconds} s is not between {least.total_seconds():g} s"
            f" and {most.total_seconds():g} s",
        )
    return found
