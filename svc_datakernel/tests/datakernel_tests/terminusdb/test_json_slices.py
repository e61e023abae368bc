"""Cutting JSON without changing it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from svc_datakernel.adapters.terminusdb.json_slices import (
    ObjectSplitter,
    TooLarge,
    elements,
    members,
    values,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.lists(st.dictionaries(st.text(), JSON, max_size=4), max_size=5)


@given(OBJECTS, st.data(), st.booleans(), st.sampled_from(["", "\n", " \r\n"]))
def test_objects_are_found_wherever_the_bytes_are_cut(
    objects: list[dict[str, Any]], data: st.DataObject, is_ascii: bool, between: str
) -> None:
    raw = between.join(json.dumps(item, ensure_ascii=is_ascii) for item in objects)
    stream = raw.encode("utf-8", "surrogatepass")
    splitter = ObjectSplitter(1_000_000)
    found: list[bytes] = []
    at = 0
    while at < len(stream):
        size = data.draw(st.integers(1, len(stream) - at))
        found += splitter.feed(stream[at : at + size])
        at += size
    splitter.close()
    assert [json.loads(item.decode("utf-8", "surrogatepass")) for item in found] == objects


@given(st.dictionaries(st.text(), JSON), st.sampled_from([None, 2]))
def test_members_are_what_the_parser_finds(found: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(found, indent=indent)
    assert {name: json.loads(value) for name, value in members(text).items()} == found


@given(st.lists(JSON), st.sampled_from([None, 2]))
def test_elements_and_values_are_what_the_parser_finds(
    found: list[Any], indent: int | None
) -> None:
    text = json.dumps(found, indent=indent)
    assert [json.loads(item) for item in elements(text)] == found
    assert [json.loads(item) for item in values(" ".join(json.dumps(v) for v in found))] == found


def test_numbers_keep_every_digit() -> None:
    number = "1." + "0123456789" * 30 + "0E+400"
    assert members(f'{{"n": {number}}}') == {"n": number}
    assert list(elements(f"[{'9' * 5000}]")) == ["9" * 5000]


@pytest.mark.parametrize("text", ["", "[", "{", '{"a"}', '{"a":1', "[1 2]", '{"a":1 "b":2}', "5"])
def test_what_is_broken_is_refused(text: str) -> None:
    for cut in (members, lambda broken: list(elements(broken))):
        with pytest.raises(ValueError):
            cut(text)


def test_endless_object_is_given_up() -> None:
    splitter = ObjectSplitter(100)
    splitter.feed(b'{"a":' * 20)
    with pytest.raises(TooLarge):
        splitter.feed(b"1")
