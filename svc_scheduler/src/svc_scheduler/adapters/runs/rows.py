"""Runs from their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.timestamp_pb2 import Timestamp
from oms.scheduler.v1 import run_pb2 as pb

from svc_scheduler.domain.runs.model import State

COLUMNS: Final = (
    "runs.job_uid, runs.id, jobs.id AS job_id, runs.number, cause, state, runs.state_reason, "
    "priority, fire_time, begin_time, parameters, missed_count, attempt, attempts, result, error, "
    "worker, fencing_token, attempt_time, runs.create_time, start_time, end_time, "
    "runs.update_time, runs.revision"
)
TABLES: Final = "runs JOIN jobs ON jobs.uid = runs.job_uid"


def run_to_pb(
    row: Mapping[str, Any], logs: Mapping[int, tuple[Sequence[Any], int]] | None = None
) -> pb.Run:
    """A run as it is sent.

    Args:
        logs: Lines and the number of dropped ones, by attempt.
    """
    run = pb.Run(
        name=f"jobs/{row['job_id']}/runs/{row['id']}",
        cause=row["cause"],
        state=row["state"],
        state_reason=row["state_reason"],
        priority=row["priority"],
        attempt_count=row["attempt"],
        missed_count=row["missed_count"],
        revision=row["revision"],
    )
    for name in ("fire_time", "begin_time", "create_time", "start_time", "end_time"):
        if row[name] is not None:
            getattr(run, name).FromDatetime(row[name])
    if row["parameters"] is not None:
        json_format.ParseDict(row["parameters"], run.parameters)
    if row["result"] is not None:
        json_format.ParseDict(row["result"], run.result)
    if row["error"] is not None:
        run.error.CopyFrom(_error(row["error"]))
    run.attempts.extend(_attempts(row, logs or {}))
    return run


def _attempts(
    row: Mapping[str, Any], logs: Mapping[int, tuple[Sequence[Any], int]]
) -> list[pb.RunAttempt]:
    attempts = [_attempt(each, logs) for each in row["attempts"]]
    if row["state"] == State.RUNNING:
        attempts.append(
            pb.RunAttempt(
                number=row["attempt"],
                worker=row["worker"],
                fencing_token=row["fencing_token"],
                start_time=timestamp(row["attempt_time"]),
            )
        )
    return attempts


def _attempt(
    value: Mapping[str, Any], logs: Mapping[int, tuple[Sequence[Any], int]]
) -> pb.RunAttempt:
    attempt = pb.RunAttempt(
        number=value["number"],
        worker=value["worker"],
        fencing_token=value["fencing_token"],
        start_time=_moment(value["start"]),
        end_time=_moment(value["end"]),
    )
    if value["error"] is not None:
        attempt.error.CopyFrom(_error(value["error"]))
    lines, attempt.dropped_line_count = logs.get(attempt.number, ((), 0))
    attempt.log.extend(pb.RunLogLine(time=_moment(at), text=text) for at, text in lines)
    return attempt


def timestamp(moment: datetime) -> Timestamp:
    """An aware moment as a message."""
    found = Timestamp()
    found.FromDatetime(moment)
    return found


def _moment(seconds: float) -> Timestamp:
    return timestamp(datetime.fromtimestamp(seconds, UTC))


def _error(value: Mapping[str, Any]) -> pb.RunError:
    return pb.RunError(code=value["code"], reason=value["reason"], message=value["message"])
