"""Histories worth sending, and bundles kept in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from oms_core.clock import SystemClock
from svc_datakernel.adapters.sql.store import SqlKernelStore
from svc_datakernel.domain.merging import MergeDraft, MergeSide
from svc_datakernel.domain.model import Commit, Document, Revision
from svc_datakernel.domain.operations import CommitDraft, Operation, OperationKind
from svc_datakernel.domain.replication import HistoryPart, Imported, ImportTarget
from svc_datakernel.domain.versioning import RebaseDraft, SquashDraft

from datakernel_tests.databases import AUTHOR, upsert

Store = SqlKernelStore
CLOCK = SystemClock()


async def commit(
    store: Store, database: str, branch: str, *operations: Operation, message: str = ""
) -> Commit:
    """Makes a commit."""
    draft = CommitDraft(operations, AUTHOR, message)
    return (await store.create_commit(database, branch, draft)).commit


def delete(document_id: str, *, is_hard: bool = False) -> Operation:
    """Deletes a document."""
    return Operation(OperationKind.DELETE, document_id, is_hard=is_hard)


async def fill(store: Store, database: str) -> None:
    """A history with branches, merges, deletions, a rebase, a squash and tags."""
    await commit(store, database, "main", *(upsert(f"d{n}", b'{"v":0}') for n in range(6)))
    for name in ("dev", "old", "gone"):
        await store.create_branch(database, name, Revision())
    await commit(store, database, "dev", upsert("d1", b'{"v":1.50}'), delete("d2"))
    await commit(store, database, "dev", upsert("d2", b'{"v":3}', "Other"), message="again")
    await commit(store, database, "main", delete("d3", is_hard=True), delete("d4"))
    draft = MergeDraft(Revision(branch="dev"), AUTHOR, default_resolution=MergeSide.SOURCE)
    await store.merge(database, "main", draft)
    await commit(store, database, "old", upsert("d9", b'{"v":9}'))
    await commit(store, database, "gone", upsert("gone", b"{}"))
    await store.rebase_branch(database, "old", RebaseDraft(Revision(), AUTHOR))
    await store.squash_branch(database, "dev", SquashDraft(AUTHOR, is_moving=True))
    await store.create_tag(database, "v1", Revision(branch="old"), author=AUTHOR, message="one")
    await store.delete_branch(database, "gone", expected_head="")


async def bundle(
    store: Store, database: str, *, branches: Sequence[str] = (), have: Sequence[str] = ()
) -> list[HistoryPart]:
    """Everything that an export sends."""
    parts = store.export_history(database, branches=branches, have=have)
    return [part async for part in parts]


async def send(
    store: Store,
    database: str,
    parts: Sequence[HistoryPart],
    *,
    is_creating: bool = False,
    expected: dict[str, str] | None = None,
) -> Imported:
    """Imports a bundle."""
    target = ImportTarget(database, AUTHOR, is_creating, expected or {})
    return await store.import_history(target, each(parts))


async def each(parts: Sequence[HistoryPart]) -> AsyncIterator[HistoryPart]:
    """Parts as they come over the wire."""
    for part in parts:
        yield part


async def documents(store: Store, database: str, revision: Revision) -> list[Document]:
    """Every document, deleted ones too."""
    page = await store.list_documents(
        database, revision, types=[], after="", limit=1000, show_deleted=True
    )
    return list(page.documents)


async def heads(store: Store, database: str) -> dict[str, str]:
    """Branches with their heads."""
    found = await store.list_branches(database, after="", limit=1000)
    return {branch.name: branch.head for branch in found}


async def assert_equal(store: Store, one: str, other: str) -> None:
    """Makes sure that two databases have the same branches, commits and documents."""
    found = await heads(store, one)
    assert await heads(store, other) == found
    for head in found.values():
        at = Revision(commit=head)
        assert await documents(store, other, at) == await documents(store, one, at)
        left = await store.list_commits(one, at, limit=100)
        right = await store.list_commits(other, at, limit=100)
        assert [each.id for each in left.commits] == [each.id for each in right.commits]
    assert (await store.verify(other)).faults == []
