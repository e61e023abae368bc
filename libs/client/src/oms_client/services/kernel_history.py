"""Calls of `oms.datakernel.v1.HistoryService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import timestamp_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import history_service_pb2 as datakernel_history_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncKernelHistory", "KernelHistory"]

_LIST_DOCUMENT_HISTORY: Final = Method(
    "/oms.datakernel.v1.HistoryService/ListDocumentHistory",
    datakernel_history_service_pb2.ListDocumentHistoryRequest,
    datakernel_history_service_pb2.ListDocumentHistoryResponse,
    is_read_only=True,
    items="entries",
)
_BLAME_DOCUMENT: Final = Method(
    "/oms.datakernel.v1.HistoryService/BlameDocument",
    datakernel_history_service_pb2.BlameDocumentRequest,
    datakernel_history_service_pb2.BlameDocumentResponse,
    is_read_only=True,
)
_RESET_BRANCH: Final = Method(
    "/oms.datakernel.v1.HistoryService/ResetBranch",
    datakernel_history_service_pb2.ResetBranchRequest,
    datakernel_history_service_pb2.ResetBranchResponse,
)
_REBASE_BRANCH: Final = Method(
    "/oms.datakernel.v1.HistoryService/RebaseBranch",
    datakernel_history_service_pb2.RebaseBranchRequest,
    datakernel_history_service_pb2.RebaseBranchResponse,
    takes_request_id=True,
)
_SQUASH_BRANCH: Final = Method(
    "/oms.datakernel.v1.HistoryService/SquashBranch",
    datakernel_history_service_pb2.SquashBranchRequest,
    datakernel_history_service_pb2.SquashBranchResponse,
    takes_request_id=True,
)
_REVERT_COMMIT: Final = Method(
    "/oms.datakernel.v1.HistoryService/RevertCommit",
    datakernel_history_service_pb2.RevertCommitRequest,
    datakernel_history_service_pb2.RevertCommitResponse,
    takes_request_id=True,
)


class KernelHistory:
    """The history of single documents, and of a branch."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list_document_history(
        self,
        given: datakernel_history_service_pb2.ListDocumentHistoryRequest | None = None,
        /,
        *,
        parent: str = "",
        document_id: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        after_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        before_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Paged[datakernel_history_service_pb2.DocumentHistoryEntry, datakernel_history_service_pb2.ListDocumentHistoryResponse]:
        """Lists the commits that changed a document, newest first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_id: Id of the document.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            after_time: Only entries at or after this time.
            before_time: Only entries at or before this time.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_id": document_id,
            "revision": revision,
            "page_size": page_size,
            "after_time": after_time,
            "before_time": before_time,
        }
        return self._calls.paged(_LIST_DOCUMENT_HISTORY, given, timeout_s, fields)

    def blame_document(
        self,
        given: datakernel_history_service_pb2.BlameDocumentRequest | None = None,
        /,
        *,
        parent: str = "",
        document_id: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.BlameDocumentResponse:
        """Says of each property, and each member of it, which commit made it what it is.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_id: Id of the document.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_id": document_id,
            "revision": revision,
        }
        return self._calls.unary(_BLAME_DOCUMENT, given, timeout_s, fields)

    def reset_branch(
        self,
        given: datakernel_history_service_pb2.ResetBranchRequest | None = None,
        /,
        *,
        name: str = "",
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        expected_head: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.ResetBranchResponse:
        """Moves a branch back or elsewhere: to any commit of the database.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            target: Where to: a commit, a branch, a tag or a time.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "target": target,
            "expected_head": expected_head,
        }
        return self._calls.unary(_RESET_BRANCH, given, timeout_s, fields)

    def rebase_branch(
        self,
        given: datakernel_history_service_pb2.RebaseBranchRequest | None = None,
        /,
        *,
        name: str = "",
        onto: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        expected_head: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.RebaseBranchResponse:
        """Puts a branch's own commits on top of another revision, each as a commit of its own.
        ABORTED with REBASE_CONFLICT names the commit and the documents that could not be.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`, the branch to move.
            onto: What to put its commits on.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "onto": onto,
            "expected_head": expected_head,
            "request_id": request_id,
        }
        return self._calls.unary(_REBASE_BRANCH, given, timeout_s, fields)

    def squash_branch(
        self,
        given: datakernel_history_service_pb2.SquashBranchRequest | None = None,
        /,
        *,
        name: str = "",
        base: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        move_branch: bool = False,
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.SquashBranchResponse:
        """Makes one commit with everything a branch holds above a base, and answers it; with
        `move_branch` the branch moves there.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            base: The commit to squash down to. Left out: the very first one.
            move_branch: Move the branch to the new commit.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "base": base,
            "move_branch": move_branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_SQUASH_BRANCH, given, timeout_s, fields)

    def revert_commit(
        self,
        given: datakernel_history_service_pb2.RevertCommitRequest | None = None,
        /,
        *,
        name: str = "",
        commit_id: str = "",
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.RevertCommitResponse:
        """Undoes a commit by a new commit on a branch. ABORTED with PATCH_CONFLICT names the
        documents that were changed since.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            commit_id: Id of the commit to undo.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "commit_id": commit_id,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_REVERT_COMMIT, given, timeout_s, fields)


class AsyncKernelHistory:
    """The history of single documents, and of a branch."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    def list_document_history(
        self,
        given: datakernel_history_service_pb2.ListDocumentHistoryRequest | None = None,
        /,
        *,
        parent: str = "",
        document_id: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        after_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        before_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> AsyncPaged[datakernel_history_service_pb2.DocumentHistoryEntry, datakernel_history_service_pb2.ListDocumentHistoryResponse]:
        """Lists the commits that changed a document, newest first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_id: Id of the document.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            after_time: Only entries at or after this time.
            before_time: Only entries at or before this time.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_id": document_id,
            "revision": revision,
            "page_size": page_size,
            "after_time": after_time,
            "before_time": before_time,
        }
        return self._calls.paged(_LIST_DOCUMENT_HISTORY, given, timeout_s, fields)

    async def blame_document(
        self,
        given: datakernel_history_service_pb2.BlameDocumentRequest | None = None,
        /,
        *,
        parent: str = "",
        document_id: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.BlameDocumentResponse:
        """Says of each property, and each member of it, which commit made it what it is.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_id: Id of the document.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_id": document_id,
            "revision": revision,
        }
        return await self._calls.unary(_BLAME_DOCUMENT, given, timeout_s, fields)

    async def reset_branch(
        self,
        given: datakernel_history_service_pb2.ResetBranchRequest | None = None,
        /,
        *,
        name: str = "",
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        expected_head: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.ResetBranchResponse:
        """Moves a branch back or elsewhere: to any commit of the database.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            target: Where to: a commit, a branch, a tag or a time.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "target": target,
            "expected_head": expected_head,
        }
        return await self._calls.unary(_RESET_BRANCH, given, timeout_s, fields)

    async def rebase_branch(
        self,
        given: datakernel_history_service_pb2.RebaseBranchRequest | None = None,
        /,
        *,
        name: str = "",
        onto: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        expected_head: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.RebaseBranchResponse:
        """Puts a branch's own commits on top of another revision, each as a commit of its own.
        ABORTED with REBASE_CONFLICT names the commit and the documents that could not be.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`, the branch to move.
            onto: What to put its commits on.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "onto": onto,
            "expected_head": expected_head,
            "request_id": request_id,
        }
        return await self._calls.unary(_REBASE_BRANCH, given, timeout_s, fields)

    async def squash_branch(
        self,
        given: datakernel_history_service_pb2.SquashBranchRequest | None = None,
        /,
        *,
        name: str = "",
        base: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        move_branch: bool = False,
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.SquashBranchResponse:
        """Makes one commit with everything a branch holds above a base, and answers it; with
        `move_branch` the branch moves there.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            base: The commit to squash down to. Left out: the very first one.
            move_branch: Move the branch to the new commit.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "base": base,
            "move_branch": move_branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_SQUASH_BRANCH, given, timeout_s, fields)

    async def revert_commit(
        self,
        given: datakernel_history_service_pb2.RevertCommitRequest | None = None,
        /,
        *,
        name: str = "",
        commit_id: str = "",
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_history_service_pb2.RevertCommitResponse:
        """Undoes a commit by a new commit on a branch. ABORTED with PATCH_CONFLICT names the
        documents that were changed since.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            commit_id: Id of the commit to undo.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "commit_id": commit_id,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_REVERT_COMMIT, given, timeout_s, fields)
