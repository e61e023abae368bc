"""Whether the server works."""

from __future__ import annotations

import click
from oms.health.v1 import health_service_pb2 as pb
from oms.health.v1.health_service_pb2_grpc import HealthServiceStub

from oms_cli.faults import SERVER_ERROR
from oms_cli.options import OmsCommand
from oms_cli.output import print_fields, print_json, print_table
from oms_cli.session import Session


@click.command(cls=OmsCommand)
@click.option("--detailed", is_flag=True, help="Report every part; needs a token.")
@click.pass_context
def health(ctx: click.Context, detailed: bool) -> None:
    """Tells whether the server is serving; exits with 1 when it is not."""
    session = ctx.ensure_object(Session)
    stub = HealthServiceStub(session.channel)
    if detailed:
        report = session.unary(stub.GetDetailedHealth, pb.GetDetailedHealthRequest())
    else:
        report = session.public(stub.GetHealth, pb.GetHealthRequest())
    if session.is_json:
        print_json(report)
    else:
        _print_report(report, detailed)
    if report.status not in (pb.HEALTH_STATUS_SERVING, pb.HEALTH_STATUS_DEGRADED):
        ctx.exit(SERVER_ERROR)


def _print_report(
    report: pb.GetHealthResponse | pb.GetDetailedHealthResponse, detailed: bool
) -> None:
    fields = [("status", _word(report.status)), ("version", report.version)]
    if not isinstance(report, pb.GetDetailedHealthResponse) or not detailed:
        print_fields(fields)
        return
    print_fields([*fields, ("uptime", f"{report.uptime.ToSeconds()} s")])
    click.echo()
    print_table(
        ["COMPONENT", "STATUS", "REQUIRED", "LATENCY", "MESSAGE"],
        [
            (
                part.name,
                _word(part.status),
                "yes" if part.required else "no",
                f"{part.latency.ToNanoseconds() / 1e6:.1f} ms" if part.HasField("latency") else "",
                part.message,
            )
            for part in report.components
        ],
    )


def _word(status: pb.HealthStatus) -> str:
    return pb.HealthStatus.Name(status).removeprefix("HEALTH_STATUS_").lower()
