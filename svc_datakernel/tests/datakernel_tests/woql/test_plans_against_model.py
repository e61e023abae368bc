"""Random queries: what the compiled plan finds in SQL and in memory, against a naive evaluator."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oms_testing.effort import examples
from svc_datakernel.domain import woql
from svc_datakernel.domain.graph.expanded import triples_of
from svc_datakernel.domain.graph.terms import Literal, Node
from svc_datakernel.domain.graph.view import GraphView

from datakernel_tests.graph.memory_view import MemoryView
from datakernel_tests.graph_store.graphs import empty_graph, put, transact, view_at
from datakernel_tests.woql.naive import Row, solve
from datakernel_tests.woql.recorded import request

IDS = ["A", "B", "C", "D"]
PREDICATES = ["@schema:p", "@schema:q", "rdf:type"]

documents = st.fixed_dictionaries(
    {},
    optional={
        "p": st.lists(st.sampled_from([{"@id": each} for each in IDS]), max_size=3),
        "q": st.sampled_from(["x", "y", 1, 2]),
    },
)
graphs = st.dictionaries(st.sampled_from(IDS), documents, max_size=4)
names = st.sampled_from(["u", "v", "w"])
variables = st.builds(lambda name: {"@type": "Value", "variable": name}, names)


def node(text: str) -> dict[str, Any]:
    return {"@type": "Value", "node": text}


def data(kind: str, value: Any) -> dict[str, Any]:
    return {"@type": "Value", "data": {"@type": kind, "@value": value}}


literals = st.sampled_from([data("xsd:string", "x"), data("xsd:integer", 1)])
subjects = st.one_of(variables, st.sampled_from([node(each) for each in IDS]))
predicates = st.one_of(variables, st.sampled_from([node(each) for each in PREDICATES]))
objects = st.one_of(subjects, literals, st.just(node("@schema:Thing")))
triples = st.builds(
    lambda s, p, o: {"@type": "Triple", "subject": s, "predicate": p, "object": o},
    subjects,
    predicates,
    objects,
)
conjunctions = st.lists(triples, min_size=1, max_size=4).map(
    lambda parts: {"@type": "And", "and": parts}
)
queries = st.recursive(
    st.one_of(triples, conjunctions),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"@type": "And", "and": parts}),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: {"@type": "Or", "or": parts}),
        inner.map(lambda query: {"@type": "Optional", "query": query}),
        inner.map(lambda query: {"@type": "Not", "query": query}),
    ),
    max_leaves=4,
)


def shown(row: Row, known: list[str]) -> str:
    found: dict[str, Any] = {}
    for name in known:
        term = row.get(name)
        if isinstance(term, Node):
            found[name] = term.iri
        elif isinstance(term, Literal):
            is_number = term.datatype == "xsd:integer"
            value = int(term.lexical) if is_number else term.lexical
            found[name] = {"@type": term.datatype, "@value": value}
        else:
            found[name] = None
    return json.dumps(found, sort_keys=True)


def rows(view: GraphView, query: Any) -> tuple[list[str], list[str]]:
    answer = woql.query(view, request(query)).answer
    found = [json.dumps(json.loads(row), sort_keys=True) for row in answer.bindings]
    return list(answer.variable_names), found


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs, queries)
def test_plan_finds_what_a_naive_evaluator_finds(graph: dict[str, Any], query: Any) -> None:
    changes = []
    for key, body in graph.items():
        plain = {name: value for name, value in body.items() if value != []}
        changes.append(put(key, json.dumps(plain)))
    all_triples = [
        triple
        for change in changes
        for triple in dict.fromkeys(triples_of(change.id, change.type, change.json or b"{}"))
    ]
    with empty_graph() as conn:
        transact(conn, *changes)
        known, found = rows(view_at(conn), query)
        expected = Counter(shown(row, known) for row in solve(query, all_triples, {}))
        assert Counter(found) == expected
        assert rows(view_at(conn), query) == (known, found)
    in_memory = MemoryView().changed(changes, "1" * 64)
    assert Counter(rows(in_memory, query)[1]) == expected
