"""Random histories whose branches also move, compared with a dictionary model."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from oms_core.errors import ResourceNotFound
from oms_testing.effort import examples
from sqlalchemy import Connection
from svc_datakernel.adapters.sql import ancestry, branch_moves, commits, document_history, positions
from svc_datakernel.adapters.sql.verification import verify
from svc_datakernel.domain.model import Commit, FeedPosition, Revision

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


@settings(max_examples=examples(25), deadline=None)
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


class Follower:
    """Knows heads from commits and moves in order, those made since it last looked."""

    def __init__(self) -> None:
        self.heads: dict[str, str] = {}
        self._at = FeedPosition(-1, 0)

    def look(self, conn: Connection, *, is_live: bool) -> None:
        """Takes in what is new; who is live has missed nothing that compaction removed."""
        end, at = branch_moves.end(conn), self._at
        moves = branch_moves.read(conn, after=at.move, upto=10**9, branch="", limit=10**9)
        made = commits.log(conn, after=at.sequence, branch="", limit=10**9)
        feed = [*((move.after_sequence, move.number, move) for move in moves)]
        for _, _, each in sorted([*feed, *((commit.sequence, 0, commit) for commit in made)]):
            is_commit = isinstance(each, Commit)
            old = "".join(each.parents[:1]) if is_commit else each.old_head
            assert not is_live or self.heads.get(each.branch, "") == old
            self.heads[each.branch] = each.id if is_commit else each.new_head
        self.heads = {branch: head for branch, head in self.heads.items() if head}
        self._at = FeedPosition(max(end.sequence, at.sequence), end.move)


@settings(max_examples=examples(25), deadline=None)
@given(history=st.lists(steps, max_size=30))
def test_commits_and_moves_in_order_tell_every_head(history: list[tuple]) -> None:
    with empty_database() as conn:
        world, live, late = MovingWorld(conn), Follower(), Follower()
        for step in (*MOVES_PRELUDE, *history):
            world.run(step)
            live.look(conn, is_live=True)
        assert live.heads == world.model.heads
        late.look(conn, is_live=False)
        assert late.heads == world.model.heads


@settings(max_examples=examples(15), deadline=None)
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
