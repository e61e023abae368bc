"""What is said of documents that break the schema: everything, each with the way to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from oms_core.errors import OmsError, SchemaViolation

from datakernel_tests.graph.memory_view import MemorySnapshots
from datakernel_tests.graph.test_document_writes import ADDRESS, PERSON, SHOP
from datakernel_tests.graph.writes import insert, insert_schema, store_with


def _store() -> MemorySnapshots:
    return store_with(PERSON, ADDRESS, SHOP)


def _witnesses(error: OmsError) -> list[dict[str, Any]]:
    return json.loads(error.metadata["witnesses"])


def _fields(error: OmsError) -> list[str]:
    return [each.field for each in error.fields]


def test_reference_to_nothing_in_subdocuments_is_named_with_the_way_to_it() -> None:
    part = {"@type": "Class", "@id": "Part", "@subdocument": [], "@key": {"@type": "Random"}}
    line = {**part, "@id": "Line", "by": {"@type": "Optional", "@class": "Person"}}
    line["parts"] = {"@type": "Set", "@class": "Part"}
    part["owner"] = {"@type": "Optional", "@class": "Person"}
    order = {"@type": "Class", "@id": "Order", "lines": {"@type": "List", "@class": "Line"}}
    order["team"] = {"@type": "List", "@class": "Person"}
    store = store_with(PERSON, part, line, order)
    lines = [{"parts": []}, {"by": "Person/x", "parts": [{"owner": "Person/y"}]}]
    with pytest.raises(SchemaViolation) as caught:
        insert(store, {"@type": "Order", "@id": "Order/1", "lines": lines, "team": ["Person/z"]})
    order_iri = "terminusdb:///data/Order/1"
    assert sorted(_fields(caught.value)) == [
        f"{order_iri}.lines.1.by",
        f"{order_iri}.lines.1.parts.owner",
        f"{order_iri}.team.0",
    ]


def test_schema_that_breaks_subdocuments_names_the_way_to_what_it_breaks() -> None:
    shops = {**SHOP, "owner": {"@type": "Optional", "@class": "Person"}}
    store = store_with(PERSON, ADDRESS, shops)
    insert(store, {"@type": "Shop", "name": "s", "team": [], "at": {"street": "x"}})
    narrower = {**ADDRESS, "street": "xsd:integer"}
    with pytest.raises(SchemaViolation) as caught:
        insert_schema(store, narrower, is_replace=True)
    assert _fields(caught.value) == ["terminusdb:///data/Shop/s.at.street"]


def test_wrong_values_and_dangling_references_are_named_together() -> None:
    store = _store()
    insert(store, {"@type": "Person", "name": "there"})
    with pytest.raises(SchemaViolation) as caught:
        insert(
            store,
            {"@type": "Person", "name": "a", "boss": "Person/nobody", "friends": ["Person/there"]},
            {"@type": "Shop", "name": "s", "owner": "Shop/s", "at": {"street": "x"}, "team": []},
            {"@type": "Shop", "name": 1},
        )
    named = [(each["@type"], each.get("object")) for each in _witnesses(caught.value)]
    assert ("references_untyped_object", "terminusdb:///data/Person/nobody") in named
    assert [kind for kind, _ in named].count("required_field_does_not_exist_in_document") == 2
    assert "referential_integrity_violation" in [kind for kind, _ in named]
    assert all("Person/there" not in str(found) for _, found in named)


@pytest.mark.parametrize("wrong", [{}, {"boss": {"name": "x"}}, {"@type": "Nothing"}])
def test_reference_to_a_document_that_could_not_be_read_is_no_violation(
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(SchemaViolation) as caught:
        insert(
            _store(),
            {"@type": "Person", "name": "a", "boss": "Person/x"},
            {"@type": "Person", "name": "x", "age": "old", **wrong},
        )
    kinds = {each.get("@type") for each in _witnesses(caught.value)}
    assert "references_untyped_object" not in kinds


def test_violations_come_before_captures_that_wrong_documents_would_have_bound() -> None:
    with pytest.raises(SchemaViolation) as caught:
        insert(
            _store(),
            {"@type": "Person", "name": "a", "boss": {"@ref": "x"}},
            {"@type": "Person", "@capture": "x", "name": "x", "age": "old"},
        )
    assert len(caught.value.fields) == 1
