"""Objects: instances of an ontology's object types."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from typing import IO, Any, Final

import click
from oms.common.v1.revision_pb2 import Revision
from oms.object.v1 import filter_pb2, object_pb2
from oms.object.v1 import link_service_pb2 as link_pb
from oms.object.v1 import migration_service_pb2 as migration_pb
from oms.object.v1 import object_service_pb2 as pb
from oms.object.v1.link_service_pb2_grpc import LinkServiceStub
from oms.object.v1.migration_service_pb2_grpc import MigrationServiceStub
from oms.object.v1.object_service_pb2_grpc import ObjectServiceStub

from oms_cli.commands.object_loading import load
from oms_cli.object_values import (
    RefType,
    WhereType,
    plain_object,
    read_plain,
    ref_of,
    to_plain,
    to_value,
)
from oms_cli.options import OmsGroup, commit_options, limit_option, ontology_option
from oms_cli.output import limited, parse_message, print_json, print_table, read_json
from oms_cli.revisions import ID, REVISION
from oms_cli.session import Session
from oms_cli.text import file_name

_MOST_SHOWN: Final = 6
_REF = RefType()
_REVISION = click.option("--revision", "-r", type=REVISION, help="As of when [main].")
_WHERE = click.option(
    "--where",
    "conditions",
    type=WhereType(),
    multiple=True,
    help="Such as population>1000000, iata=ICN or name~^New; all have to hold.",
)
_FILTER = click.option(
    "--filter", "filter_file", type=click.File("rb"), help="A filter as JSON; - for stdin."
)


@click.group(cls=OmsGroup)
def objects() -> None:
    """Reads, searches, loads, links and changes objects, named Type/id."""


@objects.command()
@click.argument("refs", type=_REF, metavar="OBJECT...", nargs=-1, required=True)
@ontology_option
@_REVISION
@click.pass_obj
def get(session: Session, refs: Sequence[str], ontology: str, revision: Revision | None) -> None:
    """Prints objects as JSON lines."""
    request = pb.BatchGetObjectsRequest(
        parent=f"ontologies/{ontology}",
        names=[_name(ontology, ref) for ref in refs],
        revision=revision,
    )
    _print_lines(session.unary(ObjectServiceStub(session.channel).BatchGetObjects, request).objects)


@objects.command()
@click.argument("type_id", type=ID, metavar="TYPE")
@ontology_option
@_REVISION
@_WHERE
@_FILTER
@click.option("--words", default="", help="Words that occur in the object's texts.")
@click.option(
    "--order-by", "orders", multiple=True, metavar="PROPERTY", help="-PROPERTY for descending."
)
@click.option("--property", "properties", multiple=True, help="Show this property only.")
@click.option("--interface", is_flag=True, help="TYPE is an interface.")
@limit_option()
@click.pass_obj
def search(
    session: Session,
    *,
    type_id: str,
    ontology: str,
    revision: Revision | None,
    conditions: Sequence[filter_pb2.Filter],
    filter_file: IO[bytes] | None,
    words: str,
    orders: Sequence[str],
    properties: Sequence[str],
    interface: bool,
    limit: int,
) -> None:
    """Finds objects of a type and of its descendants; all of them if nothing else is said."""
    request = pb.SearchObjectsRequest(
        parent=_parent(ontology, type_id, interface=interface),
        filter=_filter(conditions, filter_file, words),
        order_by=[
            filter_pb2.Order(property=order.removeprefix("-"), descending=order.startswith("-"))
            for order in orders
        ],
        revision=revision,
        page_size=min(limit or 1000, 1000),
        properties=properties,
    )
    pages = session.pages(ObjectServiceStub(session.channel).SearchObjects, request)
    found = limited((message for page in pages for message in page.objects), limit)
    if session.is_json:
        _print_lines(found)
    else:
        _print_objects(list(found), properties)


@objects.command()
@click.argument("type_id", type=ID, metavar="TYPE")
@ontology_option
@_REVISION
@_WHERE
@_FILTER
@click.option("--by", "group_by", multiple=True, metavar="PROPERTY", help="Group by it.")
@click.option(
    "--figure",
    "figures",
    multiple=True,
    metavar="FUNCTION:PROPERTY",
    help="Such as sum:population; functions are count, count-distinct, sum, average, min, max.",
)
@click.option("--interface", is_flag=True, help="TYPE is an interface.")
@click.pass_obj
def count(
    session: Session,
    *,
    type_id: str,
    ontology: str,
    revision: Revision | None,
    conditions: Sequence[filter_pb2.Filter],
    filter_file: IO[bytes] | None,
    group_by: Sequence[str],
    figures: Sequence[str],
    interface: bool,
) -> None:
    """Counts objects and works out figures about them, in groups."""
    request = pb.AggregateObjectsRequest(
        parent=_parent(ontology, type_id, interface=interface),
        filter=_filter(conditions, filter_file, ""),
        group_by=group_by,
        aggregates=[
            pb.Aggregate(function="AGGREGATE_FUNCTION_COUNT"),
            *map(_aggregate, figures),
        ],
        revision=revision,
    )
    answer = session.unary(ObjectServiceStub(session.channel).AggregateObjects, request)
    if session.is_json:
        print_json(answer)
        return
    print_table(
        [*(name.upper() for name in group_by), "COUNT", *(figure.upper() for figure in figures)],
        [[_cell(entry) for entry in (*group.keys, *group.results)] for group in answer.groups],
    )


@objects.command()
@click.argument("ref", type=_REF, metavar="OBJECT")
@click.option("--file", "-f", type=click.File("rb"), default="-", help="Values as JSON [stdin].")
@click.option("--keep", is_flag=True, help="Keep the values that the file does not name.")
@ontology_option
@commit_options
@click.pass_obj
def put(
    session: Session, *, ref: str, file: IO[bytes], keep: bool, ontology: str, **commit: str
) -> None:
    """Creates an object or replaces its values, {"property": value, …}; null takes one away."""
    try:
        values = read_plain(file.read())
    except ValueError as exc:
        raise click.UsageError(f"{file_name(file)} is no JSON: {exc}") from exc
    if not isinstance(values, dict):
        raise click.UsageError(f"{file_name(file)} holds no JSON object")
    request = pb.UpdateObjectRequest(
        object=object_pb2.Object(
            name=_name(ontology, ref),
            values={key: to_value(value) for key, value in values.items() if value is not None},  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType] - JSON
        ),
        update_properties=sorted(values) if keep else ["*"],  # pyright: ignore[reportUnknownArgumentType] - JSON
        allow_missing=True,
        request_id=secrets.token_hex(16),
        **_given(commit),
    )
    answer = session.unary(ObjectServiceStub(session.channel).UpdateObject, request)
    _print_lines([answer.object])


@objects.command()
@click.argument("ref", type=_REF, metavar="OBJECT")
@click.option("--delete-links", is_flag=True, help="Delete its links with it.")
@ontology_option
@commit_options
@click.pass_obj
def delete(session: Session, *, ref: str, delete_links: bool, ontology: str, **commit: str) -> None:
    """Deletes an object that nothing refers to."""
    request = pb.DeleteObjectRequest(
        name=_name(ontology, ref),
        delete_links=delete_links,
        request_id=secrets.token_hex(16),
        **_given(commit),
    )
    answer = session.unary(ObjectServiceStub(session.channel).DeleteObject, request)
    _print_done(session, answer, f"deleted {ref}")


@objects.command()
@click.argument("file", type=click.File("rb"))
@ontology_option
@commit_options
@click.pass_obj
def apply(session: Session, *, file: Any, ontology: str, **commit: str) -> None:
    """Applies changes of objects and links as one commit; FILE is a list of them as JSON."""
    content = {"changes": read_json(file)}
    request = parse_message(content, pb.ApplyObjectChangesRequest(), file_name(file))
    request.MergeFrom(
        pb.ApplyObjectChangesRequest(
            parent=f"ontologies/{ontology}", request_id=secrets.token_hex(16), **_given(commit)
        )
    )
    answer = session.unary(ObjectServiceStub(session.channel).ApplyObjectChanges, request)
    _print_done(session, answer, f"applied {len(request.changes)} changes")


@objects.command()
@click.argument("file", type=click.File("rb"))
@ontology_option
@commit_options
@click.option("--validate-only", is_flag=True, help="Check everything and change nothing.")
@click.pass_obj
def migrate(
    session: Session, *, file: Any, ontology: str, validate_only: bool, **commit: str
) -> None:
    """Changes types and their objects as one commit; FILE is {"changes": […], "steps": […]}."""
    request = parse_message(read_json(file), migration_pb.MigrateObjectsRequest(), file_name(file))
    request.MergeFrom(
        migration_pb.MigrateObjectsRequest(
            parent=f"ontologies/{ontology}",
            request_id=secrets.token_hex(16),
            validate_only=validate_only,
            **_given(commit),
        )
    )
    answer = session.unary(MigrationServiceStub(session.channel).MigrateObjects, request)
    told = "would migrate" if validate_only else "migrated"
    _print_done(session, answer, f"{told} {answer.migrated_count} objects")


@objects.command()
@click.argument("link_type", type=ID, metavar="LINK_TYPE")
@click.argument("from_ref", type=_REF, metavar="SOURCE")
@click.argument("to_ref", type=_REF, metavar="TARGET")
@click.option("--delete", is_flag=True, help="Take the link away.")
@ontology_option
@commit_options
@click.pass_obj
def link(
    session: Session,
    *,
    link_type: str,
    from_ref: str,
    to_ref: str,
    delete: bool,
    ontology: str,
    **commit: str,
) -> None:
    """Links two objects, or takes the link away."""
    fields: dict[str, Any] = {
        "parent": f"ontologies/{ontology}",
        "link": object_pb2.Link(link_type=link_type, source=from_ref, target=to_ref),
        "request_id": secrets.token_hex(16),
        **_given(commit),
    }
    stub = LinkServiceStub(session.channel)
    if delete:
        answer = session.unary(stub.DeleteLink, link_pb.DeleteLinkRequest(**fields))
    else:
        answer = session.unary(stub.CreateLink, link_pb.CreateLinkRequest(**fields))
    _print_done(session, answer, "unlinked" if delete else "linked")


@objects.command()
@click.argument("link_type", type=ID, metavar="LINK_TYPE")
@click.argument("refs", type=_REF, metavar="OBJECT...", nargs=-1, required=True)
@click.option("--incoming", is_flag=True, help="From target to source.")
@ontology_option
@_REVISION
@click.pass_obj
def follow(
    session: Session,
    *,
    link_type: str,
    refs: Sequence[str],
    incoming: bool,
    ontology: str,
    revision: Revision | None,
) -> None:
    """Follows the links of objects."""
    way = object_pb2.LINK_DIRECTION_INCOMING if incoming else object_pb2.LINK_DIRECTION_OUTGOING
    request = link_pb.TraverseLinksRequest(
        parent=f"ontologies/{ontology}",
        sources=refs,
        steps=[link_pb.LinkStep(link_type=link_type, direction=way)],
        revision=revision,
        max_per_source=1000,
    )
    answer = session.unary(LinkServiceStub(session.channel).TraverseLinks, request)
    if session.is_json:
        print_json(answer)
        return
    rows = [(found.source, target) for found in answer.traversals for target in found.targets]
    print_table(["FROM", "TO"], rows)


objects.add_command(load)


def _parent(ontology: str, type_id: str, *, interface: bool) -> str:
    return f"ontologies/{ontology}/{'interfaces' if interface else 'objectTypes'}/{type_id}"


def _name(ontology: str, ref: str) -> str:
    type_id, object_id = ref.split("/", 1)
    return f"ontologies/{ontology}/objectTypes/{type_id}/objects/{object_id}"


def _filter(
    conditions: Sequence[filter_pb2.Filter], file: IO[bytes] | None, words: str
) -> filter_pb2.Filter | None:
    filters = list(conditions)
    if file is not None:
        filters.append(parse_message(read_json(file), filter_pb2.Filter(), file_name(file)))
    if words:
        filters.append(filter_pb2.Filter(search=words))
    return filter_pb2.Filter(all=filter_pb2.FilterList(filters=filters)) if filters else None


def _aggregate(text: str) -> pb.Aggregate:
    function, _, property_id = text.partition(":")
    name = f"AGGREGATE_FUNCTION_{function.upper().replace('-', '_')}"
    if name not in pb.AggregateFunction.keys() or not property_id:  # noqa: SIM118 - no dictionary
        raise click.UsageError(f"--figure {text!r} is no figure such as sum:population")
    return pb.Aggregate(function=name, property=property_id)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value}


def _cell(entry: pb.GroupValue) -> str:
    return _text(to_plain(entry.value)) if entry.HasField("value") else ""


def _text(plain: Any) -> str:
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _print_lines(messages: Iterable[object_pb2.Object]) -> None:
    for message in messages:
        click.echo(json.dumps(plain_object(message), ensure_ascii=False))


def _print_objects(found: Sequence[object_pb2.Object], properties: Sequence[str]) -> None:
    shown = list(properties)
    for message in found if not properties else ():
        shown += [key for key in sorted(message.values) if key not in shown]
    shown = shown if properties else shown[:_MOST_SHOWN]
    print_table(
        ["OBJECT", *shown],
        [[ref_of(message.name), *(_shown(message, key) for key in shown)] for message in found],
    )


def _shown(message: object_pb2.Object, key: str) -> str:
    return _text(to_plain(message.values[key])) if key in message.values else ""


def _print_done(session: Session, answer: Any, text: str) -> None:
    if session.is_json:
        print_json(answer)
    else:
        click.echo(f"{text} with commit {answer.commit_id}")
