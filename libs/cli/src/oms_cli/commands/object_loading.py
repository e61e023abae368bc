"""Objects and links loaded from files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any, Final

import click
from google.api.httpbody_pb2 import HttpBody
from oms.object.v1 import load_service_pb2 as load_pb
from oms.object.v1.load_service_pb2_grpc import LoadServiceStub

from oms_cli.faults import SERVER_ERROR
from oms_cli.options import commit_options, ontology_option
from oms_cli.output import EnumType, print_json
from oms_cli.revisions import ID
from oms_cli.session import Session
from oms_cli.text import file_name

_PART_BYTES: Final = 256 * 1024


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--type", "type_id", type=ID, help="Rows are objects of this type.")
@click.option("--link-type", type=ID, help="Rows are links of this type.")
@click.option(
    "--mode", type=EnumType(load_pb.LoadMode), help="When rows do not fit [all-or-nothing]."
)
@click.option(
    "--existing", type=EnumType(load_pb.ExistingRule), help="When an object is there [fail]."
)
@click.option("--id-column", default="", help="Column with the object's id [id].")
@click.option(
    "--column", "columns", multiple=True, metavar="COLUMN=PROPERTY", help="COLUMN= leaves it out."
)
@click.option("--ignore-unknown", is_flag=True, help="Leave out columns that are no property.")
@click.option("--validate-only", is_flag=True, help="Read, check and report only.")
@click.option(
    "--request-id",
    default="",
    help="Makes the load safe to repeat: answers the first one's report.",
)
@ontology_option
@commit_options
@click.pass_obj
def load(
    session: Session,
    *,
    file: IO[bytes],
    type_id: str | None,
    link_type: str | None,
    ontology: str,
    columns: Sequence[str],
    **options: Any,
) -> None:
    """Loads a CSV (by its suffix) or JSON Lines FILE. Exits with 1 when rows do not fit."""
    if bool(type_id) == bool(link_type):
        raise click.UsageError("give --type or --link-type")
    kind = f"objectTypes/{type_id}" if type_id else f"linkTypes/{link_type}"
    is_csv = file_name(file).lower().endswith(".csv")
    head = load_pb.LoadObjectsRequest(
        parent=f"ontologies/{ontology}/{kind}",
        format=load_pb.LOAD_FORMAT_CSV if is_csv else load_pb.LOAD_FORMAT_JSON_LINES,
        columns=columns,
        **{name: value for name, value in options.items() if value},
    )
    answer = session.upload(LoadServiceStub(session.channel).LoadObjects, _parts(head, file))
    if session.is_json:
        print_json(answer)
    else:
        _print_load(answer)
    if answer.failed_count:
        click.get_current_context().exit(SERVER_ERROR)


def _parts(
    head: load_pb.LoadObjectsRequest, file: IO[bytes]
) -> Iterator[load_pb.LoadObjectsRequest]:
    yield head
    while data := file.read(_PART_BYTES):
        yield load_pb.LoadObjectsRequest(body=HttpBody(data=data))


def _print_load(answer: load_pb.LoadObjectsResponse) -> None:
    for row in answer.rows:
        for error in row.errors:
            where = f"{error.field}: " if error.field else ""
            click.echo(f"line {row.line}: {where}{error.description}")
    click.echo(
        f"{answer.row_count} rows: {answer.created_count} created, {answer.updated_count} updated, "
        f"{answer.unchanged_count} unchanged, {answer.skipped_count} skipped, "
        f"{answer.failed_count} do not fit; "
        + (f"stored with commit {answer.commit_id}" if answer.stored else "nothing is stored")
    )
