"""Random paths through random graphs with circles: one recursive statement finds the routes
that walking hop by hop in memory finds, each as often."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oms_testing.effort import examples
from svc_datakernel.adapters.sql import branches
from svc_datakernel.domain import woql
from svc_datakernel.domain.graph.view import DocumentChange, GraphView
from svc_datakernel.domain.model import Revision

from datakernel_tests.graph.memory_view import MemoryView
from datakernel_tests.graph_store.graphs import empty_graph, put, transact, view_at
from datakernel_tests.woql.recorded import request
from datakernel_tests.woql.test_plans_against_model import IDS, data, graphs, node

hops = st.builds(
    lambda kind, name: {"@type": kind, "predicate": name},
    st.sampled_from(["PathPredicate", "InversePathPredicate"]),
    st.sampled_from(["@schema:p", "@schema:q", "@schema:nowhere"]),
)
repeats = st.one_of(
    st.builds(lambda hop: {"@type": "PathPlus", "plus": hop}, hops),
    st.builds(lambda hop: {"@type": "PathStar", "star": hop}, hops),
    st.builds(
        lambda hop, least, more: {
            "@type": "PathTimes",
            "from": least,
            "to": least + more,
            "times": hop,
        },
        hops,
        st.integers(0, 3),
        st.integers(-1, 3),
    ),
)
subjects = st.sampled_from([*map(node, IDS), {"@type": "Value", "variable": "s"}])
ends = st.sampled_from(
    [
        *map(node, IDS),
        node("nobody"),
        {"@type": "Value", "variable": "o"},
        data("xsd:string", "x"),
        data("xsd:integer", 1),
    ]
)


def changes(graph: dict[str, Any]) -> list[DocumentChange]:
    return [
        put(key, json.dumps({name: value for name, value in body.items() if value != []}))
        for key, body in graph.items()
    ]


def found(view: GraphView, query: Any) -> Counter[str]:
    answer = woql.query(view, request(query)).answer
    return Counter(json.dumps(json.loads(row), sort_keys=True) for row in answer.bindings)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs, graphs, subjects, repeats, ends)
def test_routes_in_sql_are_those_of_the_walk_in_memory(
    first: dict[str, Any], second: dict[str, Any], subject: Any, repeat: Any, end: Any
):
    query = {"@type": "Path", "subject": subject, "pattern": repeat, "object": end}
    before, after = changes(first), changes(second)
    with empty_graph() as conn:
        # On a branch of its own, so that some edges of main are hidden by later ones.
        transact(conn, *before)
        branches.create(conn, "dev", Revision(), now_us=1)
        transact(conn, *after, branch="dev")
        on_main = found(view_at(conn), query)
        on_branch = found(view_at(conn, Revision(branch="dev")), query)
    memory = MemoryView().changed(before, "1" * 64)
    assert on_main == found(memory, query)
    assert on_branch == found(memory.changed(after, "2" * 64), query)


def test_explain_shows_the_recursive_statement():
    query = {
        "@type": "Path",
        "subject": node("A"),
        "pattern": {"@type": "PathPlus", "plus": {"@type": "PathPredicate", "predicate": "p"}},
        "object": {"@type": "Value", "variable": "o"},
    }
    with empty_graph() as conn:
        plan = woql.explain(view_at(conn), request(query))
    assert b"WITH RECURSIVE on_the_way" in plan
