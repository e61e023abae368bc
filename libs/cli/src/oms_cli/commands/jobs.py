"""Jobs: what is run, and when; and what OMS has built in for them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

import click
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from oms.scheduler.v1 import job_pb2, run_pb2, run_service_pb2
from oms.scheduler.v1 import job_service_pb2 as pb
from oms.scheduler.v1.run_service_pb2_grpc import RunServiceStub

from oms_cli.commands.resources import (
    RESOURCE_ID,
    group_of,
    print_answer,
    print_page,
    read_resource,
)
from oms_cli.commands.runs import is_done, print_run
from oms_cli.faults import SERVER_ERROR
from oms_cli.options import OmsGroup, limit_option
from oms_cli.output import (
    EnumType,
    limited,
    parse_message,
    print_json,
    print_json_array,
    print_table,
    read_json,
)
from oms_cli.positions import TIME
from oms_cli.resource_kinds import JOBS
from oms_cli.session import Session
from oms_cli.text import file_name

_POLL_S: Final = 0.5

jobs = group_of(JOBS, own=["list", "create"])
_REQUEST_ID = click.option(
    "--request-id", default="", metavar="ID", help="Repeating it with the same id does nothing new."
)


class LabelType(click.ParamType[tuple[str, str]]):
    """`name=value`."""

    name = "label"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        """Reads a label; a wrong one is a usage error."""
        if isinstance(value, tuple):
            return value  # pyright: ignore[reportUnknownVariableType] - read before
        name, separator, text = str(value).partition("=")
        if not name or not separator:
            self.fail(f"{value!r} is no name=value", param, ctx)
        return name, text


@jobs.command(name="list")
@click.option("--state", type=EnumType(job_pb2.JobState), help="Only jobs in this state.")
@click.option("--prefix", default="", help="Only jobs whose id begins so.")
@click.option(
    "--label", "labels", type=LabelType(), multiple=True, help="Only jobs with name=value."
)
@limit_option()
@click.pass_obj
def list_(
    session: Session,
    *,
    state: Any,
    prefix: str,
    labels: tuple[tuple[str, str], ...],
    limit: int,
) -> None:
    """Lists jobs, ordered by id."""
    request = pb.ListJobsRequest(page_size=1000, state=state, id_prefix=prefix, labels=dict(labels))
    print_page(session, JOBS, limited(_jobs(session, request), limit))


@jobs.command()
@RESOURCE_ID
@click.option("--file", "-f", type=click.File("rb"), required=True, help="JSON; - for stdin.")
@click.option("--paused", is_flag=True, help="Begin paused.")
@click.pass_obj
def create(session: Session, resource_id: str, file: Any, paused: bool) -> None:
    """Creates one job from a JSON file."""
    request = pb.CreateJobRequest(job_id=resource_id, job=read_resource(JOBS, file), paused=paused)
    print_answer(session, JOBS, session.unary(JOBS.stub(session).CreateJob, request))


@jobs.command()
@RESOURCE_ID
@click.option("--reason", default="", help="Why [by whom].")
@click.pass_obj
def pause(session: Session, resource_id: str, reason: str) -> None:
    """Passes over the times of a job until it is resumed."""
    request = pb.PauseJobRequest(name=JOBS.name(resource_id), reason=reason)
    print_answer(session, JOBS, session.unary(JOBS.stub(session).PauseJob, request))


@jobs.command()
@RESOURCE_ID
@click.pass_obj
def resume(session: Session, resource_id: str) -> None:
    """Lets a paused job go on with its next time from now."""
    request = pb.ResumeJobRequest(name=JOBS.name(resource_id))
    print_answer(session, JOBS, session.unary(JOBS.stub(session).ResumeJob, request))


@jobs.command()
@RESOURCE_ID
@click.option(
    "--parameters", type=click.File("rb"), help="A JSON object in place of the job's own; or -."
)
@click.option("--wait", is_flag=True, help="Until it has ended; exits with 1 if it failed.")
@_REQUEST_ID
@click.pass_context
def run(
    ctx: click.Context, *, resource_id: str, parameters: Any, wait: bool, request_id: str
) -> None:
    """Runs a job now, paused or not."""
    session = ctx.ensure_object(Session)
    request = pb.RunJobRequest(name=JOBS.name(resource_id), request_id=request_id)
    if parameters is not None:
        content = parse_message(read_json(parameters), Struct(), file_name(parameters))
        request.parameters.CopyFrom(content)
    found = session.unary(JOBS.stub(session).RunJob, request).run
    if wait:
        found = _ended(session, found.name)
    print_run(session, found)
    if wait and found.state != run_pb2.RUN_STATE_SUCCEEDED:
        ctx.exit(SERVER_ERROR)


@jobs.command()
@RESOURCE_ID
@click.option("--from", "start", type=TIME, required=True, help="First instant of the span.")
@click.option("--to", "end", type=TIME, required=True, help="Its last one; not later than now.")
@click.option(
    "--overlap", type=EnumType(job_pb2.OverlapPolicy), help="In place of the job's own policy."
)
@_REQUEST_ID
@click.pass_obj
def backfill(
    session: Session,
    *,
    resource_id: str,
    start: Timestamp,
    end: Timestamp,
    overlap: Any,
    request_id: str,
) -> None:
    """Runs a job for each time that its schedule has in a span. A job that skips overlapping runs
    runs once: give --overlap queue-all.
    """
    request = pb.BackfillJobRequest(
        name=JOBS.name(resource_id),
        start_time=start,
        end_time=end,
        overlap=overlap,
        request_id=request_id,
    )
    answer = session.unary(JOBS.stub(session).BackfillJob, request)
    if session.is_json:
        print_json(answer)
    else:
        click.echo(f"{answer.run_count} runs")


@click.group(cls=OmsGroup)
def tasks() -> None:
    """Tells what OMS has built in for jobs."""


@tasks.command(name="list")
@click.pass_obj
def list_tasks(session: Session) -> None:
    """Lists the built-in tasks. A parameter that has to be given ends in `!`."""
    found = session.unary(JOBS.stub(session).ListTasks, pb.ListTasksRequest()).tasks
    if session.is_json:
        print_json_array(found)
        return
    print_table(["ID", "PARAMETERS", "PERMISSIONS", "DESCRIPTION"], map(_task_row, found))


def _task_row(task: pb.Task) -> tuple[str, ...]:
    names = [f"{each.name}{'!' if each.required else ''}" for each in task.parameters]
    return (task.id, ", ".join(names), ", ".join(task.permissions), task.description)


def _jobs(session: Session, request: pb.ListJobsRequest) -> Iterator[job_pb2.Job]:
    for page in session.pages(JOBS.stub(session).ListJobs, request):
        yield from page.jobs


def _ended(session: Session, name: str) -> run_pb2.Run:
    """Waits for the end of a run."""
    stub = RunServiceStub(session.channel)
    while True:
        found = session.unary(stub.GetRun, run_service_pb2.GetRunRequest(name=name)).run
        if is_done(found):
            return found
        time.sleep(_POLL_S)
