"""Calls of `oms.ontology.v1.BranchService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.ontology.v1 import branch_service_pb2 as ontology_branch_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncBranches", "Branches"]

_CREATE: Final = Method(
    "/oms.ontology.v1.BranchService/CreateBranch",
    ontology_branch_service_pb2.CreateBranchRequest,
    ontology_branch_service_pb2.CreateBranchResponse,
)
_GET: Final = Method(
    "/oms.ontology.v1.BranchService/GetBranch",
    ontology_branch_service_pb2.GetBranchRequest,
    ontology_branch_service_pb2.GetBranchResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.ontology.v1.BranchService/ListBranches",
    ontology_branch_service_pb2.ListBranchesRequest,
    ontology_branch_service_pb2.ListBranchesResponse,
    is_read_only=True,
    items="branches",
)
_DELETE: Final = Method(
    "/oms.ontology.v1.BranchService/DeleteBranch",
    ontology_branch_service_pb2.DeleteBranchRequest,
    ontology_branch_service_pb2.DeleteBranchResponse,
)
_MERGE: Final = Method(
    "/oms.ontology.v1.BranchService/MergeBranch",
    ontology_branch_service_pb2.MergeBranchRequest,
    ontology_branch_service_pb2.MergeBranchResponse,
    takes_request_id=True,
)


class Branches:
    """Branches of an ontology: make one, change it, merge it back."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: ontology_branch_service_pb2.CreateBranchRequest | None = None,
        /,
        *,
        parent: str = "",
        branch_id: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_branch_service_pb2.CreateBranchResponse:
        """Creates a branch at a revision. ALREADY_EXISTS when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
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
        given: ontology_branch_service_pb2.GetBranchRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> ontology_branch_service_pb2.GetBranchResponse:
        """Gets a branch. NOT_FOUND when there is none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/branches/{branch}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: ontology_branch_service_pb2.ListBranchesRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[ontology_branch_service_pb2.Branch, ontology_branch_service_pb2.ListBranchesResponse]:
        """Lists the branches of an ontology, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
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
        given: ontology_branch_service_pb2.DeleteBranchRequest | None = None,
        /,
        *,
        name: str = "",
        expected_head: str = "",
        timeout_s: float | None = None,
    ) -> ontology_branch_service_pb2.DeleteBranchResponse:
        """Deletes a branch. Its commits stay readable by id. FAILED_PRECONDITION with
        BRANCH_PROTECTED for `main`.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/branches/{branch}`.
            expected_head: When set, it is deleted only while it points to this commit; ABORTED
                with STALE_HEAD otherwise.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "expected_head": expected_head,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)

    def merge(
        self,
        given: ontology_branch_service_pb2.MergeBranchRequest | None = None,
        /,
        *,
        name: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        expected_head: str = "",
        message: str = "",
        resolutions: Iterable[ontology_branch_service_pb2.MergeResolution | Mapping[str, Any]] = (),
        default_resolution: ontology_branch_service_pb2.MergeSide | str | None = None,
        validate_only: bool = False,
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_branch_service_pb2.MergeBranchResponse:
        """Merges a revision into a branch, three-way and element by element, as one merge commit.
        The merged ontology has to be sound. FAILED_PRECONDITION with MERGE_CONFLICT names the
        elements that both sides changed differently, unless a resolution is given for each.

        Args:
            given: The request as a message; what the others set is put on top.
            name: The branch to merge into, `ontologies/{ontology}/branches/{branch}`.
            source: The revision to merge from.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: `Merge <source> into <branch>`.
            resolutions: A choice for each conflict that has one of its own.
            default_resolution: The choice for every other conflict. Left out: the merge fails on
                them.
            validate_only: Compute the answer and change nothing. Conflicts are then answered,
                not raised.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
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
        }
        return self._calls.unary(_MERGE, given, timeout_s, fields)


class AsyncBranches:
    """Branches of an ontology: make one, change it, merge it back."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: ontology_branch_service_pb2.CreateBranchRequest | None = None,
        /,
        *,
        parent: str = "",
        branch_id: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_branch_service_pb2.CreateBranchResponse:
        """Creates a branch at a revision. ALREADY_EXISTS when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
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
        given: ontology_branch_service_pb2.GetBranchRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> ontology_branch_service_pb2.GetBranchResponse:
        """Gets a branch. NOT_FOUND when there is none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/branches/{branch}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: ontology_branch_service_pb2.ListBranchesRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[ontology_branch_service_pb2.Branch, ontology_branch_service_pb2.ListBranchesResponse]:
        """Lists the branches of an ontology, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
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
        given: ontology_branch_service_pb2.DeleteBranchRequest | None = None,
        /,
        *,
        name: str = "",
        expected_head: str = "",
        timeout_s: float | None = None,
    ) -> ontology_branch_service_pb2.DeleteBranchResponse:
        """Deletes a branch. Its commits stay readable by id. FAILED_PRECONDITION with
        BRANCH_PROTECTED for `main`.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/branches/{branch}`.
            expected_head: When set, it is deleted only while it points to this commit; ABORTED
                with STALE_HEAD otherwise.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "expected_head": expected_head,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)

    async def merge(
        self,
        given: ontology_branch_service_pb2.MergeBranchRequest | None = None,
        /,
        *,
        name: str = "",
        source: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        expected_head: str = "",
        message: str = "",
        resolutions: Iterable[ontology_branch_service_pb2.MergeResolution | Mapping[str, Any]] = (),
        default_resolution: ontology_branch_service_pb2.MergeSide | str | None = None,
        validate_only: bool = False,
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_branch_service_pb2.MergeBranchResponse:
        """Merges a revision into a branch, three-way and element by element, as one merge commit.
        The merged ontology has to be sound. FAILED_PRECONDITION with MERGE_CONFLICT names the
        elements that both sides changed differently, unless a resolution is given for each.

        Args:
            given: The request as a message; what the others set is put on top.
            name: The branch to merge into, `ontologies/{ontology}/branches/{branch}`.
            source: The revision to merge from.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: `Merge <source> into <branch>`.
            resolutions: A choice for each conflict that has one of its own.
            default_resolution: The choice for every other conflict. Left out: the merge fails on
                them.
            validate_only: Compute the answer and change nothing. Conflicts are then answered,
                not raised.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
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
        }
        return await self._calls.unary(_MERGE, given, timeout_s, fields)
