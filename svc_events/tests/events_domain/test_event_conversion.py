"""Events in the Protobuf event format; the fast check agrees with the exact one."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from google.protobuf.timestamp_pb2 import Timestamp as PbTimestamp
from hypothesis import given
from hypothesis import strategies as st
from io_cloudevents.v1 import cloudevents_pb2 as pb
from oms_core.errors import InvalidEvent
from svc_events.adapters.jetstream import accepting
from svc_events.adapters.jetstream.accepting import accept, accept_event
from svc_events.adapters.jetstream.outgoing import message_id_of, outgoing
from svc_events.convert import event_from_pb, event_to_pb
from svc_events.domain.events import CloudEvent, DataKind, EventData, Timestamp, Uri, UriReference

from .strategies import events

Value = pb.CloudEvent.CloudEventAttributeValue


def message(**changes) -> pb.CloudEvent:
    plain = {"id": "1", "source": "/s", "spec_version": "1.0", "type": "com.acme.made"}
    return pb.CloudEvent(**{**plain, **changes})


def faults(**changes) -> list[str]:
    with pytest.raises(InvalidEvent) as caught:
        accept(message(**changes), stream_id="events")
    return [f"{each.field}: {each.description}" for each in caught.value.fields]


@given(events())
def test_an_event_survives_the_way_there_and_back(event: CloudEvent):
    written = event_to_pb(event).SerializeToString()
    assert event_from_pb(pb.CloudEvent.FromString(written)) == event


@given(events())
def test_what_is_stored_is_what_was_sent(event: CloudEvent):
    sent = event_to_pb(event)
    if event.type.startswith("oms."):
        return
    stored = accept(sent, stream_id="events")
    assert pb.CloudEvent.FromString(stored.payload) == sent
    assert stored[:2] == accept_event(event, stream_id="events")[:2]


_odd = st.sampled_from(
    ["", "a", "\x00", "é", "x" * 5000, "1.0", "oms.a", "a b", "%zz", "/p", "u:x"]
)
_kinds = ("ce_string", "ce_uri", "ce_uri_ref")
_odd_values = st.one_of(
    st.builds(lambda kind, text: Value(**{kind: text}), st.sampled_from(_kinds), _odd),
    st.builds(
        lambda s, n: Value(ce_timestamp=PbTimestamp(seconds=s, nanos=n)),
        st.sampled_from([0, -62_135_596_801, 253_402_300_800, -1]),
        st.sampled_from([0, -1, 10**9, 5]),
    ),
    st.builds(lambda size: Value(ce_bytes=bytes(size)), st.sampled_from([0, 3072, 3073])),
    st.just(Value(ce_integer=-(2**31))),
    st.just(Value(ce_boolean=True)),
    st.just(Value()),
)
_names = st.sampled_from(
    [
        "time",
        "subject",
        "datacontenttype",
        "dataschema",
        "partitionkey",
        "id",
        "data",
        "A",
        "ext",
        "",
    ]
)


@given(_odd, _odd, _odd, _odd, st.dictionaries(_names, _odd_values, max_size=3), st.booleans())
def test_the_fast_check_passes_nothing_that_the_exact_one_refuses(
    event_id, source, version, event_type, attributes, is_plain
):
    sent = pb.CloudEvent(
        id="1" if is_plain else event_id,
        source="/s" if is_plain else source,
        spec_version="1.0" if is_plain else version,
        type="t" if is_plain else event_type,
    )
    for name, value in attributes.items():
        sent.attributes[name].CopyFrom(value)
    with patch.object(accepting, "_accept_carefully", side_effect=LookupError):
        try:
            accepted = accept(sent, stream_id="events")
        except LookupError:
            return
    event = event_from_pb(sent)
    assert event_to_pb(event) == sent
    assert accepted.subject == outgoing(event, origin="pub").subject


def test_every_attribute_type_keeps_its_value_and_its_type():
    values = {
        "boolean": True,
        "integer": -(2**31),
        "string": "é ",
        "binary": b"\x00\xff",
        "uri": Uri("https://a/b"),
        "reference": UriReference("/a"),
        "moment": Timestamp("2018-04-05T17:31:00.000000001Z"),
    }
    event = CloudEvent(id="1", source="/s", type="t", extensions=values)
    back = event_from_pb(event_to_pb(event))
    assert dict(back.extensions) == values
    kinds = {name: type(value) for name, value in back.extensions.items()}
    assert kinds == {name: type(value) for name, value in values.items()}


@pytest.mark.parametrize(
    "data",
    [
        None,
        EventData(b""),
        EventData(b"\x00\xff"),
        EventData.text('{"a": 1.0}'),
        EventData(b"\x08\x01", DataKind.PROTO, "type.googleapis.com/a.B"),
    ],
)
def test_every_kind_of_data_stays_what_it_is(data: EventData | None):
    event = CloudEvent(id="1", source="/s", type="t", data=data)
    assert event_from_pb(event_to_pb(event)).data == data


def test_a_moment_with_an_offset_is_the_same_moment_in_utc():
    event = CloudEvent(id="1", source="/s", type="t", time=Timestamp("2018-04-05T19:31:00.5+02:00"))
    assert event_from_pb(event_to_pb(event)).time == Timestamp("2018-04-05T17:31:00.5Z")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": ""}, "id: is missing"),
        ({"source": ""}, "source: is missing"),
        ({"source": "a b"}, "source: 'a b' is no URI reference (RFC 3986)"),
        ({"spec_version": "0.3"}, "specversion: '0.3' is not 1.0"),
        ({"type": ""}, "type: is missing"),
        ({"type": "oms.made"}, "type: 'oms.made' begins with 'oms.', kept for OMS itself"),
        ({"type": "t" * 257}, "type: has 257 characters, more than 256"),
        ({"id": "a\nb"}, "id: 'a\\nb' holds the forbidden character U+000A at 1"),
        ({"attributes": {"id": Value(ce_string="2")}}, None),
        ({"attributes": {"Big": Value(ce_string="2")}}, None),
        ({"attributes": {"ext": Value()}}, "ext: has no value"),
        ({"attributes": {"subject": Value(ce_string="")}}, "subject: '' is empty"),
        ({"attributes": {"subject": Value(ce_integer=1)}}, "subject: 1 is no text"),
        ({"attributes": {"dataschema": Value(ce_uri="a")}}, None),
        ({"attributes": {"datacontenttype": Value(ce_string="json")}}, None),
        (
            {"attributes": {"time": Value(ce_timestamp=PbTimestamp(nanos=-1))}},
            "time: 0 s and -1 ns are no time of years 1 to 9999",
        ),
        ({"attributes": {f"e{n}": Value(ce_integer=n) for n in range(61)}}, None),
    ],
)  # fmt: skip
def test_a_fault_names_its_attribute_and_value(changes, fault):
    found = faults(**changes)
    assert fault is None or found == [fault]


def test_a_fault_in_a_batch_names_the_event():
    with pytest.raises(InvalidEvent) as caught:
        accept(message(id=""), stream_id="events", index=7)
    assert [each.field for each in caught.value.fields] == ["events[7].id"]
    assert caught.value.metadata == {"attribute": "id", "index": "7"}


def test_an_unusual_but_sound_event_is_stored_in_its_canonical_form():
    sent = message(attributes={"time": Value(ce_string="2018-04-05T17:31:00Z")})
    stored = pb.CloudEvent.FromString(accept(sent, stream_id="events").payload)
    assert stored.attributes["time"].ce_timestamp.seconds == 1_522_949_460


def test_source_and_id_can_not_be_shifted_into_each_other():
    assert message_id_of("/a", "b") != message_id_of("/", "ab")


def test_events_of_a_key_share_a_partition():
    def subject(**changes):
        return accept(message(**changes), stream_id="events").subject

    by_source, by_subject = subject(), subject(attributes={"subject": Value(ce_string="x")})
    both = {"subject": Value(ce_string="x"), "partitionkey": Value(ce_string="/s")}
    assert subject(attributes=both) == by_source != by_subject
