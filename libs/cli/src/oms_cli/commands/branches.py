"""Branches and merges."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Final

import click
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import branch_service_pb2 as pb
from oms.ontology.v1.branch_service_pb2_grpc import BranchServiceStub

from oms_cli.faults import SERVER_ERROR
from oms_cli.options import OmsCommand, OmsGroup, limit_option, ontology_option
from oms_cli.output import (
    limited,
    moment,
    print_json,
    print_json_array,
    print_message,
    print_table,
)
from oms_cli.revisions import ID, REVISION
from oms_cli.session import Session

_SIDES: Final = {"target": pb.MERGE_SIDE_TARGET, "source": pb.MERGE_SIDE_SOURCE}


@click.group(cls=OmsGroup)
def branch() -> None:
    """Creates, reads and deletes branches."""


@branch.command()
@click.argument("branch_id", type=ID)
@ontology_option
@click.option("--from", "source", type=REVISION, help="Where it starts [main].")
@click.pass_obj
def create(session: Session, branch_id: str, ontology: str, source: Revision | None) -> None:
    """Creates a branch."""
    request = pb.CreateBranchRequest(
        parent=f"ontologies/{ontology}", branch_id=branch_id, source=source
    )
    _print_branch(session, session.unary(_stub(session).CreateBranch, request).branch)


@branch.command()
@click.argument("branch_id", type=ID)
@ontology_option
@click.pass_obj
def get(session: Session, branch_id: str, ontology: str) -> None:
    """Shows a branch."""
    request = pb.GetBranchRequest(name=_name(ontology, branch_id))
    _print_branch(session, session.unary(_stub(session).GetBranch, request).branch)


@branch.command(name="list")
@ontology_option
@limit_option()
@click.pass_obj
def list_(session: Session, ontology: str, limit: int) -> None:
    """Lists branches, ordered by id."""
    found = limited(_all(session, ontology), limit)
    if session.is_json:
        print_json_array(found)
        return
    print_table(
        ["BRANCH", "HEAD", "UPDATED"],
        ((b.name.rpartition("/")[2], b.head_commit, moment(b.update_time)) for b in found),
    )


@branch.command()
@click.argument("branch_id", type=ID)
@ontology_option
@click.option("--expected-head", default="", help="Delete it only while it is at this commit.")
@click.pass_obj
def delete(session: Session, branch_id: str, ontology: str, expected_head: str) -> None:
    """Deletes a branch; its commits stay readable by id."""
    request = pb.DeleteBranchRequest(name=_name(ontology, branch_id), expected_head=expected_head)
    session.unary(_stub(session).DeleteBranch, request)
    click.echo(f"deleted {request.name}", err=session.is_json)


@click.command(cls=OmsCommand)
@click.argument("source", type=REVISION)
@click.option("--into", "branch_id", type=ID, default="main", help="Branch to merge into [main].")
@ontology_option
@click.option("--keep", type=click.Choice(list(_SIDES)), help="The side that wins conflicts.")
@click.option(
    "--resolve",
    "resolutions",
    multiple=True,
    metavar="ELEMENT=SIDE",
    help="The side that wins one conflict, such as objectTypes/Zone=source.",
)
@click.option("--message", "-m", default="", help="Message of the merge commit.")
@click.option("--expected-head", default="", help="Fail unless the branch is at this commit.")
@click.option("--validate-only", is_flag=True, help="Tell what would happen; 1 on conflicts.")
@click.pass_context
def merge(
    ctx: click.Context,
    *,
    source: Revision,
    branch_id: str,
    ontology: str,
    keep: str | None,
    resolutions: tuple[str, ...],
    message: str,
    expected_head: str,
    validate_only: bool,
) -> None:
    """Merges SOURCE, a branch or other revision, into a branch."""
    session = ctx.ensure_object(Session)
    request = pb.MergeBranchRequest(
        name=_name(ontology, branch_id),
        source=source,
        expected_head=expected_head,
        message=message,
        resolutions=[_resolution(ontology, text) for text in resolutions],
        default_resolution=_SIDES[keep] if keep else pb.MERGE_SIDE_UNSPECIFIED,
        validate_only=validate_only,
        request_id=secrets.token_hex(16),
    )
    answer = session.unary(_stub(session).MergeBranch, request)
    if session.is_json:
        print_json(answer)
    else:
        _print_merge(answer, branch_id, validate_only=validate_only)
    if answer.outcome == pb.MERGE_OUTCOME_CONFLICTED:
        ctx.exit(SERVER_ERROR)


def _print_merge(answer: pb.MergeBranchResponse, branch_id: str, *, validate_only: bool) -> None:
    if answer.outcome == pb.MERGE_OUTCOME_UP_TO_DATE:
        click.echo(f"{branch_id} has everything already; its head is {answer.commit_id}")
    elif answer.outcome == pb.MERGE_OUTCOME_CONFLICTED:
        click.echo(f"{len(answer.conflicts)} elements are changed on both sides:")
        for conflict in answer.conflicts:
            click.echo(f"  {conflict.name}")
    elif validate_only:
        click.echo(f"the merge would change {answer.change_count} elements of {branch_id}")
    else:
        click.echo(
            f"merged {answer.change_count} changes into {branch_id} with commit {answer.commit_id}"
        )


def _resolution(ontology: str, text: str) -> pb.MergeResolution:
    element, _, side = text.rpartition("=")
    if side not in _SIDES or not element:
        raise click.UsageError(f"--resolve {text!r} is not of the form objectTypes/Zone=source")
    prefix = f"ontologies/{ontology}"
    name = element if element.startswith("ontologies/") else f"{prefix}/{element}"
    return pb.MergeResolution(name=name, side=_SIDES[side])


def _stub(session: Session) -> BranchServiceStub:
    return BranchServiceStub(session.channel)


def _name(ontology: str, branch_id: str) -> str:
    return f"ontologies/{ontology}/branches/{branch_id}"


def _all(session: Session, ontology: str) -> Iterator[pb.Branch]:
    request = pb.ListBranchesRequest(parent=f"ontologies/{ontology}", page_size=1000)
    for page in session.pages(_stub(session).ListBranches, request):
        yield from page.branches


def _print_branch(session: Session, found: pb.Branch) -> None:
    (print_json if session.is_json else print_message)(found)
