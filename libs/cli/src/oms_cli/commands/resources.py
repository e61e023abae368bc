"""Streams, webhooks, jobs and the like: the same commands for each kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final

import click
from google.protobuf.field_mask_pb2 import FieldMask

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
from oms_cli.resource_kinds import ResourceKind
from oms_cli.revisions import ID
from oms_cli.session import Session
from oms_cli.text import file_name

RESOURCE_ID = click.argument("resource_id", type=ID, metavar="ID")


def group_of(kind: ResourceKind, *, own: Collection[str] = ()) -> click.Group:
    """The command group of a kind, such as `oms streams`.

    Args:
        own: Commands, such as `list`, that the kind brings itself, since it has more options.
    """

    @click.group(name=kind.command, cls=OmsGroup, help=f"Lists, reads and changes {kind.title}s.")
    def group() -> None:
        pass

    for name, add in _COMMANDS.items():
        if name not in own:
            add(group, kind)
    return group


def print_answer(session: Session, kind: ResourceKind, answer: Any) -> None:
    """Prints the resource that a call answered, and the secret of one that has a new one."""
    if session.is_json:
        print_json(answer)
        return
    print_message(getattr(answer, kind.field))
    print_fields([("secret", getattr(answer, "secret", ""))])


def print_page(session: Session, kind: ResourceKind, found: Iterable[Any]) -> None:
    """Prints resources as they come."""
    if session.is_json:
        print_json_array(found)
        return
    rows = ((each.name.rpartition("/")[2], *kind.row(each)) for each in found)
    print_table(["ID", *kind.columns], rows)


def read_resource(kind: ResourceKind, file: Any) -> Any:
    """Reads a resource's settings; those of an empty one without a file."""
    if file is None:
        return kind.resource()
    return parse_message(read_json(file), kind.resource(), file_name(file))


def _add_list(group: click.Group, kind: ResourceKind) -> None:
    @group.command(name="list", help=f"Lists {kind.title}s, ordered by id.")
    @limit_option()
    @click.pass_obj
    def _(session: Session, limit: int) -> None:
        print_page(session, kind, limited(_all(session, kind), limit))


def _add_get(group: click.Group, kind: ResourceKind) -> None:
    @group.command(name="get", help=f"Shows one {kind.title}.")
    @RESOURCE_ID
    @click.pass_obj
    def _(session: Session, resource_id: str) -> None:
        request = kind.request("Get", name=kind.name(resource_id))
        found = getattr(session.unary(kind.method(session, "Get"), request), kind.field)
        (print_json if session.is_json else print_message)(found)


def _add_create(group: click.Group, kind: ResourceKind) -> None:
    @group.command(
        name="create",
        help=f"Creates one {kind.title}. A secret in the answer is shown this once.",
    )
    @RESOURCE_ID
    @click.option("--file", "-f", type=click.File("rb"), help="Its settings as JSON; - for stdin.")
    @click.pass_obj
    def _(session: Session, resource_id: str, file: Any) -> None:
        request = kind.request(
            "Create", **{f"{kind.field}_id": resource_id, kind.field: read_resource(kind, file)}
        )
        print_answer(session, kind, session.unary(kind.method(session, "Create"), request))


def _add_update(group: click.Group, kind: ResourceKind) -> None:
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
        resource = read_resource(kind, file)
        resource.name = kind.name(resource_id)
        paths = [path.strip() for path in mask.split(",") if path.strip()]
        request = kind.request(
            "Update",
            update_mask=FieldMask(paths=paths) if paths else None,
            **{kind.field: resource},
        )
        print_answer(session, kind, session.unary(kind.method(session, "Update"), request))


def _add_delete(group: click.Group, kind: ResourceKind) -> None:
    @group.command(name="delete", help=f"Deletes one {kind.title}.")
    @RESOURCE_ID
    @click.option("--etag", default="", help="Delete it only while it has this etag.")
    @click.pass_obj
    def _(session: Session, resource_id: str, etag: str) -> None:
        request = kind.request("Delete", name=kind.name(resource_id), etag=etag)
        session.unary(kind.method(session, "Delete"), request)
        click.echo(f"deleted {request.name}", err=session.is_json)


def _all(session: Session, kind: ResourceKind) -> Iterator[Any]:
    for page in session.pages(kind.method(session, "List"), kind.request("List", page_size=1000)):
        yield from getattr(page, f"{kind.field}s")


_COMMANDS: Final[dict[str, Callable[[click.Group, ResourceKind], None]]] = {
    "list": _add_list,
    "get": _add_get,
    "create": _add_create,
    "update": _add_update,
    "delete": _add_delete,
}
