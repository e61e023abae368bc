"""Merges, reverts, differences and the feed, made of the server's history."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest
from oms_core.errors import MergeConflict, ResourceNotFound
from svc_datakernel.domain.merging import MergeDraft, MergeOutcome
from svc_datakernel.domain.model import ChangeType, Commit, FeedPosition, Revision
from svc_datakernel.domain.versioning import RevertDraft
from svc_datakernel.domain.watching import Watch, WatchPart, watch

from datakernel_tests.terminusdb.fake_server import Received, Reply
from datakernel_tests.terminusdb.scripts import (
    FIRST,
    KERNEL_FIRST,
    KERNEL_SECOND,
    KERNEL_THIRD,
    SECOND,
    THIRD,
    Script,
    logged,
    scripted,
    told,
)


def _history(script_logs: dict[str, list[Any]]) -> Callable[[Received], Reply]:
    """Logs by the end of the path, cut as asked."""

    def log(request: Received) -> Reply:
        name = request.path.rpartition("/")[2]
        entries = script_logs.get(name, script_logs["db"])
        start = int(request.params.get("start", "0"))
        return told(entries[start:][: int(request.params.get("count", "999"))])

    return log


BASE_LOG = [logged(FIRST)]
DEV_LOG = [logged(THIRD, parent=FIRST, time_s=3), *BASE_LOG]
MAIN_LOG = [logged(SECOND, parent=FIRST, time_s=2), *BASE_LOG]
LOGS = {"db": MAIN_LOG, "dev": DEV_LOG, "main": MAIN_LOG} | {
    FIRST: BASE_LOG,
    SECOND: MAIN_LOG,
    THIRD: DEV_LOG,
}
INSERTED = [{"@op": "Insert", "@insert": {"@id": "A/n", "@type": "A", "n": 1}}]


async def test_merge_applies_the_difference_from_the_merge_base() -> None:
    script = Script(
        {
            ("GET", "/log/"): _history(LOGS),
            ("POST", "/diff/"): told(INSERTED),
            ("POST", "/apply/"): told({"api:status": "api:success"}),
            ("HEAD", "/document/"): told({}, version=SECOND),
        }
    )
    async with scripted(script) as store:
        result = await store.merge("db", "main", MergeDraft(Revision(branch="dev"), "ann", "m"))
    applied = json.loads(next(r for r in script.received if r.path.startswith("/apply/")).body)
    assert (applied["before_commit"], applied["after_commit"]) == (FIRST, THIRD)
    assert result.outcome is MergeOutcome.MERGED
    assert (result.base_commit, result.source_commit) == (KERNEL_FIRST, KERNEL_THIRD)
    assert result.change_count == 1


async def test_merge_of_conflicting_edits_names_the_documents() -> None:
    witnesses = [{"@id": "A/n", "n": {"@op": "Conflict"}}]
    conflict = told({"@type": "api:ApplyError", "api:witnesses": witnesses}, 409)
    script = Script(
        {
            ("GET", "/log/"): _history(LOGS),
            ("POST", "/diff/"): told(INSERTED),
            ("POST", "/apply/"): conflict,
        }
    )
    async with scripted(script) as store:
        with pytest.raises(MergeConflict) as raised:
            await store.merge("db", "main", MergeDraft(Revision(branch="dev"), "ann"))
    assert raised.value.preconditions[0].subject == "A/n"


async def test_merge_of_an_ancestor_is_up_to_date() -> None:
    async with scripted(Script({("GET", "/log/"): _history(LOGS)})) as store:
        draft = MergeDraft(Revision(commit=KERNEL_FIRST), "ann")
        result = await store.merge("db", "main", draft)
    assert result.outcome is MergeOutcome.UP_TO_DATE


async def test_revert_applies_the_commit_backwards() -> None:
    script = Script(
        {
            ("GET", "/log/"): _history(LOGS),
            ("POST", "/apply/"): told({}),
            ("HEAD", "/document/"): told({}, version=SECOND),
        }
    )
    async with scripted(script) as store:
        await store.revert_commit("db", "main", RevertDraft(KERNEL_SECOND, "ann"))
    applied = json.loads(next(r for r in script.received if r.path.startswith("/apply/")).body)
    assert (applied["before_commit"], applied["after_commit"]) == (SECOND, FIRST)
    assert applied["match_final_state"] is False


async def test_revision_by_time_is_the_commit_of_then() -> None:
    async with scripted(Script({("GET", "/log/"): _history(LOGS)})) as store:
        for time_s, commit in ((1.5, KERNEL_FIRST), (1.9, KERNEL_FIRST), (2.0, KERNEL_SECOND)):
            found = await store.resolve("db", Revision(time_us=round(time_s * 1_000_000)))
            assert found.id == commit
        with pytest.raises(ResourceNotFound):
            await store.resolve("db", Revision(time_us=1))


async def test_history_is_watched_across_branches_in_the_order_of_time() -> None:
    script = Script(
        {
            ("GET", "/log/"): _history(LOGS),
            ("GET", "/db/"): told({"branches": ["main", "dev"]}),
            ("POST", "/diff/"): told(INSERTED),
            ("GET", "/document/"): Reply(200, b'{"@id": "A/o", "@type": "A"}'),
        }
    )
    async with scripted(script) as store:
        commits: list[Commit] = []
        parts = watch(
            store,
            Watch("db", "", with_documents=True, with_moves=False),
            after=FeedPosition(0, 0),
        )
        async with aclosing(parts):
            async for part in parts:
                assert isinstance(part, WatchPart)
                commits.append(part.commit)
                assert part.differences[0].change_type is ChangeType.CREATED
                assert part.differences[0].after_json is not None
                if len(commits) == 3:
                    break
    assert [commit.id for commit in commits] == [KERNEL_FIRST, KERNEL_SECOND, KERNEL_THIRD]
    assert [commit.branch for commit in commits] == ["main", "main", "dev"]


async def test_differences_are_paged_by_document() -> None:
    patches = [
        *INSERTED,
        {"@op": "Delete", "@delete": {"@id": "A/d", "@type": "A"}},
        {"@id": "B/u", "n": {"@op": "SwapValue", "@before": 1, "@after": 2}},
    ]

    def document(request: Received) -> Reply:
        at_base = request.path.endswith(FIRST)
        return told({"@id": "B/u", "@type": "B", "n": 1 if at_base else 2})

    script = Script(
        {
            ("GET", "/log/"): _history(LOGS),
            ("POST", "/diff/"): told(patches),
            ("GET", "/document/"): document,
        }
    )
    ends = (Revision(commit=KERNEL_FIRST), Revision(commit=KERNEL_SECOND))
    async with scripted(script) as store:
        first = await store.diff("db", *ends, types=(), with_documents=False, after="", limit=2)
        second = await store.diff(
            "db", *ends, types=(), with_documents=True, after=first.after or "", limit=2
        )
    assert [item.document_id for item in first.differences] == ["A/d", "A/n"]
    assert [(c.type, c.created, c.updated, c.deleted) for c in first.counts] == [
        ("A", 1, 0, 1),
        ("B", 0, 1, 0),
    ]
    update = second.differences[0]
    assert update.change_type is ChangeType.UPDATED
    assert update.before_etag != update.after_etag
    assert json.loads(update.after_json or b"")["n"] == 2
    assert second.after is None
