"""The data kernel by itself: documents, commits, watching, verification."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import Any

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branches
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.datakernel.v1 import document_service_pb2 as documents
from oms_testing.e2e import Api


def _write(document_id: str, **content: Any) -> commits.DocumentWrite:
    return commits.DocumentWrite(
        document_id=document_id, type="Thing", json=json.dumps(content).encode()
    )


async def _commit(api: Api, database: str, *operations: Any, **fields: Any) -> Any:
    branch = fields.pop("branch", "main")
    answer = await api(
        commits.CreateCommitRequest(
            parent=f"{database}/branches/{branch}", operations=operations, **fields
        )
    )
    return answer.commit


def _upsert(document_id: str, **content: Any) -> commits.DocumentOperation:
    return commits.DocumentOperation(upsert=_write(document_id, **content))


def _delete(document_id: str, *, hard: bool = False) -> commits.DocumentOperation:
    return commits.DocumentOperation(
        delete=commits.DocumentDelete(document_id=document_id, hard=hard)
    )


async def test_a_document_keeps_every_digit_and_says_who_wrote_it(api: Api, database: str) -> None:
    text = b'{"big": 123456789012345678901234567890, "exact": 1.10, "text": "\xc3\xa9"}'
    operation = commits.DocumentOperation(
        insert=commits.DocumentWrite(document_id="Thing/a b", type="Thing", json=text)
    )
    commit = await _commit(api, database, operation, message="one")
    answer = await api(documents.GetDocumentRequest(parent=database, document_id="Thing/a b"))
    assert b"123456789012345678901234567890" in answer.document.json
    assert b"1.10" in answer.document.json
    assert json.loads(answer.document.json)["text"] == "é"
    assert answer.commit_id == commit.commit_id
    assert answer.document.audit.created_by
    assert answer.document.audit.created_at == commit.commit_time


async def test_a_soft_delete_leaves_a_trace_and_a_hard_one_none(
    api: Api, database: str, failing: Any
) -> None:
    await _commit(api, database, _upsert("Thing/soft"), _upsert("Thing/hard"))
    await _commit(api, database, _delete("Thing/soft"), _delete("Thing/hard", hard=True))
    error = await failing(
        api(documents.GetDocumentRequest(parent=database, document_id="Thing/soft"))
    )
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")
    kept = await api(
        documents.GetDocumentRequest(parent=database, document_id="Thing/soft", show_deleted=True)
    )
    assert kept.document.audit.deleted
    assert kept.document.audit.deleted_by
    error = await failing(
        api(
            documents.GetDocumentRequest(
                parent=database, document_id="Thing/hard", show_deleted=True
            )
        )
    )
    assert error.reason == "RESOURCE_NOT_FOUND"


async def test_a_query_finds_documents_by_a_part_of_their_content(api: Api, database: str) -> None:
    await _commit(
        api,
        database,
        *(_upsert(f"Thing/{n}", colour="red" if n % 2 else "blue", n=n) for n in range(6)),
    )
    found = await api(
        documents.QueryDocumentsRequest(parent=database, template_json=b'{"colour": "red"}')
    )
    assert [entry.document_id for entry in found.documents] == ["Thing/1", "Thing/3", "Thing/5"]


async def test_documents_stream_in_order_and_resume_after_one(api: Api, database: str) -> None:
    ids = [f"Thing/{n:04}" for n in range(1200)]
    await _commit(api, database, *(_upsert(document_id) for document_id in ids))
    request = documents.StreamDocumentsRequest(parent=database, types=["Thing"])
    parts = [part async for part in api.stream(request)]
    assert len(parts) > 1
    assert [entry.document_id for part in parts for entry in part.documents] == ids
    request.after_document_id = ids[999]
    rest = [part async for part in api.stream(request)]
    assert [entry.document_id for part in rest for entry in part.documents] == ids[1000:]


async def test_a_merge_of_documents_has_two_parents_and_the_right_base(
    api: Api, database: str
) -> None:
    base = await _commit(api, database, _upsert("Thing/base"))
    await api(branches.CreateBranchRequest(parent=database, branch_id="dev"))
    ours = await _commit(api, database, _upsert("Thing/ours"))
    theirs = await _commit(api, database, _upsert("Thing/theirs"), branch="dev")
    found = await api(commits.GetMergeBaseRequest(parent=database, source=Revision(branch="dev")))
    assert found.commit == base
    merged = await api(
        commits.MergeBranchRequest(name=f"{database}/branches/main", source=Revision(branch="dev"))
    )
    assert list(merged.commit.parents) == [ours.commit_id, theirs.commit_id]
    diff = await api(
        commits.DiffCommitsRequest(parent=database, base=Revision(commit=ours.commit_id))
    )
    assert [entry.document_id for entry in diff.diffs] == ["Thing/theirs"]
    verified = await api(commits.VerifyHistoryRequest(name=database))
    assert verified.commit_count == 5
    assert not verified.faults


async def test_watching_sends_every_commit_once_in_order_and_resumes(
    api: Api, database: str
) -> None:
    made = [await _commit(api, database, _upsert("Thing/x", n=n)) for n in range(3)]
    request = commits.WatchCommitsRequest(
        parent=database, from_commit=made[0].commit_id, include_documents=True
    )
    async with asyncio.timeout(60), aclosing(api.stream(request)) as watch:
        received = [await anext(watch), await anext(watch)]
        following = asyncio.ensure_future(anext(watch))
        made.append(await _commit(api, database, _upsert("Thing/x", n=3)))
        received.append(await following)
    assert [part.commit.commit_id for part in received] == [c.commit_id for c in made[1:]]
    assert [part.commit.sequence for part in received] == [2, 3, 4]
    assert all(part.is_last_part for part in received)
    assert [json.loads(part.changes[0].after_json)["n"] for part in received] == [1, 2, 3]
    assert json.loads(received[-1].changes[0].before_json) == {"n": 2}


async def test_a_request_id_finds_its_commit(api: Api, database: str, failing: Any) -> None:
    commit = await _commit(api, database, _upsert("Thing/x"), request_id="once")
    again = await _commit(api, database, _upsert("Thing/x"), request_id="once")
    assert again == commit
    found = await api(commits.FindCommitRequest(parent=database, request_id="once"))
    assert found.commit == commit
    error = await failing(api(commits.FindCommitRequest(parent=database, request_id="never")))
    assert error.code == "NOT_FOUND"
