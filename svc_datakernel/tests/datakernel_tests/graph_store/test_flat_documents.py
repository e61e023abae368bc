"""Documents that bring their triples along have the same index as those that are parsed."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from oms_testing.effort import examples
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, create_engine, select
from svc_datakernel.adapters.sql import dialect, graph_derivation
from svc_datakernel.adapters.sql.dialect import Each, Pattern, Shared, insert_pattern
from svc_datakernel.adapters.sql.tables import long_values, triples
from svc_datakernel.adapters.sql.verification import verify
from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph.schema import load
from svc_datakernel.domain.graph.view import DocumentChange
from svc_datakernel.domain.graph.writing.plans import plan_of

from datakernel_tests.databases import DATABASE
from datakernel_tests.graph.writes import store_with
from datakernel_tests.graph_store.graphs import empty_graph, put, transact

_SCHEMA = load(
    store_with(
        {"@type": "Enum", "@id": "Color", "@value": ["red", "green"]},
        {
            "@type": "Class",
            "@id": "Thing",
            "text": "xsd:string",
            "number": {"@type": "Optional", "@class": "xsd:decimal"},
            "color": {"@type": "Optional", "@class": "Color"},
            "next": {"@type": "Optional", "@class": "Thing"},
            "tags": {"@type": "Set", "@class": "xsd:string"},
        },
    ).head()
)
_TEXTS = st.sampled_from(["", "a", "é", "long " * 60, "\x00", "\x01", "\n", "x" * 200, "y" * 201])
_MEMBERS = st.fixed_dictionaries(
    {"text": _TEXTS},
    optional={
        "number": st.sampled_from(["1", "1.50", "-0.5"]).map(Number),
        "color": st.sampled_from(["red", "green"]),
        "next": st.sampled_from(["Thing/0", "Thing/1", "Other/x"]),
        "tags": st.lists(_TEXTS, min_size=1, max_size=3),
    },
)


def _changes(documents: list[dict[str, Any]]) -> list[DocumentChange]:
    plan = plan_of(_SCHEMA, "Thing")
    assert plan is not None
    found: list[DocumentChange] = []
    for number, members in enumerate(documents):
        made = plan.read({"@type": "Thing", **members})
        assert made is not None
        found.append(DocumentChange(f"Thing/{number}", "Thing", made.json, False, made.flat))
    return found


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(_MEMBERS, min_size=1, max_size=8), st.integers(0, 8))
def test_the_index_is_what_follows_from_the_documents(
    documents: list[dict[str, Any]], earlier: int
) -> None:
    with empty_graph() as conn:
        changes = _changes(documents)
        if earlier:
            # Some of them are there already and change.
            transact(conn, *(put(each.id, '{"text":"a"}') for each in changes[:earlier]))
        transact(conn, *changes)
        assert verify(conn, DATABASE).faults == []
        before = _index(conn)
        graph_derivation.rebuild(conn)
        assert _index(conn) == before


def test_many_documents_of_one_shape_have_all_their_triples() -> None:
    with empty_graph() as conn:
        transact(conn, *_changes([{"text": f"t{number}"} for number in range(101)]))
        assert len(conn.execute(select(triples)).all()) == 202
        assert verify(conn, DATABASE).faults == []


def _index(conn: Connection) -> list[Any]:
    rows = conn.execute(select(triples).order_by(*triples.c)).all()
    return [*rows, *conn.execute(select(long_values).order_by(long_values.c.name))]


_TABLE = Table("t", MetaData(), *(Column(name, Text) for name in "ab"), Column("c", Integer))
_PATTERN: Pattern = (
    (Each(0), Shared(0), 0),
    (Shared(0), Each(0), None),
    ("", Each(1), Each(2)),
)


def test_a_pattern_of_rows_is_what_the_rows_are_one_by_one() -> None:
    items = [(f"x{number}", "y", number) for number in range(83)]
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        _TABLE.create(conn)
        insert_pattern(conn, _TABLE, _PATTERN, ["s"], items)
        found = [tuple(row) for row in conn.execute(select(_TABLE))]
    engine.dispose()
    assert found == dialect._patterned(_PATTERN, ["s"], items)
    assert found[:3] == [("x0", "s", 0), ("s", "x0", None), ("", "y", 0)]
