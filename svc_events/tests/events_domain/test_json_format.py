"""Events in JSON, on exact bytes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oms_core.errors import InvalidEvent, ParseError
from svc_events.domain.events import (
    CloudEvent,
    DataKind,
    EventData,
    Timestamp,
    canonical,
    from_json,
    from_json_batch,
    to_json,
    to_json_batch,
)

from .strategies import events, integers, texts

HEAD = b'{"specversion":"1.0","id":"1","source":"/s","type":"t"'


def read(members: bytes) -> CloudEvent:
    return from_json(HEAD + b"," + members + b"}")


def test_members_are_attributes_and_unknown_ones_extensions():
    event = read(
        b'"subject":null,"time":"2018-04-05T17:31:00.10Z","dataschema":"x:y","n":-5,"b":true,"s":"5",'
        b'"unset":null'
    )
    assert event.subject is None
    assert event.time == Timestamp("2018-04-05T17:31:00.10Z")
    assert event.dataschema == "x:y"
    assert dict(event.extensions) == {"n": -5, "b": True, "s": "5"}
    assert event.extensions["b"] is True
    assert event.data is None


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a" : 1.00, "b":12345678901234567890123, "a":1e999}',
        b"[ 1 ,\n2 ]",
        b'"I\'m just a \\u0073tring"',
        b'"\\ud800"',
        b"null",
        b"-0.0",
    ],
)
def test_json_data_keeps_every_byte(raw: bytes):
    event = read(b'"datacontenttype":"application/x+json", "data" : ' + raw + b" ")
    assert event.data == EventData(raw, DataKind.TEXT)
    assert raw in to_json(event)
    assert from_json(to_json(event)) == event


def test_without_a_content_type_data_is_json():
    event = read(b'"data":{"a":1}')
    assert event.datacontenttype is None
    assert event.data == EventData(b'{"a":1}', DataKind.TEXT)


def test_other_text_is_a_string():
    event = read(b'"datacontenttype":"text/xml","data":"<much wow=\\"xml\\"/>\\n"')
    assert event.data == EventData(b'<much wow="xml"/>\n', DataKind.TEXT)
    assert to_json(event).endswith(b'"data":"<much wow=\\"xml\\"/>\\n"}')


def test_text_in_another_character_set_becomes_its_bytes():
    event = read('"datacontenttype":"text/plain; charset=ISO-8859-1","data":"é"'.encode())
    assert event.data == EventData(b"\xe9", DataKind.BINARY)
    assert from_json(to_json(event)) == event


@pytest.mark.parametrize(
    ("content_type", "data", "field"),
    [
        (b"text/plain; charset=idna", b'"a"', "datacontenttype"),
        (b"text/plain; charset=iso-8859-1", '"€"'.encode(), "data"),
        (b"text/plain; charset=us-ascii", '"é"'.encode(), "data"),
        (b"text/plain", b'{"a":1}', "data"),
        (b"text/plain", b"5", "data"),
        (b"text/plain", b'"\\ud800"', "data"),
        (b"text", b'"a"', "datacontenttype"),
    ],
)
def test_data_that_does_not_fit_its_content_type_is_refused(
    content_type: bytes, data: bytes, field: str
):
    with pytest.raises(InvalidEvent) as caught:
        read(b'"datacontenttype":"' + content_type + b'","data":' + data)
    assert [violation.field for violation in caught.value.fields] == [field]


def test_binary_data_is_base64():
    event = read(b'"datacontenttype":"image/png","data_base64":"/wA="')
    assert event.data == EventData(b"\xff\x00", DataKind.BINARY)
    assert to_json(event).endswith(b'"data_base64":"/wA="}')


def test_null_is_no_data_for_a_content_type_that_is_not_json():
    assert read(b'"datacontenttype":"text/plain","data":null').data is None
    assert read(b'"data_base64":null').data is None


@pytest.mark.parametrize(
    ("members", "field"),
    [
        (b'"data_base64":"/wA=","data":1', "data_base64"),
        (b'"data_base64":"?"', "data_base64"),
        (b'"data_base64":5', "data_base64"),
        (b'"n":1.0', "n"),
        (b'"n":1e3', "n"),
        (b'"n":2147483648', "n"),
        (b'"n":[1]', "n"),
        (b'"n":{}', "n"),
        (b'"Upper":"x"', "extensions"),
        (b'"subject":5', "subject"),
        (b'"s":"\\ud800"', "s"),
        (b'"time":"today"', "time"),
        (b'"time":5', "time"),
    ],
)
def test_a_bad_member_is_named(members: bytes, field: str):
    with pytest.raises(InvalidEvent) as caught:
        read(members)
    assert [violation.field for violation in caught.value.fields] == [field]


def test_required_members_are_required():
    with pytest.raises(InvalidEvent) as caught:
        from_json(b"{}")
    assert {each.field for each in caught.value.fields} == {"id", "source", "specversion", "type"}


@pytest.mark.parametrize(
    ("raw", "column"),
    [
        (b"", 1),
        (b"[]", 1),
        (b"5", 1),
        (b'{"a"}', 5),
        (b"{a:1}", 2),
        (b'{"a":1,}', 8),
        (b'{"a":1} x', 9),
        (b'{"a":01}', 7),
        (b'{"a":NaN}', 6),
        (b'{"a":1,"a":2}', 8),
        (b'{"a":"\n"}', 7),
        (b'\xef\xbb\xbf{"a":1}', 1),
        (b'{"a":' + b"[" * 129 + b"]" * 129 + b"}", 6),
        (b'{"a":' + b"[" * 100_000, 6),
    ],
)
def test_what_is_no_json_object_is_told_with_its_place(raw: bytes, column: int):
    with pytest.raises(ParseError) as caught:
        from_json(raw)
    assert caught.value.metadata == {"format": "json", "line": "1", "column": str(column)}


def test_bytes_that_are_not_utf_8_are_refused():
    with pytest.raises(ParseError, match="not UTF-8 at byte 6"):
        from_json(b'{"a":"\xff"}')


def test_data_may_be_128_levels_deep():
    deep = b"[" * 128 + b"]" * 128
    assert read(b'"data":' + deep).data == EventData(deep, DataKind.TEXT)


def test_sizes_are_limited():
    with pytest.raises(InvalidEvent, match="more than 12582912"):
        from_json(b" " * (12 * 1024 * 1024 + 1))
    with pytest.raises(InvalidEvent, match="more than 8388608"):
        read(b'"data":"' + b"x" * 8 * 1024 * 1024 + b'"')
    with pytest.raises(InvalidEvent, match="more than 12582912"):
        from_json_batch(b" " * (12 * 1024 * 1024 + 1))


def test_text_that_is_declared_as_json_and_is_none_travels_as_bytes():
    event = CloudEvent(id="1", source="/s", type="t", data=EventData.text("not json"))
    assert json.loads(to_json(event))["data_base64"] == "bm90IGpzb24="


def test_a_batch_is_an_array_and_may_be_empty():
    assert from_json_batch(b" [ ] ") == []
    one = HEAD + b"}"
    assert [event.id for event in from_json_batch(b"[" + one + b" , " + one + b"]")] == ["1", "1"]


def test_a_bad_event_of_a_batch_is_named_by_its_place():
    bad = b'{"specversion":"1.0","id":"1","source":"a b","type":"t"}'
    with pytest.raises(InvalidEvent) as caught:
        from_json_batch(b"[" + HEAD + b"}," + bad + b"]")
    assert [violation.field for violation in caught.value.fields] == ["events[1].source"]


@pytest.mark.parametrize("raw", [b"{}", b"[1]", b"[{}", b"[{},]", b"[] []"])
def test_what_is_no_batch_is_refused(raw: bytes):
    with pytest.raises((ParseError, InvalidEvent)):
        from_json_batch(raw)


def test_a_batch_has_at_most_1000_events():
    batch = b"[" + b",".join([HEAD + b"}"] * 1000) + b"]"
    assert len(from_json_batch(batch)) == 1000
    with pytest.raises(InvalidEvent, match="more than 1000"):
        from_json_batch(batch[:-1] + b"," + HEAD + b"}]")


@given(events(extensions=st.booleans() | integers | texts))
@settings(deadline=None)
def test_an_event_survives_json(event: CloudEvent):
    again = from_json(to_json(event))
    assert again == event
    assert {name: type(value) for name, value in again.extensions.items()} == {
        name: type(value) for name, value in event.extensions.items()
    }


@given(events())
@settings(deadline=None)
def test_what_is_written_is_json_with_canonical_attributes(event: CloudEvent):
    members = json.loads(to_json(event))
    for name, value in event.attributes.items():
        assert members[name] == (value if isinstance(value, bool | int) else canonical(value))


@given(st.lists(events(extensions=texts), max_size=3))
@settings(deadline=None)
def test_a_batch_survives_json(batch: list[CloudEvent]):
    assert from_json_batch(to_json_batch(batch)) == batch
