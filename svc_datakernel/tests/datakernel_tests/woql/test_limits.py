"""What a query may use, how it ends early, and how its answer comes in parts."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from oms_core.errors import DeadlineExceeded, InvalidQuery, LimitExceeded, PermissionDenied
from svc_datakernel.domain import woql
from svc_datakernel.domain.graph.requests import WoqlRequest
from svc_datakernel.domain.graph.terms import Literal, Node
from svc_datakernel.domain.woql.capabilities import JoinPattern, Slot
from svc_datakernel.domain.woql.patterns import Pattern
from svc_datakernel.domain.woql.run import Limits, Run

from datakernel_tests.graph.memory_view import MemoryView
from datakernel_tests.graph_store.graphs import empty_graph, put, transact, view_at
from datakernel_tests.woql.recorded import request, rows_of


def value(kind: str, found: Any) -> dict[str, Any]:
    return {"@type": "Value", kind: found}


def number(found: int) -> dict[str, Any]:
    return value("data", {"@type": "xsd:integer", "@value": found})


def sequence(name: str, end: int) -> dict[str, Any]:
    parts = {"value": value("variable", name), "start": number(0), "end": number(end)}
    return {"@type": "Sequence", **parts}


def both(*queries: Any) -> dict[str, Any]:
    return {"@type": "And", "and": list(queries)}


ENDLESS = both(*(sequence(name, 10**9) for name in "abc"))


def test_query_that_would_run_for_hours_ends_at_its_deadline() -> None:
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        woql.query(
            MemoryView(),
            request(
                {"@type": "Count", "query": ENDLESS, "count": value("variable", "n")}, timeout_s=0.2
            ),
        )
    assert time.monotonic() - started < 60


def test_query_that_keeps_too_much_ends_at_its_limit() -> None:
    run = Run(Limits(most_values=10))
    run.hold(10)
    with pytest.raises(LimitExceeded):
        run.hold(1)


@pytest.mark.parametrize(
    "pattern", [r"(a+)+$", r"(a|aa)+$", r"(.*a){20}b", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(a*)*\1b"]
)
def test_pattern_that_never_ends_is_cut(pattern: str) -> None:
    started = time.monotonic()
    run = Run(Limits(timeout_s=10))
    try:
        found = Pattern(pattern).search("a" * 5_000 + "!", run)
    except (LimitExceeded, DeadlineExceeded):
        found = None
    assert found is None
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        (r"(a|b)*c", "abac", ["abac", "a"]),
        (r"(?:x(y)?)+z", "xyxz", ["xyxz", "y"]),
        (r"(\w+) \1", "la la", ["la la", "la"]),
        (r"(?<=a)b+?", "abb", ["b"]),
        (r"(?i)AB(?!d)+c", "abc", ["abc"]),
        (r"^(?>a+)b$", "aab", ["aab"]),
    ],
)
def test_own_matcher_finds_what_the_standard_library_finds(
    pattern: str, text: str, groups: list[str]
) -> None:
    assert Pattern(pattern).search(text, Run(Limits())) == groups


def test_query_above_the_limits_of_its_text_is_refused() -> None:
    with pytest.raises(InvalidQuery, match="bytes"):
        woql.query(MemoryView(), WoqlRequest(body=b" " * (1024 * 1024 + 1)))
    deep: Any = {"@type": "Comment"}
    for _ in range(300):
        deep = {"@type": "Not", "query": deep}
    with pytest.raises(InvalidQuery, match="200 levels"):
        woql.query(MemoryView(), request(deep))


@pytest.mark.parametrize("kind", ["Not", "Once", "Optional", "And"])
def test_query_as_deep_as_allowed_runs(kind: str) -> None:
    query: Any = {"@type": "Comment"}
    for _ in range(96):
        inner = {"and": [query]} if kind == "And" else {"query": query}
        query = {"@type": kind, **inner}
    assert len(woql.query(MemoryView(), request(query)).answer.bindings) == 1


def test_bad_part_is_pointed_at() -> None:
    with pytest.raises(InvalidQuery) as caught:
        woql.query(MemoryView(), request(both({"@type": "Comment"}, {"@type": "Huh"})))
    assert caught.value.metadata["pointer"] == "/and/1"


def test_pages_of_a_query_are_its_rows_in_order() -> None:
    whole = woql.query(MemoryView(), request(sequence("x", 7))).answer
    found: list[bytes] = []
    for start in range(0, 9, 3):
        body = request(sequence("x", 7)).body
        page = woql.query(MemoryView(), WoqlRequest(body, page_size=3, after_row=start)).answer
        found += page.bindings
        assert page.has_more == (start < 6)
    assert found == list(whole.bindings)


def test_stream_is_lines_of_names_rows_and_counts() -> None:
    lines = [json.loads(line) for line in woql.stream(MemoryView(), request(sequence("x", 2)))]
    assert [line["@type"] for line in lines] == [
        "PrefaceRecord",
        "Binding",
        "Binding",
        "PostscriptRecord",
    ]
    assert lines[0]["names"] == ["x"]
    assert lines[2]["x"] == {"@type": "xsd:integer", "@value": 1}


def test_error_after_rows_is_the_last_line_of_a_stream() -> None:
    failing = {"@type": "Length", "list": value("variable", "z"), "length": value("variable", "n")}
    either = {"@type": "Or", "or": [sequence("x", 1), failing]}
    lines = [json.loads(line) for line in woql.stream(MemoryView(), request(either))]
    assert [line["@type"] for line in lines] == ["PrefaceRecord", "Binding", "ErrorRecord"]
    with pytest.raises(InvalidQuery):
        next(woql.stream(MemoryView(), request(failing)))


def test_closed_stream_stops() -> None:
    lines = woql.stream(MemoryView(), request(ENDLESS))
    assert b"PrefaceRecord" in next(lines)
    next(lines)
    lines.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert next(lines, None) is None


def test_query_that_writes_needs_the_permission() -> None:
    change = {
        "@type": "AddTriple",
        "subject": value("node", "A"),
        "predicate": value("node", "p"),
        "object": number(1),
    }
    assert woql.is_writing(request(both({"@type": "Comment"}, change)).body)
    with pytest.raises(PermissionDenied):
        woql.query(MemoryView(), request(change, may_write=False))


HOSTILE = [
    "'; DROP TABLE triples; --",
    '" OR 1=1 --',
    "\\'); --",
    "%",
    "a\x00b",
    "{0}",
    "?",
    ":line",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_a_value_in_sql(text: str) -> None:
    name = {"@type": "Triple", "subject": value("variable", "s"), "predicate": value("node", "n")}
    literal = value("data", {"@type": "xsd:string", "@value": text})
    kind = {**name, "predicate": value("node", "rdf:type"), "object": value("variable", "t")}
    query = both({**name, "object": literal}, kind)
    node = both({**name, "object": value("node", f"x/{text}")}, kind)
    with empty_graph() as conn:
        transact(conn, put("A", json.dumps({"n": text})), put("B", '{"n": "other"}'))
        view = view_at(conn)
        assert [row["s"] for row in rows_of(woql.query(view, request(query)).answer)] == ["A"]
        assert not woql.query(view, request(node)).answer.bindings
        plan = woql.explain(view, request(query))
        harmless = woql.explain(view, request(both({**name, "object": number(7)}, kind)))
        assert json.loads(plan)["plan"]["sql"] == json.loads(harmless)["plan"]["sql"]


def test_plan_shows_the_statement_of_a_join() -> None:
    part = {
        "@type": "Triple",
        "subject": value("variable", "s"),
        "predicate": value("node", "n"),
        "object": value("variable", "o"),
    }
    with empty_graph() as conn:
        transact(conn, put("A", '{"n": 1}'))
        plan = json.loads(woql.explain(view_at(conn), request(both(part, part))))
    assert plan["variables"] == ["s", "o"]
    assert plan["plan"]["step"] == "Join"
    assert plan["plan"]["sql"].startswith("SELECT")


def test_join_of_too_many_combinations_ends_at_the_deadline() -> None:
    parts = [
        {
            "@type": "Triple",
            "subject": value("variable", f"s{n}"),
            "predicate": value("node", "n"),
            "object": value("variable", f"o{n}"),
        }
        for n in range(3)
    ]
    count = {"@type": "Count", "query": both(*parts), "count": value("variable", "k")}
    with empty_graph() as conn:
        transact(conn, *(put(f"D/{n:04}", json.dumps({"n": n})) for n in range(500)))
        view = view_at(conn)
        with pytest.raises(DeadlineExceeded):
            woql.query(view, request(count, timeout_s=0.3))


def test_statement_that_finds_nothing_for_long_is_stopped() -> None:
    name = Node("@schema:n")
    patterns = [JoinPattern(Slot(2 * n), name, Slot(2 * n + 1)) for n in range(3)]
    never = JoinPattern(Slot(0), name, Literal("xsd:integer", "-1"))
    with empty_graph() as conn:
        transact(conn, *(put(f"D/{n:04}", json.dumps({"n": n})) for n in range(1_500)))
        started = time.monotonic()
        rows = view_at(conn).join([*patterns, never], 6, lambda: time.monotonic() > started + 0.3)
        assert list(rows) == []
        assert 0.3 <= time.monotonic() - started < 60


class _TimedView(MemoryView):
    limits: list[float | None]

    def limit_statements(self, seconds: float | None) -> None:
        self.limits.append(seconds)


def test_time_of_a_query_limits_its_statements_and_not_those_after_it() -> None:
    view = _TimedView()
    view.limits = []
    woql.query(view, request(sequence("a", 2), timeout_s=7))
    assert view.limits == [7, None]
