"""Random histories, compared with a model that copies a dictionary for every commit."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oms_core.errors import MergeConflict
from oms_testing.effort import examples
from sqlalchemy import Connection
from svc_datakernel.adapters.sql import (
    ancestry,
    branches,
    commits,
    comparing,
    directory,
    documents,
    merging,
    positions,
    writing,
)
from svc_datakernel.adapters.sql.verification import verify
from svc_datakernel.domain.merging import MergeDraft, MergeOutcome, MergeSide
from svc_datakernel.domain.model import ChangeType, Document, Revision
from svc_datakernel.domain.operations import CommitDraft, Operation, OperationKind, prepare

from datakernel_tests.databases import AUTHOR, empty_database

TYPES = ("Room", "Zone")

Content = tuple[str, bytes]  # type and JSON


@dataclass
class ModelCommit:
    """A whole state: what can be read, and what can be read with show_deleted."""

    id: str
    sequence: int
    parents: tuple[str, ...]
    live: dict[str, Content]
    deleted: dict[str, Content]


@dataclass
class Model:
    commits: dict[str, ModelCommit] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)

    def ancestors(self, commit: str) -> set[str]:
        found: set[str] = set()
        waiting = [commit]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting += self.commits[current].parents
        return found

    def merge_base(self, one: str, other: str) -> str:
        shared = self.ancestors(one) & self.ancestors(other)
        return max(shared, key=lambda commit: self.commits[commit].sequence)

    def first_parents(self, commit: str) -> list[str]:
        found = [commit]
        while parents := self.commits[found[-1]].parents:
            found.append(parents[0])
        return found


ids = st.sampled_from([f"d{number}" for number in range(5)])
values = st.integers(0, 3)
writes = st.tuples(st.sampled_from(["upsert", "soft", "hard"]), ids, st.sampled_from(TYPES), values)
branch_names = st.sampled_from(["main", "one", "two", "three"])
commits_made = st.tuples(st.just("commit"), branch_names, st.lists(writes, min_size=1, max_size=3))
merges_made = st.tuples(
    st.just("merge"), branch_names, branch_names, st.sampled_from([None, *MergeSide])
)
steps = st.one_of(
    commits_made,
    commits_made,
    merges_made,
    merges_made,
    st.tuples(st.just("branch"), branch_names, st.integers(0, 99)),
    st.tuples(st.just("delete"), st.just("three")),
)
# Enough for the first random steps to meet, and often to clash.
PRELUDE = (
    ("commit", "main", [("upsert", f"d{number}", "Room", 0) for number in range(3)]),
    ("branch", "one", 0),
    ("branch", "two", 1),
)


class World:
    """The store under test and the model, driven alike."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.model = Model()
        root = commits.resolve(conn, Revision())
        self.model.commits[root.id] = ModelCommit(root.id, 0, (), {}, {})
        self.model.heads["main"] = root.id
        self.now = 1

    def run(self, step: tuple) -> None:
        getattr(self, step[0])(*step[1:])

    def commit(self, branch: str, wanted: list[tuple]) -> None:
        if branch not in self.model.heads:
            return
        before = self.model.commits[self.model.heads[branch]]
        live, deleted = dict(before.live), dict(before.deleted)
        operations: dict[str, Operation] = {}
        for kind, id_, type_, value in wanted:
            if id_ in operations:
                continue
            if kind == "upsert":
                json = orjson.dumps({"v": value})
                operations[id_] = Operation(OperationKind.UPSERT, id_, type_, json)
                live[id_] = (type_, json)
                deleted.pop(id_, None)
            elif kind == "soft" and id_ in live:
                operations[id_] = Operation(OperationKind.DELETE, id_)
                deleted[id_] = live.pop(id_)
            elif kind == "hard" and (id_ in live or id_ in deleted):
                operations[id_] = Operation(OperationKind.DELETE, id_, is_hard=True)
                live.pop(id_, None)
                deleted.pop(id_, None)
        if not operations:
            return
        draft = CommitDraft(list(operations.values()), AUTHOR, expected_head=before.id)
        self.now += 1
        result = writing.create_commit(
            self.conn, "db", branch, draft, prepare(draft.operations), now_us=self.now
        )
        assert result.is_unchanged == ((live, deleted) == (before.live, before.deleted))
        if not result.is_unchanged:
            assert result.commit.parents == (before.id,)
            self._add(branch, result.commit.id, result.commit.sequence, (before.id,), live, deleted)

    def branch(self, name: str, chosen: int) -> None:
        if name in self.model.heads:
            return
        source = sorted(self.model.commits)[chosen % len(self.model.commits)]
        branches.create(self.conn, name, Revision(commit=source), now_us=self.now)
        self.model.heads[name] = source

    def delete(self, name: str) -> None:
        if name in self.model.heads and name != "main":
            branches.remove(self.conn, name, expected_head="", now_us=self.now)
            del self.model.heads[name]

    def merge(self, target: str, source: str, default: MergeSide | None) -> None:
        heads = self.model.heads
        if target not in heads or source not in heads:
            return
        base = self.model.merge_base(heads[target], heads[source])
        live, deleted, conflicts, changed = self._merged(base, target, source, default)
        draft = MergeDraft(
            source=Revision(branch=source), author=AUTHOR, default_resolution=default
        )
        preview = merging.preview(self.conn, target, draft)
        assert preview.base_commit == base
        if base == heads[source]:
            assert preview.outcome is MergeOutcome.UP_TO_DATE
            return
        assert {conflict.document_id for conflict in preview.conflicts} == conflicts
        if conflicts:
            with pytest.raises(MergeConflict) as caught:
                merging.merge(self.conn, "db", target, draft, now_us=self.now)
            assert {named.subject for named in caught.value.preconditions} == conflicts
            return
        result = merging.merge(self.conn, "db", target, draft, now_us=self.now)
        assert {change.document_id for change in preview.changes} == changed
        assert result.commit is not None
        assert result.change_count == result.commit.change_count == len(changed)
        parents = (heads[target], heads[source])
        assert result.commit.parents == parents
        self._add(target, result.commit.id, result.commit.sequence, parents, live, deleted)

    def _merged(
        self, base_id: str, target: str, source: str, default: MergeSide | None
    ) -> tuple[dict, dict, set[str], set[str]]:
        base = self.model.commits[base_id]
        ours = self.model.commits[self.model.heads[target]]
        theirs = self.model.commits[self.model.heads[source]]
        live, deleted = dict(ours.live), dict(ours.deleted)
        conflicts: set[str] = set()
        changed: set[str] = set()
        for id_ in {*base.live, *theirs.live}:
            old, mine, new = base.live.get(id_), ours.live.get(id_), theirs.live.get(id_)
            if new in (old, mine):
                continue
            if mine != old and default is None:
                conflicts.add(id_)
            elif mine == old or default is MergeSide.SOURCE:
                changed.add(id_)
                live.pop(id_, None)
                deleted.pop(id_, None)
                if new is not None:
                    live[id_] = new
                elif id_ in theirs.deleted:
                    deleted[id_] = theirs.deleted[id_]
        return live, deleted, conflicts, changed

    def _add(
        self, branch: str, id_: str, sequence: int, parents: tuple, live: dict, deleted: dict
    ) -> None:
        self.model.commits[id_] = ModelCommit(id_, sequence, parents, live, deleted)
        self.model.heads[branch] = id_


def read_pages(
    world: World, revision: Revision, types: list[str], show_deleted: bool
) -> list[Document]:
    """All documents, two a page."""
    found: list[Document] = []
    after: str | None = ""
    while after is not None:
        page = documents.page(
            world.conn, revision, types=types, after=after, limit=2, show_deleted=show_deleted
        )
        assert len(page.documents) <= 2
        assert page.documents or page.after is None
        found += page.documents
        after = page.after
    return found


def check_reads(world: World) -> None:
    """Every commit ever made still reads as the model has it."""
    for commit in world.model.commits.values():
        at = Revision(commit=commit.id)
        for types in ([], [TYPES[0]], list(TYPES)):
            for show_deleted in (False, True):
                wanted = commit.live | (commit.deleted if show_deleted else {})
                wanted = {k: v for k, v in wanted.items() if not types or v[0] in types}
                found = read_pages(world, at, types, show_deleted)
                assert [(doc.id, (doc.type, doc.json)) for doc in found] == sorted(wanted.items())
        batch = documents.get_batch(world.conn, at, ["d3", "d1", "d9"], show_deleted=False)
        assert [doc.id for doc in batch.documents] == [i for i in ("d3", "d1") if i in commit.live]
        listed = commits.first_parents(world.conn, at, 1000)
        assert [found.id for found in listed.commits] == world.model.first_parents(commit.id)


def check_differences(world: World) -> None:
    """Any two commits differ as the model's dictionaries do."""
    every = list(world.model.commits.values())
    cache = comparing.ComparisonCache()
    for base in every[-6:]:
        for target in every[:3] + every[-6:]:
            page = comparing.compare(
                world.conn,
                cache,
                Revision(commit=base.id),
                Revision(commit=target.id),
                types=[],
                with_documents=True,
                after="",
                limit=100,
            )
            expected = {
                id_: (base.live.get(id_), target.live.get(id_))
                for id_ in {*base.live, *target.live}
                if base.live.get(id_) != target.live.get(id_)
            }
            assert [found.document_id for found in page.differences] == sorted(expected)
            for found in page.differences:
                before, after = expected[found.document_id]
                assert found.before_json == (before[1] if before else None)
                assert found.after_json == (after[1] if after else None)
                assert found.type == (after or before)[0]
                created, deleted = before is None, after is None
                assert (found.change_type is ChangeType.CREATED) == created
                assert (found.change_type is ChangeType.DELETED) == deleted
            counted = sum(count.created + count.updated + count.deleted for count in page.counts)
            assert counted == len(expected)


@pytest.fixture(params=[256, 2], ids=["buckets of 256", "buckets of 2"])
def bucket_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(directory, "SMALLEST_BUCKET", request.param)
    if request.param == 2:
        # Then every bucket is read by a statement of its own.
        monkeypatch.setattr(directory, "_ARMS_AT_ONCE", 1)
    return request.param


# One function-scoped monkeypatch holds for all examples alike.
@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=st.lists(steps, max_size=25))
def test_any_history_reads_differs_and_merges_as_the_model_does(
    bucket_size: int, history: list[tuple]
) -> None:
    with empty_database() as conn:
        world = World(conn)
        for step in (*PRELUDE, *history):
            world.run(step)
        check_reads(world)
        check_differences(world)
        for one in list(world.model.heads.values()):
            for other in list(world.model.commits)[-4:]:
                ends = (positions.at_commit(conn, one), positions.at_commit(conn, other))
                base = ancestry.merge_base(conn, *ends)
                assert base.id.hex() == world.model.merge_base(one, other)
        assert verify(conn, "db").faults == []
