"""Events themselves: published, read, followed; and what types of them there are."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import click
import grpc
from google.api.httpbody_pb2 import HttpBody
from oms.event.v1 import event_service_pb2 as pb
from oms.event.v1 import event_type_service_pb2 as type_pb
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms.event.v1.event_service_pb2_grpc import EventServiceStub
from oms.event.v1.event_type_service_pb2_grpc import EventTypeServiceStub
from oms.event.v1.filter_pb2 import AttributeValues, Filter
from oms.event.v1.subscription_service_pb2_grpc import SubscriptionServiceStub

from oms_cli.options import OmsGroup, limit_option
from oms_cli.output import (
    limited,
    moment,
    print_json,
    print_json_array,
    print_json_line,
    print_message,
    print_table,
    read_json,
)
from oms_cli.positions import START
from oms_cli.revisions import ID
from oms_cli.session import Session
from oms_cli.text import clean, clean_line

_ONE: Final = "application/cloudevents+json"
_BATCH: Final = "application/cloudevents-batch+json"
_STREAM = click.option(
    "--stream", type=ID, default="events", metavar="ID", help="The stream [events]."
)
_TYPE = click.option("--type", "event_type", default="", help="A type, or its beginning and *.")
_SUBJECT = click.option("--subject", default="", help="Only events of this subject.")
_FILTER = click.option("--filter", "sql", default="", help="A CloudEvents SQL expression.")


@click.group(cls=OmsGroup)
def events() -> None:
    """Publishes, reads and follows events."""


@events.command()
@click.argument("file", type=click.File("rb"), required=False)
@_STREAM
@click.option("--type", "event_type", default="", help="Type of an event made here.")
@click.option("--source", default="/oms-cli", show_default=True, help="Its source.")
@click.option("--subject", default="", help="Its subject.")
@click.option("--id", "event_id", default="", help="Its id [a random one].")
@click.option("--data", default="", help="Its data, as JSON.")
@click.pass_obj
def publish(
    session: Session,
    *,
    file: Any,
    stream: str,
    event_type: str,
    source: str,
    subject: str,
    event_id: str,
    data: str,
) -> None:
    """Publishes the event, or the array of events, in a JSON FILE (- for standard input); or one
    that is made of --type and the other options. All of an array are published or none.
    """
    if (file is None) == (not event_type):
        raise click.UsageError("give a FILE or --type, and not both")
    content = read_json(file) if file is not None else _made(event_type, source, event_id, data)
    if subject and file is None:
        content["subject"] = subject
    body = HttpBody(
        content_type=_BATCH if isinstance(content, list) else _ONE,
        data=json.dumps(content, ensure_ascii=False).encode(),
    )
    request = pb.ReceiveEventsRequest(parent=f"streams/{stream}", body=body)
    answer = session.unary(EventServiceStub(session.channel).ReceiveEvents, request)
    if session.is_json:
        print_json_array(answer.publications)
        return
    for each in answer.publications:
        click.echo(f"{each.name}{' (it was there already)' if each.duplicate else ''}")


@events.command(name="list")
@_STREAM
@_TYPE
@_SUBJECT
@click.option("--source", default="", help="Only events of this source.")
@click.option("--id", "event_id", default="", help="Only events with this id.")
@_FILTER
@limit_option(20)
@click.pass_obj
def list_(
    session: Session,
    *,
    stream: str,
    event_type: str,
    subject: str,
    source: str,
    event_id: str,
    sql: str,
    limit: int,
) -> None:
    """Lists events, oldest first."""
    request = pb.ListEventsRequest(
        parent=f"streams/{stream}",
        type=event_type,
        subject=subject,
        source=source,
        event_id=event_id,
        filter=sql,
        page_size=min(limit or 1000, 1000),
    )
    found = limited(_all(session, request), limit)
    if session.is_json:
        print_json_array(found)
        return
    print_table(
        ["SEQUENCE", "PUBLISHED", "TYPE", "SUBJECT", "SOURCE", "ID"],
        (
            (
                str(each.sequence),
                moment(each.publish_time),
                each.event.type,
                _subject(each),
                each.event.source,
                each.event.id,
            )
            for each in found
        ),
    )


@events.command()
@click.argument("sequence", type=ID)
@_STREAM
@click.pass_obj
def get(session: Session, sequence: str, stream: str) -> None:
    """Prints the event at a SEQUENCE of a stream, in CloudEvents' JSON format."""
    request = pb.ReadEventRequest(name=f"streams/{stream}/events/{sequence}")
    answer = session.unary(EventServiceStub(session.channel).ReadEvent, request)
    content = json.loads(answer.body.data)
    click.echo(clean(json.dumps(content, indent=2, ensure_ascii=False)))


@events.command()
@_STREAM
@_TYPE
@_SUBJECT
@_FILTER
@click.option("--from", "start", type=START, help="Where to start; see `subscriptions seek` [now].")
@limit_option()
@click.pass_obj
def tail(
    session: Session,
    *,
    stream: str,
    event_type: str,
    subject: str,
    sql: str,
    start: pb.StartPosition | None,
    limit: int,
) -> None:
    """Prints events as they are published, until interrupted. Nothing is stored or acknowledged.

    With --output json each line is an event with its place.
    """
    selection = pb.Selection(
        stream=f"streams/{stream}", filters=_filters(event_type, subject, sql), start=start
    )
    request = subscription_pb.SubscribeRequest(selection=selection)
    last = 0
    try:
        for each in limited(_followed(session, request), limit):
            (print_json_line if session.is_json else _print_line)(each)
            last = each.sequence
    except (grpc.RpcError, KeyboardInterrupt):
        if last:
            click.echo(f"resume with --from {last + 1}", err=True)
        raise


@events.command()
@click.option("--prefix", default="", help="Only types that begin so.")
@limit_option()
@click.pass_obj
def types(session: Session, prefix: str, limit: int) -> None:
    """Lists the types of events that OMS publishes."""
    found = limited(_types(session, prefix), limit)
    if session.is_json:
        print_json_array(found)
    else:
        print_table(["TYPE", "SUMMARY"], ((each.type, each.summary) for each in found))


@events.command()
@click.argument("event_type", metavar="TYPE", type=ID)
@click.pass_obj
def describe(session: Session, event_type: str) -> None:
    """Shows a TYPE of events that OMS publishes."""
    request = type_pb.GetEventTypeRequest(name=f"eventTypes/{event_type}")
    answer = session.unary(EventTypeServiceStub(session.channel).GetEventType, request)
    (print_json if session.is_json else print_message)(answer.event_type)


@events.command()
@click.argument("event_type", metavar="TYPE", type=ID)
@click.pass_obj
def schema(session: Session, event_type: str) -> None:
    """Prints the JSON Schema of the data of a TYPE."""
    request = type_pb.GetEventSchemaRequest(name=f"eventTypes/{event_type}")
    answer = session.unary(EventTypeServiceStub(session.channel).GetEventSchema, request)
    click.echo(json.dumps(json.loads(answer.body.data), indent=2))


@events.command()
@click.pass_obj
def asyncapi(session: Session) -> None:
    """Prints the catalogue as an AsyncAPI document."""
    stub = EventTypeServiceStub(session.channel)
    answer = session.unary(stub.GetAsyncApi, type_pb.GetAsyncApiRequest())
    click.echo(json.dumps(json.loads(answer.body.data), indent=2))


def stored_line(stored: Any) -> str:
    """An event as one line for people."""
    event = stored.event
    parts = (str(stored.sequence), moment(stored.publish_time), event.type, _subject(stored))
    return clean_line(" ".join(part for part in parts if part))


def _print_line(stored: Any) -> None:
    click.echo(stored_line(stored))
    text = stored.event.text_data
    if text:
        click.echo(f"  {clean(text)}")


def _made(event_type: str, source: str, event_id: str, data: str) -> dict[str, Any]:
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id or secrets.token_hex(16),
        "source": source,
        "type": event_type,
        "time": datetime.now().astimezone().isoformat(),
    }
    if data:
        try:
            event |= {"datacontenttype": "application/json", "data": json.loads(data)}
        except ValueError as exc:
            raise click.UsageError(f"--data is no JSON: {exc}") from exc
    return event


def _subject(stored: Any) -> str:
    attributes = stored.event.attributes
    return attributes["subject"].ce_string if "subject" in attributes else ""


def _filters(event_type: str, subject: str, sql: str) -> list[Filter]:
    found: list[Filter] = []
    if event_type.endswith("*"):
        found.append(Filter(prefix=AttributeValues(values={"type": event_type[:-1]})))
    elif event_type:
        found.append(Filter(exact=AttributeValues(values={"type": event_type})))
    if subject:
        found.append(Filter(exact=AttributeValues(values={"subject": subject})))
    return [*found, Filter(sql=sql)] if sql else found


def _all(session: Session, request: pb.ListEventsRequest) -> Iterator[pb.StoredEvent]:
    for page in session.pages(EventServiceStub(session.channel).ListEvents, request):
        yield from page.events


def _followed(
    session: Session, request: subscription_pb.SubscribeRequest
) -> Iterator[pb.StoredEvent]:
    for answer in session.watch(SubscriptionServiceStub(session.channel).Subscribe, request):
        for delivered in answer.events:
            yield delivered.event


def _types(session: Session, prefix: str) -> Iterator[type_pb.EventType]:
    request = type_pb.ListEventTypesRequest(prefix=prefix, page_size=1000)
    for page in session.pages(EventTypeServiceStub(session.channel).ListEventTypes, request):
        yield from page.event_types
