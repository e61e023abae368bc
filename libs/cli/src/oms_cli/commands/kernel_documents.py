"""Documents and queries of graph databases."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import click
from google.api.httpbody_pb2 import HttpBody
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import model_document_service_pb2 as pb
from oms.datakernel.v1 import query_service_pb2 as query_pb
from oms.datakernel.v1.model_document_service_pb2_grpc import ModelDocumentServiceStub
from oms.datakernel.v1.query_service_pb2_grpc import QueryServiceStub

from oms_cli.commands.kernel import kernel
from oms_cli.downloads import write_parts
from oms_cli.options import commit_options
from oms_cli.output import print_json
from oms_cli.revisions import ID, REVISION
from oms_cli.session import Session

_PART_BYTES: Final = 256 * 1024
_GRAPHS: Final = {"instance": pb.GRAPH_INSTANCE, "schema": pb.GRAPH_SCHEMA}
Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_graph_option = click.option(
    "--graph", type=click.Choice(list(_GRAPHS)), default="instance", help="[instance]"
)
_revision_option = click.option("--revision", "-r", type=REVISION, help="As of when [main].")


@kernel.command()
@click.argument("database", type=ID)
@click.argument("document_ids", nargs=-1)
@click.option("--type", "type_", default="", metavar="CLASS", help="Only this class.")
@click.option("--limit", "-n", type=click.IntRange(min=0), help="Most to answer [all].")
@_graph_option
@_revision_option
@click.pass_obj
def get(
    session: Session,
    *,
    database: str,
    document_ids: tuple[str, ...],
    type_: str,
    limit: int | None,
    graph: str,
    revision: Revision | None,
) -> None:
    """Prints documents of a DATABASE as JSON Lines: these, those of a class, or all."""
    request = pb.ReadDocumentsRequest(
        parent=f"databases/{database}",
        document_ids=document_ids,
        type=type_,
        graph=_GRAPHS[graph],
        revision=revision,
        count=limit,
    )
    stub = ModelDocumentServiceStub(session.channel)
    write_parts(session.download(stub.ReadDocuments, request), sys.stdout.buffer)


@kernel.command()
@click.argument("database", type=ID)
@click.argument("file", type=click.File("rb"))
@commit_options
@_graph_option
@click.option("--overwrite", is_flag=True, help="Replace documents that are there.")
@click.option("--full-replace", is_flag=True, help="Replace the whole graph.")
@click.pass_obj
def insert(
    session: Session,
    *,
    database: str,
    file: IO[bytes],
    graph: str,
    overwrite: bool,
    full_replace: bool,
    branch: str,
    message: str,
    expected_head: str,
) -> None:
    """Inserts the documents of a JSON FILE (- for standard input) as one commit."""
    request = pb.InsertDocumentsRequest(
        parent=_branch(database, branch),
        body=HttpBody(content_type="application/json", data=file.read()),
        graph=_GRAPHS[graph],
        overwrite=overwrite,
        full_replace=full_replace,
        message=message,
        expected_head=expected_head,
        request_id=secrets.token_hex(16),
    )
    answer = session.unary(ModelDocumentServiceStub(session.channel).InsertDocuments, request)
    if session.is_json:
        print_json(answer)
        return
    for document_id in answer.document_ids:
        click.echo(document_id)
    _print_commit(answer)


@kernel.command()
@click.argument("database", type=ID)
@click.argument("document_ids", nargs=-1, required=True)
@commit_options
@_graph_option
@click.option("--hard", is_flag=True, help="Leave no trace at the new head.")
@click.pass_obj
def delete(
    session: Session,
    *,
    database: str,
    document_ids: tuple[str, ...],
    graph: str,
    hard: bool,
    branch: str,
    message: str,
    expected_head: str,
) -> None:
    """Deletes documents of a DATABASE as one commit."""
    request = pb.DeleteDocumentsRequest(
        parent=_branch(database, branch),
        document_ids=document_ids,
        graph=_GRAPHS[graph],
        hard=hard,
        message=message,
        expected_head=expected_head,
        request_id=secrets.token_hex(16),
    )
    answer = session.unary(ModelDocumentServiceStub(session.channel).DeleteDocuments, request)
    if session.is_json:
        print_json(answer)
        return
    click.echo(f"{answer.deleted_count} deleted")
    _print_commit(answer)


@kernel.command(name="import")
@click.argument("database", type=ID)
@click.argument("file", type=click.File("rb"))
@click.option("--branch", default="", metavar="ID", help="Branch to write to [main].")
@click.option("--message", "-m", default="", help="Message of the commits.")
@click.option("--overwrite", is_flag=True, help="Replace documents that are there.")
@click.option(
    "--batch", type=click.IntRange(1, 100_000), default=10_000, help="Documents a commit."
)
@click.option(
    "--skip-lines", type=click.IntRange(min=0), default=0, help="Pass over so many first."
)
@click.option("--import-id", default="", help="Names the import, to take it up again.")
@click.pass_obj
def import_(
    session: Session,
    *,
    database: str,
    file: IO[bytes],
    branch: str,
    message: str,
    overwrite: bool,
    batch: int,
    skip_lines: int,
    import_id: str,
) -> None:
    """Imports a FILE of JSON Lines (- for standard input), a commit for each batch.

    After a failure run it again with the same --import-id: what is stored is passed over.
    """
    head = pb.ImportDocumentsRequest(
        parent=_branch(database, branch),
        batch_size=batch,
        skip_lines=skip_lines,
        import_id=import_id,
        overwrite=overwrite,
        message=message,
    )
    stub = ModelDocumentServiceStub(session.channel)
    answer = session.upload(stub.ImportDocuments, _parts(head, file))
    if session.is_json:
        print_json(answer)
        return
    click.echo(
        f"{answer.document_count} documents of {answer.line_count} lines stored "
        f"in {answer.commit_count} commits; the head is {answer.head.commit_id}"
    )


@kernel.command()
@click.argument("database", type=ID)
@click.option("--type", "types", multiple=True, metavar="CLASS", help="Only these classes.")
@click.option("--after", default="", metavar="ID", help="Only documents after this id, to resume.")
@click.option("--file", "-o", type=click.Path(dir_okay=False, path_type=Path), help="[stdout]")
@_graph_option
@_revision_option
@click.pass_obj
def export(
    session: Session,
    *,
    database: str,
    types: tuple[str, ...],
    after: str,
    file: Path | None,
    graph: str,
    revision: Revision | None,
) -> None:
    """Exports documents of a DATABASE as JSON Lines, all as of one commit."""
    request = pb.ExportDocumentsRequest(
        parent=f"databases/{database}",
        types=types,
        after_document_id=after,
        graph=_GRAPHS[graph],
        revision=revision,
    )
    stub = ModelDocumentServiceStub(session.channel)
    write_parts(session.download(stub.ExportDocuments, request), file or sys.stdout.buffer)


@kernel.command()
@click.argument("database", type=ID)
@click.argument("file", type=click.File("rb"))
@click.option("--message", "-m", default="", help="Message of the commit of a query that writes.")
@click.option("--explain", is_flag=True, help="Print the plan and run nothing.")
@click.option("--stream", is_flag=True, help="Print any number of rows, as JSON Lines.")
@_revision_option
@click.pass_obj
def query(
    session: Session,
    *,
    database: str,
    file: IO[bytes],
    message: str,
    explain: bool,
    stream: bool,
    revision: Revision | None,
) -> None:
    """Runs the WOQL query of a JSON FILE (- for standard input) and prints its answer."""
    common: dict[str, Any] = {
        "parent": f"databases/{database}",
        "body": HttpBody(content_type="application/json", data=file.read()),
        "revision": revision,
    }
    stub = QueryServiceStub(session.channel)
    if stream:
        lines = session.download(stub.StreamQuery, query_pb.StreamQueryRequest(**common))
        write_parts(lines, sys.stdout.buffer)
        return
    if explain:
        answer = session.unary(stub.ExplainQuery, query_pb.ExplainQueryRequest(**common))
    else:
        answer = session.unary(stub.Query, query_pb.QueryRequest(message=message, **common))
    click.echo(answer.body.data.decode())


def _parts(head: pb.ImportDocumentsRequest, file: IO[bytes]) -> Iterator[pb.ImportDocumentsRequest]:
    yield head
    while data := file.read(_PART_BYTES):
        yield pb.ImportDocumentsRequest(body=HttpBody(data=data))


def _branch(database: str, branch: str) -> str:
    return f"databases/{database}/branches/{branch or 'main'}"


def _print_commit(answer: Any) -> None:
    state = "nothing changed; the head is" if answer.unchanged else "commit"
    click.echo(f"{state} {answer.commit.commit_id}", err=True)
