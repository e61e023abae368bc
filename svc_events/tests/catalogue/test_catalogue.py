"""The catalogue of event types, and the kinds of elements it follows."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from svc_events.domain.catalogue import names
from svc_events.domain.catalogue.entries import catalogue
from svc_events.domain.catalogue.kinds import HEADER_DOCUMENT, KINDS, kind_of_document
from svc_events.domain.catalogue.model import EventTypeEntry
from svc_events.domain.events import from_json, to_json
from svc_events.domain.relay.feed import ONTOLOGY_KIND
from svc_events.settings import EventSettings

URL = "https://oms.example"
ENTRIES = catalogue(URL)


def validator(entry: EventTypeEntry) -> Any:
    checker = jsonschema.FormatChecker()
    return jsonschema.Draft202012Validator(dict(entry.data_schema), format_checker=checker)


def data_of(entry: EventTypeEntry) -> Any:
    assert entry.example.data is not None
    return json.loads(entry.example.data.content)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_an_example_is_sound_and_of_its_type(entry: EventTypeEntry) -> None:
    event = entry.example
    jsonschema.Draft202012Validator.check_schema(dict(entry.data_schema))
    validator(entry).validate(data_of(entry))
    assert event.type == entry.type
    assert (
        event.dataschema == entry.data_schema["$id"] == (f"{URL}/v1/eventTypes/{entry.type}/schema")
    )
    assert matches(entry.source_template, event.source)
    assert matches(entry.subject_template, event.subject)
    assert event.extensions.keys() <= set(entry.extensions)
    assert set(entry.extensions) - event.extensions.keys() <= {"dataref"}
    assert from_json(to_json(event)) == event


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_a_schema_refuses_what_lacks_a_member(entry: EventTypeEntry) -> None:
    for name in entry.data_schema["required"]:
        data = data_of(entry)
        del data[name]
        assert not validator(entry).is_valid(data)


def matches(template: str, text: str | None) -> bool:
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+(/[^/]+)?", re.escape(template))
    return text is not None and re.fullmatch(pattern, text) is not None


def test_types_are_versioned_and_in_order() -> None:
    assert list(ENTRIES) == sorted(ENTRIES)
    assert all(re.fullmatch(r"oms(\.[a-z_]+){2,3}\.v[1-9]", name) for name in ENTRIES)


def test_every_name_has_an_entry() -> None:
    constants = {value for name, value in vars(names).items() if name.isupper()}
    assert constants <= ENTRIES.keys()


def test_a_kind_of_element_is_a_row() -> None:
    for kind in KINDS:
        assert kind_of_document(f"{kind.document_type}/a/b") == (kind, "a/b")
        assert {kind.event_type(verb) for verb in ("created", "updated", "deleted")} <= (
            ENTRIES.keys()
        )
    assert kind_of_document(HEADER_DOCUMENT) is not None
    for document_id in ("Ontology/other", "ObjectType/", "ObjectType", "Note/1", ""):
        assert kind_of_document(document_id) is None


@pytest.mark.parametrize(
    "url", ["ftp://x", "oms.example", "https://", "https://user:pw@x", "https://x?y", "https://x#y"]
)
def test_a_public_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="has to be http"):
        EventSettings(public_url=url)
    assert EventSettings(public_url="https://x/oms/").public_url == "https://x/oms"


def test_an_ontology_is_told_by_its_kind() -> None:
    assert ONTOLOGY_KIND == "ontology"
