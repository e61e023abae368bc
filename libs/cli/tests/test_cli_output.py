from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st
from oms.ontology.v1.element_pb2 import LocalizedText
from oms.ontology.v1.object_type_service_pb2 import ObjectType
from oms_cli.output import (
    label,
    moment,
    parse_message,
    print_json_array,
    print_message,
    print_table,
)
from oms_cli.text import clean, clean_line


def printed(function, *args: object) -> str:
    command = click.command()(lambda: function(*args))
    return CliRunner().invoke(command, catch_exceptions=False).stdout


@given(st.text())
def test_nothing_that_drives_a_terminal_is_printed(text):
    for char in clean(text):
        assert char.isprintable() or char in "\n\t"
    assert clean_line(text).isprintable()


def test_harmless_text_is_left_as_it_is():
    assert clean("Zone – 구역\n\tText") == "Zone – 구역\n\tText"


def test_a_table_is_never_folded_for_a_program():
    long = "x" * 500
    lines = printed(print_table, ["ID", "LABEL"], [("Zone", long), ("Room", "a\nb [bold]c")])
    assert lines.splitlines()[0].split() == ["ID", "LABEL"]
    assert lines.splitlines()[1].split() == ["Zone", long]
    assert lines.splitlines()[2].split() == ["Room", "a", "b", "[bold]c"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_json_list_is_one_array(count):
    elements = [ObjectType(name=f"t{n}", labels=[LocalizedText(text="é")]) for n in range(count)]
    read = json.loads(printed(print_json_array, elements))
    assert [element["name"] for element in read] == [f"t{n}" for n in range(count)]


def test_a_message_is_printed_field_by_field():
    element = ObjectType(name="ontologies/b/objectTypes/Zone", parents=["A", "B"])
    element.labels.append(LocalizedText(language="en", text="\x1b[31mZone"))
    lines = printed(print_message, element).splitlines()
    assert lines[0].split() == ["name", "ontologies/b/objectTypes/Zone"]
    assert "\x1b" not in lines[1]
    assert lines[2].split(maxsplit=1) == ["parents", "A, B"]


def test_the_english_label_is_shown_when_there_is_one():
    german, english = (
        LocalizedText(language="de", text="Zone"),
        LocalizedText(language="en", text="z"),
    )
    assert label(ObjectType(labels=[german, english])) == "z"
    assert label(ObjectType(labels=[german])) == "Zone"
    assert label(ObjectType()) == ""


def test_times_are_shown_to_the_second():
    assert moment(Timestamp(seconds=1769860800, nanos=5000000)) == "2026-01-31T12:00:00Z"
    assert moment(Timestamp(seconds=1769860800)) == "2026-01-31T12:00:00Z"
    assert moment(Timestamp()) == ""


def test_a_file_is_read_with_either_spelling_of_field_names():
    for name in ("isAbstract", "is_abstract"):
        assert parse_message({name: True}, ObjectType(), "f").is_abstract


@pytest.mark.parametrize("content", [{"colour": 1}, {"parents": 3}, [], "x", 7])
def test_a_file_that_does_not_fit_is_a_usage_error(content):
    with pytest.raises(click.UsageError, match=r"types\.json does not fit"):
        parse_message(content, ObjectType(), "types.json")
