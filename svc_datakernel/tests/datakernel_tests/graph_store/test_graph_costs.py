"""What graph databases cost, in steps of SQLite's virtual machine: never the size of the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import Connection
from svc_datakernel.adapters.sql import branches
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.graph_view import SqlGraphView
from svc_datakernel.domain.graph.terms import Literal, Node, Pattern
from svc_datakernel.domain.model import Commit, Revision

from datakernel_tests.databases import cost_of
from datakernel_tests.graph_store.graphs import drop, empty_graph, put, transact, view_at

_COMMITS = 10_000
_KEYS = SchemaKeys()


@pytest.fixture(scope="module")
def long_history() -> Iterator[tuple[Connection, list[Commit]]]:
    """10,000 commits; each changes one busy document and adds one of its own."""
    with empty_graph() as conn:
        people = [
            put(f"Person/{n}", f'{{"age":{n % 50},"name":"n{n}"}}', "Person") for n in range(100)
        ]
        made = [transact(conn, put("@schema/Person", "{}", "@Class"), *people).commit]
        for number in range(_COMMITS):
            busy = put("Thing/busy", f'{{"n":{number},"owner":{{"@id":"Person/7"}}}}')
            own = put(f"Thing/{number:05}", '{"owner":{"@id":"Person/8"}}')
            made.append(transact(conn, busy, own, keys=_KEYS).commit)
        yield conn, made


def _matching(pattern: Pattern) -> Callable[[SqlGraphView], object]:
    return lambda view: list(view.triples(pattern))


_READS: list[Callable[[SqlGraphView], object]] = [
    _matching(Pattern("Person/7")),
    _matching(Pattern("Person/7", "@schema:name")),
    _matching(Pattern("Thing/busy")),
    _matching(Pattern("Thing/busy", "@schema:n")),
    _matching(Pattern(None, "@schema:name")),
    _matching(Pattern(None, "@schema:n")),
    _matching(Pattern(None, "@schema:name", Literal("xsd:string", "n7"))),
    _matching(Pattern(None, "@schema:owner", Node("Person/7"))),
    _matching(Pattern(None, None, Node("Person/7"))),
    lambda view: view.count_documents(["Person"]),
    lambda view: view.documents(["Thing/busy", "Person/7"]),
    lambda view: view.schema_key,
    lambda view: view.owners(["Person/7"]),
]


@pytest.mark.parametrize("index", [100, 5_000, 9_999])
@pytest.mark.parametrize("read", _READS)
def test_a_read_as_of_any_commit_costs_at_most_twice_one_at_the_head(
    long_history: tuple[Connection, list[Commit]],
    index: int,
    read: Callable[[SqlGraphView], object],
) -> None:
    conn, made = long_history
    at_head = cost_of(conn, lambda: read(view_at(conn)))
    then = Revision(commit=made[index].id)
    assert cost_of(conn, lambda: read(view_at(conn, then))) < 2 * at_head


def test_a_transaction_costs_its_changes(long_history: tuple[Connection, list[Commit]]) -> None:
    conn, _ = long_history
    changes = [put("Thing/busy", '{"n":-1,"owner":{"@id":"Person/7"}}'), drop("Person/99")]
    with empty_graph() as small:
        transact(small, put("Thing/busy", '{"n":1}'), put("Person/99", '{"age":1,"name":"x"}'))
        one = cost_of(small, lambda: transact(small, *changes))
    assert cost_of(conn, lambda: transact(conn, *changes)) < 2 * one


def test_a_branch_sees_the_index_at_the_cost_of_its_lines(
    long_history: tuple[Connection, list[Commit]],
) -> None:
    conn, _ = long_history
    read = partial(_matching(Pattern(None, "@schema:name")))
    flat = cost_of(conn, lambda: read(view_at(conn)))
    branches.create(conn, "dev", Revision(), now_us=1)
    same = cost_of(conn, lambda: read(view_at(conn, Revision(branch="dev"))))
    assert same < 1.1 * flat
    transact(conn, put("Person/7", '{"name":"other"}', "Person"), branch="dev")
    assert cost_of(conn, lambda: read(view_at(conn, Revision(branch="dev")))) < 5 * flat


def test_finding_few_triples_costs_few_steps(
    long_history: tuple[Connection, list[Commit]],
) -> None:
    conn, _ = long_history
    for pattern in (
        Pattern("Person/7"),
        Pattern(None, "@schema:name", Literal("xsd:string", "n7")),
        Pattern(None, None, Literal("xsd:string", "n7")),
        Pattern("Person/7", None, Literal("xsd:string", "n7")),
    ):
        read = _matching(pattern)
        assert cost_of(conn, lambda read=read: read(view_at(conn))) < 1_000


def test_no_statement_scans_what_grows() -> None:
    with empty_graph() as conn:
        transact(conn, put("Thing/a", '{"n":1,"to":{"@id":"Thing/a"}}'))
        branches.create(conn, "dev", Revision(), now_us=1)
        transact(conn, put("Thing/a", '{"n":2}'), branch="dev")
        statements: list[str] = []
        driver: Any = conn.connection.dbapi_connection
        driver.set_trace_callback(statements.append)
        for view in (view_at(conn), view_at(conn, Revision(branch="dev"))):
            for read in _READS:
                read(view)
        transact(conn, put("Thing/a", '{"n":3}'), branch="dev")
        driver.set_trace_callback(None)
        asked = {each for each in statements if each.startswith(("SELECT", "UPDATE"))}
        assert len(asked) > 20
        for statement in asked:
            steps = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
            bad = [step for step in steps if step.startswith("SCAN ")]
            allowed = ("SCAN CONSTANT ROW", "SCAN predicates", "SCAN anon_")
            assert [step for step in bad if not step.startswith(allowed)] == [], statement


def test_the_first_of_many_triples_cost_few_steps() -> None:
    with empty_graph() as conn:
        for start in range(0, 20_000, 5_000):
            some = range(start, start + 5_000)
            transact(conn, *(put(f"A/{n}", '{"n":1}', "A") for n in some), keys=_KEYS)
        for pattern in (
            Pattern(),
            Pattern(None, "@schema:n"),
            Pattern(None, "rdf:type", Node("@schema:A")),
        ):
            first = cost_of(conn, lambda p=pattern: list(islice(view_at(conn).triples(p), 10)))
            assert first < 15_000
            found = [triple.subject for triple in view_at(conn).triples(pattern)]
            assert len(found) >= 20_000
            assert found == sorted(found)
