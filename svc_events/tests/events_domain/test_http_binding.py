"""Events as HTTP messages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oms_core.errors import InvalidEvent, ParseError
from svc_events.domain.events import (
    CloudEvent,
    ContentMode,
    DataKind,
    EventData,
    canonical,
    content_mode,
    from_http,
    from_http_binary,
    to_http_batched,
    to_http_binary,
    to_http_structured,
    to_json,
)
from svc_events.domain.events.http_binding import decode_header, encode_header

from .strategies import events, texts, words

HEAD = [("ce-specversion", "1.0"), ("CE-Id", "1"), ("ce-source", "/s"), ("ce-type", "t")]


def faults(headers: list[tuple[str, str]], body: bytes = b"") -> list[str]:
    with pytest.raises(InvalidEvent) as caught:
        from_http_binary(headers, body)
    return [violation.field for violation in caught.value.fields]


def test_headers_are_attributes_and_the_body_is_the_data():
    event = from_http_binary(
        [*HEAD, ("ce-ext", "a%20b"), ("Content-Type", "application/json"), ("x-other", "1")],
        b'{"a": 1.0}',
    )
    assert event.extensions == {"ext": "a b"}
    assert event.datacontenttype == "application/json"
    assert event.data == EventData(b'{"a": 1.0}', DataKind.TEXT)


def test_an_event_becomes_headers_in_its_canonical_texts():
    event = CloudEvent(
        id="1", source="/s", type="ü", extensions={"n": -5, "b": False}, data=EventData(b"\0")
    )
    message = to_http_binary(event)
    assert dict(message.headers) == {
        "ce-specversion": "1.0",
        "ce-id": "1",
        "ce-source": "/s",
        "ce-type": "%C3%BC",
        "ce-n": "-5",
        "ce-b": "false",
    }
    assert message.body == b"\0"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (EventData.text("[1]"), "application/json"),
        (EventData.text("plain"), None),
        (EventData(b"[1]"), None),
        (EventData.proto("x/y", b""), "application/protobuf"),
        (None, None),
    ],
)
def test_an_implied_content_type_is_told(data: EventData | None, content_type: str | None):
    headers = dict(to_http_binary(CloudEvent(id="1", source="/s", type="t", data=data)).headers)
    assert headers.get("content-type") == content_type


def test_bytes_that_are_not_the_declared_text_are_binary():
    headers = [*HEAD, ("content-type", "text/plain")]
    assert from_http_binary(headers, b"\xff").data == EventData(b"\xff")
    latin = [*HEAD, ("content-type", "text/plain; charset=iso-8859-1")]
    assert from_http_binary(latin, b"a").data == EventData(b"a")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        (("ce-datacontenttype", "text/plain"), "ce-datacontenttype"),
        (("ce-id", "2"), "ce-id"),
        (("ce-a_b", "2"), "extensions"),
        (("ce-", "2"), "extensions"),
        (("ce-a", "%"), "a"),
        (("ce-a", "%C0%A0"), "a"),
        (("ce-a", "%0A"), "a"),
        (("ce-a", "é"), "a"),
        (("ce-time", "now"), "time"),
        (("ce-subject", "%zz"), "subject"),
        (("content-type", "text"), "datacontenttype"),
    ],
)
def test_a_bad_header_is_named(header: tuple[str, str], field: str):
    assert faults([*HEAD, header]) == [field]


def test_a_message_has_one_content_type():
    assert faults([*HEAD, ("content-type", "a/b"), ("Content-Type", "a/b")]) == ["content-type"]


def test_required_headers_are_required():
    assert set(faults([])) == {"id", "source", "specversion", "type"}


def test_a_body_too_large_is_refused():
    assert faults(HEAD, bytes(8 * 1024 * 1024 + 1)) == ["data"]


def test_the_example_of_the_specification_is_encoded_as_it_says():
    encoded = "Euro%20%E2%82%AC%20%F0%9F%98%80"
    assert encode_header("Euro € 😀") == encoded
    assert decode_header(encoded) == "Euro € 😀"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a ", "a"),
        ('"a b"', "a b"),
        ('"a \\"b\\" \\\\"', 'a "b" \\'),
        ('"%41"', "A"),
        ("%2541", "%41"),
        ("%e2%82%ac", "€"),
        ("%41BC", "ABC"),
        ('"', '"'),
    ],
)
def test_older_and_needless_encodings_are_understood(value: str, text: str):
    assert decode_header(value) == text


@given(texts)
@settings(deadline=None)
def test_a_header_is_printable_ascii_and_survives(text: str):
    encoded = encode_header(text)
    assert all("\x21" <= character <= "\x7e" for character in encoded)
    assert decode_header(encoded) == text


@pytest.mark.parametrize(
    ("content_type", "mode"),
    [
        (None, ContentMode.BINARY),
        ("application/json", ContentMode.BINARY),
        ("Application/CloudEvents+JSON; charset=utf-8", ContentMode.STRUCTURED),
        ("application/cloudevents-batch+json", ContentMode.BATCHED),
    ],
)
def test_the_content_type_tells_the_mode(content_type: str | None, mode: ContentMode):
    assert content_mode(content_type) is mode


@pytest.mark.parametrize(
    "content_type",
    [
        "application/cloudevents+avro",
        "application/cloudevents",
        "application/cloudevents-batch+avro",
        "application/cloudevents+json; charset=latin1",
        "application/cloudevents+json; charset",
    ],
)
def test_an_event_format_other_than_json_in_utf_8_is_refused(content_type: str):
    with pytest.raises(InvalidEvent, match="content-type"):
        from_http([("content-type", content_type)], b"{}")


def test_a_structured_body_has_to_be_json():
    with pytest.raises(ParseError):
        from_http([("content-type", "application/cloudevents+json")], b"")


@given(events())
@settings(deadline=None)
def test_an_event_survives_structured_mode(event: CloudEvent):
    message = to_http_structured(event)
    assert [to_json(each) for each in from_http(message.headers, message.body)] == [to_json(event)]


@given(st.lists(events(extensions=texts), max_size=3))
@settings(deadline=None)
def test_events_survive_batched_mode(batch: list[CloudEvent]):
    message = to_http_batched(batch)
    assert from_http(message.headers, message.body) == batch


@given(events(extensions=words))
@settings(deadline=None)
def test_an_event_survives_binary_mode(event: CloudEvent):
    message = to_http_binary(event)
    (again,) = from_http(message.headers, message.body)
    mine = {name: canonical(value) for name, value in event.attributes.items()}
    its = {name: canonical(value) for name, value in again.attributes.items()}
    # An implied content type is written down.
    assert its == {**its, **mine}
    content = event.data.content if event.data else b""
    assert (again.data.content if again.data else b"") == content
