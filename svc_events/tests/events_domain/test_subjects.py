"""Subjects of events in NATS."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from svc_events.domain import subjects

_TYPES = st.text(min_size=1, max_size=40)


@given(_TYPES)
@settings(deadline=None)
def test_any_type_makes_a_subject_that_a_broker_takes(event_type: str) -> None:
    subject = subjects.event_subject("events", key="k", origin="pub", event_type=event_type)
    assert re.fullmatch(r"oms\.ev\.events\.\d{1,2}\.pub(\.[A-Za-z0-9_=-]+)+", subject)


@given(_TYPES, _TYPES)
@settings(deadline=None)
def test_different_types_have_different_subjects(one: str, other: str) -> None:
    same = subjects.type_tokens(one) == subjects.type_tokens(other)
    assert same == (one == other)


@pytest.mark.parametrize(
    ("event_type", "tokens"),
    [
        ("oms.ontology.object_type.updated.v1", "oms.ontology.object_type.updated.v1"),
        ("a b", "a=20b"),
        ("a..b.", "a.=.b.="),
        ("*.>", "=2A.=3E"),
        ("é", "=C3=A9"),
        ("=", "=3D"),
    ],
)
def test_what_a_subject_cannot_hold_is_written_otherwise(event_type: str, tokens: str) -> None:
    assert subjects.type_tokens(event_type) == tokens


@pytest.mark.parametrize(
    ("event_type", "expected"),
    [
        ("", "oms.ev.events.*.*.>"),
        ("a.b", "oms.ev.events.*.*.a.b"),
        ("a.b.*", "oms.ev.events.*.*.a.b.>"),
        ("a.b*", "oms.ev.events.*.*.a.>"),
        ("a*", "oms.ev.events.*.*.>"),
        ("*", "oms.ev.events.*.*.>"),
    ],
)
def test_a_filter_leaves_open_what_the_broker_cannot_be_told(
    event_type: str, expected: str
) -> None:
    assert subjects.subject_filter("events", event_type=event_type) == expected


def test_the_names_of_streams_lead_back_to_them() -> None:
    assert subjects.stream_id_of(subjects.broker_stream("orders")) == "orders"
    assert subjects.stream_id_of("OMS_DELIVERIES") is None


@given(st.text(max_size=20))
@settings(deadline=None)
def test_a_key_has_one_partition(key: str) -> None:
    assert subjects.partition_of(key) in range(subjects.PARTITIONS)
