"""What writes of documents do, beside what was recorded of TerminusDB."""

from __future__ import annotations

import json
from typing import Any

import pytest
from oms_core.errors import (
    InvalidDocument,
    InvalidField,
    InvalidSchema,
    OmsError,
    ResourceAlreadyExists,
    ResourceNotFound,
    SchemaViolation,
)

from datakernel_tests.graph.memory_view import MemorySnapshots
from datakernel_tests.graph.writes import (
    delete,
    insert,
    insert_schema,
    insert_text,
    store_with,
    stored,
)

PERSON = {
    "@type": "Class",
    "@id": "Person",
    "@key": {"@type": "Lexical", "@fields": ["name"]},
    "name": "xsd:string",
    "age": {"@type": "Optional", "@class": "xsd:integer"},
    "friends": {"@type": "Set", "@class": "Person"},
    "boss": {"@type": "Optional", "@class": "Person"},
}
ADDRESS = {
    "@type": "Class",
    "@id": "Address",
    "@subdocument": [],
    "@key": {"@type": "Lexical", "@fields": ["street"]},
    "street": "xsd:string",
}
SHOP = {
    "@type": "Class",
    "@id": "Shop",
    "@key": {"@type": "Lexical", "@fields": ["name"]},
    "name": "xsd:string",
    "owner": "Person",
    "at": {"@type": "Optional", "@class": "Address"},
    "team": {"@type": "List", "@class": "Person"},
}


def _store() -> MemorySnapshots:
    return store_with(PERSON, ADDRESS, SHOP)


def _witnesses(error: OmsError) -> list[dict[str, Any]]:
    return json.loads(error.metadata["witnesses"])


def test_every_violation_of_every_document_is_named() -> None:
    with pytest.raises(SchemaViolation) as caught:
        insert(_store(), {"@type": "Person", "age": "x"}, {"@type": "Person", "name": [1]})
    assert [each.field for each in caught.value.fields] == [
        "Person.age",
        "Person.name",
        "Person.name",
    ]
    assert len(_witnesses(caught.value)) == 3


def test_violation_in_a_subdocument_names_the_way_to_it() -> None:
    with pytest.raises(SchemaViolation) as caught:
        insert(_store(), {"@type": "Shop", "name": "s", "owner": "Person/a", "team": [], "at": {}})
    assert caught.value.fields[0].field == "Shop.at.@type"


def test_reference_to_nothing_is_refused() -> None:
    with pytest.raises(SchemaViolation) as caught:
        insert(_store(), {"@type": "Person", "name": "a", "boss": "Person/nobody"})
    assert _witnesses(caught.value)[0] == {
        "@type": "references_untyped_object",
        "object": "terminusdb:///data/Person/nobody",
        "predicate": "terminusdb:///schema#boss",
        "subject": "terminusdb:///data/Person/a",
    }


def test_inner_document_that_is_no_subdocument_is_stored_by_itself() -> None:
    store = _store()
    ids = insert(store, {"@type": "Person", "name": "a", "boss": {"@type": "Person", "name": "b"}})
    assert ids == ["Person/a"]
    assert stored(store, "Person/a") == {"boss": {"@id": "Person/b"}, "name": "a"}
    assert stored(store, "Person/b") == {"name": "b"}


def test_deleted_document_leaves_optional_references_and_sets() -> None:
    store = _store()
    insert(
        store,
        {"@type": "Person", "name": "a"},
        {"@type": "Person", "name": "b", "boss": "Person/a", "friends": ["Person/a", "Person/b"]},
    )
    delete(store, "Person/a")
    assert stored(store, "Person/a") is None
    assert stored(store, "Person/b") == {"friends": {"@id": "Person/b"}, "name": "b"}


def test_class_to_delete_that_is_not_there_is_named() -> None:
    with pytest.raises(ResourceNotFound, match="class 'Persn' does not exist"):
        delete(_store(), type="Persn")


def test_softly_deleted_document_can_be_inserted_again() -> None:
    store = _store()
    insert(store, {"@type": "Person", "name": "a"})
    delete(store, "Person/a")
    assert store.head().documents(["Person/a"], with_deleted=True)["Person/a"].is_deleted
    assert insert(store, {"@type": "Person", "name": "a"}) == ["Person/a"]


def test_document_in_a_list_or_required_can_not_be_deleted() -> None:
    store = _store()
    insert(
        store,
        {"@type": "Person", "name": "a"},
        {"@type": "Person", "name": "b"},
        {"@type": "Shop", "name": "s", "owner": "Person/a", "team": ["Person/b"]},
    )
    for each in ("Person/a", "Person/b"):
        with pytest.raises(SchemaViolation):
            delete(store, each)
    assert len(delete(store, "Shop/s", "Person/a", "Person/b")) == 3


def test_optional_subdocument_can_be_deleted_alone() -> None:
    store = _store()
    shop = {"@type": "Shop", "name": "s", "owner": "Person/a", "team": [], "at": {"street": "x"}}
    insert(store, {"@type": "Person", "name": "a"}, shop)
    delete(store, "Shop/s/at/Address/x")
    assert "at" not in stored(store, "Shop/s")


def test_replacement_may_not_drop_a_subdocument_that_others_refer_to() -> None:
    store = _store()
    shop = {"@type": "Shop", "name": "s", "owner": "Person/a", "team": [], "at": {"street": "x"}}
    other = {**shop, "name": "t", "at": "Shop/s/at/Address/x"}
    insert(store, {"@type": "Person", "name": "a"}, shop)
    insert(store, other)
    with pytest.raises(SchemaViolation):
        insert(store, {**shop, "at": {"street": "y"}}, is_replace=True)


def test_linked_by_puts_a_subdocument_into_its_parent() -> None:
    store = _store()
    insert(store, {"@type": "Person", "name": "a"})
    insert(
        store,
        {"@type": "Shop", "@capture": "s", "name": "s", "owner": "Person/a", "team": []},
        {"@type": "Address", "street": "x", "@linked-by": {"@property": "at", "@ref": "s"}},
    )
    assert stored(store, "Shop/s")["at"] == {
        "@id": "Shop/s/at/Address/x",
        "@type": "Address",
        "street": "x",
    }


def test_subdocument_linked_by_itself_is_refused() -> None:
    node = {"@type": "Address", "@capture": "a", "street": "x"}
    with pytest.raises(InvalidDocument) as caught:
        insert(_store(), {**node, "@linked-by": {"@property": "street", "@ref": "a"}})
    assert caught.value.metadata["api_error"] == "api:UnableToAssignIdsToDocument"


def test_overwrite_replaces_what_is_there() -> None:
    store = _store()
    insert(store, {"@type": "Person", "name": "a", "age": 1})
    with pytest.raises(ResourceAlreadyExists):
        insert(store, {"@type": "Person", "name": "a"})
    insert(store, {"@type": "Person", "name": "a", "age": 2}, overwrite=True)
    assert stored(store, "Person/a")["age"] == "2"


def test_numbers_keep_every_digit() -> None:
    store = store_with({"@type": "Class", "@id": "N", "d": "xsd:decimal", "i": "xsd:integer"})
    text = '{"@type":"N","@id":"N/1","d":12345678901234567890.12345,"i":123456789012345678901234}'
    insert_text(store, text)
    assert stored(store, "N/1") == {
        "d": "12345678901234567890.12345",
        "i": "123456789012345678901234",
    }


@pytest.mark.parametrize(
    "text",
    [
        '{"@type":"Person","name":"a"',
        '{"@type":"Person","name":"a","name":"b"}',
        '{"@type":"Person","name":"\\ud800"}',
        '{"@type":"Person","name":NaN}',
        "[" * 100_000,
        '{"a":' * 300 + "1" + "}" * 300,
        '"text"',
        '{"@type":"Person","@id":"Person/\\u0000","name":"a"}',
        '{"@type":"Person","@id":"nowhere:x","name":"a"}',
    ],
)
def test_body_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises((InvalidDocument, InvalidField)):
        insert_text(_store(), text)


def test_set_of_a_hundred_thousand_values_is_stored() -> None:
    store = store_with(
        {"@type": "Class", "@id": "S", "v": {"@type": "Set", "@class": "xsd:integer"}}
    )
    insert(store, {"@type": "S", "@id": "S/1", "v": list(range(100_000))})
    assert len(stored(store, "S/1")["v"]) == 100_000


def test_weaker_schema_is_accepted_and_stronger_one_refused_with_the_documents() -> None:
    store = _store()
    insert(store, {"@type": "Person", "name": "a"})
    loose = {**PERSON, "age": {"@type": "Set", "@class": "xsd:decimal"}}
    insert_schema(store, loose, is_replace=True)
    with pytest.raises(SchemaViolation) as caught:
        insert_schema(store, {**loose, "size": "xsd:integer"}, is_replace=True)
    assert _witnesses(caught.value) == [
        {
            "@type": "instance_not_cardinality_one",
            "class": "http://www.w3.org/2001/XMLSchema#integer",
            "instance": "terminusdb:///data/Person/a",
            "predicate": "terminusdb:///schema#size",
        }
    ]


def test_change_of_a_subdocument_class_is_checked_in_the_documents_that_hold_it() -> None:
    store = _store()
    shop = {"@type": "Shop", "name": "s", "owner": "Person/a", "team": [], "at": {"street": "x"}}
    insert(store, {"@type": "Person", "name": "a"}, shop)
    with pytest.raises(SchemaViolation):
        insert_schema(store, {**ADDRESS, "zip": "xsd:string"}, is_replace=True)


def test_every_fault_of_a_schema_is_named() -> None:
    with pytest.raises(InvalidSchema) as caught:
        insert_schema(
            MemorySnapshots(),
            {"@type": "Class", "@id": "A", "a": "Nowhere", "b": "Nobody"},
            {"@type": "Class", "@id": "B", "@inherits": "Nothing"},
        )
    assert [each.field for each in caught.value.fields] == ["A.a", "A.b", "B.@inherits"]


def test_class_that_inherits_from_itself_is_refused() -> None:
    with pytest.raises(InvalidSchema) as caught:
        insert_schema(
            MemorySnapshots(),
            {"@type": "Class", "@id": "A", "@inherits": "B"},
            {"@type": "Class", "@id": "B", "@inherits": "A"},
        )
    assert _witnesses(caught.value)[0]["@type"] == "cycle_in_class"


@pytest.mark.parametrize("hostile", ["@context", "@schema/Person", "@schema:Person"])
def test_document_can_not_take_the_place_of_the_schema(hostile: str) -> None:
    store = _store()
    with pytest.raises((InvalidDocument, InvalidField)):
        insert(store, {"@id": hostile, "any": "thing"}, raw_json=True)
    bare = {"@type": "Class", "@id": "Bare", "@base": "", "n": "xsd:string"}
    insert_schema(store, {**bare, "@key": {"@type": "Lexical", "@fields": ["n"]}})
    if hostile == "@context":
        with pytest.raises(InvalidDocument):
            insert(store, {"@type": "Bare", "n": hostile})


def test_injected_separators_stay_in_their_field_of_the_key() -> None:
    fields = {"a": "xsd:string", "b": "xsd:string"}
    key = {"@type": "Lexical", "@fields": ["a", "b"]}
    store = store_with({"@type": "Class", "@id": "K", "@key": key, **fields})
    one, other = {"@type": "K", "a": "x+y", "b": "z"}, {"@type": "K", "a": "x", "b": "y+z"}
    assert insert(store, one, other) == ["K/x%2By+z", "K/x+y%2Bz"]
