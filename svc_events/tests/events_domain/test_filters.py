"""Filter dialects: how they are read, and which events they let pass."""

from __future__ import annotations

from typing import Any

import pytest
from oms_core.errors import InvalidField
from svc_events.domain.events import CloudEvent, Timestamp
from svc_events.domain.filters import EVERYTHING, All, Exact, matches, parse_filters

EVENT = CloudEvent(
    id="1",
    source="https://example.com/a",
    type="com.example.created",
    time=Timestamp("2018-04-05T17:31:00.0Z"),
    extensions={"n": 5, "b": True, "bin": b"\xff", "s": ""},
)


def passes(*filters: Any) -> bool:
    return matches(parse_filters(list(filters)), EVENT)


def faults(plain: Any) -> dict[str, str]:
    with pytest.raises(InvalidField) as caught:
        parse_filters(plain)
    return {violation.field: violation.description for violation in caught.value.fields}


@pytest.mark.parametrize(
    ("wanted", "does_pass"),
    [
        ({"exact": {"type": "com.example.created"}}, True),
        ({"exact": {"type": "com.example.Created"}}, False),
        ({"exact": {"type": "com.example"}}, False),
        ({"exact": {"type": "com.example.created", "id": "1"}}, True),
        ({"exact": {"type": "com.example.created", "id": "2"}}, False),
        ({"exact": {"subject": "x"}}, False),
        ({"exact": {"specversion": "1.0"}}, True),
        ({"exact": {"n": "5", "b": "true", "bin": "/w=="}}, True),
        ({"exact": {"time": "2018-04-05T17:31:00.0Z"}}, True),
        ({"exact": {"time": "2018-04-05T17:31:00Z"}}, False),
        ({"prefix": {"type": "com.example."}}, True),
        ({"prefix": {"type": "com.Example."}}, False),
        ({"prefix": {"type": "com.example.created", "source": "https:"}}, True),
        ({"prefix": {"type": "com.", "source": "http:"}}, False),
        ({"prefix": {"subject": "x"}}, False),
        ({"prefix": {"s": "x"}}, False),
        ({"suffix": {"type": ".created"}}, True),
        ({"suffix": {"type": ".Created"}}, False),
        ({"suffix": {"subject": "x"}}, False),
        ({"all": [{"exact": {"id": "1"}}, {"prefix": {"type": "com"}}]}, True),
        ({"all": [{"exact": {"id": "1"}}, {"prefix": {"type": "org"}}]}, False),
        ({"any": [{"exact": {"id": "2"}}, {"prefix": {"type": "com"}}]}, True),
        ({"any": [{"exact": {"id": "2"}}, {"prefix": {"type": "org"}}]}, False),
        ({"any": [{"exact": {"id": "1"}}]}, True),
        ({"sql": "n = 5 AND type LIKE 'com.%'"}, True),
        ({"sql": "n = '5' AND b"}, True),
        ({"sql": "n + 1"}, False),
        ({"sql": "subject = 'x' OR TRUE"}, False),
        ({"sql": "source = 'https://example.com/a' AND bin = '/w=='"}, True),
        ({"not": {"sql": "subject = 'x'"}}, True),
        ({"not": {"exact": {"id": "1"}}}, False),
        ({"not": {"exact": {"id": "2"}}}, True),
        ({"not": {"exact": {"subject": "x"}}}, True),
        ({"not": {"not": {"suffix": {"type": "created"}}}}, True),
    ],
)
def test_a_dialect_lets_pass_what_it_should(wanted: Any, does_pass: bool):
    assert passes(wanted) is does_pass


def test_all_filters_of_the_list_have_to_be_true():
    assert passes({"exact": {"id": "1"}}, {"suffix": {"type": "created"}})
    assert not passes({"exact": {"id": "1"}}, {"suffix": {"type": "deleted"}})


@pytest.mark.parametrize("plain", [None, []])
def test_without_filters_every_event_passes(plain: Any):
    assert parse_filters(plain) == EVERYTHING
    assert matches(EVERYTHING, EVENT)


def test_filters_that_say_the_same_are_equal():
    both = parse_filters([{"exact": {"a": "1", "b": "2"}}])
    assert both == All((Exact("a", "1"), Exact("b", "2")))
    assert hash(both) == hash(parse_filters([{"exact": {"a": "1"}}, {"exact": {"b": "2"}}]))


def test_a_fault_is_named_by_its_place():
    assert faults(
        [
            {"any": [{"exact": {"a": "1"}}, {"prefix": {"type": ""}}]},
            {"all": []},
            {"not": []},
            {"nor": {}},
            {"exact": {"a": "1"}, "suffix": {"a": "1"}},
            {"exact": {}},
            {"suffix": {"A": "x", "b": 5, "c": "\n"}},
            {"any": {"exact": {"a": "1"}}},
            "sql",
            {"sql": 5},
            {"sql": "type =\n= 5"},
            {"not": {"sql": "f() OR LENGTH()"}},
        ]
    ) == {
        "filters[0].any[1].prefix.type": "'' is no string of at least one character",
        "filters[1].all": "is empty; at least one filter is needed",
        "filters[2].not": "[] is no object with one member, a dialect",
        "filters[3]": "'nor' is no dialect; they are exact, prefix, suffix, all, any, not, sql",
        "filters[4]": "{'exact': {'a': '1'}, 'suffix': {'a': '1'}} "
        "is no object with one member, a dialect",
        "filters[5].exact": "{} is no object of 1 to 64 attributes and their values",
        "filters[6].suffix": "'A' is no attribute name of [a-z0-9], at most 64",
        "filters[6].suffix.b": "5 is no string of at least one character",
        "filters[6].suffix.c": "'\\n' holds the forbidden character U+000A at 0",
        "filters[7].any": "{'exact': {'a': '1'}} is no list of filters",
        "filters[8]": "'sql' is no object with one member, a dialect",
        "filters[9].sql": "5 is no string",
        "filters[10].sql": "line 2, column 1: '=' does not fit; "
        "expected a value, a name, NOT, EXISTS, - or (",
        "filters[11].not.sql": "offset 7: there is no function LENGTH of 0 arguments",
    }


def test_the_list_of_filters_may_have_another_name():
    with pytest.raises(InvalidField, match=r"^subscription\.filters: 5 is no list"):
        parse_filters(5, field="subscription.filters")


def nested(levels: int) -> Any:
    wanted: Any = {"exact": {"id": "1"}}
    for _ in range(levels - 1):
        wanted = {"not": wanted}
    return [wanted]


def test_filters_are_nested_at_most_16_levels_deep():
    assert matches(parse_filters(nested(15)), EVENT)
    parse_filters(nested(16))
    place = "filters[0]" + ".not" * 16
    assert faults(nested(17)) == {place: "is nested deeper than 16 levels"}
    assert faults(nested(300)) == {place: "is nested deeper than 16 levels"}


def test_a_subscription_has_at_most_256_filters():
    one = {"exact": {"id": "1"}}
    parse_filters([{"any": [one] * 127}, {"any": [one] * 127}])
    assert faults([{"any": [one] * 127}, {"any": [one] * 128}]) == {
        "filters[1].any": "makes 257 filters, more than 256"
    }
    assert faults([one] * 1000) == {"filters": "makes 1000 filters, more than 256"}


def test_endless_data_is_shown_cut():
    endless: Any = []
    for _ in range(100_000):
        endless = [endless]
    assert faults([{"exact": endless}]) == {
        "filters[0].exact": "[[[[...]]]] is no object of 1 to 64 attributes and their values"
    }
    while endless:  # or freeing it would be nested just as deep
        endless = endless.pop()
