"""A store and a model that copies a dictionary for every commit, driven alike, where branches
also move backwards and sideways and what nothing reaches is removed."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from oms_core.errors import PatchConflict, RebaseConflict, UnrelatedHistories
from sqlalchemy import Connection
from svc_datakernel.adapters.sql import compaction, moving, tags
from svc_datakernel.adapters.sql.moving import Place
from svc_datakernel.domain.model import Revision
from svc_datakernel.domain.versioning import ApplyDraft, RebaseDraft, RevertDraft, SquashDraft

from datakernel_tests.databases import AUTHOR, DATABASE
from datakernel_tests.test_history_against_model import PRELUDE, ModelCommit, World, branch_names
from datakernel_tests.test_history_against_model import steps as plain_steps

MOVES_PRELUDE = (*PRELUDE, ("tag", "t0", 0))
_numbers = st.integers(0, 99)
steps = st.one_of(
    plain_steps,
    st.tuples(st.just("reset"), branch_names, _numbers),
    st.tuples(st.just("rebase"), branch_names, branch_names),
    st.tuples(st.just("squash"), branch_names, _numbers, st.booleans()),
    st.tuples(st.just("revert"), branch_names, _numbers),
    st.tuples(st.just("apply"), branch_names, _numbers, _numbers, st.booleans()),
    st.tuples(st.just("tag"), st.sampled_from(["t1", "t2"]), _numbers),
    st.tuples(st.just("untag"), st.sampled_from(["t0", "t1", "t2"])),
    st.tuples(st.just("compact"), st.sampled_from([3, 6, 9, 10**9])),
)

State = tuple[dict[str, Any], dict[str, Any]]  # what can be read; what is deleted softly


class MovingWorld(World):
    """Adds what moves branches otherwise than forward."""

    def __init__(self, conn: Connection) -> None:
        super().__init__(conn)
        self.tags: dict[str, str] = {}
        # Compaction runs without them: see `Upkeep.maintain`.
        conn.commit()
        conn.exec_driver_sql("PRAGMA foreign_keys = OFF")

    def place(self, branch: str) -> Place:
        self.now += 1
        return Place(self.conn, DATABASE, branch, self.now)

    def chosen(self, number: int) -> ModelCommit:
        every = sorted(self.model.commits.values(), key=lambda commit: commit.sequence)
        return every[number % len(every)]

    def tag(self, name: str, number: int) -> None:
        if name in self.tags:
            return
        target = self.chosen(number).id
        tags.create(
            self.conn, name, Revision(commit=target), author=AUTHOR, message="", now_us=self.now
        )
        self.tags[name] = target

    def untag(self, name: str) -> None:
        if self.tags.pop(name, None) is not None:
            tags.remove(self.conn, name)

    def reset(self, branch: str, number: int) -> None:
        if branch in self.model.heads:
            target = self.chosen(number).id
            moving.reset(
                self.place(branch),
                Revision(commit=target),
                expected_head=self.model.heads[branch],
            )
            self.model.heads[branch] = target

    def squash(self, branch: str, number: int, is_moving: bool) -> None:
        if branch not in self.model.heads:
            return
        head, base = self.model.commits[self.model.heads[branch]], self.chosen(number)
        draft = SquashDraft(AUTHOR, Revision(commit=base.id), is_moving)
        if base.id not in self.model.ancestors(head.id):
            self._refused(UnrelatedHistories, lambda: moving.squash(self.place(branch), draft))
            return
        found = moving.squash(self.place(branch), draft)
        assert found.old_head == head.id
        assert found.commit.parents == (base.id,)
        state = self._taken((dict(base.live), dict(base.deleted)), base, head)
        assert state is not None
        self._made(found.commit.id, found.commit.sequence, base.id, state)
        if is_moving:
            self.model.heads[branch] = found.commit.id

    def revert(self, branch: str, number: int) -> None:
        if branch not in self.model.heads:
            return
        undone, head = self.chosen(number), self.model.commits[self.model.heads[branch]]
        draft = RevertDraft(undone.id, AUTHOR, expected_head=head.id)
        if undone.id not in self.model.ancestors(head.id):
            self._refused(UnrelatedHistories, lambda: moving.revert(self.place(branch), draft))
            return
        parent = self.model.commits[undone.parents[0]] if undone.parents else undone
        state = self._taken((dict(head.live), dict(head.deleted)), undone, parent)
        if state is None:
            self._refused(PatchConflict, lambda: moving.revert(self.place(branch), draft))
            return
        result = moving.revert(self.place(branch), draft)
        self._moved(branch, result, head, state)

    def apply(self, branch: str, before: int, after: int, match: bool) -> None:
        if branch not in self.model.heads:
            return
        head = self.model.commits[self.model.heads[branch]]
        old, new = self.chosen(before), self.chosen(after)
        draft = ApplyDraft(Revision(commit=old.id), Revision(commit=new.id), AUTHOR, match)
        state = self._taken((dict(head.live), dict(head.deleted)), old, new, match=match)
        if state is None:
            self._refused(PatchConflict, lambda: moving.apply(self.place(branch), draft))
            return
        self._moved(branch, moving.apply(self.place(branch), draft), head, state)

    def rebase(self, branch: str, onto: str) -> None:
        heads = self.model.heads
        if branch not in heads or onto not in heads:
            return
        base = self.model.merge_base(heads[branch], heads[onto])
        draft = RebaseDraft(Revision(branch=onto), AUTHOR, expected_head=heads[branch])
        there = self.model.ancestors(heads[onto])
        own = [id_ for id_ in self.model.first_parents(heads[branch]) if id_ not in there][::-1]
        states = self._replayed(own, heads[onto])
        if base != heads[onto] and states is None:
            self._refused(RebaseConflict, lambda: moving.rebase(self.place(branch), draft))
            return
        found = moving.rebase(self.place(branch), draft)
        assert found.base_commit == base
        if base == heads[onto]:
            assert found.head.id == heads[branch]
            assert not found.is_fast_forward
            return
        assert found.is_fast_forward == (not own)
        assert [original for original, _ in found.rebased] == own
        self._adopt(branch, heads[onto], found.rebased, states or [])
        assert found.head.id == heads[branch]

    def compact(self, upto: int = 10**9) -> None:
        while compaction.remove_commits(self.conn, upto=upto, now_us=self.now):
            pass
        while compaction.clear_changes(self.conn):
            pass
        orphans = compaction.find_orphans(self.conn)
        compaction.remove_contents(self.conn, orphans, orphans.keys, now_us=self.now)
        kept: set[str] = set()
        later = [each.id for each in self.model.commits.values() if each.sequence > upto]
        for root in (*self.model.heads.values(), *self.tags.values(), *later):
            kept |= self.model.ancestors(root)
        self.model.commits = {id_: self.model.commits[id_] for id_ in kept}

    def _refused(self, error: type[Exception], work: Any) -> None:
        savepoint = self.conn.begin_nested()
        try:
            work()
        except error:
            savepoint.rollback()
            return
        raise AssertionError(f"{error.__name__} was to be raised")

    def _taken(
        self, state: State, before: ModelCommit, after: ModelCommit, *, match: bool = True
    ) -> State | None:
        """A state with a difference made on it, None where it does not fit."""
        live, deleted = state
        for id_ in {*before.live, *after.live}:
            old, new, mine = before.live.get(id_), after.live.get(id_), live.get(id_)
            if old == new or (match and mine == new):
                continue
            if mine != old:
                return None
            live.pop(id_, None)
            deleted.pop(id_, None)
            if new is not None:
                live[id_] = new
            elif id_ in after.deleted:
                deleted[id_] = after.deleted[id_]
        return live, deleted

    def _replayed(self, own: list[str], onto: str) -> list[State] | None:
        tip = self.model.commits[onto]
        state: State | None = (dict(tip.live), dict(tip.deleted))
        states: list[State] = []
        for id_ in own:
            commit = self.model.commits[id_]
            parent = self.model.commits[commit.parents[0]]
            state = self._taken((dict(state[0]), dict(state[1])), parent, commit)
            if state is None:
                return None
            states.append(state)
        return states

    def _adopt(self, branch: str, onto: str, rebased: Any, states: list[State]) -> None:
        tip = onto
        for (_, new), state in zip(rebased, states, strict=True):
            before = self.model.commits[tip]
            assert (new is None) == (state[0] == before.live)
            if new is not None:
                sequence = max(commit.sequence for commit in self.model.commits.values()) + 1
                self._made(new, sequence, tip, state)
                tip = new
        self.model.heads[branch] = tip

    def _moved(self, branch: str, result: Any, head: ModelCommit, state: State) -> None:
        assert result.is_unchanged == (state[0] == head.live)
        if not result.is_unchanged:
            self._made(result.commit.id, result.commit.sequence, head.id, state)
            self.model.heads[branch] = result.commit.id

    def _made(self, id_: str, sequence: int, parent: str, state: State) -> None:
        self.model.commits[id_] = ModelCommit(id_, sequence, (parent,), *state)
