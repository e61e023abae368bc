"""What is wrong with this machine, or with the server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
import grpc
from oms.health.v1 import health_service_pb2 as pb
from oms.health.v1.health_service_pb2_grpc import HealthServiceStub
from oms_client.credentials import is_loopback

from oms_cli.doctor import clock, data_dir, network, start_up, versions
from oms_cli.doctor.findings import Finding, Verdict
from oms_cli.faults import SERVER_ERROR
from oms_cli.options import OmsCommand
from oms_cli.output import print_table
from oms_cli.session import Session

_STATUSES = {
    pb.HEALTH_STATUS_SERVING: Verdict.OK,
    pb.HEALTH_STATUS_DEGRADED: Verdict.NOTE,
}


@click.command(cls=OmsCommand)
@click.option(
    "--gateway",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Where the server answers over HTTP, for its clock.",
)
@click.option("--start-up/--no-start-up", default=True, help="Measure what a start imports.")
@click.pass_context
def doctor(ctx: click.Context, gateway: str, start_up: bool) -> None:
    """Checks dependencies, ports, permissions, versions and the clock; tells what a start costs.

    Exits with 1 when something is wrong. Changes nothing.
    """
    session = ctx.ensure_object(Session)
    found = list(_findings(session, gateway, has_start_up=start_up))
    if session.is_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
    else:
        rows = [(each.verdict.value, each.area, each.subject, each.detail) for each in found]
        print_table(["", "AREA", "WHAT", "FOUND"], rows)
    if any(each.verdict is Verdict.FAIL for each in found):
        ctx.exit(SERVER_ERROR)


def _findings(session: Session, gateway: str, *, has_start_up: bool) -> Iterator[Finding]:
    folder = Path(os.environ.get("OMS_DATA_DIR") or "data")
    yield from versions.installed()
    server = list(_server(session))
    yield from server
    if is_loopback(session.target):
        is_up = server[0].verdict is not Verdict.FAIL
        yield from network.ports(is_up=is_up)
    yield from network.dependencies()
    yield from data_dir.permissions(folder)
    yield clock.compared(gateway)
    if has_start_up:
        yield from start_up.last_start(folder)
        yield from start_up.imports()


def _server(session: Session) -> Iterator[Finding]:
    """Whether it answers, and how its parts are, of which it tells those with a token."""
    stub = HealthServiceStub(session.channel)
    try:
        health = session.public(stub.GetHealth, pb.GetHealthRequest())
    except grpc.RpcError as exc:
        detail = f"{_code(exc)}: is it running? `make run` starts one"
        yield Finding("server", session.target, Verdict.FAIL, detail)
        return
    yield _status(session.target, health.status, "")
    yield versions.compared(health.version)
    try:
        report = session.unary(stub.GetDetailedHealth, pb.GetDetailedHealthRequest())
    except (grpc.RpcError, click.ClickException):
        yield Finding("server", "parts", Verdict.NOTE, "only told to callers with a token")
        return
    for part in report.components:
        yield _status(part.name, part.status, part.message)


def _status(subject: str, status: pb.HealthStatus, message: str) -> Finding:
    word = pb.HealthStatus.Name(status).removeprefix("HEALTH_STATUS_").lower()
    verdict = _STATUSES.get(status, Verdict.FAIL)
    return Finding("server", subject, verdict, f"{word} {message}".strip())


def _code(error: grpc.RpcError) -> str:
    return error.code().name if isinstance(error, grpc.Call) else "UNKNOWN"
