"""Histories sent from one database to another keep their ids, and are believed in nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from oms_core.errors import (
    DataCorrupted,
    Diverged,
    ResourceAlreadyExists,
    StaleHead,
    UnrelatedHistories,
)
from svc_datakernel.domain.model import Database, Revision
from svc_datakernel.domain.replication import BundledChange, HistoryPart, ImportTarget

from datakernel_tests.databases import AUTHOR, DATABASE, upsert
from datakernel_tests.replication import bundles
from datakernel_tests.replication.bundles import Store, bundle, commit, fill, heads, send

COPY = "copy"


@pytest.fixture
async def filled(store: Store) -> Store:
    await fill(store, DATABASE)
    return store


async def test_a_copy_has_the_same_commits_branches_tags_and_documents(filled: Store) -> None:
    parts = await bundle(filled, DATABASE)
    result = await send(filled, COPY, parts, is_creating=True)
    assert result.commit_count == len({part.commit.id for part in parts if part.commit}) - 1
    await bundles.assert_equal(filled, DATABASE, COPY)
    tag = await filled.get_tag(COPY, "v1")
    assert tag.commit_id == (await filled.get_tag(DATABASE, "v1")).commit_id


async def test_a_copy_of_a_copy_still_verifies(filled: Store) -> None:
    await send(filled, COPY, await bundle(filled, DATABASE), is_creating=True)
    await commit(filled, COPY, "main", upsert("own", b"{}"))
    await send(filled, "copy-two", await bundle(filled, COPY), is_creating=True)
    await bundles.assert_equal(filled, COPY, "copy-two")


async def test_only_what_lacks_is_sent_and_main_stays_one_line(filled: Store) -> None:
    await send(filled, COPY, await bundle(filled, DATABASE), is_creating=True)
    for number in range(5):
        made = await commit(filled, DATABASE, "main", upsert("new", b'{"v":%d}' % number))
        parts = await bundle(
            filled, DATABASE, branches=["main"], have=list((await heads(filled, COPY)).values())
        )
        assert [part.commit.id for part in parts if part.commit] == [made.id]
        moved = await send(filled, COPY, parts)
        assert moved.moved_branches == {"main": made.id}
    own = await commit(filled, COPY, "main", upsert("mine", b"{}"))
    assert (await filled.verify(COPY)).faults == []
    parts = await bundle(filled, COPY, branches=["main"], have=[made.id])
    assert (await send(filled, DATABASE, parts)).moved_branches == {"main": own.id}
    assert (await filled.verify(DATABASE)).faults == []


async def test_a_bundle_sent_twice_changes_nothing(filled: Store) -> None:
    parts = await bundle(filled, DATABASE)
    await send(filled, COPY, parts, is_creating=True)
    again = await send(filled, COPY, parts)
    assert (again.commit_count, again.moved_branches) == (0, {})
    await bundles.assert_equal(filled, DATABASE, COPY)


async def test_a_diverged_branch_is_not_moved(filled: Store) -> None:
    await send(filled, COPY, await bundle(filled, DATABASE), is_creating=True)
    await commit(filled, DATABASE, "main", upsert("theirs", b"{}"))
    mine = await commit(filled, COPY, "main", upsert("mine", b"{}"))
    parts = await bundle(filled, DATABASE, branches=["main"])
    with pytest.raises(Diverged) as caught:
        await send(filled, COPY, parts)
    assert caught.value.metadata["local"] == mine.id
    assert (await heads(filled, COPY))["main"] == mine.id
    assert (await filled.verify(COPY)).faults == []


async def test_an_expected_head_moves_even_a_diverged_branch_and_only_from_there(
    filled: Store,
) -> None:
    await send(filled, COPY, await bundle(filled, DATABASE), is_creating=True)
    theirs = await commit(filled, DATABASE, "main", upsert("theirs", b"{}"))
    mine = await commit(filled, COPY, "main", upsert("mine", b"{}"))
    parts = await bundle(filled, DATABASE, branches=["main"])
    with pytest.raises(StaleHead):
        await send(filled, COPY, parts, expected={"main": theirs.id})
    await send(filled, COPY, parts, expected={"main": mine.id})
    assert (await heads(filled, COPY))["main"] == theirs.id
    assert (await filled.verify(COPY)).faults == []


async def test_a_commit_made_while_a_bundle_arrives_is_kept(filled: Store) -> None:
    await send(filled, COPY, await bundle(filled, DATABASE), is_creating=True)
    for number in range(150):
        await commit(filled, DATABASE, "main", upsert("new", b'{"v":%d}' % number))
    parts = await bundle(filled, DATABASE, branches=["main"])

    async def arriving() -> AsyncIterator[HistoryPart]:
        for index, part in enumerate(parts):
            if index == len(parts) - 1:
                await commit(filled, COPY, "main", upsert("mine", b"{}"))
            yield part

    with pytest.raises(Diverged):
        await filled.import_history(ImportTarget(COPY, AUTHOR), arriving())
    assert (await filled.verify(COPY)).faults == []
    await commit(filled, COPY, "main", upsert("mine", b'{"v":2}'))
    assert (await filled.verify(COPY)).faults == []


def _tampered(part: HistoryPart, how: str) -> HistoryPart:
    assert part.commit is not None
    first = part.changes[0]
    if how == "author":
        return replace(part, commit=replace(part.commit, author="somebody else"))
    if how == "content":
        return replace(part, changes=[BundledChange(first.change, b'{"v":7}'), *part.changes[1:]])
    if how == "before":
        changed = first.change._replace(before=bytes(32))
        return replace(part, changes=[replace(first, change=changed), *part.changes[1:]])
    if how == "missing":
        return replace(part, changes=part.changes[1:])
    return replace(part, commit=replace(part.commit, parents=()))


@pytest.mark.parametrize("how", ["author", "content", "before", "missing", "parents"])
async def test_a_tampered_bundle_is_refused_and_leaves_no_trace(filled: Store, how: str) -> None:
    parts = await bundle(filled, DATABASE)
    index = next(i for i, part in enumerate(parts) if part.changes)
    parts[index] = _tampered(parts[index], how)
    with pytest.raises(DataCorrupted):
        await send(filled, COPY, parts, is_creating=True)
    # What is right can still be sent.
    await send(filled, COPY, await bundle(filled, DATABASE), is_creating=True)
    await bundles.assert_equal(filled, DATABASE, COPY)


async def test_a_bundle_that_breaks_off_moves_nothing_and_can_be_sent_again(
    filled: Store,
) -> None:
    parts = await bundle(filled, DATABASE)
    with pytest.raises(DataCorrupted):
        await send(filled, COPY, parts[:-1], is_creating=True)
    assert list(await heads(filled, COPY)) == ["main"]
    await send(filled, COPY, parts, is_creating=True)
    await bundles.assert_equal(filled, DATABASE, COPY)


async def test_another_databases_history_is_refused(filled: Store) -> None:
    await filled.create_database(Database("other", "", "", "test", 0), AUTHOR)
    with pytest.raises(UnrelatedHistories):
        await send(filled, "other", await bundle(filled, DATABASE))


async def test_a_database_that_is_there_is_not_created_anew(filled: Store) -> None:
    parts = await bundle(filled, DATABASE)
    with pytest.raises(ResourceAlreadyExists):
        await send(filled, DATABASE, parts, is_creating=True)


async def test_a_large_commit_arrives_in_parts(filled: Store) -> None:
    body = b'{"v":"' + b"x" * 20_000 + b'"}'
    made = [upsert(f"big{n:04}", body[:-2] + b'%d"}' % n) for n in range(300)]
    await commit(filled, DATABASE, "main", *made)
    parts = await bundle(filled, DATABASE, branches=["main"])
    assert sum(1 for part in parts if len(part.changes) > 0) > 5
    await send(filled, COPY, parts, is_creating=True)
    copied = await bundles.documents(filled, COPY, Revision())
    assert copied == await bundles.documents(filled, DATABASE, Revision())
    assert (await filled.verify(COPY)).faults == []
