"""Change sets: many changes in one commit."""

from __future__ import annotations

import secrets
from typing import Any

import click
from oms.ontology.v1 import change_set_service_pb2 as pb
from oms.ontology.v1.change_set_service_pb2_grpc import ChangeSetServiceStub

from oms_cli.options import OmsCommand, commit_options, ontology_option
from oms_cli.output import parse_message, print_json, read_json
from oms_cli.session import Session
from oms_cli.text import file_name


@click.command(cls=OmsCommand)
@click.argument("file", type=click.File("rb"))
@ontology_option
@commit_options
@click.option("--validate-only", is_flag=True, help="Check everything and change nothing.")
@click.pass_obj
def apply(session: Session, file: Any, ontology: str, validate_only: bool, **commit: str) -> None:
    """Applies a change set as one commit, all of it or none.

    FILE is JSON, - for standard input: a list of changes, or an object with `changes`.
    Each is {"create": {"objectType": …}}, {"update": …}, {"upsert": …} or {"delete": …}.
    """
    content = read_json(file)
    request = parse_message(
        {"changes": content} if isinstance(content, list) else content,
        pb.ApplyChangeSetRequest(),
        file_name(file),
    )
    request.parent = f"ontologies/{ontology}"
    request.validate_only = validate_only
    for name, value in commit.items():
        if value:
            setattr(request, name, value)
    request.request_id = request.request_id or secrets.token_hex(16)
    answer = session.unary(ChangeSetServiceStub(session.channel).ApplyChangeSet, request)
    if session.is_json:
        print_json(answer)
        return
    if validate_only:
        click.echo(f"{len(request.changes)} changes can be applied to commit {answer.commit_id}")
    elif answer.unchanged:
        click.echo(f"nothing changed; the head is {answer.commit_id}")
    else:
        click.echo(f"applied {len(request.changes)} changes with commit {answer.commit_id}")
