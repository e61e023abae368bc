"""What a real TerminusDB answered to queries, over a commit in memory and over one in SQL."""

from __future__ import annotations

from typing import Any

import pytest

from datakernel_tests.woql.recorded import cases, check, in_memory, in_sql

# What the server around the queries answers.
BEYOND_A_QUERY = {
    "woql/write/no-commit-info",
    "woql/errors/path-missing-db",
    "woql/errors/path-missing-branch",
    "woql/errors/path-malformed",
}
# What only a store with a history can answer.
BEYOND_A_COMMIT = {
    "woql/resource/using-commits",
    "woql/resource/triplecount",
    "woql/resource/triplecount-instance",
    "woql/delta/addedtriple-none-in-last",
    "woql/delta/addedtriple-last",
    "woql/delta/addedquad",
    "woql/delta/using-branch-commit",
}
CASES = [each for each in cases() if each["name"] not in BEYOND_A_QUERY]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case["name"]) for case in CASES if case["name"] not in BEYOND_A_COMMIT],
)
def test_query_over_memory_answers_as_recorded(case: dict[str, Any]) -> None:
    with in_memory() as runner:
        check(case, runner)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_query_over_sql_answers_as_recorded(case: dict[str, Any]) -> None:
    with in_sql() as runner:
        check(case, runner)
