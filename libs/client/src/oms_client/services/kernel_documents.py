"""Calls of `oms.datakernel.v1.DocumentService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import document_service_pb2 as datakernel_document_service_pb2
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncKernelDocuments", "KernelDocuments"]

_GET: Final = Method(
    "/oms.datakernel.v1.DocumentService/GetDocument",
    datakernel_document_service_pb2.GetDocumentRequest,
    datakernel_document_service_pb2.GetDocumentResponse,
    is_read_only=True,
)
_BATCH_GET: Final = Method(
    "/oms.datakernel.v1.DocumentService/BatchGetDocuments",
    datakernel_document_service_pb2.BatchGetDocumentsRequest,
    datakernel_document_service_pb2.BatchGetDocumentsResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.datakernel.v1.DocumentService/ListDocuments",
    datakernel_document_service_pb2.ListDocumentsRequest,
    datakernel_document_service_pb2.ListDocumentsResponse,
    is_read_only=True,
    items="documents",
)
_QUERY: Final = Method(
    "/oms.datakernel.v1.DocumentService/QueryDocuments",
    datakernel_document_service_pb2.QueryDocumentsRequest,
    datakernel_document_service_pb2.QueryDocumentsResponse,
    is_read_only=True,
    items="documents",
)
_STREAM: Final = Method(
    "/oms.datakernel.v1.DocumentService/StreamDocuments",
    datakernel_document_service_pb2.StreamDocumentsRequest,
    datakernel_document_service_pb2.StreamDocumentsResponse,
    is_read_only=True,
)


class KernelDocuments:
    """Reads documents as of any revision. Writing is `CommitService.CreateCommit`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(
        self,
        given: datakernel_document_service_pb2.GetDocumentRequest | None = None,
        /,
        *,
        parent: str = "",
        document_id: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        show_deleted: bool = False,
        timeout_s: float | None = None,
    ) -> datakernel_document_service_pb2.GetDocumentResponse:
        """Gets a document. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_id: Id of the document.
            revision: As of when. Left out: the head of `main`.
            show_deleted: Answer a softly deleted document too.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_id": document_id,
            "revision": revision,
            "show_deleted": show_deleted,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def batch_get(
        self,
        given: datakernel_document_service_pb2.BatchGetDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        document_ids: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        show_deleted: bool = False,
        timeout_s: float | None = None,
    ) -> datakernel_document_service_pb2.BatchGetDocumentsResponse:
        """Gets several documents as of one revision, in the order asked for.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_ids: 1 to 1,000 ids.
            revision: As of when. Left out: the head of `main`.
            show_deleted: Answer softly deleted documents too.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_ids": document_ids,
            "revision": revision,
            "show_deleted": show_deleted,
        }
        return self._calls.unary(_BATCH_GET, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_document_service_pb2.ListDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        show_deleted: bool = False,
        timeout_s: float | None = None,
    ) -> Paged[datakernel_document_service_pb2.Document, datakernel_document_service_pb2.ListDocumentsResponse]:
        """Lists documents, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            type: Only documents of this type. Empty: all.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when their contents would pass 1 MiB.
            show_deleted: Answer softly deleted documents too.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "revision": revision,
            "page_size": page_size,
            "show_deleted": show_deleted,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def query(
        self,
        given: datakernel_document_service_pb2.QueryDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        template_json: bytes = b"",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[datakernel_document_service_pb2.Document, datakernel_document_service_pb2.QueryDocumentsResponse]:
        """Lists the documents that contain a template: every member of the template is there with
        an equal value, objects compared member by member, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            type: Only documents of this type. Empty: all.
            template_json: The template: a JSON object in UTF-8, at most 64 KiB. Empty means
                `{}`.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "template_json": template_json,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_QUERY, given, timeout_s, fields)

    def stream(
        self,
        given: datakernel_document_service_pb2.StreamDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        types: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        after_document_id: str = "",
        timeout_s: float | None = None,
    ) -> Stream[datakernel_document_service_pb2.StreamDocumentsResponse]:
        """Streams every document of the given types as of one revision, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            types: Only documents of these types. Empty: all.
            revision: As of when. Left out: the head of `main`.
            after_document_id: Only documents after this id, to resume a stream that broke.
                Empty: from the first.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "types": types,
            "revision": revision,
            "after_document_id": after_document_id,
        }
        return self._calls.stream(_STREAM, given, timeout_s, fields)


class AsyncKernelDocuments:
    """Reads documents as of any revision. Writing is `CommitService.CreateCommit`."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def get(
        self,
        given: datakernel_document_service_pb2.GetDocumentRequest | None = None,
        /,
        *,
        parent: str = "",
        document_id: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        show_deleted: bool = False,
        timeout_s: float | None = None,
    ) -> datakernel_document_service_pb2.GetDocumentResponse:
        """Gets a document. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_id: Id of the document.
            revision: As of when. Left out: the head of `main`.
            show_deleted: Answer a softly deleted document too.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_id": document_id,
            "revision": revision,
            "show_deleted": show_deleted,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    async def batch_get(
        self,
        given: datakernel_document_service_pb2.BatchGetDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        document_ids: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        show_deleted: bool = False,
        timeout_s: float | None = None,
    ) -> datakernel_document_service_pb2.BatchGetDocumentsResponse:
        """Gets several documents as of one revision, in the order asked for.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_ids: 1 to 1,000 ids.
            revision: As of when. Left out: the head of `main`.
            show_deleted: Answer softly deleted documents too.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_ids": document_ids,
            "revision": revision,
            "show_deleted": show_deleted,
        }
        return await self._calls.unary(_BATCH_GET, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_document_service_pb2.ListDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        show_deleted: bool = False,
        timeout_s: float | None = None,
    ) -> AsyncPaged[datakernel_document_service_pb2.Document, datakernel_document_service_pb2.ListDocumentsResponse]:
        """Lists documents, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            type: Only documents of this type. Empty: all.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when their contents would pass 1 MiB.
            show_deleted: Answer softly deleted documents too.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "revision": revision,
            "page_size": page_size,
            "show_deleted": show_deleted,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def query(
        self,
        given: datakernel_document_service_pb2.QueryDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        template_json: bytes = b"",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[datakernel_document_service_pb2.Document, datakernel_document_service_pb2.QueryDocumentsResponse]:
        """Lists the documents that contain a template: every member of the template is there with
        an equal value, objects compared member by member, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            type: Only documents of this type. Empty: all.
            template_json: The template: a JSON object in UTF-8, at most 64 KiB. Empty means
                `{}`.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "template_json": template_json,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_QUERY, given, timeout_s, fields)

    def stream(
        self,
        given: datakernel_document_service_pb2.StreamDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        types: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        after_document_id: str = "",
        timeout_s: float | None = None,
    ) -> AsyncStream[datakernel_document_service_pb2.StreamDocumentsResponse]:
        """Streams every document of the given types as of one revision, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            types: Only documents of these types. Empty: all.
            revision: As of when. Left out: the head of `main`.
            after_document_id: Only documents after this id, to resume a stream that broke.
                Empty: from the first.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "types": types,
            "revision": revision,
            "after_document_id": after_document_id,
        }
        return self._calls.stream(_STREAM, given, timeout_s, fields)
