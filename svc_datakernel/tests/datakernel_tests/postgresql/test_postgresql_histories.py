"""Branches that move, histories sent, and compaction on PostgreSQL."""

from __future__ import annotations

import pytest
from oms_core.errors import ResourceNotFound
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
from svc_datakernel.domain.model import Revision

from datakernel_tests.databases import AUTHOR, DATABASE, upsert
from datakernel_tests.replication import bundles
from datakernel_tests.replication.bundles import bundle, commit, fill, send


async def test_a_copy_on_the_server_is_the_same_and_stays_so(store: PostgresKernelStore) -> None:
    await fill(store, DATABASE)
    await send(store, "copy", await bundle(store, DATABASE), is_creating=True)
    await bundles.assert_equal(store, DATABASE, "copy")
    made = await commit(store, DATABASE, "main", upsert("new", b'{"v":1}'))
    parts = await bundle(store, DATABASE, branches=["main"], have=[made.parents[0]])
    assert (await send(store, "copy", parts)).moved_branches == {"main": made.id}
    await bundles.assert_equal(store, DATABASE, "copy")


async def test_compaction_on_the_server_leaves_what_is_reached(store: PostgresKernelStore) -> None:
    await fill(store, DATABASE)
    before = await bundle(store, DATABASE)
    await store.create_branch(DATABASE, "waste", Revision())
    last = await commit(
        store, DATABASE, "waste", *(upsert(f"w{n}", b'{"n":%d}' % n) for n in range(300))
    )
    await store.create_tag(DATABASE, "kept", Revision(commit=last.id), author=AUTHOR, message="")
    await store.delete_branch(DATABASE, "waste", expected_head="")
    assert (await store.compact(DATABASE, is_dry_run=False)).removed_commits >= 1
    assert (await store.resolve(DATABASE, Revision(tag="kept"))).id == last.id
    await store.delete_tag(DATABASE, "kept")
    done = await store.compact(DATABASE, is_dry_run=False)
    assert (done.removed_commits, done.removed_contents) == (1, 300)
    with pytest.raises(ResourceNotFound):
        await store.get_commit(DATABASE, last.id)
    assert await bundle(store, DATABASE) == before
    assert (await store.verify(DATABASE)).faults == []
    assert await store.check_database(DATABASE) == []
    history = await store.list_document_history(DATABASE, Revision(), "d1", after="", limit=2)
    assert len(history.entries) == 2
    assert history.after is not None
    assert await store.blame(DATABASE, Revision(), "d1")
