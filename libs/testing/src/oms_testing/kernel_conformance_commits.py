"""Commits: atomic, ordered, repeatable, found again; databases that hold them."""

from __future__ import annotations

import asyncio
import secrets
from itertools import pairwise
from typing import Any

import grpc.aio
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as pb
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms_core.errors import StaleHead
from oms_rpc.errors import from_rpc_error

from oms_testing.e2e_history import commit_id
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

_WRITERS = 200


class CommitConformance(ConformancePart):
    """Commits and databases."""

    async def test_a_database_begins_with_a_root_commit_on_main(self, kernel: Kernel) -> None:
        root = await self._resolve(kernel, None)
        assert (list(root.parents), root.sequence, root.change_count) == ([], 0, 0)
        assert root.branch == "main"
        assert root.author

    async def test_databases_are_listed_by_kind_and_deleted_for_good(self, kernel: Kernel) -> None:
        kind = f"k{secrets.token_hex(4)}"
        ids = [f"{kind}-{n}" for n in range(3)]
        for database_id in ids:
            database = database_pb2.Database(display_name="Name", description="Why", kind=kind)
            request = database_pb2.CreateDatabaseRequest(database_id=database_id, database=database)
            created = (await kernel.databases.CreateDatabase(request)).database
            assert (created.name, created.kind) == (f"databases/{database_id}", kind)
            named = database_pb2.GetDatabaseRequest(name=created.name)
            assert (await kernel.databases.GetDatabase(named)).database == created
        again = database_pb2.CreateDatabaseRequest(database_id=ids[0])
        error = await refusal(kernel.databases.CreateDatabase(again))
        assert error.reason == "RESOURCE_ALREADY_EXISTS"
        listing = database_pb2.ListDatabasesRequest(kind=kind, page_size=2)
        first = await kernel.databases.ListDatabases(listing)
        listing.page_token = first.next_page_token
        second = await kernel.databases.ListDatabases(listing)
        listed = [database.name for page in (first, second) for database in page.databases]
        assert listed == [f"databases/{database_id}" for database_id in ids]
        assert not second.next_page_token
        for database_id in ids:
            doomed = database_pb2.DeleteDatabaseRequest(name=f"databases/{database_id}")
            await kernel.databases.DeleteDatabase(doomed)
            error = await refusal(kernel.databases.DeleteDatabase(doomed))
            assert error.metadata == {"resource_type": "database", "resource_name": database_id}

    async def test_a_database_created_anew_holds_nothing_of_the_old_one(
        self, kernel: Kernel
    ) -> None:
        old = await kernel.commit(insert("T/x", {}))
        await kernel.databases.DeleteDatabase(database_pb2.DeleteDatabaseRequest(name=kernel.name))
        assert (await refusal(kernel.ids())).reason == "RESOURCE_NOT_FOUND"
        await kernel.databases.CreateDatabase(
            database_pb2.CreateDatabaseRequest(database_id=kernel.database)
        )
        assert await kernel.ids() == []
        error = await refusal(kernel.ids(revision=at(old.commit_id)))
        assert error.metadata["resource_type"] == "commit"

    async def test_a_commit_names_its_parent_and_is_found_by_its_id(self, kernel: Kernel) -> None:
        root = await kernel.head()
        made = await kernel.commit(insert("T/x", {}), insert("T/y", {}), message="Why")
        assert list(made.parents) == [root]
        assert (made.message, made.branch, made.change_count) == ("Why", "main", 2)
        assert made.name == f"{kernel.name}/commits/{made.commit_id}"
        found = await kernel.commits.GetCommit(pb.GetCommitRequest(name=made.name))
        assert found.commit == made
        assert await kernel.head() == made.commit_id
        missing = pb.GetCommitRequest(name=f"{kernel.name}/commits/{'0' * 64}")
        assert (await refusal(kernel.commits.GetCommit(missing))).reason == "RESOURCE_NOT_FOUND"

    async def test_a_stale_head_aborts(self, kernel: Kernel) -> None:
        first = await kernel.commit(insert("T/x", {}))
        second = await kernel.commit(insert("T/y", {}), expected_head=first.commit_id)
        error = await refusal(kernel.commit(insert("T/z", {}), expected_head=first.commit_id))
        assert isinstance(error, StaleHead)
        assert error.metadata == {
            "branch": "main",
            "expected_head": first.commit_id,
            "actual_head": second.commit_id,
        }

    async def test_operations_without_effect_make_no_change(self, kernel: Kernel) -> None:
        first = await kernel.commit(insert("T/x", b'{"a":1,"b":2}'), insert("T/y", {}))
        same = await kernel.create_commit(replace("T/x", b'{ "b": 2, "a": 1 }'), upsert("T/y", {}))
        assert same.unchanged
        assert same.commit == first
        mixed = await kernel.create_commit(replace("T/y", {}), replace("T/x", {"a": 2}))
        assert not mixed.unchanged
        assert mixed.commit.change_count == 1

    @requires(Capability.REQUEST_IDS)
    async def test_a_repeated_request_gets_its_first_answer(self, kernel: Kernel) -> None:
        head = await kernel.head()
        fields = {"request_id": "r1", "expected_head": head}
        first = await kernel.commit(insert("T/x", {}), **fields)
        await kernel.commit(delete("T/x"))
        assert await kernel.commit(insert("T/x", {}), **fields) == first
        found = await kernel.commits.FindCommit(
            pb.FindCommitRequest(parent=kernel.name, request_id="r1")
        )
        assert found.commit == first
        error = await refusal(kernel.commit(insert("T/z", {}), **fields))
        assert (error.reason, error.metadata) == ("REQUEST_ID_REUSED", {"request_id": "r1"})

    @requires(Capability.REQUEST_IDS)
    async def test_a_fingerprint_of_the_caller_tells_requests_apart(self, kernel: Kernel) -> None:
        fields: dict[str, Any] = {"request_id": "r1", "request_fingerprint": b"one"}
        first = await kernel.commit(insert("T/x", {}), **fields)
        assert first.request_fingerprint == b"one"
        assert await kernel.commit(insert("T/other", {}), **fields) == first
        fields["request_fingerprint"] = b"two"
        assert (await refusal(kernel.commit(insert("T/x", {}), **fields))).reason == (
            "REQUEST_ID_REUSED"
        )

    @requires(Capability.REQUEST_IDS)
    async def test_a_repeated_request_without_effect_stays_without_effect(
        self, kernel: Kernel
    ) -> None:
        first = await kernel.commit(insert("T/x", {"n": 1}))
        request = {"request_id": "r1"}
        assert (await kernel.create_commit(upsert("T/x", {"n": 1}), **request)).unchanged
        await kernel.commit(replace("T/x", {"n": 2}))
        again = await kernel.create_commit(upsert("T/x", {"n": 1}), **request)
        assert again.unchanged
        assert again.commit == first
        assert await kernel.value("T/x") == {"n": 2}
        missing = pb.FindCommitRequest(parent=kernel.name, request_id="r1")
        assert (await refusal(kernel.commits.FindCommit(missing))).reason == "RESOURCE_NOT_FOUND"

    @requires(Capability.REQUEST_IDS)
    async def test_a_refused_request_can_be_repeated(self, kernel: Kernel) -> None:
        assert await refusal(kernel.commit(replace("T/x", {}), request_id="r1"))
        await kernel.commit(insert("T/x", {"n": 1}))
        made = await kernel.create_commit(replace("T/x", {}), request_id="r1")
        assert not made.unchanged

    async def test_commits_are_listed_newest_first_as_the_first_page_saw_them(
        self, kernel: Kernel
    ) -> None:
        made = [await kernel.commit(upsert("T/x", {"n": n})) for n in range(6)]
        request = pb.ListCommitsRequest(parent=kernel.name, page_size=4)
        first = await kernel.commits.ListCommits(request)
        await kernel.commit(upsert("T/x", {"n": 99}))
        request.page_token = first.next_page_token
        second = await kernel.commits.ListCommits(request)
        listed = [*first.commits, *second.commits]
        assert listed[:6] == made[::-1]
        assert [commit.sequence for commit in listed] == [6, 5, 4, 3, 2, 1, 0]
        assert not second.next_page_token

    @requires(Capability.TIME_TRAVEL)
    async def test_a_time_reads_the_last_commit_up_to_it(self, kernel: Kernel) -> None:
        made = [await kernel.commit(upsert("T/x", {"n": n})) for n in range(3)]
        await kernel.branch("dev", at(made[1].commit_id))
        await kernel.commit(upsert("T/x", {"n": 9}), branch="dev")
        for commit, value in zip(made, range(3), strict=True):
            when = Revision(branch="main", time=commit.commit_time)
            assert await kernel.value("T/x", revision=when) == {"n": value}
        before = Timestamp(seconds=made[2].commit_time.seconds, nanos=made[2].commit_time.nanos - 1)
        when = Revision(time=before)
        assert (await self._resolve(kernel, when)).commit_id == made[1].commit_id
        when = Revision(branch="dev", time=made[0].commit_time)
        assert (await self._resolve(kernel, when)).commit_id == made[0].commit_id
        error = await refusal(self._resolve(kernel, Revision(time=Timestamp(seconds=1))))
        assert error.reason == "RESOURCE_NOT_FOUND"

    async def test_a_revision_that_contradicts_itself_is_refused(self, kernel: Kernel) -> None:
        both = Revision(branch="main", commit=await kernel.head())
        assert (await refusal(self._resolve(kernel, both))).reason == "INVALID_FIELD"

    @requires(Capability.PURE_HASH_IDS)
    async def test_a_commit_id_is_the_hash_that_the_format_documents(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 1}), insert("T/y", {}), message="one")
        await kernel.branch("dev")
        await kernel.commit(replace("T/x", {"n": 2}), delete("T/y"), branch="dev")
        await kernel.commit(insert("U/z", b'{"n":1.50}'))
        await kernel.merge("main", "dev", message="two")
        watch = pb.WatchCommitsRequest(parent=kernel.name, include_documents=True)
        call = kernel.commits.WatchCommits(watch)
        for _ in range(5):
            part = await call.read()
            changes = list(part.changes)
            for change in changes:
                if change.change_type == pb.CHANGE_TYPE_DELETED:
                    change.after_json = change.before_json  # a soft deletion keeps the content
            assert part.commit.commit_id == commit_id(kernel.database, part.commit, changes)
        call.cancel()

    @pytest.mark.parametrize("branches", [1, 20], ids=["one branch", "twenty branches"])
    async def test_many_writers_lose_nothing(self, kernel: Kernel, branches: int) -> None:
        names = ["main", *(f"b{n}" for n in range(1, branches))]
        for name in names[1:]:
            await kernel.branch(name)
        made = await asyncio.gather(
            *(
                kernel.commit(insert(f"T/{n}", {"n": n}), branch=names[n % branches])
                for n in range(_WRITERS)
            )
        )
        assert {commit.sequence for commit in made} == set(range(1, _WRITERS + 1))
        for index, name in enumerate(names):
            expected = {f"T/{n}" for n in range(index, _WRITERS, branches)}
            assert set(await kernel.ids(revision=on(name))) == expected
            request = pb.ListCommitsRequest(parent=kernel.name, revision=on(name), page_size=1000)
            chain = (await kernel.commits.ListCommits(request)).commits
            assert len(chain) == len(expected) + 1
            for commit, parent in pairwise(chain):
                assert list(commit.parents) == [parent.commit_id]

    async def test_writers_that_compare_and_swap_count_right(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/counter", {"n": 0}))

        async def increment() -> None:
            while True:
                head = await kernel.head()
                value = (await kernel.value("T/counter", revision=at(head)))["n"]
                operation = replace("T/counter", {"n": value + 1})
                if await _is_committed(kernel, operation, head):
                    return

        await asyncio.gather(*(increment() for _ in range(12)))
        assert await kernel.value("T/counter") == {"n": 12}

    async def _resolve(self, kernel: Kernel, revision: Revision | None) -> pb.Commit:
        request = pb.ResolveRevisionRequest(parent=kernel.name, revision=revision)
        return (await kernel.commits.ResolveRevision(request)).commit


async def _is_committed(kernel: Kernel, operation: pb.DocumentOperation, head: str) -> bool:
    try:
        await kernel.commit(operation, expected_head=head)
    except grpc.aio.AioRpcError as exc:
        if not isinstance(from_rpc_error(exc), StaleHead):
            raise
        return False
    return True
