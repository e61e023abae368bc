"""Webhooks: secrets, tries, what was delivered, and what was given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import click
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import webhook_service_pb2 as pb

from oms_cli.commands.resources import RESOURCE_ID, group_of, print_answer
from oms_cli.faults import SERVER_ERROR
from oms_cli.options import Decorated, limit_option
from oms_cli.output import (
    limited,
    moment,
    print_json,
    print_json_array,
    print_message,
    print_table,
)
from oms_cli.positions import START, TIME
from oms_cli.resource_kinds import WEBHOOKS
from oms_cli.revisions import TTL
from oms_cli.session import Session

webhooks = group_of(WEBHOOKS)


@webhooks.command(name="rotate-secret")
@RESOURCE_ID
@click.option("--overlap", type=TTL, help="How long the older secrets sign as well [24h].")
@click.pass_obj
def rotate_secret(session: Session, resource_id: str, overlap: timedelta | None) -> None:
    """Adds a secret, which is shown this once."""
    request = pb.RotateSecretRequest(name=WEBHOOKS.name(resource_id))
    if overlap is not None:
        request.overlap.FromTimedelta(overlap)
    answer = session.unary(WEBHOOKS.stub(session).RotateSecret, request)
    print_answer(session, WEBHOOKS, answer)


@webhooks.command(name="test")
@RESOURCE_ID
@click.pass_context
def test_webhook(ctx: click.Context, resource_id: str) -> None:
    """Delivers a test event, once; exits with 1 when the endpoint does not take it."""
    session = ctx.ensure_object(Session)
    request = pb.TestWebhookRequest(name=WEBHOOKS.name(resource_id))
    attempt = session.unary(WEBHOOKS.stub(session).TestWebhook, request).attempt
    (print_json if session.is_json else print_message)(attempt)
    if attempt.outcome != pb.ATTEMPT_OUTCOME_DELIVERED:
        ctx.exit(SERVER_ERROR)


@webhooks.command()
@RESOURCE_ID
@click.option("--delivery", default="", metavar="ID", help="Only attempts of this delivery.")
@click.option("--failed", is_flag=True, help="Only attempts that failed.")
@limit_option(20)
@click.pass_obj
def attempts(
    session: Session, *, resource_id: str, delivery: str, failed: bool, limit: int
) -> None:
    """Lists attempts to deliver, newest first."""
    request = pb.ListAttemptsRequest(
        parent=WEBHOOKS.name(resource_id), delivery_id=delivery, page_size=100
    )
    found = limited(_attempts(session, request, is_failed=failed), limit)
    if session.is_json:
        print_json_array(found)
        return
    print_table(
        ["TIME", "OUTCOME", "STATUS", "TRY", "MS", "TYPE", "DELIVERY", "ERROR"],
        (_attempt_row(each) for each in found),
    )


@webhooks.command()
@RESOURCE_ID
@click.option("--period", type=TTL, help="Up to now [24h].")
@click.pass_obj
def statistics(session: Session, resource_id: str, period: timedelta | None) -> None:
    """Counts attempts, and how long they took."""
    request = pb.GetWebhookStatisticsRequest(name=WEBHOOKS.name(resource_id))
    if period is not None:
        request.period.FromTimedelta(period)
    answer = session.unary(WEBHOOKS.stub(session).GetWebhookStatistics, request)
    (print_json if session.is_json else print_message)(answer)


@webhooks.command()
@RESOURCE_ID
@click.argument("position", type=START)
@click.option("--to", "end", type=click.IntRange(min=1), help="Up to this sequence [the last].")
@click.option("--max", "most", type=click.IntRange(min=1), help="Most events.")
@click.pass_obj
def replay(
    session: Session,
    *,
    resource_id: str,
    position: event_pb.StartPosition,
    end: int | None,
    most: int | None,
) -> None:
    """Delivers events of the stream again, from a POSITION on: `beginning`, a sequence, a time, or
    a commit.
    """
    request = pb.ReplayEventsRequest(
        name=WEBHOOKS.name(resource_id),
        start=position,
        end_sequence=end or 0,
        max_events=most or 0,
    )
    answer = session.unary(WEBHOOKS.stub(session).ReplayEvents, request)
    if session.is_json:
        print_json(answer)
    else:
        click.echo(f"{answer.replayed_count} events queued, up to {answer.last_sequence}")


@webhooks.command(name="dead-letters")
@RESOURCE_ID
@limit_option()
@click.pass_obj
def dead_letters(session: Session, resource_id: str, limit: int) -> None:
    """Lists the events that were given up."""
    found = limited(_letters(session, WEBHOOKS.name(resource_id)), limit)
    if session.is_json:
        print_json_array(found)
        return
    print_table(
        ["ID", "TIME", "TYPE", "EVENT", "TRIES", "STATUS", "ERROR"],
        (_letter_row(each) for each in found),
    )


def _range_options(command: Decorated) -> Decorated:
    for decorate in (
        click.option("--until", type=TIME, help="Only those given up before this time."),
        click.option("--since", type=TIME, help="Only those given up at this time or later."),
        click.argument("letter_ids", nargs=-1, metavar="[LETTER]..."),
    ):
        command = decorate(command)
    return command


@webhooks.command(name="replay-dead-letters")
@RESOURCE_ID
@_range_options
@click.pass_obj
def replay_dead_letters(
    session: Session,
    *,
    resource_id: str,
    letter_ids: tuple[str, ...],
    since: Timestamp | None,
    until: Timestamp | None,
) -> None:
    """Queues dead letters again: those that are named, or all in a range of time."""
    parent = WEBHOOKS.name(resource_id)
    request = pb.ReplayDeadLettersRequest(
        parent=parent, range=_range(parent, letter_ids, since, until)
    )
    answer = session.unary(WEBHOOKS.stub(session).ReplayDeadLetters, request)
    if session.is_json:
        print_json(answer)
    else:
        click.echo(f"{answer.replayed_count} queued again")


@webhooks.command(name="delete-dead-letters")
@RESOURCE_ID
@_range_options
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete_dead_letters(
    session: Session,
    *,
    resource_id: str,
    letter_ids: tuple[str, ...],
    since: Timestamp | None,
    until: Timestamp | None,
    yes: bool,
) -> None:
    """Deletes dead letters, for good: those that are named, or all in a range of time."""
    if not yes:
        click.confirm(f"Delete dead letters of {resource_id}, for good?", abort=True)
    parent = WEBHOOKS.name(resource_id)
    request = pb.DeleteDeadLettersRequest(
        parent=parent, range=_range(parent, letter_ids, since, until)
    )
    answer = session.unary(WEBHOOKS.stub(session).DeleteDeadLetters, request)
    if session.is_json:
        print_json(answer)
    else:
        click.echo(f"{answer.deleted_count} deleted")


def _range(
    parent: str, letter_ids: tuple[str, ...], since: Timestamp | None, until: Timestamp | None
) -> pb.DeadLetterRange:
    names = [each if "/" in each else f"{parent}/deadLetters/{each}" for each in letter_ids]
    return pb.DeadLetterRange(names=names, start_time=since, end_time=until)


def _attempts(
    session: Session, request: pb.ListAttemptsRequest, *, is_failed: bool
) -> Iterator[pb.Attempt]:
    for page in session.pages(WEBHOOKS.stub(session).ListAttempts, request):
        for each in page.attempts:
            if not is_failed or each.outcome != pb.ATTEMPT_OUTCOME_DELIVERED:
                yield each


def _letters(session: Session, parent: str) -> Iterator[pb.DeadLetter]:
    request = pb.ListDeadLettersRequest(parent=parent, page_size=100)
    for page in session.pages(WEBHOOKS.stub(session).ListDeadLetters, request):
        yield from page.dead_letters


def _attempt_row(attempt: Any) -> tuple[str, ...]:
    latency: Duration = attempt.latency
    return (
        moment(attempt.attempt_time),
        pb.AttemptOutcome.Name(attempt.outcome).removeprefix("ATTEMPT_OUTCOME_").lower(),
        str(attempt.http_status or ""),
        str(attempt.attempt_number),
        f"{latency.ToMicroseconds() / 1000:.1f}",
        attempt.event_type,
        attempt.delivery_id,
        attempt.error,
    )


def _letter_row(letter: Any) -> tuple[str, ...]:
    return (
        letter.name.rpartition("/")[2],
        moment(letter.dead_time),
        letter.event_type,
        letter.event_name,
        str(letter.attempt_count),
        str(letter.last_http_status or ""),
        letter.last_error,
    )
