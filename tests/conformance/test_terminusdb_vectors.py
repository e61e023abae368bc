"""Recorded TerminusDB scenarios over the embedded store: what passed once passes still."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.terminusdb_replay.backends import sqlite
from tests.conformance.terminusdb_replay.differences import Differences
from tests.conformance.terminusdb_replay.matching import Matcher
from tests.conformance.terminusdb_replay.replaying import replay_all
from tests.conformance.terminusdb_replay.vectors import load

_HERE = Path(__file__).resolve().parent


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_cases_that_passed_pass() -> None:
    passing = set(json.loads((_HERE / "terminusdb_passing.json").read_text(encoding="utf-8")))
    cases = [case for case in load(_HERE / "terminusdb") if case.name in passing]
    assert len(cases) == len(passing), "a case is listed as passing that is no longer there"
    async with sqlite() as channel:
        results = [result async for result in replay_all(channel, cases)]
    failed = [f"{each.case.name}: {each.why}" for each in results if not each.is_passed]
    assert not failed, "\n".join(failed)


def test_deliberate_differences_name_cases_that_exist_and_do_not_pass() -> None:
    names = [case.name for case in load(_HERE / "terminusdb")]
    passing = set(json.loads((_HERE / "terminusdb_passing.json").read_text(encoding="utf-8")))
    differences = Differences(_HERE / "terminusdb_differences.json")
    for name in differences.reasons:
        assert "*" in name or name in names, name
        assert name not in passing, name
        assert differences.reasons[name]


@pytest.mark.parametrize(
    ("expected", "actual", "is_unordered", "is_match"),
    [
        (["N/$RANDOM1", "N/$RANDOM1"], ["N/abc", "N/abc"], False, True),
        (["N/$RANDOM1", "N/$RANDOM1"], ["N/abc", "N/abd"], False, False),
        (["N/$RANDOM1", "N/$RANDOM2"], ["N/abc", "N/abc"], False, False),
        ([["$RANDOM1", "a"], ["$RANDOM2", "b"]], [["y", "b"], ["x", "a"]], True, True),
        ([["$RANDOM1", "a"], ["$RANDOM1", "b"]], [["y", "b"], ["x", "a"]], True, False),
        (["a", "a", "b"], ["a", "b", "b"], True, False),
        ("$UUID", {"any": "thing"}, False, True),
        ({"a": None}, {}, False, False),
        ("1", True, False, False),
    ],
)
def test_placeholders_are_variables(
    expected: object, actual: object, is_unordered: bool, is_match: bool
) -> None:
    matcher = Matcher({})
    assert matcher.matches(expected, actual, is_unordered=is_unordered) is is_match
