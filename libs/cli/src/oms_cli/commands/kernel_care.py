"""Care of databases while they are in use, and copies of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from oms.datakernel.v1 import maintenance_service_pb2 as pb
from oms.datakernel.v1.maintenance_service_pb2_grpc import MaintenanceServiceStub

from oms_cli.commands.kernel import kernel
from oms_cli.copying import Copy
from oms_cli.downloads import write_parts
from oms_cli.faults import SERVER_ERROR
from oms_cli.output import print_fields, print_json, print_message
from oms_cli.revisions import ID
from oms_cli.session import Session
from oms_cli.text import clean_line


@kernel.command()
@click.argument("database", type=ID)
@click.pass_context
def check(ctx: click.Context, database: str) -> None:
    """Checks the store of a DATABASE; exits with 1 when something is wrong."""
    session = ctx.ensure_object(Session)
    request = pb.CheckDatabaseRequest(name=f"databases/{database}")
    answer = session.unary(MaintenanceServiceStub(session.channel).CheckDatabase, request)
    if session.is_json:
        print_json(answer)
    else:
        for fault in answer.faults:
            click.echo(clean_line(fault))
        click.echo(f"{len(answer.faults)} faults")
    if answer.faults:
        ctx.exit(SERVER_ERROR)


@kernel.command()
@click.argument("database", type=ID)
@click.option("--validate-only", is_flag=True, help="Say what would go, and change nothing.")
@click.pass_obj
def compact(session: Session, database: str, validate_only: bool) -> None:
    """Removes what no branch and no tag of a DATABASE reaches, and gives the space back."""
    request = pb.CompactDatabaseRequest(name=f"databases/{database}", validate_only=validate_only)
    answer = session.unary(MaintenanceServiceStub(session.channel).CompactDatabase, request)
    if session.is_json:
        print_json(answer)
        return
    print_fields(
        [
            ("commits removed", str(answer.removed_commit_count)),
            ("contents removed", str(answer.removed_content_count)),
            ("bytes before", str(answer.size_before_bytes)),
            ("bytes afterwards", str(answer.size_after_bytes)),
        ]
    )


@kernel.command()
@click.argument("database", type=ID)
@click.option("--file", "-o", type=click.Path(dir_okay=False, path_type=Path), help="[stdout]")
@click.pass_obj
def backup(session: Session, database: str, file: Path | None) -> None:
    """Writes a consistent copy of a DATABASE, as its backend backs up, while it is in use."""
    request = pb.BackupDatabaseRequest(name=f"databases/{database}")
    parts = session.download(MaintenanceServiceStub(session.channel).BackupDatabase, request)
    write_parts(parts, file or sys.stdout.buffer)


@kernel.command()
@click.argument("database", type=ID)
@click.pass_obj
def statistics(session: Session, database: str) -> None:
    """Prints sizes and counts of a DATABASE."""
    request = pb.GetDatabaseStatisticsRequest(name=f"databases/{database}")
    stub = MaintenanceServiceStub(session.channel)
    answer = session.unary(stub.GetDatabaseStatistics, request)
    if session.is_json:
        print_json(answer)
    else:
        print_message(answer)


@kernel.command()
@click.argument("database", type=ID)
@click.option("--from", "source", required=True, metavar="HOST:PORT", help="Where it is.")
@click.option("--to", "target", required=True, metavar="HOST:PORT", help="Where it goes.")
@click.option("--as", "name", type=ID, default="", metavar="ID", help="Its id there [the same].")
@click.option(
    "--to-token", envvar="OMS_TO_TOKEN", metavar="JWT", help="Token of the other [OMS_TO_TOKEN]."
)
@click.pass_context
def copy(
    ctx: click.Context, *, database: str, source: str, target: str, name: str, to_token: str | None
) -> None:
    """Copies a DATABASE with its whole history to another kernel, and verifies it there.

    What is there already is not sent again, so a copy that broke off goes on, and a later one
    brings what is new. Exits with 1 when the copy does not verify.
    """
    session = ctx.ensure_object(Session)
    done = Copy(
        session.to(source), session.to(target, token=to_token), database, name or database
    ).run()
    click.echo(f"{done.commit_count} commits copied")
    for branch, head in sorted(done.heads.items()):
        click.echo(f"{branch} {head}")
    if done.faults:
        for fault in done.faults:
            click.echo(clean_line(fault), err=True)
        ctx.exit(SERVER_ERROR)
