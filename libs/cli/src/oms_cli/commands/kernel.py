"""The versioned store below the ontologies. Needs the role `service` or `administrator`."""

from __future__ import annotations

from typing import Final

import click
import grpc
from oms.datakernel.v1 import commit_service_pb2 as pb
from oms.datakernel.v1.commit_service_pb2_grpc import CommitServiceStub

from oms_cli.faults import SERVER_ERROR
from oms_cli.options import OmsCommand, OmsGroup
from oms_cli.output import moment, print_fields, print_json, print_json_line, print_table
from oms_cli.revisions import ID
from oms_cli.session import Session
from oms_cli.text import clean_line

_WORDS: Final = {
    pb.CHANGE_TYPE_CREATED: "created",
    pb.CHANGE_TYPE_UPDATED: "updated",
    pb.CHANGE_TYPE_DELETED: "deleted",
}


@click.group(cls=OmsGroup)
def kernel() -> None:
    """Looks after the versioned store itself."""


@kernel.command()
@click.argument("database", type=ID)
@click.pass_context
def verify(ctx: click.Context, database: str) -> None:
    """Recomputes every hash of a DATABASE's history; exits with 1 when one is wrong."""
    session = ctx.ensure_object(Session)
    request = pb.VerifyHistoryRequest(name=f"databases/{database}")
    answer = session.unary(CommitServiceStub(session.channel).VerifyHistory, request)
    if session.is_json:
        print_json(answer)
    else:
        _print_verification(answer)
    if answer.faults:
        ctx.exit(SERVER_ERROR)


def _print_verification(answer: pb.VerifyHistoryResponse) -> None:
    print_fields(
        [
            ("commits", str(answer.commit_count)),
            ("documents", str(answer.document_count)),
            ("faults", str(len(answer.faults))),
        ]
    )
    if answer.faults:
        print_table(
            ["COMMIT", "DOCUMENT", "FAULT"],
            [(fault.commit_id, fault.document_id, fault.message) for fault in answer.faults],
        )


@click.command(cls=OmsCommand)
@click.argument("database", type=ID)
@click.option("--from", "from_commit", metavar="COMMIT", help="Start after this commit [now].")
@click.option("--all", "from_start", is_flag=True, help="Start with the very first commit.")
@click.option("--branch", default="", metavar="ID", help="Only commits on this branch [any].")
@click.option("--documents", is_flag=True, help="With --output json: contents before and after.")
@click.pass_obj
def watch(
    session: Session,
    *,
    database: str,
    from_commit: str | None,
    from_start: bool,
    branch: str,
    documents: bool,
) -> None:
    """Prints the commits of a DATABASE as they are made, until interrupted.

    The database of an ontology has the ontology's id. With --output json each line is
    a commit or a part of a large one.
    """
    if from_commit and from_start:
        raise click.UsageError("--from and --all exclude each other")
    request = pb.WatchCommitsRequest(
        parent=f"databases/{database}",
        from_commit=from_commit or "",
        branch=branch,
        from_now=not from_commit and not from_start,
        include_documents=documents,
    )
    last = ""
    try:
        for part in session.watch(CommitServiceStub(session.channel).WatchCommits, request):
            _print_part(session, part)
            last = part.commit.commit_id if part.is_last_part else last
    except (grpc.RpcError, KeyboardInterrupt):
        if last:
            click.echo(f"resume with --from {last}", err=True)
        raise


def _print_part(session: Session, part: pb.WatchCommitsResponse) -> None:
    if session.is_json:
        print_json_line(part)
        return
    commit = part.commit
    author = commit.author.partition("|")[0]
    click.echo(
        clean_line(f"{moment(commit.commit_time)} {commit.branch} {commit.commit_id} {author}")
    )
    for change in part.changes:
        click.echo(clean_line(f"  {_WORDS.get(change.change_type, '?')} {change.document_id}"))
