"""Calls of `oms.datakernel.v1.BranchService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import branch_service_pb2 as datakernel_branch_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncKernelBranches", "KernelBranches"]

_CREATE: Final = Method(
    "/oms.datakernel.v1.BranchService/CreateBranch",
    datakernel_branch_service_pb2.CreateBranchRequest,
    datakernel_branch_service_pb2.CreateBranchResponse,
)
_GET: Final = Method(
    "/oms.datakernel.v1.BranchService/GetBranch",
    datakernel_branch_service_pb2.GetBranchRequest,
    datakernel_branch_service_pb2.GetBranchResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.datakernel.v1.BranchService/ListBranches",
    datakernel_branch_service_pb2.ListBranchesRequest,
    datakernel_branch_service_pb2.ListBranchesResponse,
    is_read_only=True,
    items="branches",
)
_DELETE: Final = Method(
    "/oms.datakernel.v1.BranchService/DeleteBranch",
    datakernel_branch_service_pb2.DeleteBranchRequest,
    datakernel_branch_service_pb2.DeleteBranchResponse,
)


class KernelBranches:
    """Branches: named pointers into the commit graph of a database."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: datakernel_branch_service_pb2.CreateBranchRequest | None = None,
        /,
        *,
        parent: str = "",
        branch_id: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_branch_service_pb2.CreateBranchResponse:
        """Creates a branch at a revision. Costs the same at any number of documents. ALREADY_EXISTS
        when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            branch_id: Last segment of the new name: letters, digits, `.`, `_`, `-`; at most 100.
            source: Where it starts. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "branch_id": branch_id,
            "source": source,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: datakernel_branch_service_pb2.GetBranchRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_branch_service_pb2.GetBranchResponse:
        """Gets a branch. NOT_FOUND when there is none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_branch_service_pb2.ListBranchesRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[datakernel_branch_service_pb2.Branch, datakernel_branch_service_pb2.ListBranchesResponse]:
        """Lists the branches of a database, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def delete(
        self,
        given: datakernel_branch_service_pb2.DeleteBranchRequest | None = None,
        /,
        *,
        name: str = "",
        expected_head: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_branch_service_pb2.DeleteBranchResponse:
        """Deletes a branch. Its commits stay readable by id. FAILED_PRECONDITION with reason
        BRANCH_PROTECTED for `main`.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            expected_head: When set, the branch is deleted only while it points to this commit;
                ABORTED with STALE_HEAD otherwise.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "expected_head": expected_head,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)


class AsyncKernelBranches:
    """Branches: named pointers into the commit graph of a database."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: datakernel_branch_service_pb2.CreateBranchRequest | None = None,
        /,
        *,
        parent: str = "",
        branch_id: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_branch_service_pb2.CreateBranchResponse:
        """Creates a branch at a revision. Costs the same at any number of documents. ALREADY_EXISTS
        when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            branch_id: Last segment of the new name: letters, digits, `.`, `_`, `-`; at most 100.
            source: Where it starts. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "branch_id": branch_id,
            "source": source,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: datakernel_branch_service_pb2.GetBranchRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_branch_service_pb2.GetBranchResponse:
        """Gets a branch. NOT_FOUND when there is none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_branch_service_pb2.ListBranchesRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[datakernel_branch_service_pb2.Branch, datakernel_branch_service_pb2.ListBranchesResponse]:
        """Lists the branches of a database, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def delete(
        self,
        given: datakernel_branch_service_pb2.DeleteBranchRequest | None = None,
        /,
        *,
        name: str = "",
        expected_head: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_branch_service_pb2.DeleteBranchResponse:
        """Deletes a branch. Its commits stay readable by id. FAILED_PRECONDITION with reason
        BRANCH_PROTECTED for `main`.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            expected_head: When set, the branch is deleted only while it points to this commit;
                ABORTED with STALE_HEAD otherwise.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "expected_head": expected_head,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)
