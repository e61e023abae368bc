"""Calls of `oms.datakernel.v1.CommitService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import commit_service_pb2 as datakernel_commit_service_pb2
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncKernelCommits", "KernelCommits"]

_CREATE: Final = Method(
    "/oms.datakernel.v1.CommitService/CreateCommit",
    datakernel_commit_service_pb2.CreateCommitRequest,
    datakernel_commit_service_pb2.CreateCommitResponse,
    takes_request_id=True,
)
_GET: Final = Method(
    "/oms.datakernel.v1.CommitService/GetCommit",
    datakernel_commit_service_pb2.GetCommitRequest,
    datakernel_commit_service_pb2.GetCommitResponse,
    is_read_only=True,
)
_FIND: Final = Method(
    "/oms.datakernel.v1.CommitService/FindCommit",
    datakernel_commit_service_pb2.FindCommitRequest,
    datakernel_commit_service_pb2.FindCommitResponse,
    is_read_only=True,
    takes_request_id=True,
)
_RESOLVE_REVISION: Final = Method(
    "/oms.datakernel.v1.CommitService/ResolveRevision",
    datakernel_commit_service_pb2.ResolveRevisionRequest,
    datakernel_commit_service_pb2.ResolveRevisionResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.datakernel.v1.CommitService/ListCommits",
    datakernel_commit_service_pb2.ListCommitsRequest,
    datakernel_commit_service_pb2.ListCommitsResponse,
    is_read_only=True,
    items="commits",
)
_WATCH: Final = Method(
    "/oms.datakernel.v1.CommitService/WatchCommits",
    datakernel_commit_service_pb2.WatchCommitsRequest,
    datakernel_commit_service_pb2.WatchCommitsResponse,
    is_read_only=True,
    is_endless=True,
)
_DIFF: Final = Method(
    "/oms.datakernel.v1.CommitService/DiffCommits",
    datakernel_commit_service_pb2.DiffCommitsRequest,
    datakernel_commit_service_pb2.DiffCommitsResponse,
    is_read_only=True,
    items="diffs",
)
_GET_MERGE_BASE: Final = Method(
    "/oms.datakernel.v1.CommitService/GetMergeBase",
    datakernel_commit_service_pb2.GetMergeBaseRequest,
    datakernel_commit_service_pb2.GetMergeBaseResponse,
    is_read_only=True,
)
_MERGE_BRANCH: Final = Method(
    "/oms.datakernel.v1.CommitService/MergeBranch",
    datakernel_commit_service_pb2.MergeBranchRequest,
    datakernel_commit_service_pb2.MergeBranchResponse,
    takes_request_id=True,
)
_VERIFY_HISTORY: Final = Method(
    "/oms.datakernel.v1.CommitService/VerifyHistory",
    datakernel_commit_service_pb2.VerifyHistoryRequest,
    datakernel_commit_service_pb2.VerifyHistoryResponse,
    is_read_only=True,
)


class KernelCommits:
    """Commits: atomic changes of any number of documents, chained by hash.

    A commit id is the SHA-256 of its parents, author, message, time and changed documents, so a
    history can be verified from its ids alone.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: datakernel_commit_service_pb2.CreateCommitRequest | None = None,
        /,
        *,
        parent: str = "",
        operations: Iterable[datakernel_commit_service_pb2.DocumentOperation | Mapping[str, Any]] = (),
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        request_fingerprint: bytes = b"",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.CreateCommitResponse:
        """Applies changes to a branch as one commit, all or none. Durable once answered.

        ABORTED with STALE_HEAD when `expected_head` is set and no longer the head; without it
        the changes go on top of whatever is there. A second call with the same `request_id`
        answers the first call's commit.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            operations: 1 to 100,000 operations. The message as a whole is bounded by the
                server's message size limit.
            expected_head: Id of the commit that has to be the head. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            request_fingerprint: Fingerprint of the caller's own request, kept with the commit,
                for a service that translates requests of its own into commits. Left out:
                computed from this request.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "operations": operations,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
            "request_fingerprint": request_fingerprint,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: datakernel_commit_service_pb2.GetCommitRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.GetCommitResponse:
        """Gets a commit by its id. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/commits/{commit}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def find(
        self,
        given: datakernel_commit_service_pb2.FindCommitRequest | None = None,
        /,
        *,
        parent: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.FindCommitResponse:
        """Finds the commit that a `request_id` made. NOT_FOUND when it made none.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            request_id: The `request_id` to look for.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "request_id": request_id,
        }
        return self._calls.unary(_FIND, given, timeout_s, fields)

    def resolve_revision(
        self,
        given: datakernel_commit_service_pb2.ResolveRevisionRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.ResolveRevisionResponse:
        """Resolves a revision to the commit it means right now.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            revision: The revision. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
        }
        return self._calls.unary(_RESOLVE_REVISION, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_commit_service_pb2.ListCommitsRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[datakernel_commit_service_pb2.Commit, datakernel_commit_service_pb2.ListCommitsResponse]:
        """Lists the commits reachable from a revision by first parents, newest first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            revision: Where to start. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def watch(
        self,
        given: datakernel_commit_service_pb2.WatchCommitsRequest | None = None,
        /,
        *,
        parent: str = "",
        from_commit: str = "",
        branch: str = "",
        from_now: bool = False,
        include_documents: bool = False,
        include_branch_moves: bool = False,
        timeout_s: float | None = None,
    ) -> Stream[datakernel_commit_service_pb2.WatchCommitsResponse]:
        """Streams the commits of a database with their changes, in the order they were made, first
        those after `from_commit`, then each new one as it is made. The stream has no end of its
        own; resume with the id of the last commit received whole.

        With `include_branch_moves` it also tells, in its place among the commits, of every
        change of a branch's head that is no commit on top of the head before: reset, rebase,
        squash, pull and push, and branches made and deleted. Who applies commits and moves in
        order knows every head at every moment. The commits that a rebase or squash makes follow
        the move to what they are put on. After a resume the moves since that commit come again:
        they are told by their `number`.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            from_commit: Commits after this one are sent. Empty: from the very first, unless
                `from_now`.
            branch: Only commits on this branch. Empty: on every branch.
            from_now: Start with the commits made from now on. Excludes `from_commit`.
            include_documents: Send the contents before and after, not only the ids.
            include_branch_moves: Send moves of branches too, of `branch` alone if that is set.
                UNIMPLEMENTED with UNSUPPORTED_OPERATION on a backend that keeps no record of
                them (`branch_moves`).
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "from_commit": from_commit,
            "branch": branch,
            "from_now": from_now,
            "include_documents": include_documents,
            "include_branch_moves": include_branch_moves,
        }
        return self._calls.stream(_WATCH, given, timeout_s, fields)

    def diff(
        self,
        given: datakernel_commit_service_pb2.DiffCommitsRequest | None = None,
        /,
        *,
        parent: str = "",
        base: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        types: Iterable[str] = (),
        include_documents: bool = False,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[datakernel_commit_service_pb2.DocumentDiff, datakernel_commit_service_pb2.DiffCommitsResponse]:
        """Lists the documents that differ between two revisions, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            base: The revision to compare from. Left out: the head of `main`.
            target: The revision to compare to. Left out: the head of `main`.
            types: Only documents of these types. Empty: all.
            include_documents: Send the contents before and after, not only the ids.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. With contents an
                answer holds fewer when they would pass 1 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "base": base,
            "target": target,
            "types": types,
            "include_documents": include_documents,
            "page_size": page_size,
        }
        return self._calls.paged(_DIFF, given, timeout_s, fields)

    def get_merge_base(
        self,
        given: datakernel_commit_service_pb2.GetMergeBaseRequest | None = None,
        /,
        *,
        parent: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.GetMergeBaseResponse:
        """Finds the best common ancestor of two revisions. FAILED_PRECONDITION with
        UNRELATED_HISTORIES when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            source: One side. Left out: the head of `main`.
            target: The other side. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "source": source,
            "target": target,
        }
        return self._calls.unary(_GET_MERGE_BASE, given, timeout_s, fields)

    def merge_branch(
        self,
        given: datakernel_commit_service_pb2.MergeBranchRequest | None = None,
        /,
        *,
        name: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        expected_head: str = "",
        message: str = "",
        resolutions: Iterable[datakernel_commit_service_pb2.MergeResolution | Mapping[str, Any]] = (),
        default_resolution: datakernel_commit_service_pb2.MergeSide | str | None = None,
        validate_only: bool = False,
        request_id: str = "",
        request_fingerprint: bytes = b"",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.MergeBranchResponse:
        """Merges a revision into a branch, three-way and document by document, as one merge commit
        with two parents. A document changed on both sides to different contents is a conflict;
        FAILED_PRECONDITION with MERGE_CONFLICT names them unless a resolution is given for each.

        Args:
            given: The request as a message; what the others set is put on top.
            name: The branch to merge into, `databases/{database}/branches/{branch}`.
            source: The revision to merge from.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Why. Left out: `Merge <source> into <branch>`.
            resolutions: A choice for each conflict that has one of its own.
            default_resolution: The choice for every other conflict. Left out: the merge fails on
                them.
            validate_only: Compute the answer and change nothing. Conflicts are then answered,
                not raised.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            request_fingerprint: See `CreateCommitRequest.request_fingerprint`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "source": source,
            "expected_head": expected_head,
            "message": message,
            "resolutions": resolutions,
            "default_resolution": default_resolution,
            "validate_only": validate_only,
            "request_id": request_id,
            "request_fingerprint": request_fingerprint,
        }
        return self._calls.unary(_MERGE_BRANCH, given, timeout_s, fields)

    def verify_history(
        self,
        given: datakernel_commit_service_pb2.VerifyHistoryRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.VerifyHistoryResponse:
        """Recomputes every hash of a database's history. Answers OK with the faults found; an empty
        list means the history is intact.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_VERIFY_HISTORY, given, timeout_s, fields)


class AsyncKernelCommits:
    """Commits: atomic changes of any number of documents, chained by hash.

    A commit id is the SHA-256 of its parents, author, message, time and changed documents, so a
    history can be verified from its ids alone.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: datakernel_commit_service_pb2.CreateCommitRequest | None = None,
        /,
        *,
        parent: str = "",
        operations: Iterable[datakernel_commit_service_pb2.DocumentOperation | Mapping[str, Any]] = (),
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        request_fingerprint: bytes = b"",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.CreateCommitResponse:
        """Applies changes to a branch as one commit, all or none. Durable once answered.

        ABORTED with STALE_HEAD when `expected_head` is set and no longer the head; without it
        the changes go on top of whatever is there. A second call with the same `request_id`
        answers the first call's commit.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            operations: 1 to 100,000 operations. The message as a whole is bounded by the
                server's message size limit.
            expected_head: Id of the commit that has to be the head. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            request_fingerprint: Fingerprint of the caller's own request, kept with the commit,
                for a service that translates requests of its own into commits. Left out:
                computed from this request.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "operations": operations,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
            "request_fingerprint": request_fingerprint,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: datakernel_commit_service_pb2.GetCommitRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.GetCommitResponse:
        """Gets a commit by its id. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/commits/{commit}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    async def find(
        self,
        given: datakernel_commit_service_pb2.FindCommitRequest | None = None,
        /,
        *,
        parent: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.FindCommitResponse:
        """Finds the commit that a `request_id` made. NOT_FOUND when it made none.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            request_id: The `request_id` to look for.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "request_id": request_id,
        }
        return await self._calls.unary(_FIND, given, timeout_s, fields)

    async def resolve_revision(
        self,
        given: datakernel_commit_service_pb2.ResolveRevisionRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.ResolveRevisionResponse:
        """Resolves a revision to the commit it means right now.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            revision: The revision. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
        }
        return await self._calls.unary(_RESOLVE_REVISION, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_commit_service_pb2.ListCommitsRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[datakernel_commit_service_pb2.Commit, datakernel_commit_service_pb2.ListCommitsResponse]:
        """Lists the commits reachable from a revision by first parents, newest first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            revision: Where to start. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def watch(
        self,
        given: datakernel_commit_service_pb2.WatchCommitsRequest | None = None,
        /,
        *,
        parent: str = "",
        from_commit: str = "",
        branch: str = "",
        from_now: bool = False,
        include_documents: bool = False,
        include_branch_moves: bool = False,
        timeout_s: float | None = None,
    ) -> AsyncStream[datakernel_commit_service_pb2.WatchCommitsResponse]:
        """Streams the commits of a database with their changes, in the order they were made, first
        those after `from_commit`, then each new one as it is made. The stream has no end of its
        own; resume with the id of the last commit received whole.

        With `include_branch_moves` it also tells, in its place among the commits, of every
        change of a branch's head that is no commit on top of the head before: reset, rebase,
        squash, pull and push, and branches made and deleted. Who applies commits and moves in
        order knows every head at every moment. The commits that a rebase or squash makes follow
        the move to what they are put on. After a resume the moves since that commit come again:
        they are told by their `number`.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            from_commit: Commits after this one are sent. Empty: from the very first, unless
                `from_now`.
            branch: Only commits on this branch. Empty: on every branch.
            from_now: Start with the commits made from now on. Excludes `from_commit`.
            include_documents: Send the contents before and after, not only the ids.
            include_branch_moves: Send moves of branches too, of `branch` alone if that is set.
                UNIMPLEMENTED with UNSUPPORTED_OPERATION on a backend that keeps no record of
                them (`branch_moves`).
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "from_commit": from_commit,
            "branch": branch,
            "from_now": from_now,
            "include_documents": include_documents,
            "include_branch_moves": include_branch_moves,
        }
        return self._calls.stream(_WATCH, given, timeout_s, fields)

    def diff(
        self,
        given: datakernel_commit_service_pb2.DiffCommitsRequest | None = None,
        /,
        *,
        parent: str = "",
        base: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        types: Iterable[str] = (),
        include_documents: bool = False,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[datakernel_commit_service_pb2.DocumentDiff, datakernel_commit_service_pb2.DiffCommitsResponse]:
        """Lists the documents that differ between two revisions, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            base: The revision to compare from. Left out: the head of `main`.
            target: The revision to compare to. Left out: the head of `main`.
            types: Only documents of these types. Empty: all.
            include_documents: Send the contents before and after, not only the ids.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. With contents an
                answer holds fewer when they would pass 1 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "base": base,
            "target": target,
            "types": types,
            "include_documents": include_documents,
            "page_size": page_size,
        }
        return self._calls.paged(_DIFF, given, timeout_s, fields)

    async def get_merge_base(
        self,
        given: datakernel_commit_service_pb2.GetMergeBaseRequest | None = None,
        /,
        *,
        parent: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.GetMergeBaseResponse:
        """Finds the best common ancestor of two revisions. FAILED_PRECONDITION with
        UNRELATED_HISTORIES when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            source: One side. Left out: the head of `main`.
            target: The other side. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "source": source,
            "target": target,
        }
        return await self._calls.unary(_GET_MERGE_BASE, given, timeout_s, fields)

    async def merge_branch(
        self,
        given: datakernel_commit_service_pb2.MergeBranchRequest | None = None,
        /,
        *,
        name: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        expected_head: str = "",
        message: str = "",
        resolutions: Iterable[datakernel_commit_service_pb2.MergeResolution | Mapping[str, Any]] = (),
        default_resolution: datakernel_commit_service_pb2.MergeSide | str | None = None,
        validate_only: bool = False,
        request_id: str = "",
        request_fingerprint: bytes = b"",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.MergeBranchResponse:
        """Merges a revision into a branch, three-way and document by document, as one merge commit
        with two parents. A document changed on both sides to different contents is a conflict;
        FAILED_PRECONDITION with MERGE_CONFLICT names them unless a resolution is given for each.

        Args:
            given: The request as a message; what the others set is put on top.
            name: The branch to merge into, `databases/{database}/branches/{branch}`.
            source: The revision to merge from.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Why. Left out: `Merge <source> into <branch>`.
            resolutions: A choice for each conflict that has one of its own.
            default_resolution: The choice for every other conflict. Left out: the merge fails on
                them.
            validate_only: Compute the answer and change nothing. Conflicts are then answered,
                not raised.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            request_fingerprint: See `CreateCommitRequest.request_fingerprint`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "source": source,
            "expected_head": expected_head,
            "message": message,
            "resolutions": resolutions,
            "default_resolution": default_resolution,
            "validate_only": validate_only,
            "request_id": request_id,
            "request_fingerprint": request_fingerprint,
        }
        return await self._calls.unary(_MERGE_BRANCH, given, timeout_s, fields)

    async def verify_history(
        self,
        given: datakernel_commit_service_pb2.VerifyHistoryRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_commit_service_pb2.VerifyHistoryResponse:
        """Recomputes every hash of a database's history. Answers OK with the faults found; an empty
        list means the history is intact.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_VERIFY_HISTORY, given, timeout_s, fields)
