"""Whole migrations: schema and documents in one commit, sound afterwards or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oms_core.errors import InvalidSchema, LimitExceeded, MigrationRefused
from svc_datakernel.domain.graph import documents, migration, reading, schema
from svc_datakernel.domain.graph.migration import draft, migrating
from svc_datakernel.domain.graph.requests import Form, Graph, Insertion, Migration, Selection
from svc_datakernel.domain.graph.schema_classes import classes_of
from svc_datakernel.domain.graph.validation import check_changes
from svc_datakernel.domain.graph.view import DocumentChange

from datakernel_tests.graph.building import view_of
from datakernel_tests.graph.memory_view import MemorySnapshots, MemoryView

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
        "@id": "A",
        "@key": {"@type": "Lexical", "@fields": ["name"]},
        "name": "xsd:string",
        "x": {"@type": "Optional", "@class": "xsd:integer"},
        "b": {"@type": "Optional", "@class": "B"},
        "color": {"@type": "Set", "@class": "Color"},
    },
    {
        "@type": "Class",
        "@id": "B",
        "@inherits": "Base",
        "@key": {"@type": "Lexical", "@fields": ["name"]},
        "name": "xsd:string",
        "a": {"@type": "List", "@class": "A"},
        "part": {"@type": "Optional", "@class": "Part"},
    },
    {
        "@type": "Class",
        "@id": "Part",
        "@subdocument": [],
        "@key": {"@type": "Lexical", "@fields": ["n"]},
        "n": "xsd:string",
        "to": {"@type": "Optional", "@class": "A"},
    },
]
DOCUMENTS: list[dict[str, Any]] = [
    {"@type": "A", "name": "1", "x": 7, "b": "B/1", "color": ["red"]},
    {"@type": "A", "name": "2", "color": []},
    {"@type": "B", "name": "1", "a": ["A/1", "A/2"], "part": {"n": "p", "to": "A/2"}},
    {"@type": "B", "name": "2", "a": [], "label": "two"},
]


def snapshots() -> MemorySnapshots:
    made = MemorySnapshots(view_of(SCHEMA))
    made.run(lambda view: documents.insert(view, Insertion(json.dumps(DOCUMENTS).encode())))
    return made


def migrate(made: MemorySnapshots, *operations: Any, allow_destructive: bool = False) -> Any:
    body = json.dumps(operations).encode()
    return made.run(lambda view: migration.migrate(view, Migration(body, allow_destructive))).answer


def check_sound(view: MemoryView) -> None:
    """Checks every document by the schema, as if it were written now."""
    stored = view.list_documents(None)
    check_changes(view, [DocumentChange(each.id, each.type, each.json) for each in stored])
    assert not schema.check(schema.load(view))


def test_schema_and_documents_change_in_one_commit() -> None:
    made = snapshots()
    before = made.head()
    answer = migrate(
        made,
        {"@type": "MoveClass", "from": "A", "to": "Item"},
        {
            "@type": "CreateClassProperty",
            "class": "Item",
            "property": "y",
            "type": "xsd:integer",
            "default": 1,
        },
    )
    assert (answer.schema_operations, answer.instance_operations) == (2, 4)
    after = made.head()
    assert after.commit_id != before.commit_id
    [found] = reading.read(after, Selection(ids=("Item/1",)), Form())
    assert json.loads(found)["y"] == 1
    assert [each.id for each in after.list_documents(["B"])] == ["B/1", "B/2"]
    check_sound(after)


def test_what_breaks_the_schema_is_refused_with_the_documents_in_the_way() -> None:
    made = snapshots()
    head = made.head()
    narrower = {"@type": "CastClassProperty", "class": "A", "property": "x", "type": "xsd:integer"}
    with pytest.raises(MigrationRefused) as caught:
        migrate(made, {**narrower, "default": {"@type": "Error"}})
    assert any("A/2" in each.subject for each in caught.value.preconditions)
    assert caught.value.metadata["api_error"] == "api:SchemaCheckFailure"
    missing = {
        "@type": "CreateClass",
        "class_document": {"@type": "Class", "@id": "C", "p": "Ghost"},
    }
    with pytest.raises((InvalidSchema, MigrationRefused)):
        migrate(made, missing)
    assert made.head() is head


def test_a_required_migration_comes_with_the_schema_in_one_commit() -> None:
    made = snapshots()
    wider = json.dumps({**SCHEMA[2], "x": {"@type": "Set", "@class": "xsd:decimal"}}).encode()
    insertion = Insertion(wider, Graph.SCHEMA, is_replace=True, require_migration=True)
    made.run(lambda view: documents.insert(view, insertion))
    [found] = reading.read(made.head(), Selection(ids=("A/1",)), Form())
    assert json.loads(found)["x"] == [7]
    check_sound(made.head())


_classes = st.sampled_from(["A", "B", "Part", "Base", "C"])
_keys = st.sampled_from(["name", "x", "b", "a", "n", "label", "to", "new", "part"])
_types = st.sampled_from(
    [
        "xsd:string",
        "xsd:integer",
        {"@type": "Optional", "@class": "xsd:string"},
        {"@type": "Optional", "@class": "xsd:decimal"},
        {"@type": "Set", "@class": "xsd:string"},
        {"@type": "Set", "@class": "B"},
        {"@type": "List", "@class": "A"},
    ]
)


def _operation(kind: str, **members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"@type": st.just(kind), **members})


_operations = st.one_of(
    _operation("DeleteClass", **{"class": _classes}),
    _operation("MoveClass", **{"from": _classes, "to": _classes}),
    _operation("CreateClassProperty", **{"class": _classes, "property": _keys, "type": _types}),
    _operation(
        "CreateClassProperty",
        **{"class": _classes, "property": _keys, "type": _types, "default": st.just("7")},
    ),
    _operation("DeleteClassProperty", **{"class": _classes, "property": _keys}),
    _operation("MoveClassProperty", **{"class": _classes, "from": _keys, "to": _keys}),
    _operation("UpcastClassProperty", **{"class": _classes, "property": _keys, "type": _types}),
    _operation(
        "CastClassProperty",
        **{
            "class": _classes,
            "property": _keys,
            "type": _types,
            "default": st.sampled_from([{"@type": "Error"}, {"@type": "Default", "value": "5"}]),
        },
    ),
    _operation("ChangeKey", **{"class": _classes, "key": st.sampled_from(["Random", "ValueHash"])}),
    _operation(
        "ChangeKey",
        **{
            "class": _classes,
            "key": st.just("Lexical"),
            "fields": st.lists(_keys, min_size=1, max_size=2),
        },
    ),
    _operation("ChangeParents", **{"class": _classes, "parents": st.lists(_classes, max_size=2)}),
    _operation("Abstract", **{"class": _classes}),
    _operation("NotAbstract", **{"class": _classes}),
    _operation("ExpandEnum", enum=st.just("Color"), values=st.lists(st.just("new"), max_size=1)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_operations, min_size=1, max_size=4), st.booleans())
def test_a_migration_leaves_a_sound_database_or_nothing(
    operations: list[dict[str, Any]], allow_destructive: bool
) -> None:
    made = snapshots()
    before = made.head()
    for operation in operations:
        try:
            migrate(made, operation, allow_destructive=allow_destructive)
        except (MigrationRefused, InvalidSchema):
            continue
        check_sound(made.head())
        texts = list(reading.read(made.head(), Selection(), Form()))
        assert len(texts) <= len(DOCUMENTS)
        if not allow_destructive:
            assert len(texts) == len(DOCUMENTS)
    assert classes_of(before) == classes_of(snapshots().head())


def test_what_a_migration_breaks_deep_inside_is_named_by_its_document() -> None:
    change = DocumentChange("B/1.5", "B", b'{"a":{"@list":[{"@id":"A/none"}]},"name":"1.5"}')
    with pytest.raises(MigrationRefused) as caught:
        migrating._check(snapshots().head(), [change])
    assert [each.subject for each in caught.value.preconditions] == ["terminusdb:///data/B/1.5"]
    fields = [each.field for each in caught.value.fields]
    assert "terminusdb:///data/B/1.5.a.0" in fields


def test_migration_of_too_many_documents_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft, "MOST_DOCUMENTS", 1)
    move = {"@type": "MoveClassProperty", "class": "A", "from": "name", "to": "title"}
    made = snapshots()
    with pytest.raises(LimitExceeded) as caught:
        migrate(made, move)
    assert caught.value.metadata == {"limit": "migrated_documents", "maximum": "1"}
    monkeypatch.setattr(draft, "MOST_DOCUMENTS", 2)
    migrate(made, move)
