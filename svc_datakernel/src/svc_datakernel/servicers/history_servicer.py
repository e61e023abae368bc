"""`oms.datakernel.v1.HistoryService`."""

from __future__ import annotations

from typing import Any, Protocol

from oms.datakernel.v1 import history_service_pb2 as pb
from oms.datakernel.v1 import history_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock
from oms_core.paging import page_size

from svc_datakernel import convert, graph_convert
from svc_datakernel.domain.model import Commit, Revision
from svc_datakernel.domain.versioning import (
    BranchMoves,
    DocumentHistories,
    RebaseDraft,
    RevertDraft,
    SquashDraft,
)
from svc_datakernel.servicers.paging import PinnedPages


class HistoryStore(DocumentHistories, BranchMoves, Protocol):
    """What the servicer needs of a store."""

    async def resolve(self, database: str, revision: Revision) -> Commit:
        """The commit that a revision means right now."""
        ...


class HistoryServicer(pb_grpc.HistoryServiceServicer):
    """The history of documents, and branches that move otherwise than forward."""

    def __init__(self, store: HistoryStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def ListDocumentHistory(
        self, request: pb.ListDocumentHistoryRequest, context: Any
    ) -> pb.ListDocumentHistoryResponse:
        database, _ = convert.segments(request.parent)
        times = [
            convert.to_time_us(getattr(request, name), name) if request.HasField(name) else None
            for name in ("after_time", "before_time")
        ]
        query = ("history", database, request.document_id, *map(str, times))
        pages = PinnedPages(query, [("revision", request.revision)], request.page_token)
        # Resolved first: later pages read what this one read.
        head = await self._store.resolve(database, pages.revisions[0])
        page = await self._store.list_document_history(
            database,
            Revision(commit=head.id),
            request.document_id,
            after=pages.after,
            limit=page_size(request.page_size),
            from_time_us=times[0],
            until_time_us=times[1],
        )
        return pb.ListDocumentHistoryResponse(
            entries=[
                pb.DocumentHistoryEntry(
                    commit=convert.from_commit(database, entry.commit),
                    change_type=convert.from_enum(entry.change_type),
                    etag=entry.etag,
                )
                for entry in page.entries
            ],
            next_page_token=pages.next_token([head.id], page.after),
        )

    async def BlameDocument(
        self, request: pb.BlameDocumentRequest, context: Any
    ) -> pb.BlameDocumentResponse:
        database, _ = convert.segments(request.parent)
        revision = convert.to_revision(request.revision, "revision")
        found = await self._store.blame(database, revision, request.document_id)
        return pb.BlameDocumentResponse(
            entries=[
                pb.BlameEntry(
                    pointer=each.pointer, commit=convert.from_commit(database, each.commit)
                )
                for each in found
            ]
        )

    async def ResetBranch(
        self, request: pb.ResetBranchRequest, context: Any
    ) -> pb.ResetBranchResponse:
        database, branch = convert.segments(request.name)
        head = await self._store.reset_branch(
            database,
            branch,
            convert.to_revision(request.target, "target"),
            expected_head=request.expected_head,
        )
        return pb.ResetBranchResponse(head=convert.from_commit(database, head))

    async def RebaseBranch(
        self, request: pb.RebaseBranchRequest, context: Any
    ) -> pb.RebaseBranchResponse:
        database, branch = convert.segments(request.name)
        draft = RebaseDraft(
            onto=convert.to_revision(request.onto, "onto"),
            author=convert.to_author(self._clock.now()),
            expected_head=request.expected_head,
            request_id=request.request_id,
            fingerprint=await graph_convert.fingerprint(request),
        )
        done = await self._store.rebase_branch(database, branch, draft)
        return pb.RebaseBranchResponse(
            head=convert.from_commit(database, done.head),
            base_commit=done.base_commit,
            rebased=[
                pb.RebasedCommit(original_commit=old, new_commit=new or "")
                for old, new in done.rebased
            ],
            fast_forward=done.is_fast_forward,
        )

    async def SquashBranch(
        self, request: pb.SquashBranchRequest, context: Any
    ) -> pb.SquashBranchResponse:
        database, branch = convert.segments(request.name)
        base = convert.to_revision(request.base, "base") if request.HasField("base") else None
        draft = SquashDraft(
            author=convert.to_author(self._clock.now()),
            base=base,
            is_moving=request.move_branch,
            message=request.message,
            expected_head=request.expected_head,
            request_id=request.request_id,
            fingerprint=await graph_convert.fingerprint(request),
        )
        done = await self._store.squash_branch(database, branch, draft)
        return pb.SquashBranchResponse(
            commit=convert.from_commit(database, done.commit), old_head_commit=done.old_head
        )

    async def RevertCommit(
        self, request: pb.RevertCommitRequest, context: Any
    ) -> pb.RevertCommitResponse:
        database, branch = convert.segments(request.name)
        draft = RevertDraft(
            commit_id=request.commit_id,
            author=convert.to_author(self._clock.now()),
            message=request.message,
            expected_head=request.expected_head,
            data_version=request.data_version,
            request_id=request.request_id,
            fingerprint=await graph_convert.fingerprint(request),
        )
        result = await self._store.revert_commit(database, branch, draft)
        return pb.RevertCommitResponse(
            commit=convert.from_commit(database, result.commit), unchanged=result.is_unchanged
        )
