"""Three-way merges, document by document."""

from __future__ import annotations

from typing import Any

import pytest
from oms.datakernel.v1 import commit_service_pb2 as pb

from oms_testing.kernel_conformance_client import (
    Capability,
    ConformancePart,
    Kernel,
    at,
    delete,
    insert,
    on,
    refusal,
    replace,
    requires,
    upsert,
)

_TARGET = pb.MERGE_SIDE_TARGET
_SOURCE = pb.MERGE_SIDE_SOURCE
_MERGED = pb.MERGE_OUTCOME_MERGED


async def _base(kernel: Kernel, source: str, target: str = "main") -> str:
    request = pb.GetMergeBaseRequest(parent=kernel.name, source=on(source), target=on(target))
    return (await kernel.commits.GetMergeBase(request)).commit.commit_id


class MergeConformance(ConformancePart):
    """Merges."""

    async def test_changes_of_both_sides_come_together(self, kernel: Kernel) -> None:
        base = await kernel.commit(*(insert(f"T/{n}", {"n": n}) for n in range(4)))
        await kernel.branch("dev")
        ours = await kernel.commit(replace("T/0", {"n": 10}), insert("T/ours", {}))
        theirs = await kernel.commit(
            replace("T/1", {"n": 11}), delete("T/2"), insert("T/theirs", {}), branch="dev"
        )
        merged = await kernel.merge("main", "dev")
        assert merged.outcome == _MERGED
        assert list(merged.commit.parents) == [ours.commit_id, theirs.commit_id]
        assert merged.base_commit == base.commit_id
        assert (merged.target_commit, merged.source_commit) == (ours.commit_id, theirs.commit_id)
        assert merged.change_count == merged.commit.change_count == 3
        assert merged.commit.message == "Merge branch 'dev' into 'main'"
        assert await kernel.state() == {
            "T/0": {"n": 10},
            "T/1": {"n": 11},
            "T/3": {"n": 3},
            "T/ours": {},
            "T/theirs": {},
        }
        assert (await kernel.get("T/2", show_deleted=True)).audit.deleted
        assert await kernel.head("dev") == theirs.commit_id

    async def test_a_merge_never_fast_forwards(self, kernel: Kernel) -> None:
        head = await kernel.head()
        await kernel.branch("dev")
        theirs = await kernel.commit(insert("T/x", {}), branch="dev")
        merged = await kernel.merge("main", "dev")
        assert list(merged.commit.parents) == [head, theirs.commit_id]

    async def test_what_is_merged_already_is_up_to_date(self, kernel: Kernel) -> None:
        await kernel.branch("dev")
        await kernel.commit(insert("T/x", {}), branch="dev")
        first = await kernel.merge("main", "dev")
        again = await kernel.merge("main", "dev")
        assert again.outcome == pb.MERGE_OUTCOME_UP_TO_DATE
        assert again.commit == first.commit
        assert again.base_commit == again.source_commit

    async def test_a_second_merge_starts_from_the_first(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 0}))
        await kernel.branch("dev")
        first = await kernel.commit(replace("T/x", {"n": 1}), branch="dev")
        await kernel.merge("main", "dev")
        await kernel.commit(replace("T/x", {"n": 2}))
        await kernel.commit(insert("T/y", {}), branch="dev")
        assert await _base(kernel, "dev") == first.commit_id
        merged = await kernel.merge("main", "dev")
        assert merged.change_count == 1
        assert await kernel.state() == {"T/x": {"n": 2}, "T/y": {}}

    async def test_merges_one_after_the_other_all_count(self, kernel: Kernel) -> None:
        heads: dict[str, str] = {}
        for name in ("one", "two", "three"):
            await kernel.branch(name)
            heads[name] = (await kernel.commit(insert(f"T/{name}", {}), branch=name)).commit_id
        for name in heads:
            await kernel.merge("main", name)
        assert {name: await _base(kernel, name) for name in heads} == heads

    async def test_a_branch_that_keeps_up_to_date_merges_back_cleanly(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 0}))
        await kernel.branch("dev")
        for number in range(1, 4):
            await kernel.commit(replace("T/x", {"n": number}))
            main = await kernel.commit(upsert("T/main", {"n": number}))
            await kernel.commit(upsert("T/dev", {"n": number}), branch="dev")
            await kernel.merge("dev", "main")
            assert await _base(kernel, "dev") == main.commit_id
        merged = await kernel.merge("main", "dev")
        assert merged.change_count == 1
        assert await kernel.state() == await kernel.state(revision=on("dev"))

    async def test_crossed_merges_have_a_base_that_both_sides_contain(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 0}))
        await kernel.branch("dev")
        ours = await kernel.commit(insert("T/ours", {}))
        theirs = await kernel.commit(insert("T/theirs", {}), branch="dev")
        await kernel.branch("ours", at(ours.commit_id))
        await kernel.merge("main", "dev")
        await kernel.merge("dev", "ours")
        # Both are best common ancestors; the one made last is taken.
        assert await _base(kernel, "dev") == theirs.commit_id
        await kernel.commit(replace("T/ours", {"n": 1}))
        await kernel.commit(replace("T/theirs", {"n": 1}), branch="dev")
        merged = await kernel.merge("main", "dev", default_resolution=_TARGET)
        assert merged.outcome == _MERGED
        assert (await kernel.state())["T/ours"] == {"n": 1}

    async def test_the_same_change_on_both_sides_is_no_conflict(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 0}), insert("T/y", {}))
        await kernel.branch("dev")
        for branch in ("main", "dev"):
            await kernel.commit(
                replace("T/x", {"n": 1}), delete("T/y"), insert("T/z", {}), branch=branch
            )
        merged = await kernel.merge("main", "dev")
        assert (merged.outcome, merged.change_count) == (_MERGED, 0)
        assert len(merged.commit.parents) == 2

    async def test_different_changes_conflict_and_change_nothing(self, kernel: Kernel) -> None:
        ours = await self._conflict(kernel)
        error = await refusal(kernel.merge("main", "dev"))
        assert error.reason == "MERGE_CONFLICT"
        subjects = [violation.subject for violation in error.preconditions]
        assert subjects == ["T/both", "T/created", "T/we-changed", "T/we-deleted"]
        assert await kernel.head() == ours

    async def test_a_dry_run_shows_conflicts_and_changes(self, kernel: Kernel) -> None:
        ours = await self._conflict(kernel)
        shown = await kernel.merge("main", "dev", validate_only=True)
        assert shown.outcome == pb.MERGE_OUTCOME_CONFLICTED
        assert not shown.HasField("commit")
        contents = {
            conflict.document_id: (
                conflict.base_json,
                conflict.target_json,
                conflict.source_json,
            )
            for conflict in shown.conflicts
        }
        assert contents == {
            "T/both": (b'{"n":0}', b'{"n":1}', b'{"n":2}'),
            "T/created": (b"", b'{"n":1}', b'{"n":2}'),
            "T/we-changed": (b'{"n":0}', b'{"n":1}', b""),
            "T/we-deleted": (b'{"n":0}', b"", b'{"n":2}'),
        }
        assert {change.document_id for change in shown.changes} == {"T/clean"}
        assert await kernel.head() == ours
        resolved = await kernel.merge("main", "dev", validate_only=True, default_resolution=_SOURCE)
        assert (resolved.outcome, resolved.change_count) == (_MERGED, 5)
        assert not resolved.conflicts

    @pytest.mark.parametrize("default", [_TARGET, _SOURCE], ids=["target", "source"])
    async def test_resolutions_choose_by_document(self, kernel: Kernel, default: Any) -> None:
        await self._conflict(kernel)
        other = _SOURCE if default == _TARGET else _TARGET
        await kernel.merge(
            "main",
            "dev",
            default_resolution=default,
            resolutions=[
                pb.MergeResolution(document_id="T/both", side=other),
                pb.MergeResolution(document_id="T/clean", side=_TARGET),
            ],
        )
        state = await kernel.state()
        chosen = {_TARGET: {"n": 1}, _SOURCE: {"n": 2}}
        assert state["T/both"] == chosen[other]
        assert state["T/created"] == chosen[default]
        assert ("T/we-changed" in state) == (default == _TARGET)
        assert ("T/we-deleted" in state) == (default == _SOURCE)
        assert state["T/clean"] == {"n": 2}  # no conflict, so there was nothing to choose

    async def test_a_merge_into_a_branch_that_moved_aborts(self, kernel: Kernel) -> None:
        head = await kernel.head()
        await kernel.branch("dev")
        await kernel.commit(insert("T/x", {}), branch="dev")
        await kernel.commit(insert("T/y", {}))
        error = await refusal(kernel.merge("main", "dev", expected_head=head))
        assert error.reason == "STALE_HEAD"

    @requires(Capability.REQUEST_IDS)
    async def test_a_repeated_merge_gets_its_first_answer(self, kernel: Kernel) -> None:
        await kernel.branch("dev")
        await kernel.commit(insert("T/x", {}), branch="dev")
        first = await kernel.merge("main", "dev", request_id="m1")
        await kernel.commit(insert("T/y", {}), branch="dev")
        again = await kernel.merge("main", "dev", request_id="m1")
        assert again == first
        error = await refusal(kernel.merge("dev", "main", request_id="m1"))
        assert error.reason == "REQUEST_ID_REUSED"

    async def test_a_merge_keeps_who_wrote_what(self, kernel: Kernel) -> None:
        await kernel.branch("dev")
        made = await kernel.commit(insert("T/x", {}), branch="dev")
        await kernel.merge("main", "dev")
        audit = (await kernel.get("T/x")).audit
        assert audit.created_at == audit.updated_at == made.commit_time

    @requires(Capability.HARD_DELETE)
    async def test_a_merge_deletes_as_the_source_did(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/soft", {}), insert("T/hard", {}))
        await kernel.branch("dev")
        await kernel.commit(delete("T/soft"), delete("T/hard", hard=True), branch="dev")
        await kernel.merge("main", "dev")
        assert await kernel.ids(show_deleted=True) == ["T/soft"]

    async def test_a_merge_of_an_old_commit_takes_only_its_past(self, kernel: Kernel) -> None:
        await kernel.branch("dev")
        first = await kernel.commit(insert("T/1", {}), branch="dev")
        await kernel.commit(insert("T/2", {}), branch="dev")
        await kernel.commits.MergeBranch(
            pb.MergeBranchRequest(name=kernel.branch_name("main"), source=at(first.commit_id))
        )
        assert await kernel.ids() == ["T/1"]
        await kernel.merge("main", "dev")
        assert await kernel.ids() == ["T/1", "T/2"]

    async def _conflict(self, kernel: Kernel) -> str:
        """Two branches in conflict over four documents; answers the head of `main`."""
        names = ("both", "we-changed", "we-deleted", "clean")
        await kernel.commit(*(insert(f"T/{name}", {"n": 0}) for name in names))
        await kernel.branch("dev")
        ours = await kernel.commit(
            replace("T/both", {"n": 1}),
            replace("T/we-changed", {"n": 1}),
            delete("T/we-deleted"),
            insert("T/created", {"n": 1}),
        )
        await kernel.commit(
            replace("T/both", {"n": 2}),
            delete("T/we-changed"),
            replace("T/we-deleted", {"n": 2}),
            insert("T/created", {"n": 2}),
            replace("T/clean", {"n": 2}),
            branch="dev",
        )
        return ours.commit_id
