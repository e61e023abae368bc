"""The same commit made twice by a branch that was moved back in between."""

from __future__ import annotations

from svc_datakernel.adapters.sql import branches, merging, moving
from svc_datakernel.adapters.sql.moving import Place
from svc_datakernel.adapters.sql.verification import verify
from svc_datakernel.domain.merging import MergeDraft
from svc_datakernel.domain.model import Revision

from datakernel_tests.databases import AUTHOR, DATABASE
from datakernel_tests.graph_store.graphs import empty_graph, put, transact


def test_a_commit_repeated_after_a_reset_within_a_clock_tick_is_another_one() -> None:
    with empty_graph() as conn:
        base = transact(conn, put("Thing/d0", "{}")).commit
        made = [transact(conn, put("Thing/d1", "{}")).commit]
        for _ in range(2):
            place = Place(conn, DATABASE, "main", now_us=1)
            moving.reset(place, Revision(commit=base.id), expected_head="")
            made.append(transact(conn, put("Thing/d1", "{}")).commit)
        assert len({commit.id for commit in made}) == 3
        assert [commit.time_us - made[0].time_us for commit in made] == [0, 1, 2]
        assert verify(conn, DATABASE).faults == []


def test_a_merge_repeated_after_a_reset_within_a_clock_tick_is_another_one() -> None:
    with empty_graph() as conn:
        base = transact(conn, put("Thing/d0", "{}")).commit
        branches.create(conn, "draft", Revision(commit=base.id), now_us=1)
        transact(conn, put("Thing/d1", "{}"), branch="draft")
        made: list[str] = []
        for _ in range(2):
            place = Place(conn, DATABASE, "main", now_us=1)
            moving.reset(place, Revision(commit=base.id), expected_head="")
            merged = merging.merge(
                conn, DATABASE, "main", MergeDraft(Revision(branch="draft"), AUTHOR), now_us=1
            )
            assert merged.commit is not None
            made.append(merged.commit.id)
        assert len(set(made)) == 2
        assert verify(conn, DATABASE).faults == []
