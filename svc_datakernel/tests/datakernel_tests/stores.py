"""Short ways to use a store."""

from __future__ import annotations

from svc_datakernel.adapters.sql.store import SqlKernelStore
from svc_datakernel.domain.model import Commit, Revision
from svc_datakernel.domain.operations import CommitDraft, Operation

from datakernel_tests.databases import AUTHOR, DATABASE

PATIENCE_S = 20


async def commit(store: SqlKernelStore, *operations: Operation, expected: str = "") -> Commit:
    """Makes a commit on main."""
    draft = CommitDraft(operations, AUTHOR, expected_head=expected)
    return (await store.create_commit(DATABASE, "main", draft)).commit


async def ids(store: SqlKernelStore) -> list[str]:
    """Ids of all documents on main, deleted ones too."""
    page = await store.list_documents(
        DATABASE, Revision(), types=[], after="", limit=1000, show_deleted=True
    )
    return [document.id for document in page.documents]
