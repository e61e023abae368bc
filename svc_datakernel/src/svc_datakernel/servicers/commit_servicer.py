"""`oms.datakernel.v1.CommitService`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

from oms.datakernel.v1 import commit_service_pb2 as pb
from oms.datakernel.v1 import commit_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock
from oms_core.errors import InvalidField
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_datakernel import convert
from svc_datakernel.domain.model import BranchMove, FeedPosition
from svc_datakernel.domain.store import KernelStore
from svc_datakernel.domain.traces import CommitTraces
from svc_datakernel.domain.watching import Watch, watch
from svc_datakernel.servicers.paging import PinnedPages

# Converting and hashing a larger request is left to a thread.
_FEW_OPERATIONS: Final = 20
_BEFORE_THE_ROOT: Final = FeedPosition(-1, 0)


class CommitServicer(pb_grpc.CommitServiceServicer):
    """Commits, what they changed, and merges."""

    def __init__(self, store: KernelStore, clock: Clock, traces: CommitTraces) -> None:
        self._store = store
        self._clock = clock
        self._traces = traces

    async def CreateCommit(
        self, request: pb.CreateCommitRequest, context: Any
    ) -> pb.CreateCommitResponse:
        database, branch = convert.segments(request.parent)
        author = convert.to_author(self._clock.now())
        if len(request.operations) <= _FEW_OPERATIONS:
            draft = convert.to_commit_draft(request, author)
        else:
            draft = await asyncio.to_thread(convert.to_commit_draft, request, author)
        result = await self._store.create_commit(database, branch, draft)
        return pb.CreateCommitResponse(
            commit=convert.from_commit(database, result.commit), unchanged=result.is_unchanged
        )

    async def GetCommit(self, request: pb.GetCommitRequest, context: Any) -> pb.GetCommitResponse:
        database, commit_id = convert.segments(request.name)
        commit = await self._store.get_commit(database, commit_id)
        return pb.GetCommitResponse(commit=convert.from_commit(database, commit))

    async def FindCommit(
        self, request: pb.FindCommitRequest, context: Any
    ) -> pb.FindCommitResponse:
        database, _ = convert.segments(request.parent)
        commit = await self._store.find_commit(database, request.request_id)
        return pb.FindCommitResponse(commit=convert.from_commit(database, commit))

    async def ResolveRevision(
        self, request: pb.ResolveRevisionRequest, context: Any
    ) -> pb.ResolveRevisionResponse:
        database, _ = convert.segments(request.parent)
        revision = convert.to_revision(request.revision, "revision")
        commit = await self._store.resolve(database, revision)
        return pb.ResolveRevisionResponse(commit=convert.from_commit(database, commit))

    async def ListCommits(
        self, request: pb.ListCommitsRequest, context: Any
    ) -> pb.ListCommitsResponse:
        database, _ = convert.segments(request.parent)
        revision = convert.to_revision(request.revision, "revision")
        query = ("commits", database, str(revision))
        cursor = decode_page_token(query, request.page_token, length=1)
        page = await self._store.list_commits(
            database,
            convert.to_pinned(cursor[0]) if cursor else revision,
            limit=page_size(request.page_size),
        )
        return pb.ListCommitsResponse(
            commits=[convert.from_commit(database, commit) for commit in page.commits],
            next_page_token=encode_page_token(query, [page.next_commit])
            if page.next_commit
            else "",
        )

    async def WatchCommits(
        self, request: pb.WatchCommitsRequest, context: Any
    ) -> AsyncGenerator[pb.WatchCommitsResponse]:
        database, _ = convert.segments(request.parent)
        after = await self._start_of_watch(database, request)
        # Tells the caller that from here on nothing is missed.
        await context.send_initial_metadata(())
        watched = Watch(
            database,
            request.branch,
            with_documents=request.include_documents,
            with_moves=request.include_branch_moves,
        )
        parts = watch(self._store, watched, after=after)
        async with aclosing(parts):
            async for part in parts:
                if isinstance(part, BranchMove):
                    yield pb.WatchCommitsResponse(branch_move=convert.from_move(part))
                    continue
                yield pb.WatchCommitsResponse(
                    commit=convert.from_commit(database, part.commit),
                    changes=[convert.from_difference(each) for each in part.differences],
                    is_last_part=part.is_last,
                    traceparent=self._traces.of(part.commit.id),
                )

    async def DiffCommits(
        self, request: pb.DiffCommitsRequest, context: Any
    ) -> pb.DiffCommitsResponse:
        database, _ = convert.segments(request.parent)
        query = ("diff", database, *sorted(request.types), str(request.include_documents))
        revisions = [("base", request.base), ("target", request.target)]
        pages = PinnedPages(query, revisions, request.page_token)
        page = await self._store.diff(
            database,
            *pages.revisions,
            types=request.types,
            with_documents=request.include_documents,
            after=pages.after,
            limit=page_size(request.page_size),
        )
        return pb.DiffCommitsResponse(
            diffs=[convert.from_difference(difference) for difference in page.differences],
            next_page_token=pages.next_token([page.base_commit, page.target_commit], page.after),
            base_commit=page.base_commit,
            target_commit=page.target_commit,
            counts=[convert.from_count(count) for count in page.counts],
        )

    async def GetMergeBase(
        self, request: pb.GetMergeBaseRequest, context: Any
    ) -> pb.GetMergeBaseResponse:
        database, _ = convert.segments(request.parent)
        commit = await self._store.merge_base(
            database,
            convert.to_revision(request.source, "source"),
            convert.to_revision(request.target, "target"),
        )
        return pb.GetMergeBaseResponse(commit=convert.from_commit(database, commit))

    async def MergeBranch(
        self, request: pb.MergeBranchRequest, context: Any
    ) -> pb.MergeBranchResponse:
        database, branch = convert.segments(request.name)
        source = convert.to_revision(request.source, "source")
        author = convert.to_author(self._clock.now())
        draft = convert.to_merge_draft(request, source, author)
        result = await self._store.merge(database, branch, draft)
        return convert.from_merge(database, result)

    async def VerifyHistory(
        self, request: pb.VerifyHistoryRequest, context: Any
    ) -> pb.VerifyHistoryResponse:
        database, _ = convert.segments(request.name)
        found = await self._store.verify(database)
        return pb.VerifyHistoryResponse(
            commit_count=found.commit_count,
            document_count=found.document_count,
            faults=[
                pb.HistoryFault(
                    commit_id=fault.commit_id,
                    document_id=fault.document_id,
                    message=fault.message,
                )
                for fault in found.faults
            ],
        )

    async def _start_of_watch(self, database: str, request: pb.WatchCommitsRequest) -> FeedPosition:
        if request.from_now and request.from_commit:
            raise InvalidField.of("from_now", "excludes from_commit")
        if request.from_commit:
            commit = await self._store.get_commit(database, request.from_commit)
            return await self._store.feed_position(database, commit.sequence)
        end = await self._store.feed_end(database)
        return end if request.from_now else _BEFORE_THE_ROOT
