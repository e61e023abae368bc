"""Streams of events, and the rules that copy events between them."""

from __future__ import annotations

from typing import Any

import click
from google.protobuf.json_format import MessageToJson
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import routing_rule_service_pb2 as rule_pb
from oms.event.v1 import stream_service_pb2 as pb
from oms.event.v1.event_service_pb2_grpc import EventServiceStub

from oms_cli.commands.resources import RESOURCE_ID, group_of
from oms_cli.faults import SERVER_ERROR
from oms_cli.output import parse_message, print_json, read_json
from oms_cli.resource_kinds import ROUTING_RULES, STREAMS
from oms_cli.session import Session
from oms_cli.text import clean, file_name

streams = group_of(STREAMS)
routing_rules = group_of(ROUTING_RULES)


@streams.command()
@RESOURCE_ID
@click.option("--before", type=click.IntRange(min=1), help="Only events before this sequence.")
@click.option("--type", "event_type", default="", help="Only this type; it may end in .*")
@click.option("--keep", type=click.IntRange(min=1), help="All but the newest so many.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def purge(
    session: Session,
    *,
    resource_id: str,
    before: int | None,
    event_type: str,
    keep: int | None,
    yes: bool,
) -> None:
    """Removes events from a stream, for good; without options all of them."""
    if not yes:
        click.confirm(f"Remove events from {resource_id}, for good?", abort=True)
    request = pb.PurgeStreamRequest(
        name=STREAMS.name(resource_id),
        before_sequence=before or 0,
        type=event_type,
        keep=keep or 0,
    )
    answer = session.unary(STREAMS.stub(session).PurgeStream, request)
    if session.is_json:
        print_json(answer)
    else:
        click.echo(f"{answer.purged_count} events removed")


@routing_rules.command(name="test")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--event",
    required=True,
    metavar="STREAM/SEQUENCE",
    help="A stored event to try it with, such as events/17.",
)
@click.pass_context
def test_rule(ctx: click.Context, file: Any, event: str) -> None:
    """Tries the rule in a JSON FILE on an event, and prints what it would make of it; exits with
    1 when the rule is not for the event. Nothing is stored.
    """
    session = ctx.ensure_object(Session)
    stream, _, sequence = event.removeprefix("streams/").partition("/")
    name = f"streams/{stream}/events/{sequence.removeprefix('events/')}"
    found = session.unary(
        EventServiceStub(session.channel).GetEvent, event_pb.GetEventRequest(name=name)
    )
    request = rule_pb.TestRoutingRuleRequest(
        routing_rule=parse_message(read_json(file), rule_pb.RoutingRule(), file_name(file)),
        event=found.event.event,
    )
    answer = session.unary(ROUTING_RULES.stub(session).TestRoutingRule, request)
    if session.is_json:
        print_json(answer)
    elif answer.matched:
        click.echo(clean(MessageToJson(answer.event)))
    else:
        click.echo("the rule is not for this event")
    if not answer.matched:
        ctx.exit(SERVER_ERROR)
