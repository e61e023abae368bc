"""Rules of webhooks that need neither a broker nor a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import (
    InvalidField,
    InvalidUpdateMask,
    LimitExceeded,
)
from oms_outbound.backoff import STANDARD_DELAYS_S
from svc_events.adapters.webhooks.limiter import LocalLimiter
from svc_events.domain.events import CloudEvent
from svc_events.domain.webhooks.attempts import Outcome
from svc_events.domain.webhooks.batching import MAX_BATCH_BYTES, batches
from svc_events.domain.webhooks.handshake import agreement
from svc_events.domain.webhooks.model import (
    STANDARD_RETRY_S,
    Scheme,
    Secret,
    Settings,
    Standing,
    State,
    Webhook,
)
from svc_events.domain.webhooks.names import (
    batch_id,
    consumer_name,
    delivery_id,
    ordering_partition,
    queue_subject,
    serial_in,
    token_of,
)
from svc_events.domain.webhooks.outcomes import Verdict, decide, is_failing_too_long
from svc_events.domain.webhooks.rotation import rotated
from svc_events.domain.webhooks.updating import check_mask, standing_after, updated
from svc_events.domain.webhooks.validation import check

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SETTINGS = Settings(url="https://example.com/")
EVENT = CloudEvent(id="1", source="/s", type="t", subject="zone", extensions={"tenant": "acme"})


def webhook(settings: Settings = SETTINGS, **standing) -> Webhook:
    return Webhook(
        id="orders",
        serial=17,
        stream="events",
        scheme=Scheme.HMAC,
        settings=settings,
        standing=Standing(**standing),
        start_sequence=0,
        version=1,
        revision=1,
        created_at=NOW,
        updated_at=NOW,
        created_by="alice",
    )


def test_the_standard_schedule_is_that_of_standard_webhooks():
    assert (0.0, *STANDARD_RETRY_S) == STANDARD_DELAYS_S
    assert SETTINGS.max_attempts == 10
    assert timedelta(seconds=sum(STANDARD_RETRY_S)) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize(
    ("settings", "standing", "state"),
    [
        ({}, {}, State.ENABLED),
        ({"is_disabled": True}, {"suspended_reason": "gone"}, State.DISABLED),
        ({}, {"suspended_reason": "gone"}, State.SUSPENDED),
        ({"require_handshake": True}, {}, State.UNCONFIRMED),
        ({"require_handshake": True}, {"is_confirmed": True}, State.ENABLED),
    ],
)
def test_where_a_webhook_stands(settings, standing, state):
    found = webhook(replace(SETTINGS, **settings), **standing)
    assert found.state is state
    assert bool(found.state_reason) is (state is not State.ENABLED)


def test_switching_it_on_ends_a_suspension_and_another_url_begins_anew():
    failing = webhook(suspended_reason="gone", is_confirmed=True, failing_since=NOW)
    on = standing_after(failing, SETTINGS, ["disabled"])
    assert (on.suspended_reason, on.failing_since, on.is_confirmed) == ("", None, True)
    moved = replace(SETTINGS, url="https://example.org/")
    elsewhere = standing_after(failing, moved, ["url"])
    assert (elsewhere.suspended_reason, elsewhere.is_confirmed) == ("gone", False)


def test_the_lower_of_the_own_and_the_agreed_rate_holds():
    settings = replace(SETTINGS, rate_limit=10, require_handshake=True)
    assert webhook(settings, allowed_per_minute=60).requests_per_second == 1
    assert webhook(settings, allowed_per_minute=6000).requests_per_second == 10
    assert webhook(SETTINGS, allowed_per_minute=60).requests_per_second == 0


@pytest.mark.parametrize(
    ("outcome", "status", "delay", "verdict"),
    [
        (Outcome.DELIVERED, 204, 5.0, Verdict.DONE),
        (Outcome.REFUSED, 500, 5.0, Verdict.AGAIN),
        (Outcome.REFUSED, 500, None, Verdict.DEAD),
        (Outcome.REFUSED, 410, 5.0, Verdict.GONE),
        (Outcome.REFUSED, 410, None, Verdict.GONE),
        (Outcome.TIMED_OUT, 0, None, Verdict.DEAD),
        (Outcome.FORBIDDEN, 0, 0.0, Verdict.AGAIN),
    ],
)
def test_what_becomes_of_a_delivery(outcome, status, delay, verdict):
    assert decide(outcome, status, delay).verdict is verdict


def test_it_is_suspended_once_it_has_failed_for_long_enough():
    assert not is_failing_too_long(None, NOW, 10)
    assert not is_failing_too_long(NOW - timedelta(seconds=9), NOW, 10)
    assert is_failing_too_long(NOW - timedelta(seconds=10), NOW, 10)


def secret(number: int, expires_at: datetime | None = None) -> Secret:
    return Secret(text=f"whsec_{number}", created_at=NOW, expires_at=expires_at)


def test_older_secrets_go_on_for_the_overlap_and_never_longer_than_before():
    soon = NOW + timedelta(minutes=1)
    gone = NOW - timedelta(seconds=1)
    before = [secret(1, gone), secret(2, soon), secret(3)]
    after = rotated(before, secret(4), now=NOW, overlap_s=3600)
    assert [(each.text, each.expires_at) for each in after] == [
        ("whsec_2", soon),
        ("whsec_3", NOW + timedelta(hours=1)),
        ("whsec_4", None),
    ]
    assert rotated(before, secret(4), now=NOW, overlap_s=0) == [secret(4)]


def test_a_sixth_secret_is_refused():
    five = [secret(number) for number in range(5)]
    with pytest.raises(LimitExceeded, match="5 secrets sign already"):
        rotated(five, secret(6), now=NOW, overlap_s=60)


def test_a_secret_prints_without_its_text():
    assert "whsec_" not in repr(secret(1))
    assert "hunter2" not in repr(replace(SETTINGS, headers={"x-key": "hunter2"}))


def test_an_empty_header_keeps_its_value_in_an_update():
    current = replace(SETTINGS, headers={"X-Key": "hunter2", "x-old": "1"})
    wanted = replace(SETTINGS, headers={"x-key": "", "x-new": "2"}, description="other")
    after = updated(current, wanted, ["headers"])
    assert after.headers == {"x-key": "hunter2", "x-new": "2"}
    assert after.description == ""


def test_a_mask_names_each_field_once_and_no_other():
    assert check_mask(["url", "retry.delays", "url"]) == ["url", "retry.delays"]
    with pytest.raises(InvalidUpdateMask, match="'stream' can't be changed"):
        check_mask(["url", "stream"])


def test_all_faults_of_settings_are_told_together():
    wrong = replace(SETTINGS, timeout_s=0, retry_s=(1.0, -1.0), ordering_key="subject")
    with pytest.raises(InvalidField) as failure:
        check(wrong)
    fields = [each.field for each in failure.value.fields]
    assert fields == ["timeout", "retry.delays[1]", "ordering_key"]


@given(st.lists(st.integers(1, 600_000), max_size=60), st.integers(1, 20))
def test_batches_keep_order_and_both_limits(sizes, most):
    found = list(batches(sizes, lambda size: size, most=most))
    assert [size for batch in found for size in batch] == sizes
    assert all(len(batch) <= most for batch in found)
    assert all(sum(batch) <= MAX_BATCH_BYTES for batch in found)


def test_a_delivery_has_one_id_and_a_batch_that_of_its_members():
    token = token_of(webhook())
    one = delivery_id(token, "events", 1, EVENT)
    assert one == delivery_id(token, "events", 1, EVENT)
    assert one != delivery_id(token, "events", 2, EVENT)
    assert one != delivery_id(token, "events", 1, replace(EVENT, id="2"))
    assert batch_id([one]) == one
    assert batch_id([one, "msg_b"]) == batch_id(["msg_b", one]) != one
    # What Standard Webhooks allows in an id.
    assert one.replace("_", "").isalnum()


@given(st.from_regex(r"[a-z][a-z0-9-]{0,62}", fullmatch=True), st.integers(1, 2**62))
def test_names_of_the_queue_tell_webhooks_apart(webhook_id, serial):
    token = token_of(replace(webhook(), id=webhook_id, serial=serial))
    assert serial_in(token) == serial
    assert queue_subject(token, 3) == f"oms.wh.{token}.3"
    # A name of a consumer must not have what separates the tokens of a subject.
    assert "." not in consumer_name(token, 15)
    assert len({consumer_name(token, partition) for partition in (None, *range(16))}) == 17


def test_the_ordering_key_decides_the_partition():
    by_subject = ordering_partition(EVENT, "")
    assert by_subject == ordering_partition(replace(EVENT, id="9"), "")
    keyed = replace(EVENT, extensions={"partitionkey": "zone"}, subject="other")
    assert ordering_partition(keyed, "") == by_subject
    tenant = ordering_partition(replace(EVENT, subject="acme"), "")
    assert ordering_partition(EVENT, "tenant") == tenant
    assert ordering_partition(EVENT, "nothing") == ordering_partition(EVENT, "nowhere")


@pytest.mark.parametrize(
    ("status", "origin", "rate", "given", "per_minute"),
    [
        (200, "oms.example", None, True, None),
        (200, "OMS.example, other.example", "120", True, 120),
        (204, "*", "*", True, None),
        (200, None, None, False, None),
        (200, "other.example", None, False, None),
        (405, "*", None, False, None),
        (200, "*", "many", False, None),
    ],
)
def test_what_an_answer_to_the_handshake_means(status, origin, rate, given, per_minute):
    found = agreement(status, origin, rate, "oms.example")
    assert (found.is_given, found.per_minute) == (given, per_minute)
    assert bool(found.reason) is not given


class StandingClock:
    def __init__(self) -> None:
        self.time = 100.0

    def monotonic(self) -> float:
        return self.time

    def now(self) -> datetime:
        return NOW


async def test_requests_go_at_their_pace_after_a_tenth_of_a_second_at_once():
    clock = StandingClock()
    limiter = LocalLimiter(clock)
    waits = [await limiter.reserve("a", 20) for _ in range(5)]
    assert waits == pytest.approx([0, 0, 0.05, 0.10, 0.15])
    assert await limiter.reserve("b", 20) == 0
    clock.time += 10
    assert await limiter.reserve("a", 20) == 0
