"""The element index against a plain dictionary."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from oms_testing.effort import examples
from svc_api.domain.element_index import ElementIndex
from svc_api.domain.elements import Element
from svc_api.domain.references import target_keys

from .domain_model import EVERY_KEY, plans


def assert_same(index, model):
    assert dict(index.items()) == model
    assert len(index) == len(model)
    for collection in ("objectTypes", "linkTypes", "interfaces"):
        assert index.ids(collection) == sorted(i for c, i in model if c == collection)
    for iri in ("urn:1", "urn:2"):
        expected = {key for key, element in model.items() if element.body.get("iri") == iri}
        assert sorted(index.with_iri(iri)) == sorted(expected)
    for key in EVERY_KEY:
        expected = {other for other, element in model.items() if key in target_keys(element)}
        assert sorted(index.referrers(key)) == sorted(expected)


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(plans(), max_size=12))
def test_index_answers_like_a_scan_of_everything_after_any_changes(history):
    index, model = ElementIndex.of([]), {}
    versions = [(index, dict(model))]
    for plan in history:
        changes = {
            change.key: Element(*change.key, change.body)
            if change.operation.value != "delete"
            else None
            for change in plan.changes
        }
        index = index.with_changes(changes)
        for key, element in changes.items():
            if element is None:
                model.pop(key, None)
            else:
                model[key] = element
        versions.append((index, dict(model)))
    for version, expected in versions:  # earlier versions are left as they were
        assert_same(version, expected)


def test_many_changes_are_folded_into_the_shared_layer():
    index = ElementIndex.of([])
    model = {}
    for number in range(300):
        element = Element("objectTypes", f"T{number}", {"parents": [f"T{number - 1}"]})
        index = index.with_changes({element.key: element})
        model[element.key] = element
    assert index.own_size < 200
    assert dict(index.items()) == model
    assert list(index.referrers(("objectTypes", "T7"))) == [("objectTypes", "T8")]


def test_large_change_keeps_ids_sorted():
    index = ElementIndex.of([Element("objectTypes", f"T{n:03}", {}) for n in range(200)])
    gone = {("objectTypes", f"T{n:03}"): None for n in range(0, 200, 2)}
    index = index.with_changes(gone)
    assert index.ids("objectTypes") == [f"T{n:03}" for n in range(1, 200, 2)]
