"""RDF files in and out."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import click
from google.api.httpbody_pb2 import HttpBody
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import transfer_service_pb2 as pb
from oms.ontology.v1.transfer_service_pb2_grpc import TransferServiceStub
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from oms_cli.options import OmsCommand, commit_options, ontology_option
from oms_cli.output import print_json, print_table
from oms_cli.revisions import REVISION
from oms_cli.session import Session
from oms_cli.text import file_name

_PART_BYTES: Final = 256 * 1024
_FORMATS: Final = {
    "turtle": pb.RDF_FORMAT_TURTLE,
    "rdfxml": pb.RDF_FORMAT_RDF_XML,
    "jsonld": pb.RDF_FORMAT_JSON_LD,
    "ntriples": pb.RDF_FORMAT_N_TRIPLES,
}
_SUFFIXES: Final = {
    ".ttl": "turtle",
    ".turtle": "turtle",
    ".rdf": "rdfxml",
    ".owl": "rdfxml",
    ".xml": "rdfxml",
    ".jsonld": "jsonld",
    ".json": "jsonld",
    ".nt": "ntriples",
}
_MODES: Final = {"replace": pb.IMPORT_MODE_REPLACE, "upsert": pb.IMPORT_MODE_UPSERT}
Advance = Callable[[int], None]
_format_option = click.option(
    "--format", "rdf_format", type=click.Choice(list(_FORMATS)), help="[by the file's suffix]"
)


@click.command(name="import", cls=OmsCommand)
@click.argument("file", type=click.File("rb"))
@ontology_option
@commit_options
@_format_option
@click.option(
    "--mode",
    type=click.Choice(list(_MODES)),
    default="replace",
    show_default=True,
    help="replace deletes what the file does not hold; upsert leaves it.",
)
@click.option("--validate-only", is_flag=True, help="Read and report, and change nothing.")
@click.pass_obj
def import_(
    session: Session,
    *,
    file: IO[bytes],
    ontology: str,
    rdf_format: str | None,
    mode: str,
    validate_only: bool,
    branch: str,
    message: str,
    expected_head: str,
) -> None:
    """Reads an RDF FILE (- for standard input) into a branch as one commit."""
    head = pb.ImportOntologyRequest(
        name=f"ontologies/{ontology}",
        format=_FORMATS[rdf_format or _format_of(file_name(file))],
        mode=_MODES[mode],
        validate_only=validate_only,
        request_id=secrets.token_hex(16),
        branch=branch,
        message=message,
        expected_head=expected_head,
    )
    stub = TransferServiceStub(session.channel)
    with _progress("uploading", _size(file)) as advance:
        answer = session.upload(stub.ImportOntology, _parts(head, file, advance))
    if session.is_json:
        print_json(answer)
    else:
        _print_report(answer, validate_only=validate_only)


def _parts(
    head: pb.ImportOntologyRequest, file: IO[bytes], advance: Advance
) -> Iterator[pb.ImportOntologyRequest]:
    yield head
    while data := file.read(_PART_BYTES):
        yield pb.ImportOntologyRequest(body=HttpBody(data=data))
        advance(len(data))


def _print_report(answer: pb.ImportOntologyResponse, *, validate_only: bool) -> None:
    print_table(
        ["COLLECTION", "READ", "CREATED", "UPDATED", "DELETED"],
        [
            (
                count.collection,
                str(count.read_count),
                str(count.created_count),
                str(count.updated_count),
                str(count.deleted_count),
            )
            for count in answer.counts
        ],
    )
    if answer.skipped:
        click.echo("\nnot carried over:")
        print_table(
            ["CONSTRUCT", "STATEMENTS", "WHY"],
            [(s.construct, str(s.statement_count), s.reason) for s in answer.skipped],
        )
    click.echo(f"\n{answer.carried_statement_count} of {answer.statement_count} statements carried")
    if validate_only:
        click.echo(f"nothing was changed; the head is {answer.commit_id}")
    elif answer.unchanged:
        click.echo(f"the branch held all of it already; the head is {answer.commit_id}")
    else:
        click.echo(f"commit {answer.commit_id}")


@click.command(name="export", cls=OmsCommand)
@ontology_option
@_format_option
@click.option("--revision", "-r", type=REVISION, help="As of when [main].")
@click.option("--file", "-o", type=click.Path(dir_okay=False, path_type=Path), help="[stdout]")
@click.pass_obj
def export(
    session: Session,
    ontology: str,
    rdf_format: str | None,
    revision: Revision | None,
    file: Path | None,
) -> None:
    """Writes an ontology as RDF. A file appears only once it is whole."""
    request = pb.ExportOntologyRequest(
        name=f"ontologies/{ontology}",
        revision=revision,
        format=_FORMATS[rdf_format or _format_of(str(file or ""))],
    )
    parts = session.download(TransferServiceStub(session.channel).ExportOntology, request)
    if file is None:
        _write(parts, sys.stdout.buffer)
        return
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        with unfinished.open("xb") as out:
            _write(parts, out)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(parts: Iterator[pb.ExportOntologyResponse], out: IO[bytes]) -> None:
    with _progress("downloading", None) as advance:
        for part in parts:
            out.write(part.body.data)
            advance(len(part.body.data))
    out.flush()


def _format_of(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix and suffix not in _SUFFIXES:
        raise click.UsageError(f"give --format: nothing is known of files that end in {suffix!r}")
    return _SUFFIXES.get(suffix, "turtle")


def _size(file: IO[bytes]) -> int | None:
    path = Path(file_name(file))
    return path.stat().st_size if path.is_file() else None


@contextmanager
def _progress(what: str, total: int | None) -> Generator[Advance]:
    """A bar on standard error while that is a terminal; yields what moves it on."""
    console = Console(file=sys.stderr)
    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=total)

        def advance(count: int) -> None:
            bar.advance(task, count)

        yield advance
