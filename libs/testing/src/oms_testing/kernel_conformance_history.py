"""Differences between revisions, and the log that watchers follow."""

from __future__ import annotations

import asyncio
from typing import Any

from oms.datakernel.v1 import branch_service_pb2 as branch_pb
from oms.datakernel.v1 import commit_service_pb2 as pb
from oms.datakernel.v1 import history_service_pb2 as history_pb

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

_CREATED = pb.CHANGE_TYPE_CREATED
_UPDATED = pb.CHANGE_TYPE_UPDATED
_DELETED = pb.CHANGE_TYPE_DELETED
_PATIENCE_S = 10


def _kinds(diffs: Any) -> dict[str, Any]:
    return {diff.document_id: diff.change_type for diff in diffs}


class HistoryConformance(ConformancePart):
    """Differences and the commit log."""

    async def test_a_difference_is_the_net_effect(self, kernel: Kernel) -> None:
        before = await kernel.commit(insert("T/a", {"n": 1}), insert("T/b", {}), insert("T/c", {}))
        await kernel.commit(replace("T/a", {"n": 2}), delete("T/b"), insert("T/brief", {}))
        await kernel.commit(replace("T/a", {"n": 1}), delete("T/brief"), insert("T/d", {}))
        await kernel.commit(replace("T/c", {"n": 3}))
        found = await kernel.diff(at(before.commit_id), on("main"), include_documents=True)
        assert _kinds(found.diffs) == {"T/b": _DELETED, "T/c": _UPDATED, "T/d": _CREATED}
        deleted, updated, created = found.diffs
        assert (deleted.before_json, deleted.after_json, deleted.after_etag) == (b"{}", b"", "")
        assert (updated.before_json, updated.after_json) == (b"{}", b'{"n":3}')
        assert updated.after_etag == (await kernel.get("T/c")).etag
        assert (created.before_json, created.before_etag, created.after_json) == (b"", "", b"{}")
        assert (found.base_commit, found.target_commit) == (before.commit_id, await kernel.head())

    async def test_a_difference_turns_around_with_its_ends(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/a", {}))
        await kernel.branch("dev")
        await kernel.commit(insert("T/b", {}), delete("T/a"))
        await kernel.commit(insert("T/c", {}), replace("T/a", {"n": 1}), branch="dev")
        there = await kernel.diff(on("main"), on("dev"))
        back = await kernel.diff(on("dev"), on("main"))
        assert _kinds(there.diffs) == {"T/a": _CREATED, "T/b": _DELETED, "T/c": _CREATED}
        assert _kinds(back.diffs) == {"T/a": _DELETED, "T/b": _CREATED, "T/c": _DELETED}
        assert not (await kernel.diff(on("dev"), on("dev"))).diffs

    async def test_differences_are_paged_filtered_and_counted(self, kernel: Kernel) -> None:
        base = await kernel.commit(*(insert(f"A/{n}", {}) for n in range(3)))
        await kernel.commit(
            *(insert(f"B/{n}", {}) for n in range(5)), delete("A/0"), replace("A/1", {"n": 1})
        )
        request = pb.DiffCommitsRequest(parent=kernel.name, base=at(base.commit_id), page_size=3)
        pages = [await kernel.commits.DiffCommits(request)]
        counts = {
            count.type: (count.created_count, count.updated_count, count.deleted_count)
            for count in pages[0].counts
        }
        assert counts == {"A": (0, 1, 1), "B": (5, 0, 0)}
        await kernel.commit(insert("B/9", {}))
        while pages[-1].next_page_token:
            request.page_token = pages[-1].next_page_token
            pages.append(await kernel.commits.DiffCommits(request))
            assert not pages[-1].counts
        ids = [diff.document_id for page in pages for diff in page.diffs]
        assert ids == ["A/0", "A/1", "B/0", "B/1", "B/2", "B/3", "B/4"]
        only = await kernel.diff(at(base.commit_id), on("main"), types=["B"])
        assert len(only.diffs) == 6
        request.types.append("A")
        error = await refusal(kernel.commits.DiffCommits(request))
        assert error.reason == "INVALID_PAGE_TOKEN"

    @requires(Capability.WATCH)
    async def test_a_watch_sends_all_commits_in_order_and_then_new_ones(
        self, kernel: Kernel
    ) -> None:
        root = await kernel.head()
        made = [await kernel.commit(upsert("T/x", {"n": n})) for n in range(3)]
        call = kernel.commits.WatchCommits(pb.WatchCommitsRequest(parent=kernel.name))
        async with asyncio.timeout(_PATIENCE_S):
            received = [(await call.read()).commit.commit_id for _ in range(4)]
            made.append(await kernel.commit(upsert("T/x", {"n": 3})))
            received.append((await call.read()).commit.commit_id)
        call.cancel()
        assert received == [root, *(commit.commit_id for commit in made)]

    @requires(Capability.WATCH)
    async def test_a_watch_resumes_after_the_last_commit_received(self, kernel: Kernel) -> None:
        made = [await kernel.commit(upsert("T/x", {"n": n})) for n in range(4)]
        received: list[str] = []
        last = made[0].commit_id
        async with asyncio.timeout(_PATIENCE_S):
            for _ in range(3):
                request = pb.WatchCommitsRequest(
                    parent=kernel.name, from_commit=last, include_documents=True
                )
                call = kernel.commits.WatchCommits(request)
                part = await call.read()
                call.cancel()
                last = part.commit.commit_id
                received.append(last)
                assert part.is_last_part
                assert [diff.document_id for diff in part.changes] == ["T/x"]
                assert part.changes[0].before_json != part.changes[0].after_json
        assert received == [commit.commit_id for commit in made[1:]]
        request = pb.WatchCommitsRequest(parent=kernel.name, from_commit="0" * 64)
        assert (await refusal(kernel.commits.WatchCommits(request).read())).reason == (
            "RESOURCE_NOT_FOUND"
        )

    @requires(Capability.WATCH)
    async def test_a_watch_from_now_on_one_branch_sees_only_that(self, kernel: Kernel) -> None:
        await kernel.branch("dev")
        await kernel.commit(insert("T/before", {}), branch="dev")
        request = pb.WatchCommitsRequest(parent=kernel.name, from_now=True, branch="dev")
        call = kernel.commits.WatchCommits(request)
        async with asyncio.timeout(_PATIENCE_S):
            await call.initial_metadata()  # answered once nothing can be missed any more
            await kernel.commit(insert("T/main", {}))
            made = await kernel.commit(insert("T/dev", {}), branch="dev")
            part = await call.read()
        call.cancel()
        assert part.commit == made

    @requires(Capability.WATCH)
    async def test_a_large_commit_is_watched_in_parts(self, kernel: Kernel) -> None:
        ids = [f"T/{n:04}" for n in range(1100)]
        made = await kernel.commit(*(insert(document_id, {}) for document_id in ids))
        large = await kernel.commit(*(insert(f"U/{n}", {"x": "y" * 400_000}) for n in range(5)))
        root = (await self._first(kernel)).commit_id
        request = pb.WatchCommitsRequest(
            parent=kernel.name, from_commit=root, include_documents=True
        )
        call = kernel.commits.WatchCommits(request)
        received: dict[str, list[list[str]]] = {made.commit_id: [], large.commit_id: []}
        async with asyncio.timeout(_PATIENCE_S):
            for commit in (made, large):
                is_last = False
                while not is_last:
                    part = await call.read()
                    assert part.commit == commit
                    changed = [diff.document_id for diff in part.changes]
                    received[part.commit.commit_id].append(changed)
                    is_last = part.is_last_part
        call.cancel()
        assert [len(part) for part in received[made.commit_id]] == [500, 500, 100]
        assert [document for part in received[made.commit_id] for document in part] == ids
        assert [len(part) for part in received[large.commit_id]] == [2, 2, 1]

    @requires(Capability.BRANCH_MOVES)
    async def test_a_watch_tells_moves_of_branches_among_the_commits(self, kernel: Kernel) -> None:
        root = await kernel.head()
        first = await kernel.commit(upsert("T/x", {"n": 1}))
        await kernel.branch("dev")
        second = await kernel.commit(upsert("T/x", {"n": 2}), branch="dev")
        await self._reset(kernel, "dev", root)
        request = pb.WatchCommitsRequest(
            parent=kernel.name, from_commit=first.commit_id, include_branch_moves=True
        )
        call = kernel.commits.WatchCommits(request)
        async with asyncio.timeout(_PATIENCE_S):
            made, commit, reset = [await call.read() for _ in range(3)]
            await kernel.branches.DeleteBranch(
                branch_pb.DeleteBranchRequest(name=kernel.branch_name("dev"))
            )
            deleted = await call.read()
        call.cancel()
        assert commit.commit == second
        assert not commit.HasField("branch_move")
        moves = [made.branch_move, reset.branch_move, deleted.branch_move]
        assert [(move.branch, move.old_head_commit, move.new_head_commit) for move in moves] == [
            ("dev", "", first.commit_id),
            ("dev", second.commit_id, root),
            ("dev", root, ""),
        ]
        assert moves[0].number < moves[1].number < moves[2].number
        assert not made.HasField("commit")
        assert not made.is_last_part

    @requires(Capability.BRANCH_MOVES)
    async def test_moves_are_told_of_the_branch_that_is_watched_and_only_if_asked_for(
        self, kernel: Kernel
    ) -> None:
        root = await kernel.head()
        await kernel.branch("dev")
        ways = [pb.WatchCommitsRequest(parent=kernel.name, from_now=True) for _ in range(2)]
        ways[0].branch, ways[0].include_branch_moves = "dev", True
        calls = [kernel.commits.WatchCommits(way) for way in ways]
        async with asyncio.timeout(_PATIENCE_S):
            for call in calls:
                await call.initial_metadata()
            made = await kernel.commit(upsert("T/x", {}))
            await self._reset(kernel, "main", root)
            await self._reset(kernel, "dev", made.commit_id)
            last = await kernel.commit(upsert("T/y", {}), branch="dev")
            of_dev = [await calls[0].read(), await calls[0].read()]
            commits = [(await calls[1].read()).commit for _ in range(2)]
        for call in calls:
            call.cancel()
        assert of_dev[0].branch_move.new_head_commit == made.commit_id
        assert of_dev[1].commit == last
        assert commits == [made, last]

    async def _reset(self, kernel: Kernel, branch: str, commit_id: str) -> None:
        request = history_pb.ResetBranchRequest(
            name=kernel.branch_name(branch), target=at(commit_id)
        )
        await kernel.history.ResetBranch(request)

    @requires(Capability.WATCH)
    async def test_a_watch_that_contradicts_itself_is_refused(self, kernel: Kernel) -> None:
        request = pb.WatchCommitsRequest(
            parent=kernel.name, from_commit=await kernel.head(), from_now=True
        )
        error = await refusal(kernel.commits.WatchCommits(request).read())
        assert error.reason == "INVALID_FIELD"

    @requires(Capability.VERIFICATION)
    async def test_an_intact_history_has_no_faults(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 1}), insert("T/y", {"n": 1}))
        await kernel.branch("dev")
        await kernel.commit(replace("T/x", {"n": 2}), delete("T/y", hard=True), branch="dev")
        await kernel.commit(delete("T/x"))
        await kernel.merge("main", "dev", default_resolution=pb.MERGE_SIDE_SOURCE)
        verified = await kernel.commits.VerifyHistory(pb.VerifyHistoryRequest(name=kernel.name))
        assert (verified.commit_count, verified.document_count) == (5, 2)
        assert not verified.faults

    async def _first(self, kernel: Kernel) -> pb.Commit:
        request = pb.ListCommitsRequest(parent=kernel.name, page_size=1000)
        return (await kernel.commits.ListCommits(request)).commits[-1]
