from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.identity import Identity
from oms_security import OnBehalfOf, author_string, is_author_authentic, parse_author

NOW = datetime(2025, 7, 5, 12, tzinfo=UTC)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def caller(username="alice.smith", subject="alice123", *, is_service=False, actor="") -> Identity:
    return Identity(subject, username, ("editor",), frozenset(), is_service=is_service, actor=actor)


def test_a_persons_author_string_is_as_documented():
    text = author_string(caller(), NOW)
    assert text == "alice.smith (alice123)|verified|ts:2025-07-05T12:00:00Z"


def test_a_service_account_is_marked():
    text = author_string(caller("backup", "svc-backup", is_service=True), NOW)
    assert text == "backup (svc-backup) [service]|verified|ts:2025-07-05T12:00:00Z"


def test_a_person_stays_the_author_of_what_a_service_carries():
    assert author_string(caller(actor="api"), NOW) == author_string(caller(), NOW)


def test_acting_for_somebody_else_is_marked_with_the_reason():
    text = author_string(
        caller("backup", "svc-backup", is_service=True),
        NOW,
        on_behalf_of=OnBehalfOf("john.doe", "nightly sync"),
    )
    assert text == (
        "backup (svc-backup) [service] [delegated|on_behalf_of:john.doe|reason:nightly sync]"
        "|verified|ts:2025-07-05T12:00:00Z"
    )


def test_times_are_written_in_utc():
    local = NOW.astimezone(timezone(timedelta(hours=9)))
    assert author_string(caller(), local) == author_string(caller(), NOW)


def test_nobody_can_name_themselves_into_another_author():
    text = author_string(caller("root (root)|verified|ts:x"), NOW)
    assert text.count("|") == 2
    assert parse_author(text).username == "root (root)|verified|ts:x"


@given(
    username=NAMES,
    subject=NAMES,
    is_service=st.booleans(),
    on_behalf_of=st.none()
    | st.builds(OnBehalfOf, NAMES, st.text(max_size=30).filter(str.isprintable)),
    moment=st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    secret=st.binary(max_size=8),
)
def test_every_author_string_is_read_back(
    username, subject, is_service, on_behalf_of, moment, secret
):
    identity = caller(username, subject, is_service=is_service)
    text = author_string(identity, moment, on_behalf_of=on_behalf_of, signing_secret=secret)
    assert "\n" not in text
    assert text.isprintable()
    author = parse_author(text)
    assert (author.username, author.subject) == (username, subject)
    assert author.is_service is is_service
    assert author.on_behalf_of == on_behalf_of
    assert author.time == moment.replace(microsecond=0)
    assert bool(author.signature) is bool(secret)
    if secret:
        assert is_author_authentic(text, secret)


def test_a_signature_covers_every_part():
    text = author_string(caller(), NOW, signing_secret=b"k")
    assert is_author_authentic(text, b"k")
    assert not is_author_authentic(text, b"other")
    assert not is_author_authentic(text.replace("alice123", "alice124"), b"k")
    assert not is_author_authentic(text.replace("12:00", "12:01"), b"k")
    assert not is_author_authentic(author_string(caller(), NOW), b"k")
    assert not is_author_authentic(text + "\n", b"k")


@pytest.mark.parametrize("names", [("", "a"), ("a", ""), ("\ud800", "a")])
def test_a_name_that_can_not_be_written_is_refused(names):
    with pytest.raises(ValueError):
        author_string(caller(*names), NOW)


@given(st.text(max_size=60))
def test_other_text_is_no_author(text):
    with pytest.raises(ValueError, match="no author string"):
        parse_author(text)
