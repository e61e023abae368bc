"""What is said about a query that is no WOQL: which operator, where, and what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from oms_core.errors import InvalidQuery
from svc_datakernel.domain import woql

from datakernel_tests.graph.memory_view import MemoryView
from datakernel_tests.woql.recorded import request

TRIPLE = {
    "@type": "Triple",
    "subject": {"@type": "NodeValue", "variable": "s"},
    "predicate": {"@type": "NodeValue", "node": "name"},
    "object": {"@type": "Value", "variable": "o"},
}


def _refused(query: Any) -> InvalidQuery:
    with pytest.raises(InvalidQuery) as caught:
        woql.query(MemoryView(), request(query))
    return caught.value


def test_unknown_operator_is_named_with_its_place() -> None:
    error = _refused({"@type": "And", "and": [TRIPLE, {"@type": "Tripel", "subject": {}}]})
    assert error.metadata["operator"] == "Tripel"
    assert error.metadata["pointer"].endswith("/and/1")
    assert "'Tripel'" in error.message
    assert "/and/1" in error.message


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"@type": "Triple", "subject": TRIPLE["subject"]}, "Triple: the member 'predicate' is"),
        ({"@type": "And", "and": []}, "And: 'and' has to be an array of at least one query"),
        ({**TRIPLE, "object": {"@type": "Valeu"}}, "Triple: there is no kind of value 'Valeu'"),
        ({"@type": "Not", "query": "x"}, "/query: expected an operator, found 'x'"),
        (
            {**TRIPLE, "@type": "Path", "pattern": {"@type": "PathMinus"}},
            "/pattern: there is no kind of path 'PathMinus'",
        ),
    ],
)
def test_what_is_wrong_with_an_operator_is_said(query: Any, expected: str) -> None:
    assert expected in _refused(query).message


def test_message_about_a_large_query_is_short() -> None:
    assert len(_refused({"@type": "x" * 10_000}).message) < 300
    assert len(_refused({"@type": "Not", "query": ["x" * 10_000]}).message) < 300
