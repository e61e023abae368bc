"""Streams, subscriptions, webhooks and routing rules: the same commands for each kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from google.protobuf.field_mask_pb2 import FieldMask

from oms_cli.event_kinds import EventKind
from oms_cli.options import OmsGroup, limit_option
from oms_cli.output import (
    limited,
    parse_message,
    print_fields,
    print_json,
    print_json_array,
    print_message,
    print_table,
    read_json,
)
from oms_cli.revisions import ID
from oms_cli.session import Session
from oms_cli.text import file_name

RESOURCE_ID = click.argument("resource_id", type=ID, metavar="ID")


def group_of(kind: EventKind) -> click.Group:
    """The command group of a kind, such as `oms streams`."""

    @click.group(name=kind.command, cls=OmsGroup, help=f"Lists, reads and changes {kind.title}s.")
    def group() -> None:
        pass

    for add in (_add_list, _add_get, _add_create, _add_update, _add_delete):
        add(group, kind)
    return group


def print_answer(session: Session, kind: EventKind, answer: Any) -> None:
    """Prints the resource that a call answered, and the secret of one that has a new one."""
    if session.is_json:
        print_json(answer)
        return
    print_message(getattr(answer, kind.field))
    print_fields([("secret", getattr(answer, "secret", ""))])


def _add_list(group: click.Group, kind: EventKind) -> None:
    @group.command(name="list", help=f"Lists {kind.title}s, ordered by id.")
    @limit_option()
    @click.pass_obj
    def _(session: Session, limit: int) -> None:
        found = limited(_all(session, kind), limit)
        if session.is_json:
            print_json_array(found)
            return
        rows = ((each.name.rpartition("/")[2], *kind.row(each)) for each in found)
        print_table(["ID", *kind.columns], rows)


def _add_get(group: click.Group, kind: EventKind) -> None:
    @group.command(name="get", help=f"Shows one {kind.title}.")
    @RESOURCE_ID
    @click.pass_obj
    def _(session: Session, resource_id: str) -> None:
        request = kind.request("Get", name=kind.name(resource_id))
        found = getattr(session.unary(kind.method(session, "Get"), request), kind.field)
        (print_json if session.is_json else print_message)(found)


def _add_create(group: click.Group, kind: EventKind) -> None:
    @group.command(
        name="create",
        help=f"Creates one {kind.title}. A secret in the answer is shown this once.",
    )
    @RESOURCE_ID
    @click.option("--file", "-f", type=click.File("rb"), help="Its settings as JSON; - for stdin.")
    @click.pass_obj
    def _(session: Session, resource_id: str, file: Any) -> None:
        request = kind.request(
            "Create", **{f"{kind.field}_id": resource_id, kind.field: _read(kind, file)}
        )
        print_answer(session, kind, session.unary(kind.method(session, "Create"), request))


def _add_update(group: click.Group, kind: EventKind) -> None:
    @group.command(
        name="update",
        help=f"Changes one {kind.title} to what a JSON FILE says: the fields it sets, or those of "
        "--mask. An `etag` in the file has to be the current one.",
    )
    @RESOURCE_ID
    @click.argument("file", type=click.File("rb"), default="-")
    @click.option("--mask", default="", help="Fields to change, such as url,disabled; * for all.")
    @click.pass_obj
    def _(session: Session, resource_id: str, file: Any, mask: str) -> None:
        resource = _read(kind, file)
        resource.name = kind.name(resource_id)
        paths = [path.strip() for path in mask.split(",") if path.strip()]
        request = kind.request(
            "Update",
            update_mask=FieldMask(paths=paths) if paths else None,
            **{kind.field: resource},
        )
        print_answer(session, kind, session.unary(kind.method(session, "Update"), request))


def _add_delete(group: click.Group, kind: EventKind) -> None:
    @group.command(name="delete", help=f"Deletes one {kind.title}.")
    @RESOURCE_ID
    @click.option("--etag", default="", help="Delete it only while it has this etag.")
    @click.pass_obj
    def _(session: Session, resource_id: str, etag: str) -> None:
        request = kind.request("Delete", name=kind.name(resource_id), etag=etag)
        session.unary(kind.method(session, "Delete"), request)
        click.echo(f"deleted {request.name}", err=session.is_json)


def _read(kind: EventKind, file: Any) -> Any:
    if file is None:
        return kind.resource()
    return parse_message(read_json(file), kind.resource(), file_name(file))


def _all(session: Session, kind: EventKind) -> Iterator[Any]:
    for page in session.pages(kind.method(session, "List"), kind.request("List", page_size=1000)):
        yield from getattr(page, f"{kind.field}s")
