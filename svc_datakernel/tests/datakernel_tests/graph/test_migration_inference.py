"""What changed between two schemas: which changes weaken, and what operations lead there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import InvalidSchema, MigrationRefused
from svc_datakernel.domain.graph import migration
from svc_datakernel.domain.graph.migration.applying import apply
from svc_datakernel.domain.graph.schema_classes import CONTEXT, classes_of

from datakernel_tests.graph.building import view_of

PERSON: dict[str, Any] = {
    "@type": "Class",
    "@id": "Person",
    "@key": {"@type": "Lexical", "@fields": ["name"]},
    "name": "xsd:string",
    "age": {"@type": "Optional", "@class": "xsd:integer"},
}
COLOR: dict[str, Any] = {"@type": "Enum", "@id": "Color", "@value": ["red", "blue"]}
ROOT: dict[str, Any] = {"@type": "Class", "@id": "Root", "@abstract": [], "r": "xsd:string"}
LEAF: dict[str, Any] = {"@type": "Class", "@id": "Leaf", "@inherits": "Root"}
UNION: dict[str, Any] = {"@type": "TaggedUnion", "@id": "Union", "a": "xsd:string"}
PAY: dict[str, Any] = {"@type": "Class", "@id": "Pay", "@oneOf": [{"a": "xsd:string", "b": "Root"}]}
SCHEMA = [PERSON, COLOR, ROOT, LEAF, UNION, PAY]


def without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


def compared(*documents: dict[str, Any], dropped: str = "") -> dict[str, Any]:
    changed = {each["@id"]: each for each in documents}
    kept = [changed.pop(each["@id"], each) for each in SCHEMA if each["@id"] != dropped]
    other = json.dumps([*kept, *changed.values()]).encode()
    return json.loads(migration.compare(view_of(SCHEMA), other))


@pytest.mark.parametrize(
    ("document", "change", "operation"),
    [
        ({"@type": "Class", "@id": "New"}, "class_added", "CreateClass"),
        (
            {**PERSON, "age": {"@type": "Set", "@class": "xsd:integer"}},
            "property_widened",
            "UpcastClassProperty",
        ),
        (
            {**PERSON, "age": {"@type": "Optional", "@class": "xsd:decimal"}},
            "property_widened",
            "UpcastClassProperty",
        ),
        (
            {**PERSON, "name": {"@type": "Optional", "@class": "xsd:string"}},
            "property_widened",
            "UpcastClassProperty",
        ),
        (
            {
                **PERSON,
                "name": {"@type": "Cardinality", "@class": "xsd:string", "@max_cardinality": 3},
            },
            "property_widened",
            "UpcastClassProperty",
        ),
        (
            {**PERSON, "more": {"@type": "Set", "@class": "xsd:string"}},
            "property_added",
            "CreateClassProperty",
        ),
        ({**COLOR, "@value": ["red", "green", "blue"]}, "enum_expanded", "ExpandEnum"),
        (without(ROOT, "@abstract"), "abstract_changed", "NotAbstract"),
        ({**PERSON, "@unfoldable": []}, "unfoldable_changed", "Unfoldable"),
        ({**PERSON, "@metadata": {"a": 1}}, "remark_changed", "ReplaceClassMetadata"),
        (
            {**PERSON, "@documentation": {"@comment": "c"}},
            "remark_changed",
            "ReplaceClassDocumentation",
        ),
        ({**UNION, "b": "xsd:integer"}, "property_added", "CreateClassProperty"),
    ],
)
def test_changes_that_keep_every_document_valid_weaken(
    document: dict[str, Any], change: str, operation: str
) -> None:
    found = compared(document)
    assert found["is_weakening"]
    assert [(each["change"], each["effect"]) for each in found["changes"]] == [(change, "weakens")]
    assert [each["@type"] for each in found["operations"]] == [operation]


@pytest.mark.parametrize(
    ("document", "change", "operation"),
    [
        (without(PERSON, "age"), "property_deleted", "DeleteClassProperty"),
        ({**PERSON, "age": "xsd:integer"}, "property_narrowed", "CastClassProperty"),
        (
            {**PERSON, "age": {"@type": "Optional", "@class": "xsd:string"}},
            "property_narrowed",
            "CastClassProperty",
        ),
        ({**PERSON, "more": "xsd:string"}, "property_added", None),
        (
            {**PERSON, "more": {"@type": "List", "@class": "xsd:string"}},
            "property_added",
            "CreateClassProperty",
        ),
        ({**PERSON, "@key": {"@type": "Random"}}, "key_changed", "ChangeKey"),
        ({**PERSON, "@abstract": []}, "abstract_changed", "Abstract"),
        ({**PERSON, "@inherits": ["Root"]}, "parents_changed", "ChangeParents"),
        ({**COLOR, "@value": ["red"]}, "enum_values_deleted", None),
        ({**PAY, "@oneOf": [{"a": "xsd:string"}]}, "oneOf_changed", None),
    ],
)
def test_changes_that_some_document_may_not_survive_strengthen(
    document: dict[str, Any], change: str, operation: str | None
) -> None:
    found = compared(document)
    assert not found["is_weakening"]
    assert [(each["change"], each["effect"]) for each in found["changes"]] == [
        (change, "strengthens")
    ]
    assert [each["@type"] for each in found["operations"]] == ([operation] if operation else [])


def test_a_dropped_class_strengthens_and_the_same_schema_changes_nothing() -> None:
    found = compared(dropped="Leaf")
    assert found["changes"][0]["is_destructive"]
    assert found["operations"] == [{"@type": "DeleteClass", "class": "Leaf"}]
    assert compared() == {"changes": [], "is_weakening": True, "operations": []}


@pytest.mark.parametrize("body", [b"{", b"[1]", b'[{"@type": "Class"}]', b'[{"@id": "X"}]'])
def test_what_is_no_schema_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSchema):
        migration.compare(view_of(SCHEMA), body)


def test_a_required_migration_weakens_or_says_why_not() -> None:
    person = {"@id": "Person/a", "@type": "Person", "name": "a", "age": 3}
    view = view_of([PERSON], [person])
    classes = classes_of(view)
    wider = {
        **classes,
        "Person": {**classes["Person"], "age": {"@type": "Set", "@class": "xsd:decimal"}},
    }
    assert [each.id for each in migration.adapt(view, wider)] == ["Person/a"]
    dropped = {**classes, "Person": without(dict(classes["Person"]), "age")}
    with pytest.raises(MigrationRefused) as caught:
        migration.adapt(view, dropped)
    assert caught.value.metadata["api_error"] == "api:WeakeningFailure"
    [changed] = migration.adapt(view, dropped, allow_destructive=True)
    assert changed.json == b'{"name":"a"}'


_types = st.one_of(
    st.sampled_from(["xsd:string", "xsd:integer", "A", "B"]),
    st.fixed_dictionaries(
        {
            "@type": st.sampled_from(["Optional", "Set", "List"]),
            "@class": st.sampled_from(["xsd:string", "xsd:integer", "xsd:decimal", "A", "B"]),
        }
    ),
)
_class = st.fixed_dictionaries(
    {"@type": st.just("Class")},
    optional={
        "x": _types,
        "y": _types,
        "@abstract": st.just([]),
        "@unfoldable": st.just([]),
        "@metadata": st.integers(0, 1).map(lambda at: {"at": at}),
    },
)
_schemas = st.fixed_dictionaries({"A": _class, "B": _class}, optional={"C": _class})


@given(_schemas, _schemas)
def test_the_operations_found_lead_from_one_schema_to_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    views = [
        view_of([{**document, "@id": name} for name, document in some.items()])
        for some in (before, after)
    ]
    old, new = map(classes_of, views)
    changes = migration.infer(old, new)
    if any(change.operation is None for change in changes):
        return
    operations = [change.operation for change in changes if change.operation is not None]
    assert apply(views[0], operations).classes == new
    assert CONTEXT in new
