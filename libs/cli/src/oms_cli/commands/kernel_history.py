"""Databases, commits and tags of the versioned store."""

from __future__ import annotations

from collections.abc import Iterator

import click
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as pb
from oms.datakernel.v1 import database_service_pb2 as database_pb
from oms.datakernel.v1 import tag_service_pb2 as tag_pb
from oms.datakernel.v1.commit_service_pb2_grpc import CommitServiceStub
from oms.datakernel.v1.database_service_pb2_grpc import DatabaseServiceStub
from oms.datakernel.v1.tag_service_pb2_grpc import TagServiceStub

from oms_cli.commands.kernel import kernel
from oms_cli.options import OmsGroup, limit_option
from oms_cli.output import limited, moment, print_json, print_json_array, print_table
from oms_cli.revisions import ID, REVISION
from oms_cli.session import Session
from oms_cli.text import clean, clean_line


@kernel.command()
@click.argument("database", type=ID)
@click.option("--label", default="", help="Name for people.")
@click.option("--graph", is_flag=True, help="With a schema and queries: TerminusDB's model.")
@click.pass_obj
def create(session: Session, database: str, label: str, graph: bool) -> None:
    """Creates a DATABASE."""
    model = database_pb.DATABASE_MODEL_GRAPH if graph else database_pb.DATABASE_MODEL_JSON
    request = database_pb.CreateDatabaseRequest(
        database_id=database, database=database_pb.Database(display_name=label, model=model)
    )
    answer = session.unary(DatabaseServiceStub(session.channel).CreateDatabase, request)
    if session.is_json:
        print_json(answer.database)
    else:
        click.echo(answer.database.name)


@kernel.command()
@click.argument("database", type=ID)
@click.argument("revision", type=REVISION, default="main")
@limit_option(20)
@click.pass_obj
def log(session: Session, database: str, revision: Revision, limit: int) -> None:
    """Lists the commits of a REVISION of a DATABASE, newest first."""
    found = limited(_commits(session, database, revision, limit), limit)
    if session.is_json:
        print_json_array(found)
        return
    for commit in found:
        click.echo(f"commit {commit.commit_id}")
        click.echo(f"author  {clean_line(commit.author.partition('|')[0])}")
        click.echo(f"time    {moment(commit.commit_time)}")
        click.echo(f"changes {commit.change_count} on {commit.branch}\n")
        for line in clean(commit.message).splitlines():
            click.echo(f"    {line}")
        click.echo()


@kernel.group(cls=OmsGroup)
def tags() -> None:
    """Names for commits that do not move."""


@tags.command(name="list")
@click.argument("database", type=ID)
@limit_option()
@click.pass_obj
def list_(session: Session, database: str, limit: int) -> None:
    """Lists the tags of a DATABASE."""
    found = limited(_tags(session, database), limit)
    if session.is_json:
        print_json_array(found)
        return
    print_table(
        ["TAG", "COMMIT", "CREATED", "MESSAGE"],
        [
            (tag.name.rpartition("/")[2], tag.commit_id, moment(tag.create_time), tag.message)
            for tag in found
        ],
    )


@tags.command(name="create")
@click.argument("database", type=ID)
@click.argument("tag")
@click.option("--revision", "-r", type=REVISION, help="What it names [main].")
@click.option("--message", "-m", default="", help="Why.")
@click.pass_obj
def create_tag(
    session: Session, *, database: str, tag: str, revision: Revision | None, message: str
) -> None:
    """Creates a TAG in a DATABASE."""
    request = tag_pb.CreateTagRequest(
        parent=f"databases/{database}", tag_id=tag, target=revision, message=message
    )
    answer = session.unary(TagServiceStub(session.channel).CreateTag, request)
    if session.is_json:
        print_json(answer.tag)
    else:
        click.echo(f"{answer.tag.name} is {answer.tag.commit_id}")


@tags.command(name="delete")
@click.argument("database", type=ID)
@click.argument("tag")
@click.pass_obj
def delete_tag(session: Session, database: str, tag: str) -> None:
    """Deletes a TAG; its commit stays as long as something else reaches it."""
    request = tag_pb.DeleteTagRequest(name=f"databases/{database}/tags/{tag}")
    session.unary(TagServiceStub(session.channel).DeleteTag, request)


def _commits(
    session: Session, database: str, revision: Revision, limit: int
) -> Iterator[pb.Commit]:
    request = pb.ListCommitsRequest(
        parent=f"databases/{database}", revision=revision, page_size=min(limit or 1000, 1000)
    )
    for page in session.pages(CommitServiceStub(session.channel).ListCommits, request):
        yield from page.commits


def _tags(session: Session, database: str) -> Iterator[tag_pb.Tag]:
    request = tag_pb.ListTagsRequest(parent=f"databases/{database}", page_size=1000)
    for page in session.pages(TagServiceStub(session.channel).ListTags, request):
        yield from page.tags
