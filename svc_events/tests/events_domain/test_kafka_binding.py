"""Events as messages of Kafka, after the Kafka Protocol Binding for CloudEvents 1.0.2."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from svc_events.domain.events import CloudEvent, EventData
from svc_events.domain.events.timestamp import Timestamp
from svc_events.domain.kafka_binding import KafkaMode, to_kafka, without_data


def event(**more) -> CloudEvent:
    members = {"id": "1", "source": "/shop", "type": "com.acme.sold", **more}
    return CloudEvent(**members)


def test_attributes_are_headers_and_the_data_is_the_value():
    message = to_kafka(
        event(
            subject="Größe 1",
            time=Timestamp.of(datetime(2026, 1, 2, 3, 4, 5, 500000, tzinfo=UTC)),
            datacontenttype="application/json",
            extensions={"count": 7, "isnew": True},
            data=EventData.text('{"n":1.0}'),
        ),
        KafkaMode.BINARY,
    )
    assert dict(message.headers) == {
        "ce_id": b"1",
        "ce_source": b"/shop",
        "ce_type": b"com.acme.sold",
        "ce_specversion": b"1.0",
        # As UTF-8, and not percent-encoded as in HTTP.
        "ce_subject": "Größe 1".encode(),
        "ce_time": b"2026-01-02T03:04:05.5Z",
        "ce_count": b"7",
        "ce_isnew": b"true",
        "content-type": b"application/json",
    }
    assert message.value == b'{"n":1.0}'


def test_the_whole_event_is_the_value_in_structured_mode():
    found = to_kafka(event(data=EventData.text('{"n":1.0}')), KafkaMode.STRUCTURED)
    assert found.headers == (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
    assert json.loads(found.value) == {
        "id": "1",
        "source": "/shop",
        "type": "com.acme.sold",
        "specversion": "1.0",
        "data": {"n": 1.0},
    }


@pytest.mark.parametrize("mode", list(KafkaMode))
@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({}, b"/shop"),
        ({"subject": "s"}, b"s"),
        ({"subject": "s", "extensions": {"partitionkey": "k"}}, b"k"),
    ],
)
def test_the_key_is_what_events_are_ordered_by(mode, more, key):
    assert to_kafka(event(**more), mode).key == key


@pytest.mark.parametrize(
    ("data", "value", "content_type"),
    [
        (None, b"", None),
        (EventData(b"\x00\xff"), b"\x00\xff", None),
        (EventData.text("{}"), b"{}", b"application/json"),
    ],
)
def test_data_without_a_content_type(data, value, content_type):
    message = to_kafka(event(data=data), KafkaMode.BINARY)
    assert message.value == value
    assert dict(message.headers).get("content-type") == content_type


def test_an_event_that_is_too_long_names_its_data():
    original = event(data=EventData.text('"x"'), extensions={"partitionkey": "k"})
    without = without_data(original, "https://oms/v1/streams/events/events/1:read")
    message = to_kafka(without, KafkaMode.BINARY)
    headers = dict(message.headers)
    assert headers["ce_dataref"] == b"https://oms/v1/streams/events/events/1:read"
    assert (headers["ce_id"], message.key, message.value) == (b"1", b"k", b"")


def test_what_names_its_data_already_keeps_that_name():
    kept = without_data(event(extensions={"dataref": "https://a/b"}), "https://oms/1")
    assert kept.extensions["dataref"] == "https://a/b"
