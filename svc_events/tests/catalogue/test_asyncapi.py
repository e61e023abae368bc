"""The AsyncAPI description, held against what AsyncAPI 3.0 demands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from svc_events.domain.catalogue.asyncapi import asyncapi
from svc_events.domain.catalogue.entries import catalogue
from svc_events.domain.events import to_json

URL = "https://oms.example/here"
ENTRIES = catalogue(URL)
# As a reader gets it: through JSON.
DOCUMENT: dict[str, Any] = json.loads(json.dumps(asyncapi(ENTRIES, base_url=URL, version="1.2.3")))


def resolved(reference: str) -> Any:
    assert reference.startswith("#/")
    found: Any = DOCUMENT
    for step in reference[2:].split("/"):
        found = found[step]
    return found


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            assert value.keys() == {"$ref"}
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_the_root_has_what_it_must_and_nothing_unknown() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT.keys() <= {
        *("asyncapi", "id", "info", "servers", "defaultContentType"),
        *("channels", "operations", "components"),
    }
    assert DOCUMENT["info"].keys() >= {"title", "version"}
    assert (
        DOCUMENT["servers"]["gateway"].items()
        >= {
            "host": "oms.example",
            "protocol": "https",
            "pathname": "/here",
        }.items()
    )


def test_every_reference_leads_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert len(found) > 100
    for reference in found:
        assert resolved(reference) is not None


def test_names_of_components_are_well_formed() -> None:
    for section in DOCUMENT["components"].values():
        assert all(re.fullmatch(r"[a-zA-Z0-9._-]+", name) for name in section)


def test_channels_have_an_address_or_say_that_they_have_none() -> None:
    for channel in DOCUMENT["channels"].values():
        assert channel["address"] is None or channel["address"].startswith("/")
        assert channel["messages"]
        for message in channel["messages"].values():
            assert message["$ref"].startswith("#/components/messages/")


def test_operations_send_what_their_channels_carry() -> None:
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in ("send", "receive")
        place = operation["channel"]["$ref"]
        assert resolved(place)
        # The specification: only messages of the operation's own channel may be named.
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{place}/messages/")
        binding = operation["bindings"]["http"]
        assert binding["method"] in ("GET", "POST")
        assert binding["bindingVersion"] == "0.3.0"


def test_every_type_has_a_channel_an_operation_and_is_delivered() -> None:
    assert DOCUMENT["channels"].keys() == {*ENTRIES, "webhooks", "publish"}
    assert DOCUMENT["operations"].keys() == {*(f"send.{name}" for name in ENTRIES)} | {
        "deliver",
        "receive",
    }
    delivered = {
        ref["$ref"].rpartition("/")[2] for ref in DOCUMENT["operations"]["deliver"]["messages"]
    }
    assert delivered == {*ENTRIES, "CloudEvent"}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_message_describes_its_events(name: str) -> None:
    message = DOCUMENT["components"]["messages"][name]
    schema = {**message["payload"], "components": DOCUMENT["components"]}
    event = json.loads(to_json(ENTRIES[name].example))
    check = jsonschema.Draft202012Validator(schema)
    check.validate(event)
    assert message["examples"][0]["payload"] == event
    assert not check.is_valid({**event, "type": "another"})
    assert not check.is_valid({**event, "data": {}})
