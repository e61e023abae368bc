"""Runs of jobs: what became of them, what they told, and those under way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click
from google.protobuf.timestamp_pb2 import Timestamp
from oms.scheduler.v1 import run_pb2
from oms.scheduler.v1 import run_service_pb2 as pb
from oms.scheduler.v1.run_service_pb2_grpc import RunServiceStub

from oms_cli.options import OmsGroup, limit_option
from oms_cli.output import (
    EnumType,
    enum_text,
    limited,
    moment,
    print_fields,
    print_json,
    print_json_array,
    print_json_line,
    print_table,
    to_dict,
    to_text,
)
from oms_cli.positions import TIME
from oms_cli.revisions import ID
from oms_cli.session import Session
from oms_cli.text import clean, clean_line

_PAGE: Final = 1000
# A job may be called `jobs`, but then only its whole name says so.
_NAME: Final = re.compile(r"(?:jobs/([^/]+)/runs/|(?!jobs/)([^/]+)/)([^/]+)")
_JOB = click.argument("job", type=ID, default="-", metavar="[JOB]")


class RunNameType(click.ParamType[str]):
    """`jobs/{job}/runs/{run}`, or `{job}/{run}`."""

    name = "run"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Reads a run's name; another text is a usage error."""
        match = _NAME.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is no JOB/RUN", param, ctx)
        return f"jobs/{match[1] or match[2]}/runs/{match[3]}"


_RUN = click.argument("name", type=RunNameType(), metavar="JOB/RUN")


@click.group(cls=OmsGroup)
def runs() -> None:
    """Lists, reads, follows and cancels runs of jobs."""


@runs.command(name="list")
@_JOB
@click.option(
    "--state",
    "states",
    type=EnumType(run_pb2.RunState),
    multiple=True,
    help="Only runs in this state; may be given again.",
)
@click.option("--since", type=TIME, help="Only runs recorded at this time or later.")
@click.option("--until", type=TIME, help="Only runs recorded before this time.")
@limit_option(20)
@click.pass_obj
def list_(
    session: Session,
    *,
    job: str,
    states: Sequence[Any],
    since: Timestamp | None,
    until: Timestamp | None,
    limit: int,
) -> None:
    """Lists runs of a JOB, or of all jobs, newest first."""
    request = pb.ListRunsRequest(
        parent=f"jobs/{job}",
        page_size=min(limit or _PAGE, _PAGE),
        states=states,
        start_time=since,
        end_time=until,
    )
    found = limited(_runs(session, request), limit)
    if session.is_json:
        print_json_array(found)
        return
    print_table(["RUN", "STATE", "CAUSE", "RECORDED", "ENDED", "TRIES", "WHY"], map(_row, found))


@runs.command()
@_RUN
@click.pass_obj
def get(session: Session, name: str) -> None:
    """Shows one run with its attempts, and what they told."""
    stub = RunServiceStub(session.channel)
    print_run(session, session.unary(stub.GetRun, pb.GetRunRequest(name=name)).run)


@runs.command()
@_JOB
@limit_option()
@click.pass_obj
def watch(session: Session, job: str, limit: int) -> None:
    """Prints runs of a JOB, or of all jobs, as they change, until interrupted; first those that
    are not done. With --output json each line is a run.
    """
    stub = RunServiceStub(session.channel)
    request = pb.WatchRunsRequest(parent=f"jobs/{job}")
    messages = session.watch(stub.WatchRuns, request)
    for message in limited(iter(messages), limit):
        if session.is_json:
            print_json_line(message.run)
        else:
            click.echo("  ".join(clean_line(cell) for cell in _row(message.run) if cell))


@runs.command()
@_RUN
@click.pass_obj
def cancel(session: Session, name: str) -> None:
    """Cancels a run. One that has ended stays as it is."""
    stub = RunServiceStub(session.channel)
    print_run(session, session.unary(stub.CancelRun, pb.CancelRunRequest(name=name)).run)


def is_done(run: run_pb2.Run) -> bool:
    """Whether nothing becomes of a run any more."""
    return run.state > run_pb2.RUN_STATE_RUNNING


def print_run(session: Session, run: run_pb2.Run) -> None:
    """Prints a run: its fields, then its attempts with what they told."""
    if session.is_json:
        print_json(run)
        return
    fields = to_dict(run)
    attempts = fields.pop("attempts", None)
    print_fields((name, to_text(value)) for name, value in fields.items())
    if attempts:
        for each in run.attempts:
            _print_attempt(each)


def _print_attempt(attempt: run_pb2.RunAttempt) -> None:
    error = attempt.error
    outcome = f"{error.code}: {error.message}" if error.code else ""
    spent = " to ".join(filter(None, [moment(attempt.start_time), moment(attempt.end_time)]))
    parts = [f"attempt {attempt.number}", spent, attempt.worker, outcome]
    click.echo("  ".join(clean_line(part) for part in parts if part))
    for line in attempt.log:
        click.echo(f"  {moment(line.time)}  {clean(line.text)}")
    if attempt.dropped_line_count:
        click.echo(f"  and {attempt.dropped_line_count} lines more")


def _runs(session: Session, request: pb.ListRunsRequest) -> Iterator[run_pb2.Run]:
    stub = RunServiceStub(session.channel)
    for page in session.pages(stub.ListRuns, request):
        yield from page.runs


def _row(run: run_pb2.Run) -> tuple[str, ...]:
    why = f"{run.error.code}: {run.error.message}" if run.error.code else run.state_reason
    return (
        run.name.removeprefix("jobs/").replace("/runs/", "/"),
        enum_text(run_pb2.RunState, run.state),
        enum_text(run_pb2.RunCause, run.cause),
        moment(run.create_time),
        moment(run.end_time),
        str(run.attempt_count),
        why,
    )
