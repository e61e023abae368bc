"""Each operation of a migration: what it does to the schema and the documents, what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from oms_core.errors import InvalidPatch, MigrationRefused
from svc_datakernel.domain.graph import reading, schema
from svc_datakernel.domain.graph.migration.applying import apply
from svc_datakernel.domain.graph.migration.operations import parse_operations
from svc_datakernel.domain.graph.migration.resolving import resolved
from svc_datakernel.domain.graph.requests import Form, Selection
from svc_datakernel.domain.graph.schema_classes import changes_between, classes_of

from datakernel_tests.graph.building import view_of
from datakernel_tests.graph.memory_view import MemoryView

SCHEMA: list[dict[str, Any]] = [
    {"@type": "Enum", "@id": "Color", "@value": ["red", "blue"]},
    {
        "@type": "Class",
        "@id": "Base",
        "@abstract": [],
        "label": {"@type": "Optional", "@class": "xsd:string"},
    },
    {
        "@type": "Class",
        "@id": "Firm",
        "@key": {"@type": "Lexical", "@fields": ["name"]},
        "name": "xsd:string",
        "staff": {"@type": "Optional", "@class": "xsd:integer"},
        "code": {"@type": "Set", "@class": "xsd:string"},
        "color": {"@type": "Optional", "@class": "Color"},
    },
    {
        "@type": "Class",
        "@id": "Person",
        "@key": {"@type": "Lexical", "@fields": ["name"]},
        "name": "xsd:string",
        "at": {"@type": "Optional", "@class": "Firm"},
        "were": {"@type": "List", "@class": "Firm"},
        "home": {"@type": "Optional", "@class": "Place"},
    },
    {
        "@type": "Class",
        "@id": "Place",
        "@subdocument": [],
        "@key": {"@type": "Lexical", "@fields": ["city"]},
        "city": "xsd:string",
    },
]
DOCUMENTS: list[dict[str, Any]] = [
    {
        "@id": "Firm/x",
        "@type": "Firm",
        "name": "x",
        "staff": 3,
        "code": ["1", "2"],
        "color": {"@id": "@schema:Color/red"},
    },
    {"@id": "Firm/y", "@type": "Firm", "name": "y", "code": "z"},
    {
        "@id": "Person/a",
        "@type": "Person",
        "name": "a",
        "at": {"@id": "Firm/x"},
        "were": {"@list": [{"@id": "Firm/y"}, {"@id": "Firm/x"}]},
        "home": {"@id": "Person/a/home/Place/Seoul", "@type": "Place", "city": "Seoul"},
    },
]


def view() -> MemoryView:
    return view_of(SCHEMA, DOCUMENTS)


def migrated(*operations: dict[str, Any], allow_destructive: bool = False) -> MemoryView:
    before = view()
    context = schema.load(before).context
    parsed = [resolved(each, context) for each in parse_operations(json.dumps(operations).encode())]
    classes, changes, _ = apply(before, parsed, allow_destructive=allow_destructive)
    changes = [*changes_between(classes_of(before), classes), *changes]
    return before.changed(changes, "3" * 64)


def refused(*operations: dict[str, Any]) -> MigrationRefused:
    with pytest.raises(MigrationRefused) as caught:
        migrated(*operations)
    return caught.value


def show(found: MemoryView, document_id: str) -> Any:
    [shown] = reading.read(found, Selection(ids=(document_id,)), Form())
    return json.loads(shown)


def names(error: MigrationRefused) -> list[str]:
    return [each.subject for each in error.preconditions]


def test_a_class_is_created() -> None:
    document = {"@type": "Class", "@id": "New", "n": "http://www.w3.org/2001/XMLSchema#string"}
    found = classes_of(migrated({"@type": "CreateClass", "class_document": document}))
    assert found["New"] == {"@type": "Class", "@id": "New", "n": "xsd:string"}
    error = refused({"@type": "CreateClass", "class_document": SCHEMA[2]})
    assert error.metadata["api_error"] == "api:ClassExists"


def test_a_class_with_documents_is_deleted_only_where_that_is_allowed() -> None:
    operation = {"@type": "DeleteClass", "class": "Firm"}
    assert names(refused(operation)) == ["Firm/x", "Firm/y"]
    found = migrated(operation, allow_destructive=True)
    assert "Firm" not in classes_of(found)
    assert list(found.list_documents(["Firm"])) == []
    person = show(found, "Person/a")
    assert "at" not in person
    assert person["were"] == []


def test_a_renamed_class_takes_its_documents_and_their_references_along() -> None:
    found = migrated({"@type": "MoveClass", "from": "Firm", "to": "Company"})
    assert classes_of(found)["Person"]["were"] == {"@type": "List", "@class": "Company"}
    assert show(found, "Company/x")["@type"] == "Company"
    person = show(found, "Person/a")
    assert person["at"] == "Company/x"
    assert person["were"] == ["Company/y", "Company/x"]
    assert "Firm/x" not in found.documents(["Firm/x", "Firm/y"])


def test_a_renamed_subdocument_class_changes_ids_inside() -> None:
    found = migrated({"@type": "RenameClass", "from": "Place", "to": "Spot"})
    home = {"@id": "Person/a/home/Spot/Seoul", "@type": "Spot", "city": "Seoul"}
    assert show(found, "Person/a")["home"] == home


def test_a_class_renamed_with_its_subdocuments_keeps_them_below_it() -> None:
    found = migrated({"@type": "MoveClass", "from": "Person", "to": "Human"})
    assert show(found, "Human/a")["home"]["@id"] == "Human/a/home/Place/Seoul"


def test_a_renamed_enum_takes_its_values_along() -> None:
    found = migrated({"@type": "MoveClass", "from": "Color", "to": "Shade"})
    assert b"@schema:Shade/red" in found.documents(["Firm/x"])["Firm/x"].json
    assert show(found, "Firm/x")["color"] == "red"


def test_operations_see_what_those_before_them_did() -> None:
    found = migrated(
        {"@type": "MoveClass", "from": "Firm", "to": "Company"},
        {"@type": "MoveClassProperty", "class": "Company", "from": "staff", "to": "people"},
        {"@type": "MoveClass", "from": "Company", "to": "Corp"},
        {"@type": "DeleteClassProperty", "class": "Person", "property": "at"},
        allow_destructive=True,
    )
    assert show(found, "Corp/x")["people"] == 3
    assert show(found, "Person/a")["were"] == ["Corp/y", "Corp/x"]


@pytest.mark.parametrize(
    ("type_", "default", "shown"),
    [
        ("xsd:string", "d", "d"),
        ("xsd:integer", 12345678901234567890123, 12345678901234567890123),
        ({"@type": "Optional", "@class": "xsd:date"}, "2024-02-29", "2024-02-29"),
        ({"@type": "Set", "@class": "xsd:string"}, ["b", "a", "b"], ["a", "b"]),
        ({"@type": "List", "@class": "xsd:string"}, ["b", "a", "b"], ["b", "a", "b"]),
        ({"@type": "List", "@class": "xsd:string"}, None, []),
        ("Color", "blue", "blue"),
        ("sys:JSON", {"a": [1]}, {"a": [1]}),
    ],
)
def test_a_new_property_has_its_default_everywhere(type_: Any, default: Any, shown: Any) -> None:
    operation = {"@type": "CreateClassProperty", "class": "Firm", "property": "p", "type": type_}
    found = migrated(operation if default is None else {**operation, "default": default})
    assert [show(found, each)["p"] for each in ("Firm/x", "Firm/y")] == [shown, shown]


def test_a_required_property_needs_a_default_where_there_are_documents() -> None:
    operation = {"@type": "CreateClassProperty", "property": "p", "type": "xsd:string"}
    error = refused({**operation, "class": "Firm"})
    assert names(error) == ["Firm/x", "Firm/y"]
    assert error.metadata["api_error"] == "api:PropertyCreationNotASchemaWeakening"
    error = refused({**operation, "class": "Place"})
    assert names(error) == ["Person/a"]
    error = refused({**operation, "class": "Firm", "type": "xsd:integer", "default": "no"})
    assert error.metadata["api_error"] == "api:BadCast"
    assert refused({**operation, "class": "Firm", "property": "name"})


def test_a_property_with_values_is_deleted_only_where_that_is_allowed() -> None:
    operation = {"@type": "DeleteClassProperty", "class": "Firm", "property": "staff"}
    assert names(refused(operation)) == ["Firm/x"]
    found = migrated(operation, allow_destructive=True)
    assert "staff" not in show(found, "Firm/x")
    assert "staff" not in classes_of(found)["Firm"]
    assert refused({"@type": "DeleteClassProperty", "class": "Firm", "property": "name"})


def test_a_renamed_property_is_renamed_in_keys_and_documents() -> None:
    found = migrated({"@type": "MoveClassProperty", "class": "Place", "from": "city", "to": "town"})
    assert classes_of(found)["Place"]["@key"]["@fields"] == ["town"]
    assert show(found, "Person/a")["home"]["town"] == "Seoul"


def test_a_widened_property_widens_its_values() -> None:
    wider = {"@type": "Set", "@class": "xsd:decimal"}
    operation = {
        "@type": "UpcastClassProperty",
        "class": "Firm",
        "property": "staff",
        "type": wider,
    }
    assert show(migrated(operation), "Firm/x")["staff"] == [3]
    error = refused({**operation, "type": "xsd:integer"})
    assert error.metadata["api_error"] == "api:UpcastNotASchemaWeakening"


def test_values_are_cast_or_replaced_or_named() -> None:
    number = {"@type": "Set", "@class": "xsd:integer"}
    operation = {"@type": "CastClassProperty", "class": "Firm", "property": "code", "type": number}
    error = refused({**operation, "default": {"@type": "Error"}})
    assert names(error) == ["Firm/y"]
    assert error.metadata["api_error"] == "api:MigrationCastFailure"
    found = migrated({**operation, "default": {"@type": "Default", "value": 0}})
    assert show(found, "Firm/x")["code"] == [1, 2]
    assert show(found, "Firm/y")["code"] == [0]


def test_new_parents_bring_properties_with_defaults() -> None:
    parent = {"@type": "Class", "@id": "Rated", "@abstract": [], "rating": "xsd:integer"}
    create = {"@type": "CreateClass", "class_document": parent}
    change = {"@type": "ChangeParents", "class": "Firm", "parents": ["Rated", "Base"]}
    assert refused(create, change)
    default = {"properties": [{"property": "rating", "default": 5}]}
    found = migrated(create, {**change, **default})
    assert show(found, "Firm/y")["rating"] == 5
    assert [
        each["@id"]
        for each in map(json.loads, reading.read(found, Selection(types=("Base",)), Form()))
    ] == ["Firm/x", "Firm/y"]
    unused = {"properties": [{"property": "other", "default": 5}]}
    assert refused(create, {**change, **default, **unused})
    assert refused({"@type": "ChangeParents", "class": "Base", "parents": ["Base"]})


def test_enums_grow_and_remarks_are_replaced() -> None:
    found = classes_of(
        migrated(
            {"@type": "ExpandEnum", "enum": "Color", "values": ["green", "red"]},
            {"@type": "ReplaceClassMetadata", "class": "Firm", "metadata": {"a": 1.50}},
            {
                "@type": "ReplaceClassDocumentation",
                "class": "Firm",
                "documentation": {"@comment": "c"},
            },
            {"@type": "Unfoldable", "class": "Firm"},
            {"@type": "NotAbstract", "class": "Base"},
        )
    )
    assert found["Color"]["@value"] == ["red", "blue", "green"]
    assert found["Firm"]["@documentation"] == {"@comment": "c"}
    assert found["Firm"]["@unfoldable"] == []
    assert "@abstract" not in found["Base"]
    assert refused({"@type": "NotUnfoldable", "class": "Firm"})
    assert refused({"@type": "ExpandEnum", "enum": "Firm", "values": []})


def test_a_class_with_documents_becomes_abstract_only_where_they_may_go() -> None:
    operation = {"@type": "Abstract", "class": "Firm"}
    assert names(refused(operation)) == ["Firm/x", "Firm/y"]
    assert reading.count(migrated(operation, allow_destructive=True), Selection()) == 1


def test_the_context_takes_prefixes_and_keeps_its_base() -> None:
    context = {"@type": "@context", "geo": "http://geo/", "@base": "terminusdb:///data/"}
    found = classes_of(migrated({"@type": "ReplaceContext", "context": context}))
    assert found["@context"]["geo"] == "http://geo/"
    assert found["@context"]["@schema"] == "terminusdb:///schema#"
    assert refused({"@type": "ReplaceContext", "context": {**context, "@base": "http://other/"}})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{}",
        b'"x"',
        b"[1]",
        b'[{"@type": "Nope"}]',
        b'[{"@type": "DeleteClass"}]',
        b'[{"@type": "DeleteClass", "class": 1}]',
        b'[{"@type": "DeleteClass", "class": "A", "more": 1}]',
        b'[{"@type": "ExpandEnum", "enum": "A", "values": "b"}]',
        b"[" + b",".join([b'{"@type": "DeleteClass", "class": "A"}'] * 1001) + b"]",
    ],
)
def test_what_is_no_list_of_operations_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidPatch) as caught:
        parse_operations(body)
    assert caught.value.metadata["api_error"] == "api:UnknownSchemaMigrationOperation"


def test_another_key_makes_other_ids_and_references_follow() -> None:
    key = {"@type": "ChangeKey", "class": "Firm", "key": "Lexical", "fields": ["name", "staff"]}
    found = migrated(key)
    assert show(found, "Firm/x+3")["name"] == "x"
    assert show(found, "Firm/y++none+")["name"] == "y"
    assert show(found, "Person/a")["were"] == ["Firm/y++none+", "Firm/x+3"]
    assert migrated({**key, "fields": ["name"]}).documents(["Firm/x"])
    random = migrated({"@type": "ChangeKey", "class": "Firm", "key": "Random"})
    [at] = [each.id for each in random.list_documents(["Firm"]) if b'"name":"x"' in each.json]
    assert at != "Firm/x"
    assert show(random, "Person/a")["at"] == at


def test_another_key_of_a_subdocument_changes_its_ids_below_the_same_parent() -> None:
    found = migrated({"@type": "ChangeKey", "class": "Place", "key": "Hash", "fields": ["city"]})
    home = show(found, "Person/a")["home"]
    assert home["@id"].startswith("Person/a/home/Place/")
    assert home["@id"] != "Person/a/home/Place/Seoul"
    moved = migrated({"@type": "ChangeKey", "class": "Person", "key": "Random"})
    [person] = moved.list_documents(["Person"])
    assert show(moved, person.id)["home"]["@id"] == f"{person.id}/home/Place/Seoul"


def test_a_key_that_makes_the_same_id_twice_is_refused() -> None:
    same = {"@type": "CreateClassProperty", "class": "Firm", "property": "k", "type": "xsd:string"}
    key = {"@type": "ChangeKey", "class": "Firm", "key": "Lexical", "fields": ["k"]}
    error = refused({**same, "default": "same"}, key)
    assert names(error) == ["Firm/x", "Firm/y"]
    assert refused({**key, "fields": ["nope"]})
    assert refused({**key, "key": "Other"})
