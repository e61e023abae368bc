"""The three-way merge of JSON against the laws of merging."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from svc_datakernel.domain.graph.json_merge import merge
from svc_datakernel.domain.graph.json_values import same

from datakernel_tests.versioning.json_values import documents, values


@given(documents(), documents())
def test_what_only_one_side_changed_is_taken(base: dict[str, Any], changed: dict[str, Any]) -> None:
    for target, source in ((changed, base), (base, changed)):
        merged = merge(base, target, source)
        assert not merged.conflicts
        assert same(merged.value, changed)


@given(documents(), documents())
def test_the_same_change_on_both_sides_is_no_conflict(
    base: dict[str, Any], changed: dict[str, Any]
) -> None:
    merged = merge(base, changed, changed)
    assert not merged.conflicts
    assert same(merged.value, changed)


@given(documents(), values(), values())
def test_changes_of_different_members_are_both_taken(
    base: dict[str, Any], ours: Any, theirs: Any
) -> None:
    merged = merge(base, base | {"ours": ours}, base | {"theirs": theirs})
    assert not merged.conflicts
    assert same(merged.value, base | {"ours": ours, "theirs": theirs})


@given(documents(), documents(), documents())
def test_a_conflict_leaves_the_targets_value_and_names_all_three(
    base: dict[str, Any], target: dict[str, Any], source: dict[str, Any]
) -> None:
    merged = merge(base, target, source)
    for conflict in merged.conflicts:
        assert not same(conflict.target, conflict.source)
        assert not same(conflict.base, conflict.source)
        assert not same(conflict.base, conflict.target)
    mirrored = merge(base, source, target)
    assert {each.pointer for each in mirrored.conflicts} == {
        each.pointer for each in merged.conflicts
    }
    if not merged.conflicts:
        assert same(mirrored.value, merged.value)


def test_changes_at_both_ends_of_an_array_are_both_taken() -> None:
    merged = merge(["a", "b", "c"], ["x", "b", "c"], ["a", "b", "c", "d"])
    assert merged.value == ["x", "b", "c", "d"]
    assert not merged.conflicts


def test_one_place_of_an_array_changed_twice_is_a_conflict() -> None:
    merged = merge({"p": ["a", "b"]}, {"p": ["a", "x"]}, {"p": ["a", "y"]})
    assert [each.pointer for each in merged.conflicts] == ["/p/1"]


def test_sets_take_what_either_side_added_and_leave_out_what_either_removed() -> None:
    merged = merge(
        {"t": ["a", "b"]}, {"t": ["a", "b", "c"]}, {"t": ["b", "d"]}, are_arrays_sets=True
    )
    assert merged.value == {"t": ["b", "c", "d"]}
    assert not merged.conflicts


def test_a_literal_is_never_put_together_from_two_sides() -> None:
    merged = merge(
        {"d": {"@type": "xsd:date", "@value": "2024-01-01"}},
        {"d": {"@type": "xsd:date", "@value": "2024-01-02"}},
        {"d": {"@type": "xsd:gYear", "@value": "2024-01-01"}},
        are_arrays_sets=True,
    )
    assert [each.pointer for each in merged.conflicts] == ["/d"]
