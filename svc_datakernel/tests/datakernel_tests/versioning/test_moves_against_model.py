"""Random histories whose branches also move, compared with a dictionary model."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from oms_core.errors import ResourceNotFound
from svc_datakernel.adapters.sql import ancestry, document_history, positions
from svc_datakernel.adapters.sql.verification import verify
from svc_datakernel.domain.model import Revision

from datakernel_tests.databases import DATABASE, empty_database
from datakernel_tests.test_history_against_model import check_differences, check_reads
from datakernel_tests.versioning.moving_world import MOVES_PRELUDE, MovingWorld, steps


def check_histories(world: MovingWorld) -> None:
    """A document's history has each first parent that changed it, and nothing unreached."""
    for head in set(world.model.heads.values()):
        reached = world.model.ancestors(head)
        for id_ in ("d0", "d1"):
            page = document_history.page(
                world.conn,
                Revision(commit=head),
                id_,
                after="",
                limit=1000,
                from_time_us=None,
                until_time_us=None,
            )
            found = [entry.commit.id for entry in page.entries]
            assert set(found) <= reached
            assert len(set(found)) == len(found)
            for commit in world.model.first_parents(head):
                made = world.model.commits[commit]
                before = world.model.commits[made.parents[0]].live if made.parents else {}
                if made.live.get(id_) != before.get(id_):
                    assert commit in found


@settings(max_examples=120, deadline=None)
@given(history=st.lists(steps, max_size=30))
def test_any_history_with_moves_reads_and_verifies_as_the_model_does(history: list[tuple]) -> None:
    with empty_database() as conn:
        world = MovingWorld(conn)
        for step in (*MOVES_PRELUDE, *history):
            world.run(step)
        check_reads(world)
        check_differences(world)
        check_histories(world)
        for name, commit in world.tags.items():
            assert positions.resolve(conn, Revision(tag=name)).id.hex() == commit
        for one in list(world.model.heads.values()):
            for other in list(world.model.commits)[-4:]:
                ends = (positions.at_commit(conn, one), positions.at_commit(conn, other))
                base = ancestry.merge_base(conn, *ends)
                assert base.id.hex() in world.model.ancestors(one) & world.model.ancestors(other)
        assert verify(conn, DATABASE).faults == []


@settings(max_examples=60, deadline=None)
@given(history=st.lists(steps, max_size=30))
def test_compaction_leaves_all_that_is_reached_and_nothing_else(history: list[tuple]) -> None:
    with empty_database() as conn:
        world = MovingWorld(conn)
        for step in (*MOVES_PRELUDE, *history):
            world.run(step)
        every = set(world.model.commits)
        world.compact()
        check_reads(world)
        for gone in every - set(world.model.commits):
            try:
                positions.at_commit(conn, gone)
            except ResourceNotFound:
                continue
            raise AssertionError("a commit that nothing reaches was kept")
        assert verify(conn, DATABASE).faults == []
        world.commit("main", [("upsert", "d4", "Zone", 9)])
        check_reads(world)
        assert verify(conn, DATABASE).faults == []
