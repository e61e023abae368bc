"""JSON patches against the laws they keep, and against answers of a TerminusDB."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from oms_core.errors import InvalidField, InvalidPatch
from svc_datakernel.domain.canonical_json import Number, parse_exact, write_exact
from svc_datakernel.domain.graph.json_diff import diff, is_empty
from svc_datakernel.domain.graph.json_patch import patch
from svc_datakernel.domain.graph.json_values import same
from svc_datakernel.domain.graph.subsequence import common_runs

from datakernel_tests.versioning.json_values import documents, values, without_nulls


def _parsed(text: str) -> Any:
    return parse_exact(text)


@given(documents(), documents())
def test_patching_with_a_difference_leads_to_the_other_document(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    patched = patch(before, diff(before, after))
    assert patched.conflict is None
    assert same(without_nulls(patched.value), without_nulls(after))


@given(documents(), values(), values())
def test_arrays_and_scalars_in_place_are_patched_exactly(
    document: dict[str, Any], old: Any, new: Any
) -> None:
    before, after = document | {"it": [old, "end"]}, document | {"it": [new, "end"]}
    patched = patch(before, diff(before, after))
    assert same(without_nulls(patched.value), without_nulls(after))


@given(documents())
def test_a_document_differs_from_itself_by_nothing(document: dict[str, Any]) -> None:
    assert is_empty(diff(document, document))


@given(documents(), documents())
def test_a_patch_fits_what_is_final_already_only_where_that_is_asked_for(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    before, after = without_nulls(before), without_nulls(after)
    change = diff(before, after)
    again = patch(after, change, match_final_state=True)
    if all(isinstance(part, dict) and part.get("@op") == "SwapValue" for part in change.values()):
        assert again.conflict is None
        assert same(without_nulls(again.value), after)


@given(documents(), documents())
def test_copied_values_change_nothing_in_what_a_patch_does(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    patched = patch(before, diff(before, after, copy_value=True))
    assert same(without_nulls(patched.value), without_nulls(after))


@given(values(), values())
def test_common_runs_are_common_and_rise(left: Any, right: Any) -> None:
    before, after = [left, right, left], [right, left, left]
    place = (0, 0)
    for start, start_after, length in common_runs(before, after):
        assert place <= (start, start_after)
        assert same(before[start : start + length], after[start_after : start_after + length])
        place = (start + length, start_after + length)


CASES = [
    ('{"w": 1}', '{"w": 2}', '{"w": {"@op": "SwapValue", "@before": 1, "@after": 2}}'),
    ('{"w": 1}', "{}", '{"w": {"@op": "SwapValue", "@before": 1, "@after": null}}'),
    (
        '{"p": ["x", "y"]}',
        '{"p": ["z", "x", "y"]}',
        '{"p": {"@op": "SwapList", "@before": [], "@after": ["z"], "@rest": {"@op": "KeepList"}}}',
    ),
    (
        '{"p": ["a", "b", "c"]}',
        '{"p": ["a", "q", "c"]}',
        '{"p": {"@op": "CopyList", "@to": 1, "@rest": {"@op": "PatchList", "@patch":'
        ' [{"@op": "SwapValue", "@before": "b", "@after": "q"}], "@rest": {"@op": "KeepList"}}}}',
    ),
    (
        '{"p": ["x", "y"]}',
        '{"p": ["y", "z"]}',
        '{"p": [{"@op": "SwapValue", "@before": "x", "@after": "y"},'
        ' {"@op": "SwapValue", "@before": "y", "@after": "z"}]}',
    ),
    (
        "[1, 2, 3]",
        "[1, 3]",
        '{"@op": "CopyList", "@to": 1, "@rest": {"@op": "SwapList", "@before": [2], "@after": [],'
        ' "@rest": {"@op": "KeepList"}}}',
    ),
]


@pytest.mark.parametrize(("before", "after", "expected"), CASES)
def test_a_difference_is_written_as_terminusdb_writes_it(
    before: str, after: str, expected: str
) -> None:
    found = write_exact(diff(_parsed(before), _parsed(after)))
    assert found == write_exact(_parsed(expected))


def test_what_is_to_be_kept_is_copied_and_must_not_differ() -> None:
    before, after = {"@id": "A/1", "s": "a", "w": "1"}, {"@id": "A/1", "s": "a", "w": "2"}
    assert diff(before, after, keep={"s": True})["s"] == "a"
    with pytest.raises(InvalidField):
        diff(before, after, keep={"w": True})
    with pytest.raises(InvalidField):
        diff(before, after | {"@id": "A/2"})


def test_a_place_that_is_not_as_expected_is_a_conflict() -> None:
    change = _parsed('{"w": {"@op": "SwapValue", "@before": 4, "@after": 7}}')
    conflict = patch(_parsed('{"w": 5}'), change).conflict
    expected = {"w": {"@op": "Conflict", "@expected": Number("4"), "@found": Number("5")}}
    assert same(conflict, expected)


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(InvalidPatch):
        patch({"a": None}, {"a": {"@op": "Explode"}})


def test_long_arrays_are_compared_in_bounded_time() -> None:
    before = [Number(str(index)) for index in range(50_000)]
    after = [*before[:20_000], "new", *before[20_001:]]
    began = time.monotonic()
    found = diff(before[::-1], before)
    assert same(patch(before, diff(before, after)).value, after)
    assert time.monotonic() - began < 60
    assert not is_empty(found)
