"""Calls of `oms.datakernel.v1.DiffService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.api import httpbody_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import diff_service_pb2 as datakernel_diff_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method

__all__ = ["AsyncKernelDiff", "KernelDiff"]

_COMPARE_JSON: Final = Method(
    "/oms.datakernel.v1.DiffService/CompareJson",
    datakernel_diff_service_pb2.CompareJsonRequest,
    datakernel_diff_service_pb2.CompareJsonResponse,
    is_read_only=True,
)
_PATCH_JSON: Final = Method(
    "/oms.datakernel.v1.DiffService/PatchJson",
    datakernel_diff_service_pb2.PatchJsonRequest,
    datakernel_diff_service_pb2.PatchJsonResponse,
    is_read_only=True,
)
_MERGE_JSON: Final = Method(
    "/oms.datakernel.v1.DiffService/MergeJson",
    datakernel_diff_service_pb2.MergeJsonRequest,
    datakernel_diff_service_pb2.MergeJsonResponse,
    is_read_only=True,
)
_APPLY_DIFFERENCE: Final = Method(
    "/oms.datakernel.v1.DiffService/ApplyDifference",
    datakernel_diff_service_pb2.ApplyDifferenceRequest,
    datakernel_diff_service_pb2.ApplyDifferenceResponse,
    takes_request_id=True,
)


class KernelDiff:
    """Differences as JSON patches in TerminusDB's form, and what can be done with them. A patch
    says for each changed place what was there and what is there after: `{"name": {"@op":
    "SwapValue", "@before": "a", "@after": "b"}}`.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def compare_json(
        self,
        given: datakernel_diff_service_pb2.CompareJsonRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        skip: int = 0,
        count: int | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_diff_service_pb2.CompareJsonResponse:
        """Compares two JSON values, or two arrays of documents, or documents as of two revisions.
        The body is `{"before": …, "after": …, "keep": {…}}`, or `{"before_data_version": …,
        "after_data_version": …, "document_id": …}`, or `{"before_data_version": …, "after": …,
        "document_id": …}`.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: What to compare: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            skip: Patches to pass over.
            count: Most patches. Left out: all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "skip": skip,
            "count": count,
        }
        return self._calls.unary(_COMPARE_JSON, given, timeout_s, fields)

    def patch_json(
        self,
        given: datakernel_diff_service_pb2.PatchJsonRequest | None = None,
        /,
        *,
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_diff_service_pb2.PatchJsonResponse:
        """Applies a patch to a JSON value, both in the body: `{"before": …, "patch": …}`. Nothing
        is stored. ABORTED with PATCH_CONFLICT when the value is not as the patch expects.

        Args:
            given: The request as a message; what the others set is put on top.
            body: Value and patch: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "body": body,
        }
        return self._calls.unary(_PATCH_JSON, given, timeout_s, fields)

    def merge_json(
        self,
        given: datakernel_diff_service_pb2.MergeJsonRequest | None = None,
        /,
        *,
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_diff_service_pb2.MergeJsonResponse:
        """Merges three JSON values, `{"base": …, "target": …, "source": …}`: answers `{"merged": …,
        "conflicts": […]}`. Nothing is stored.

        Args:
            given: The request as a message; what the others set is put on top.
            body: The three values: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "body": body,
        }
        return self._calls.unary(_MERGE_JSON, given, timeout_s, fields)

    def apply_difference(
        self,
        given: datakernel_diff_service_pb2.ApplyDifferenceRequest | None = None,
        /,
        *,
        parent: str = "",
        before: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        after: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        match_final_state: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_diff_service_pb2.ApplyDifferenceResponse:
        """Applies the difference between two commits to a branch as one commit. ABORTED with
        PATCH_CONFLICT names the documents that are not as the difference expects.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            before: The commit or branch before the difference.
            after: The commit or branch after it.
            match_final_state: A document that is already as the difference leaves it is no
                conflict.
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
            "parent": parent,
            "before": before,
            "after": after,
            "match_final_state": match_final_state,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_APPLY_DIFFERENCE, given, timeout_s, fields)


class AsyncKernelDiff:
    """Differences as JSON patches in TerminusDB's form, and what can be done with them. A patch
    says for each changed place what was there and what is there after: `{"name": {"@op":
    "SwapValue", "@before": "a", "@after": "b"}}`.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def compare_json(
        self,
        given: datakernel_diff_service_pb2.CompareJsonRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        skip: int = 0,
        count: int | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_diff_service_pb2.CompareJsonResponse:
        """Compares two JSON values, or two arrays of documents, or documents as of two revisions.
        The body is `{"before": …, "after": …, "keep": {…}}`, or `{"before_data_version": …,
        "after_data_version": …, "document_id": …}`, or `{"before_data_version": …, "after": …,
        "document_id": …}`.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: What to compare: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            skip: Patches to pass over.
            count: Most patches. Left out: all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "skip": skip,
            "count": count,
        }
        return await self._calls.unary(_COMPARE_JSON, given, timeout_s, fields)

    async def patch_json(
        self,
        given: datakernel_diff_service_pb2.PatchJsonRequest | None = None,
        /,
        *,
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_diff_service_pb2.PatchJsonResponse:
        """Applies a patch to a JSON value, both in the body: `{"before": …, "patch": …}`. Nothing
        is stored. ABORTED with PATCH_CONFLICT when the value is not as the patch expects.

        Args:
            given: The request as a message; what the others set is put on top.
            body: Value and patch: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "body": body,
        }
        return await self._calls.unary(_PATCH_JSON, given, timeout_s, fields)

    async def merge_json(
        self,
        given: datakernel_diff_service_pb2.MergeJsonRequest | None = None,
        /,
        *,
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_diff_service_pb2.MergeJsonResponse:
        """Merges three JSON values, `{"base": …, "target": …, "source": …}`: answers `{"merged": …,
        "conflicts": […]}`. Nothing is stored.

        Args:
            given: The request as a message; what the others set is put on top.
            body: The three values: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "body": body,
        }
        return await self._calls.unary(_MERGE_JSON, given, timeout_s, fields)

    async def apply_difference(
        self,
        given: datakernel_diff_service_pb2.ApplyDifferenceRequest | None = None,
        /,
        *,
        parent: str = "",
        before: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        after: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        match_final_state: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_diff_service_pb2.ApplyDifferenceResponse:
        """Applies the difference between two commits to a branch as one commit. ABORTED with
        PATCH_CONFLICT names the documents that are not as the difference expects.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            before: The commit or branch before the difference.
            after: The commit or branch after it.
            match_final_state: A document that is already as the difference leaves it is no
                conflict.
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
            "parent": parent,
            "before": before,
            "after": after,
            "match_final_state": match_final_state,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_APPLY_DIFFERENCE, given, timeout_s, fields)
