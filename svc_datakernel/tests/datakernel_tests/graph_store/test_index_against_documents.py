"""Random histories: at every commit the index has exactly the triples of the documents there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oms_testing.effort import examples
from sqlalchemy import Connection, select
from svc_datakernel.adapters.sql import (
    branches,
    commits,
    graph_derivation,
    graph_matching,
    merging,
    moving,
)
from svc_datakernel.adapters.sql.moving import Place
from svc_datakernel.adapters.sql.tables import triples
from svc_datakernel.adapters.sql.verification import verify
from svc_datakernel.domain.graph.expanded import triples_of
from svc_datakernel.domain.graph.terms import Pattern, Triple
from svc_datakernel.domain.merging import MergeDraft, MergeSide
from svc_datakernel.domain.model import Revision

from datakernel_tests.databases import AUTHOR, DATABASE
from datakernel_tests.graph.memory_view import MemoryView
from datakernel_tests.graph_store.graphs import drop, empty_graph, put, transact, view_at

_VALUES = (
    "1",
    "2",
    "1.50",
    '"text"',
    '"1"',
    f'"{"long " * 100}"',
    f'"{"long " * 99}"',
    r'"\u0001 \u0000"',
    "true",
    '["a","b"]',
    '["b","c"]',
    '{"@id":"Thing/d0"}',
    '[{"@id":"Thing/d0"},{"@id":"Thing/d1"}]',
    '{"@type":"rdf:langString","@language":"en","@value":"text"}',
    '{"@type":"xsd:date","@value":"2024-01-02"}',
    '{"@list":[1,1,2]}',
    '{"@list":[]}',
    '{"@array":[[1,null],[2,3]]}',
    '{"@json":{"deep":[1,{"er":null}]}}',
    '{"@unit":[]}',
    '{"@id":"$/at/Part/x","@type":"Part","name":"a"}',
    '{"@id":"$/at/Part/x","@type":"Part","name":"b"}',
    '{"@id":"$/at/Part/y","@type":"Part","in":{"@id":"$/in/Part/z","@type":"Part"}}',
)
_ids = st.sampled_from([f"Thing/d{number}" for number in range(4)])
_bodies = st.dictionaries(
    st.sampled_from(["a", "b", "rdfs:label"]), st.sampled_from(_VALUES), max_size=3
)
_writes = st.tuples(_ids, st.sampled_from(["Thing", "Other"]), _bodies | st.booleans())
_names = st.sampled_from(["main", "one", "two"])
_commits = st.tuples(st.just("commit"), _names, st.lists(_writes, min_size=1, max_size=3))
_merges = st.tuples(st.just("merge"), _names, _names, st.sampled_from(MergeSide))
_starts = st.tuples(st.just("branch"), _names, st.integers(0, 99))
_resets = st.tuples(st.just("reset"), _names, st.integers(0, 99))
_PRELUDE: Sequence[tuple[Any, ...]] = (
    ("commit", "main", [("Thing/d0", "Thing", {"a": "1"}), ("Thing/d1", "Thing", {"a": "2"})]),
    ("branch", "one", 0),
    ("branch", "two", 1),
)


class _World:
    """The index under test, and the commits made."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.made = [commits.resolve(conn, Revision()).id]

    def run(self, step: tuple[Any, ...]) -> None:
        getattr(self, step[0])(*step[1:])
        newest = commits.log(self.conn, after=0, branch="", limit=1000)
        self.made += [each.id for each in newest[len(self.made) - 1 :]]

    def _has(self, branch: str) -> bool:
        return any(each.name == branch for each in branches.page(self.conn, after="", limit=9))

    def commit(self, branch: str, writes: Sequence[tuple[str, str, Any]]) -> None:
        if self._has(branch):
            latest = {id_: (type_, body) for id_, type_, body in writes}
            changes = [
                drop(id_, hard=body)
                if isinstance(body, bool)
                else put(id_, _json(body, id_), type_)
                for id_, (type_, body) in latest.items()
            ]
            transact(self.conn, *changes, branch=branch)

    def branch(self, name: str, number: int) -> None:
        if not self._has(name):
            source = Revision(commit=self.made[number % len(self.made)])
            branches.create(self.conn, name, source, now_us=1)

    def merge(self, target: str, source: str, side: MergeSide) -> None:
        if self._has(target) and self._has(source):
            draft = MergeDraft(Revision(branch=source), AUTHOR, default_resolution=side)
            merging.merge(self.conn, DATABASE, target, draft, now_us=1)

    def reset(self, branch: str, number: int) -> None:
        if self._has(branch):
            target = Revision(commit=self.made[number % len(self.made)])
            moving.reset(Place(self.conn, DATABASE, branch, 1), target, expected_head="")

    def check(self) -> None:
        for commit in self.made:
            self._check_at(Revision(commit=commit))

    def _check_at(self, revision: Revision) -> None:
        view = view_at(self.conn, revision)
        documents = {each.id: each for each in view.list_documents(None, with_deleted=True)}
        model = MemoryView(documents)
        expected = list(model.triples(Pattern()))
        found = list(view.triples(Pattern()))
        assert sorted(found, key=repr) == sorted(expected, key=repr)
        assert [each[:2] for each in found] == [each[:2] for each in expected]
        for triple in expected[::3]:
            for pattern in _patterns(triple):
                matching = list(model.triples(pattern))
                assert sorted(view.triples(pattern), key=repr) == sorted(matching, key=repr)
                assert view.count_triples(pattern, limit=2) == min(2, len(matching))
        assert view.count_documents(None) == model.count_documents(None)
        assert view.count_documents(["Other"]) == model.count_documents(["Other"])
        subjects = sorted({each.subject for each in expected})
        assert view.owners(subjects).keys() == model.owners(subjects).keys()


def _json(body: dict[str, str], document_id: str) -> str:
    """An expanded document whose subdocuments have ids of their own."""
    text = ",".join(f'"{key}":{value}' for key, value in body.items())
    return "{" + text.replace("$", document_id) + "}"


def _patterns(triple: Triple) -> list[Pattern]:
    subject, predicate, term = triple
    return [
        Pattern(subject),
        Pattern(None, predicate),
        Pattern(None, None, term),
        Pattern(subject, predicate),
        Pattern(subject, None, term),
        Pattern(None, predicate, term),
        Pattern(*triple),
    ]


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_commits | _commits | _merges | _starts | _resets, max_size=12))
def test_at_every_commit_the_index_has_the_triples_of_its_documents(
    steps: list[tuple[Any, ...]],
) -> None:
    with empty_graph() as conn:
        world = _World(conn)
        for step in (*_PRELUDE, *steps):
            world.run(step)
        world.check()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(graph_matching, "_FEW", 1)  # everything is many
            world.check()
        assert verify(conn, DATABASE).faults == []
        before = conn.execute(select(triples).order_by(*triples.c)).all()
        graph_derivation.rebuild(conn)
        assert conn.execute(select(triples).order_by(*triples.c)).all() == before


def test_a_document_has_the_triples_that_follow_from_it() -> None:
    with empty_graph() as conn:
        body = _json({"a": _VALUES[0], "b": _VALUES[-1]}, "Thing/d1")
        transact(conn, put("Thing/d1", body))
        found = list(view_at(conn).triples(Pattern()))
        assert set(found) == set(triples_of("Thing/d1", "Thing", body.encode()))
