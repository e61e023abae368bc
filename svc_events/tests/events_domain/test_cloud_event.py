"""The event itself: what each attribute may be, and what is said when it may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from oms_core.errors import InvalidEvent
from svc_events.domain.events import (
    AttributeType,
    CloudEvent,
    DataKind,
    EventData,
    Timestamp,
    Uri,
    UriReference,
    canonical,
    event_of,
    parse_canonical,
    type_of,
)
from svc_events.domain.events.media_type import parse_media_type
from svc_events.domain.events.uri import is_uri, is_uri_reference

from .strategies import values

EVENT = CloudEvent(id="1", source="/s", type="t")


def fault(**changes: Any) -> tuple[str, str]:
    """The one fault of an event with these changes: attribute and description."""
    with pytest.raises(InvalidEvent) as caught:
        replace(EVENT, **changes)
    (violation,) = caught.value.fields
    return violation.field, violation.description


@pytest.mark.parametrize("name", ["id", "source", "type", "subject", "dataschema"])
def test_an_attribute_of_text_is_not_empty(name: str):
    assert fault(**{name: ""}) == (name, "'' is empty")


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("a\nb", "U+000A", 1),
        ("\x7f", "U+007F", 0),
        ("ab\x9f", "U+009F", 2),
        ("\ud800", "U+D800", 0),
        ("\ufdd0", "U+FDD0", 0),
        ("x\uffff", "U+FFFF", 1),
        ("\U0010fffe", "U+10FFFE", 0),
    ],
)
def test_characters_that_the_specification_forbids_are_named(text: str, code: str, at: int):
    name, description = fault(subject=text)
    assert name == "subject"
    assert description.endswith(f"holds the forbidden character {code} at {at}")


def test_every_other_character_is_allowed():
    text = "\x20~\xa0é\ud7ff\ue000\ufdcf\ufdf0\ufffd\U0001f600\U0010fffd"
    assert replace(EVENT, subject=text).subject == text


def test_only_version_1_0_is_known():
    assert fault(specversion="0.3") == ("specversion", "'0.3' is not 1.0")


@pytest.mark.parametrize("name", ["", "Aa", "a_b", "a-b", "é", "a" * 65])
def test_a_name_is_of_lower_case_letters_and_digits(name: str):
    field, description = fault(extensions={name: "x"})
    assert field == "extensions"
    assert "is no name of [a-z0-9], at most 64" in description


@pytest.mark.parametrize("name", ["id", "time", "data", "specversion"])
def test_an_extension_has_no_name_of_cloud_events(name: str):
    assert fault(extensions={name: "x"})[0] == "extensions"


def test_names_longer_than_advised_are_allowed_and_listed():
    event = replace(EVENT, extensions={"a" * 20: 1, "b" * 21: 2})
    assert event.long_names == ("b" * 21,)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (2**31, "is outside -2147483648 to 2147483647"),
        (-(2**31) - 1, "is outside -2147483648 to 2147483647"),
        (1.0, "is a float, no attribute type"),
        (None, "is a NoneType, no attribute type"),
        ("x" * 4097, "has 4097 bytes, more than 4096"),
        ("é" * 2049, "has 4098 bytes, more than 4096"),
        (b"x" * 3073, "has 4100 bytes in Base64, more than 4096"),
        (Uri("/a"), "is no absolute URI (RFC 3986)"),
        (UriReference("a b"), "is no URI reference (RFC 3986)"),
    ],
)
def test_a_value_is_of_an_attribute_type_and_within_limits(value: Any, why: str):
    field, description = fault(extensions={"ext": value})
    assert field == "ext"
    assert description.endswith(why)


@pytest.mark.parametrize("value", [2**31 - 1, -(2**31), "x" * 4096, b"x" * 3072, ""])
def test_values_at_their_limits_are_allowed(value: Any):
    assert replace(EVENT, extensions={"ext": value}).extensions == {"ext": value}


def test_an_event_has_at_most_64_attributes():
    replace(EVENT, extensions={f"e{index}": "" for index in range(60)})
    field, description = fault(extensions={f"e{index}": "" for index in range(61)})
    assert (field, description) == ("extensions", "make 65 attributes, over 64")


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidEvent) as caught:
        CloudEvent(id="", source="a b", type="\0", datacontenttype="json", extensions={"A": 1})
    names = [violation.field for violation in caught.value.fields]
    assert names == ["id", "source", "type", "datacontenttype", "extensions"]
    assert caught.value.message == "id: '' is empty (and 4 more)"


def test_a_long_value_is_cut_in_the_error():
    _, description = fault(subject="x" * 5000)
    assert description == f"{'x' * 64!r}… (5000 long) has 5000 bytes, more than 4096"


def test_extensions_are_copied_and_cannot_be_changed():
    extensions: dict[str, Any] = {"a": 1}
    event = replace(EVENT, extensions=extensions)
    extensions["b"] = 2
    assert dict(event.extensions) == {"a": 1}
    with pytest.raises(TypeError):
        event.attributes["a"] = 2  # type: ignore[index]


def test_attributes_hold_everything_that_is_there():
    event = replace(EVENT, subject="x", time=Timestamp("2018-04-05T17:31:00Z"), extensions={"e": 5})
    assert event.attributes == {
        "specversion": "1.0",
        "id": "1",
        "source": "/s",
        "type": "t",
        "subject": "x",
        "time": Timestamp("2018-04-05T17:31:00Z"),
        "e": 5,
    }
    assert type_of(event.attributes["source"]) is AttributeType.URI_REFERENCE


def test_data_has_at_most_eight_mebibytes():
    EventData(bytes(8 * 1024 * 1024))
    with pytest.raises(InvalidEvent, match="has 8388609 bytes, more than 8388608"):
        EventData(bytes(8 * 1024 * 1024 + 1))


def test_text_data_is_utf_8_and_only_a_message_has_a_type_url():
    with pytest.raises(InvalidEvent, match="is not UTF-8"):
        EventData(b"\xff", DataKind.TEXT)
    with pytest.raises(InvalidEvent, match="surrogate"):
        EventData.text("\ud800")
    with pytest.raises(InvalidEvent, match="proto with type URL ''"):
        EventData(b"", DataKind.PROTO)
    with pytest.raises(InvalidEvent, match="text with type URL 'x/y'"):
        EventData(b"", DataKind.TEXT, "x/y")
    assert EventData.proto("x/y", b"m").type_url == "x/y"


def test_an_event_is_put_together_from_attributes_by_name():
    event = event_of(
        {
            "id": "1",
            "source": "/s",
            "specversion": "1.0",
            "type": "t",
            "time": "2018-04-05T17:31:00Z",
        }
    )
    assert event == replace(EVENT, time=Timestamp("2018-04-05T17:31:00Z"))


def test_missing_and_bad_attributes_are_told_together():
    with pytest.raises(InvalidEvent) as caught:
        event_of({"id": "", "source": 5, "time": "noon", "subject": "a\n"})
    told = {violation.field: violation.description for violation in caught.value.fields}
    assert told == {
        "id": "'' is empty",
        "source": "5 is no text",
        "specversion": "is missing",
        "type": "is missing",
        "time": "'noon' is no RFC 3339 timestamp such as 2018-04-05T17:31:00Z",
        "subject": "'a\\n' holds the forbidden character U+000A at 1",
    }


@pytest.mark.parametrize(
    ("text", "seconds", "nanoseconds"),
    [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("1970-01-01t00:00:00z", 0, 0),
        ("1970-01-01T01:30:00+01:30", 0, 0),
        ("1969-12-31T23:59:59.5-00:00", -1, 500_000_000),
        ("2018-04-05T17:31:00.1234567899Z", 1_522_949_460, 123_456_789),
        ("2016-12-31T23:59:60Z", 1_483_228_800, 0),
        ("2017-01-01T00:59:60+01:00", 1_483_228_800, 0),
        ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
        ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
    ],
)
def test_a_timestamp_keeps_its_text_and_knows_its_time(text: str, seconds: int, nanoseconds: int):
    timestamp = Timestamp(text)
    assert str(timestamp) == text
    assert timestamp.unix_time == (seconds, nanoseconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2018-04-05",
        "2018-04-05 17:31:00Z",
        "2018-04-05T17:31:00",
        "2018-04-05T17:31Z",
        "2018-04-05T17:31:00.Z",
        "2018-04-05T17:31:00+0100",
        "2018-04-05T17:31:00+24:00",
        "2018-04-05T17:31:00+01:60",
        "2018-02-29T00:00:00Z",
        "2018-04-05T24:00:00Z",
        "2018-04-05T12:00:60Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "٢٠١٨-04-05T17:31:00Z",
        "2018-04-05T17:31:00Z\n",
    ],
)
def test_what_is_no_timestamp_is_refused(text: str):
    with pytest.raises(ValueError):
        Timestamp(text)


def test_a_timestamp_is_made_of_a_time():
    assert Timestamp.at(-1, 500_000_000).text == "1969-12-31T23:59:59.5Z"
    assert Timestamp.at(-62_135_596_800).text == "0001-01-01T00:00:00Z"
    moment = datetime(2018, 4, 5, 19, 31, 0, 120, timezone(timedelta(hours=2)))
    assert Timestamp.of(moment).text == "2018-04-05T17:31:00.00012Z"
    assert Timestamp.of(moment).moment == moment.astimezone(UTC)
    with pytest.raises(ValueError):
        Timestamp.at(253_402_300_800)


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/cloudevents",
        "mailto:cncf-wg-serverless@lists.cncf.io",
        "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
        "ldap://[2001:db8::7]/c=GB?objectClass?one",
        "http://user:pw@host:80/a//b;c?d=/?#/?",
        "http://[v1.a:b]:8/",
        "tel:+1-816-555-1212",
        "file:///etc/hosts",
        "a:",
        "a://",
        "http://host:",
        "http://x/%7Efoo",
    ],
)
def test_these_are_uris(text: str):
    assert is_uri(text)
    assert is_uri_reference(text)


@pytest.mark.parametrize(
    "text",
    ["", "/cloudevents/spec/pull/123", "1-555-123-4567", "//host/a", "?a=b", "#x", "a/b:c", "../a"],
)
def test_these_are_relative_references(text: str):
    assert is_uri_reference(text)
    assert not is_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        "a b",
        "http://a b/",
        "%zz",
        "/a%2",
        "a\\b",
        "<x>",
        "1:a",
        ":a",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://[1.2.3.4]/",
        "http://host:port/",
        "http://a@b@c/",
        "x#a#b",
        "é",
        "/a\n",
    ],
)
def test_these_are_no_references(text: str):
    assert not is_uri_reference(text)


def test_checking_a_hostile_uri_takes_linear_time():
    for hostile in ("a" * 4000 + " ", "//" + ":" * 4000 + "@" * 2, "a:" + "%41" * 1300 + "%"):
        assert not is_uri_reference(hostile)


def test_media_types_have_parameters_in_any_case():
    media_type = parse_media_type('TEXT/Plain; CharSet="UTF-8" ;x="a;\\"b";')
    assert (media_type.type, media_type.subtype) == ("text", "plain")
    assert media_type.parameters == {"charset": "UTF-8", "x": 'a;"b'}
    assert media_type.charset == "utf-8"
    assert media_type.is_text
    assert not media_type.is_json


@pytest.mark.parametrize("text", ["json", "a/", "/b", "a/b/c", "a/b c", "a/b; x", "a/b; x=y z"])
def test_what_is_no_media_type_is_refused(text: str):
    assert fault(datacontenttype=text)[0] == "datacontenttype"


@given(values)
@settings(deadline=None)
def test_a_value_survives_its_canonical_text(value: Any):
    assert parse_canonical(canonical(value), type_of(value)) == value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("True", AttributeType.BOOLEAN),
        ("1.0", AttributeType.INTEGER),
        ("01", AttributeType.INTEGER),
        ("+1", AttributeType.INTEGER),
        ("2147483648", AttributeType.INTEGER),
        ("9" * 5000, AttributeType.INTEGER),
        ("a", AttributeType.BINARY),
        ("/a", AttributeType.URI),
        ("a b", AttributeType.URI_REFERENCE),
        ("today", AttributeType.TIMESTAMP),
        ("\0", AttributeType.STRING),
    ],
)
def test_what_is_no_canonical_text_is_refused(text: str, wanted: AttributeType):
    with pytest.raises(ValueError):
        parse_canonical(text, wanted)
