"""Object types, link types and interfaces: the same commands for each kind."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import click
from google.protobuf.field_mask_pb2 import FieldMask
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1.element_pb2 import LifecycleStatus

from oms_cli.kinds import Kind
from oms_cli.options import OmsGroup, commit_options, limit_option, ontology_option
from oms_cli.output import (
    label,
    limited,
    parse_message,
    print_fields,
    print_json,
    print_json_array,
    print_message,
    print_table,
    read_json,
)
from oms_cli.revisions import ID, REVISION
from oms_cli.session import Session
from oms_cli.text import file_name

_FILE = click.argument("file", type=click.File("rb"), default="-")
_REVISION = click.option("--revision", "-r", type=REVISION, help="As of when [main].")


def group_of(kind: Kind) -> click.Group:
    """The command group of a kind, such as `oms type`."""

    @click.group(name=kind.command, cls=OmsGroup, help=f"Lists, reads and changes {kind.title}s.")
    def group() -> None:
        pass

    for add in (_add_list, _add_get, _add_create, _add_update, _add_delete):
        add(group, kind)
    return group


def _add_list(group: click.Group, kind: Kind) -> None:
    @group.command(name="list", help=f"Lists {kind.title}s, ordered by id.")
    @ontology_option
    @_REVISION
    @limit_option()
    @click.pass_obj
    def _(session: Session, ontology: str, revision: Revision | None, limit: int) -> None:
        found = limited(_all(session, kind, ontology, revision), limit)
        if session.is_json:
            print_json_array(found)
        else:
            print_table(["ID", "LABEL", "PARENTS", "STATUS", "IRI"], map(_row, found))


def _add_get(group: click.Group, kind: Kind) -> None:
    @group.command(name="get", help=f"Shows one {kind.title}.")
    @click.argument("element_id", type=ID, metavar="ID")
    @ontology_option
    @_REVISION
    @click.pass_obj
    def _(session: Session, element_id: str, ontology: str, revision: Revision | None) -> None:
        request = kind.request("Get", name=kind.name(ontology, element_id), revision=revision)
        answer = session.unary(kind.method(session, "Get"), request)
        _print_element(session, kind, answer)


def _add_create(group: click.Group, kind: Kind) -> None:
    @group.command(
        name="create",
        help=f"Creates one {kind.title} out of a JSON FILE; - or nothing reads standard input.",
    )
    @_FILE
    @click.option("--id", "element_id", type=ID, help="Its id [the end of the file's `name`].")
    @ontology_option
    @commit_options
    @click.pass_obj
    def _(
        session: Session, file: Any, element_id: str | None, ontology: str, **commit: str
    ) -> None:
        element = parse_message(read_json(file), kind.element(), file_name(file))
        element_id = element_id or element.name.rpartition("/")[2]
        if not element_id:
            raise click.UsageError(f"give --id, or a `name` in {file_name(file)}")
        request = kind.request(
            "Create",
            parent=f"ontologies/{ontology}",
            request_id=secrets.token_hex(16),
            **{f"{kind.field}_id": element_id, kind.field: element},
            **commit,
        )
        _print_element(session, kind, session.unary(kind.method(session, "Create"), request))


def _add_update(group: click.Group, kind: Kind) -> None:
    @group.command(
        name="update",
        help=f"Changes one {kind.title} to what a JSON FILE says: the fields it sets, or those of "
        "--mask. An `etag` in the file has to be the current one.",
    )
    @click.argument("element_id", type=ID, metavar="ID")
    @_FILE
    @click.option("--mask", default="", help="Fields to change, such as labels,parents; * for all.")
    @ontology_option
    @commit_options
    @click.pass_obj
    def _(
        session: Session, element_id: str, file: Any, mask: str, ontology: str, **commit: str
    ) -> None:
        element = parse_message(read_json(file), kind.element(), file_name(file))
        element.name = kind.name(ontology, element_id)
        paths = [path.strip() for path in mask.split(",") if path.strip()]
        request = kind.request(
            "Update",
            update_mask=FieldMask(paths=paths) if paths else None,
            request_id=secrets.token_hex(16),
            **{kind.field: element},
            **commit,
        )
        _print_element(session, kind, session.unary(kind.method(session, "Update"), request))


def _add_delete(group: click.Group, kind: Kind) -> None:
    @group.command(name="delete", help=f"Deletes one {kind.title}; earlier revisions keep it.")
    @click.argument("element_id", type=ID, metavar="ID")
    @click.option("--etag", default="", help="Delete it only while it has this etag.")
    @ontology_option
    @commit_options
    @click.pass_obj
    def _(session: Session, element_id: str, etag: str, ontology: str, **commit: str) -> None:
        request = kind.request(
            "Delete",
            name=kind.name(ontology, element_id),
            etag=etag,
            request_id=secrets.token_hex(16),
            **commit,
        )
        answer = session.unary(kind.method(session, "Delete"), request)
        if session.is_json:
            print_json(answer)
        else:
            click.echo(f"deleted {request.name} with commit {answer.commit_id}")


def _all(session: Session, kind: Kind, ontology: str, revision: Revision | None) -> Iterator[Any]:
    request = kind.request(
        "List", parent=f"ontologies/{ontology}", revision=revision, page_size=1000
    )
    for page in session.pages(kind.method(session, "List"), request):
        yield from getattr(page, kind.plural_field)


def _row(element: Any) -> tuple[str, ...]:
    status = LifecycleStatus.Name(element.status).removeprefix("LIFECYCLE_STATUS_").lower()
    return (
        element.name.rpartition("/")[2],
        label(element),
        ", ".join(element.parents),
        "active" if status == "unspecified" else status,
        element.iri,
    )


def _print_element(session: Session, kind: Kind, answer: Any) -> None:
    if session.is_json:
        print_json(answer)
        return
    print_message(getattr(answer, kind.field))
    print_fields([("commit", answer.commit_id)])
