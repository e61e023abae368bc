"""Subscriptions: what they deliver is pulled and acknowledged here."""

from __future__ import annotations

from datetime import timedelta

import click
from google.protobuf.duration_pb2 import Duration
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import subscription_service_pb2 as pb

from oms_cli.commands.events import stored_line
from oms_cli.commands.resources import RESOURCE_ID, group_of, print_answer
from oms_cli.output import print_json_array
from oms_cli.positions import START
from oms_cli.resource_kinds import SUBSCRIPTIONS
from oms_cli.revisions import TTL
from oms_cli.session import Session

subscriptions = group_of(SUBSCRIPTIONS)
_ACK_IDS = click.argument("ack_ids", nargs=-1, required=True)


@subscriptions.command()
@RESOURCE_ID
@click.option("--max", "most", type=click.IntRange(1, 1000), default=10, help="Most events [10].")
@click.option("--wait", type=TTL, help="How long to wait for the first, up to 60s.")
@click.option("--ack", "is_acked", is_flag=True, help="Acknowledge them once they are printed.")
@click.pass_obj
def pull(
    session: Session, *, resource_id: str, most: int, wait: timedelta | None, is_acked: bool
) -> None:
    """Hands out events, each with the id to acknowledge it by."""
    name = SUBSCRIPTIONS.name(resource_id)
    request = pb.PullRequest(name=name, max_events=most, wait=_duration(wait))
    stub = SUBSCRIPTIONS.stub(session)
    delivered = session.unary(stub.Pull, request).events
    if session.is_json:
        print_json_array(delivered)
    else:
        for each in delivered:
            click.echo(stored_line(each.event) + ("" if is_acked else f"\n  {each.ack_id}"))
    if is_acked and delivered:
        ids = [each.ack_id for each in delivered]
        session.unary(stub.Acknowledge, pb.AcknowledgeRequest(name=name, ack_ids=ids))


@subscriptions.command()
@RESOURCE_ID
@_ACK_IDS
@click.pass_obj
def ack(session: Session, resource_id: str, ack_ids: tuple[str, ...]) -> None:
    """Acknowledges events that were handed out."""
    request = pb.AcknowledgeRequest(name=SUBSCRIPTIONS.name(resource_id), ack_ids=ack_ids)
    session.unary(SUBSCRIPTIONS.stub(session).Acknowledge, request)
    click.echo(f"acknowledged {len(ack_ids)}", err=session.is_json)


@subscriptions.command()
@RESOURCE_ID
@_ACK_IDS
@click.option("--delay", type=TTL, help="They come again after so long.")
@click.option("--final", is_flag=True, help="They never come again.")
@click.pass_obj
def reject(
    session: Session,
    *,
    resource_id: str,
    ack_ids: tuple[str, ...],
    delay: timedelta | None,
    final: bool,
) -> None:
    """Gives events back that were handed out."""
    request = pb.RejectRequest(
        name=SUBSCRIPTIONS.name(resource_id),
        ack_ids=ack_ids,
        delay=_duration(delay),
        final=final,
    )
    session.unary(SUBSCRIPTIONS.stub(session).Reject, request)
    click.echo(f"rejected {len(ack_ids)}", err=session.is_json)


@subscriptions.command()
@RESOURCE_ID
@click.argument("position", type=START)
@click.pass_obj
def seek(session: Session, resource_id: str, position: event_pb.StartPosition) -> None:
    """Goes on at another POSITION: `beginning`, `now`, a sequence, a time such as
    2026-01-31T12:00:00Z, or a commit, whose first event is next.
    """
    request = pb.SeekSubscriptionRequest(name=SUBSCRIPTIONS.name(resource_id), position=position)
    answer = session.unary(SUBSCRIPTIONS.stub(session).SeekSubscription, request)
    print_answer(session, SUBSCRIPTIONS, answer)


def _duration(span: timedelta | None) -> Duration | None:
    if span is None:
        return None
    duration = Duration()
    duration.FromTimedelta(span)
    return duration
