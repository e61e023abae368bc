"""What a real TerminusDB answered to queries."""

from __future__ import annotations

from typing import Any

import pytest

from datakernel_tests.woql.recorded import cases, check

# What the server around the queries answers, and what only a store with a history can.
BEYOND_A_COMMIT = {
    "woql/write/no-commit-info",
    "woql/errors/path-missing-db",
    "woql/errors/path-missing-branch",
    "woql/errors/path-malformed",
    "woql/resource/using-commits",
    "woql/delta/addedtriple-none-in-last",
    "woql/delta/addedtriple-last",
    "woql/delta/addedquad",
    "woql/delta/using-branch-commit",
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["name"])
        for case in cases()
        if case["name"] not in BEYOND_A_COMMIT
    ],
)
def test_query_answers_as_recorded(case: dict[str, Any]) -> None:
    check(case)
