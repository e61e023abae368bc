"""Commits and differences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import revision_service_pb2 as pb
from oms.ontology.v1.revision_service_pb2_grpc import RevisionServiceStub

from oms_cli.options import OmsCommand, limit_option, ontology_option
from oms_cli.output import limited, moment, print_json_array, print_json_line
from oms_cli.revisions import REVISION
from oms_cli.session import Session
from oms_cli.text import clean, clean_line

_LETTERS: Final = {
    pb.CHANGE_TYPE_CREATED: "A",
    pb.CHANGE_TYPE_UPDATED: "M",
    pb.CHANGE_TYPE_DELETED: "D",
}


@click.command(cls=OmsCommand)
@click.argument("revision", type=REVISION, default="main")
@ontology_option
@limit_option(20)
@click.pass_obj
def log(session: Session, revision: Revision, ontology: str, limit: int) -> None:
    """Lists the commits of a REVISION, newest first."""
    found = limited(_commits(session, ontology, revision, limit), limit)
    if session.is_json:
        print_json_array(found)
        return
    for commit in found:
        click.echo(f"commit {commit.commit_id}")
        if len(commit.parents) > 1:
            click.echo(f"merge   {' '.join(commit.parents)}")
        click.echo(f"author  {clean_line(commit.author.partition('|')[0])}")
        click.echo(f"time    {moment(commit.commit_time)}")
        click.echo(f"changes {commit.change_count} on {commit.branch}\n")
        for line in clean(commit.message).splitlines():
            click.echo(f"    {line}")
        click.echo()


def _commits(
    session: Session, ontology: str, revision: Revision, limit: int
) -> Iterator[pb.Commit]:
    stub = RevisionServiceStub(session.channel)
    request = pb.ListCommitsRequest(
        parent=f"ontologies/{ontology}", revision=revision, page_size=min(limit or 1000, 1000)
    )
    for page in session.pages(stub.ListCommits, request):
        yield from page.commits


@click.command(cls=OmsCommand)
@click.argument("base", type=REVISION)
@click.argument("changed", metavar="[TARGET]", type=REVISION, default="main")
@ontology_option
@click.option("--collection", "collections", multiple=True, help="Only these, such as objectTypes.")
@click.option("--elements", is_flag=True, help="With --output json: the elements before and after.")
@limit_option()
@click.pass_obj
def diff(
    session: Session,
    *,
    base: Revision,
    changed: Revision,
    ontology: str,
    collections: tuple[str, ...],
    elements: bool,
    limit: int,
) -> None:
    """Lists the elements that differ from BASE to TARGET: A added, M changed, D deleted.

    With --output json each line is one difference.
    """
    request = pb.DiffRevisionsRequest(
        parent=f"ontologies/{ontology}",
        base=base,
        target=changed,
        collections=collections,
        include_elements=elements,
        page_size=min(limit or 1000, 1000),
    )
    shown = 0
    for page in session.pages(RevisionServiceStub(session.channel).DiffRevisions, request):
        rest = list(page.diffs)[: limit - shown] if limit else page.diffs
        for difference in rest:
            if session.is_json:
                print_json_line(difference)
            else:
                _print_difference(difference)
        shown += len(rest)
        if not session.is_json:
            _print_counts(page)
        if limit and shown >= limit:
            break


def _print_difference(difference: pb.ElementDiff) -> None:
    name = "/".join(difference.name.split("/")[2:]) or "header"
    paths = f"  {', '.join(difference.changed_paths)}" if difference.changed_paths else ""
    click.echo(clean_line(f"{_LETTERS.get(difference.change_type, '?')} {name}") + clean(paths))


def _print_counts(page: pb.DiffRevisionsResponse) -> None:
    """Counts come with the first page and go to standard error, beside the list."""
    for count in page.counts:
        click.echo(
            f"{count.collection}: {count.created_count} added, {count.updated_count} changed, "
            f"{count.deleted_count} deleted",
            err=True,
        )
