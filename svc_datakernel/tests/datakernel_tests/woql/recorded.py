"""Replays recorded queries over a graph database in memory, and compares what comes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from oms_core.errors import OmsError
from svc_datakernel.adapters.sql import graph_transactions
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.graph_transactions import Target
from svc_datakernel.domain import woql
from svc_datakernel.domain.canonical_json import Number, write_exact
from svc_datakernel.domain.graph import documents
from svc_datakernel.domain.graph.requests import Graph, Insertion, WoqlAnswer, WoqlRequest
from svc_datakernel.domain.graph.terms import DEFAULT_BASE_IRI, DEFAULT_SCHEMA_IRI
from svc_datakernel.domain.graph.view import GraphView, TransactionDraft, Work

from datakernel_tests.databases import AUTHOR
from datakernel_tests.graph.memory_view import MemorySnapshots, MemoryView
from datakernel_tests.graph_store.graphs import GRAPH, empty_graph

CONFORMANCE = Path(__file__).parents[4] / "tests/conformance"
PLACE = "admin/test"


def cases() -> Iterator[dict[str, Any]]:
    """The recorded cases, those apart that are listed as deliberately different."""
    path = CONFORMANCE / "terminusdb" / "woql.json"
    differences = json.loads((CONFORMANCE / "terminusdb_differences.json").read_text())
    if not path.exists():
        return
    text = path.read_text().replace("$ORG/$DB", PLACE).replace("$DB", "test")
    for case in json.loads(text, parse_float=Decimal):
        if not any(fnmatch(case["name"], pattern) for pattern in differences):
            yield case


def request(query: Any, *, may_write: bool = True, **options: Any) -> WoqlRequest:
    """A request of a query."""
    body = write_exact(_numbered({"query": query}))
    return WoqlRequest(body=body, may_write=may_write, page_size=100_000, **options)


def _numbered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbered(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbered(item) for item in value]
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return Number(value) if is_number else value


Runner = Callable[[Callable[[GraphView], Work[Any]]], Any]


@contextmanager
def in_memory() -> Iterator[Runner]:
    """A database in a dictionary; commits what it is given to run."""
    snapshots = MemorySnapshots(MemoryView())
    yield lambda work: snapshots.run(work).answer


@contextmanager
def in_sql() -> Iterator[Runner]:
    """A database in SQLite."""
    iris = {"base_iri": DEFAULT_BASE_IRI, "schema_iri": DEFAULT_SCHEMA_IRI}
    target = Target(replace(GRAPH, id="test", **iris), "main", SchemaKeys())
    with empty_graph() as conn:

        def run(work: Callable[[GraphView], Work[Any]]) -> Any:
            draft = TransactionDraft(AUTHOR)
            return graph_transactions.transact(conn, target, draft, work, now_us=1).answer

        yield run


class Replay:
    """The database of a case."""

    def __init__(self, case: dict[str, Any], runner: Runner) -> None:
        self._runner = runner
        schema, given = case["schema"] or [], case.get("documents")
        if schema:
            replaces = any(each.get("@type") == "@context" for each in schema)
            self._insert(Insertion(_body(schema), Graph.SCHEMA, full_replace=replaces))
        if given:
            self._insert(Insertion(_body(given)))

    def _insert(self, insertion: Insertion) -> None:
        self._runner(lambda view: documents.insert(view, insertion))

    def run(self, query: Any, **options: Any) -> WoqlAnswer:
        """Runs a query and commits what it writes."""

        def work(view: GraphView) -> Work[WoqlAnswer]:
            return woql.query(view, request(query, **options))

        answer = self._runner(work)
        assert isinstance(answer, WoqlAnswer)
        return answer


def _body(value: Any) -> bytes:
    return write_exact(_numbered(value))


def rows_of(answer: WoqlAnswer) -> list[Any]:
    """The rows of an answer, numbers exact."""
    return [json.loads(row, parse_float=Decimal) for row in answer.bindings]


def same(found: Any, expected: Any, *, order_matters: bool) -> bool:
    """Whether answers are the same, up to random keys and, where it may be, order."""
    if isinstance(expected, str) and "$RANDOM" in expected:
        start = expected.partition("$RANDOM")[0]
        return isinstance(found, str) and found.startswith(start) and len(found) == len(start) + 16
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(same(found[k], v, order_matters=order_matters) for k, v in expected.items())
        )
    if not isinstance(expected, list):
        return found == expected and isinstance(found, bool) == isinstance(expected, bool)
    if not isinstance(found, list) or len(found) != len(expected):
        return False
    if order_matters:
        return all(same(f, e, order_matters=True) for f, e in zip(found, expected, strict=True))
    rest = list(found)
    for item in expected:
        match = next((f for f in rest if same(f, item, order_matters=False)), _NONE)
        if match is _NONE:
            return False
        rest.remove(match)
    return True


_NONE = object()


def check(case: dict[str, Any], runner: Runner) -> None:
    """Replays a case; AssertionError where something else came out."""
    replay = Replay(case, runner)
    for query in case.get("before", []):
        replay.run(query)
    try:
        answer = replay.run(case["query"])
    except OmsError as error:
        _check_error(case, error)
        return
    if case["status"] == 500:  # no behaviour to imitate: an answer is as good as an error
        return
    assert case["status"] == 200, f"succeeded with {rows_of(answer)}"
    assert list(answer.variable_names) == case["variable_names"]
    found = rows_of(answer)
    assert same(found, case["bindings"], order_matters=case["order_matters"]), found
    assert (answer.inserts, answer.deletes) == (case.get("inserts", 0), case.get("deletes", 0))
    _check_after(replay, case)


def _check_error(case: dict[str, Any], error: OmsError) -> None:
    assert case["status"] != 200, f"{error!r} {error.metadata}"
    if case["status"] == 500:
        return
    expected = case["response"].get("api:error", {}).get("@type")
    assert expected is None or error.metadata.get("api_error") == expected, error.metadata


def _check_after(replay: Replay, case: dict[str, Any]) -> None:
    if "after" in case:
        found = rows_of(replay.run(case["after"]))
        assert same(found, case["after_bindings"], order_matters=False), found
