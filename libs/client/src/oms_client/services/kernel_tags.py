"""Calls of `oms.datakernel.v1.TagService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import tag_service_pb2 as datakernel_tag_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncKernelTags", "KernelTags"]

_CREATE: Final = Method(
    "/oms.datakernel.v1.TagService/CreateTag",
    datakernel_tag_service_pb2.CreateTagRequest,
    datakernel_tag_service_pb2.CreateTagResponse,
)
_GET: Final = Method(
    "/oms.datakernel.v1.TagService/GetTag",
    datakernel_tag_service_pb2.GetTagRequest,
    datakernel_tag_service_pb2.GetTagResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.datakernel.v1.TagService/ListTags",
    datakernel_tag_service_pb2.ListTagsRequest,
    datakernel_tag_service_pb2.ListTagsResponse,
    is_read_only=True,
    items="tags",
)
_DELETE: Final = Method(
    "/oms.datakernel.v1.TagService/DeleteTag",
    datakernel_tag_service_pb2.DeleteTagRequest,
    datakernel_tag_service_pb2.DeleteTagResponse,
)


class KernelTags:
    """Tags: names for commits that do not move."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: datakernel_tag_service_pb2.CreateTagRequest | None = None,
        /,
        *,
        parent: str = "",
        tag_id: str = "",
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        message: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_tag_service_pb2.CreateTagResponse:
        """Creates a tag. ALREADY_EXISTS when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            tag_id: Last segment of the new name: letters, digits, `.`, `_`, `-`; at most 100.
            target: What it names. Left out: the head of `main`.
            message: Why, at most 10,000 characters.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "tag_id": tag_id,
            "target": target,
            "message": message,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: datakernel_tag_service_pb2.GetTagRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_tag_service_pb2.GetTagResponse:
        """Gets a tag.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/tags/{tag}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_tag_service_pb2.ListTagsRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[datakernel_tag_service_pb2.Tag, datakernel_tag_service_pb2.ListTagsResponse]:
        """Lists tags, ordered by id.

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
        given: datakernel_tag_service_pb2.DeleteTagRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_tag_service_pb2.DeleteTagResponse:
        """Deletes a tag. Its commit stays as long as a branch or another tag reaches it.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/tags/{tag}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)


class AsyncKernelTags:
    """Tags: names for commits that do not move."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: datakernel_tag_service_pb2.CreateTagRequest | None = None,
        /,
        *,
        parent: str = "",
        tag_id: str = "",
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        message: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_tag_service_pb2.CreateTagResponse:
        """Creates a tag. ALREADY_EXISTS when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            tag_id: Last segment of the new name: letters, digits, `.`, `_`, `-`; at most 100.
            target: What it names. Left out: the head of `main`.
            message: Why, at most 10,000 characters.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "tag_id": tag_id,
            "target": target,
            "message": message,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: datakernel_tag_service_pb2.GetTagRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_tag_service_pb2.GetTagResponse:
        """Gets a tag.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/tags/{tag}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_tag_service_pb2.ListTagsRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[datakernel_tag_service_pb2.Tag, datakernel_tag_service_pb2.ListTagsResponse]:
        """Lists tags, ordered by id.

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
        given: datakernel_tag_service_pb2.DeleteTagRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_tag_service_pb2.DeleteTagResponse:
        """Deletes a tag. Its commit stays as long as a branch or another tag reaches it.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/tags/{tag}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)
