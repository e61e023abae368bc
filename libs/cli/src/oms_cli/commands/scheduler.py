"""The scheduler itself: who leads, who works, what waits."""

from __future__ import annotations

import click
from oms.scheduler.v1 import scheduler_service_pb2 as pb
from oms.scheduler.v1.scheduler_service_pb2_grpc import SchedulerServiceStub

from oms_cli.options import OmsGroup
from oms_cli.output import moment, print_fields, print_json, print_message, print_table
from oms_cli.revisions import ID
from oms_cli.session import Session


@click.group(cls=OmsGroup)
def scheduler() -> None:
    """Tells how the scheduler fares, and drains its workers."""


@scheduler.command()
@click.pass_obj
def status(session: Session) -> None:
    """Tells who leads, how far behind it is, who works and what waits."""
    stub = SchedulerServiceStub(session.channel)
    found = session.unary(stub.GetSchedulerStatus, pb.GetSchedulerStatusRequest())
    if session.is_json:
        print_json(found)
        return
    leads = f"{found.leader.id} since {moment(found.leader.lead_time)}"
    print_fields(
        [
            ("leader", leads if found.HasField("leader") else "none"),
            ("token", str(found.leader.fencing_token or "")),
            ("lag", f"{found.lag.ToMilliseconds() / 1000:.3f} s"),
            ("jobs", f"{found.active_job_count} active, {found.paused_job_count} paused"),
            (
                "runs",
                f"{found.pending_run_count} pending, {found.waiting_run_count} waiting, "
                f"{found.queued_run_count} queued, {found.running_run_count} running",
            ),
        ]
    )
    print_table(
        ["WORKER", "HOST", "SINCE", "HEARTBEAT", "RUNS", "CAPACITY", "STATE"],
        (
            (
                each.name.rpartition("/")[2],
                each.host,
                moment(each.start_time),
                moment(each.heartbeat_time),
                str(each.run_count),
                str(each.capacity),
                "draining" if each.draining else "working",
            )
            for each in found.workers
        ),
    )


@scheduler.command()
@click.argument("worker", type=ID)
@click.option("--resume", is_flag=True, help="It takes runs again.")
@click.pass_obj
def drain(session: Session, worker: str, resume: bool) -> None:
    """Lets a WORKER take no more runs. It is drained when it has none."""
    stub = SchedulerServiceStub(session.channel)
    request = pb.DrainWorkerRequest(name=f"workers/{worker}", resume=resume)
    answer = session.unary(stub.DrainWorker, request)
    if session.is_json:
        print_json(answer)
    else:
        print_message(answer.worker)
