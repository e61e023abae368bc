"""The task that removes what was deleted long ago."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from oms.common.v1 import revision_pb2
from oms.datakernel.v1 import commit_service_pb2 as commit_pb
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import document_service_pb2 as document_pb
from oms.datakernel.v1 import document_service_pb2_grpc as document_grpc

from svc_scheduler.adapters.targets.builtin.ontologies import BRANCH
from svc_scheduler.adapters.targets.methods import Methods
from svc_scheduler.adapters.targets.tasks import Kind, Parameter, Task, TaskRun
from svc_scheduler.domain.targets.model import Json

_BATCH: Final = 1000


def purge_deleted(methods: Methods) -> Task:
    """The task that removes softly deleted documents from a branch."""
    service = "oms.datakernel.v1"
    return Task(
        id="purge-deleted",
        description="Removes documents that were softly deleted so many days before the run's "
        "time. History keeps them: `compact-kernel` gives no space of theirs back.",
        parameters=(
            Parameter(
                "database",
                "Id of the database; an ontology's is the ontology's. Not a graph database.",
                is_required=True,
                pattern=r"[a-z][a-z0-9-]{0,62}",
            ),
            BRANCH,
            Parameter(
                "days",
                "Documents deleted that many days ago or longer go.",
                Kind.NUMBER,
                is_required=True,
                most=36_500,
            ),
        ),
        permissions=frozenset(
            methods.permission_of(f"{service}.{name}")
            for name in ("DocumentService/ListDocuments", "CommitService/CreateCommit")
        ),
        run=_purge,
    )


async def _purge(run: TaskRun) -> Json:
    database, branch = f"databases/{run.text('database')}", run.text("branch", "main")
    until = run.attempt.fire_time - timedelta(days=run.number("days", 0))
    batch: list[commit_pb.DocumentOperation] = []
    removed = 0
    async for document in _deleted(run, database, branch):
        if document.audit.deleted_at.ToDatetime(tzinfo=UTC) > until:
            continue
        batch.append(_removal(document))
        if len(batch) == _BATCH:
            removed += await _commit(run, f"{database}/branches/{branch}", batch, until)
            batch = []
    if batch:
        removed += await _commit(run, f"{database}/branches/{branch}", batch, until)
    run.tell(f"{removed} documents removed from {database}, branch {branch}")
    return {"removedDocumentCount": removed}


def _removal(document: document_pb.Document) -> commit_pb.DocumentOperation:
    # With its etag: one that was created again meanwhile stays, and the attempt is repeated.
    delete = commit_pb.DocumentDelete(
        document_id=document.document_id, etag=document.etag, hard=True
    )
    return commit_pb.DocumentOperation(delete=delete)


async def _commit(
    run: TaskRun, parent: str, batch: list[commit_pb.DocumentOperation], until: datetime
) -> int:
    # Without a `request_id`: what was removed before is not listed again when it is repeated.
    stub: Any = commit_grpc.CommitServiceStub(run.channel("datakernel"))
    request = commit_pb.CreateCommitRequest(
        parent=parent,
        operations=batch,
        message=f"Remove documents that were deleted before {until.isoformat(timespec='seconds')}",
    )
    await run.call(stub.CreateCommit, request)
    return len(batch)


async def _deleted(run: TaskRun, database: str, branch: str) -> AsyncIterator[document_pb.Document]:
    stub: Any = document_grpc.DocumentServiceStub(run.channel("datakernel"))
    request = document_pb.ListDocumentsRequest(
        parent=database,
        revision=revision_pb2.Revision(branch=branch),
        page_size=1000,
        show_deleted=True,
    )
    while True:
        page = await run.call(stub.ListDocuments, request)
        for document in page.documents:
            if document.audit.deleted:
                yield document
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token
