"""`oms.datakernel.v1.DocumentService`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Final

from oms.datakernel.v1 import document_service_pb2 as pb
from oms.datakernel.v1 import document_service_pb2_grpc as pb_grpc
from oms_core.errors import ResourceNotFound
from oms_core.paging import page_size

from svc_datakernel import convert
from svc_datakernel.domain.containment import Template
from svc_datakernel.domain.model import Revision
from svc_datakernel.domain.store import Reading
from svc_datakernel.servicers.paging import PinnedPages

_STREAMED_AT_ONCE: Final = 500


class DocumentServicer(pb_grpc.DocumentServiceServicer):
    """Documents as of any revision."""

    def __init__(self, store: Reading) -> None:
        self._store = store

    async def GetDocument(
        self, request: pb.GetDocumentRequest, context: Any
    ) -> pb.GetDocumentResponse:
        database, _ = convert.segments(request.parent)
        revision = convert.to_revision(request.revision, "revision")
        batch = await self._store.get_documents(
            database, revision, [request.document_id], show_deleted=request.show_deleted
        )
        if not batch.documents:
            raise ResourceNotFound.of("document", request.document_id, f"on {revision}")
        return pb.GetDocumentResponse(
            document=convert.from_document(batch.documents[0]), commit_id=batch.commit_id
        )

    async def BatchGetDocuments(
        self, request: pb.BatchGetDocumentsRequest, context: Any
    ) -> pb.BatchGetDocumentsResponse:
        database, _ = convert.segments(request.parent)
        batch = await self._store.get_documents(
            database,
            convert.to_revision(request.revision, "revision"),
            request.document_ids,
            show_deleted=request.show_deleted,
        )
        return pb.BatchGetDocumentsResponse(
            documents=convert.from_documents(batch.documents),
            missing_ids=batch.missing_ids,
            commit_id=batch.commit_id,
        )

    async def ListDocuments(
        self, request: pb.ListDocumentsRequest, context: Any
    ) -> pb.ListDocumentsResponse:
        database, _ = convert.segments(request.parent)
        query = ("documents", database, request.type, str(request.show_deleted))
        pages = PinnedPages(query, [("revision", request.revision)], request.page_token)
        page = await self._store.list_documents(
            database,
            pages.revisions[0],
            types=[request.type] if request.type else [],
            after=pages.after,
            limit=page_size(request.page_size),
            show_deleted=request.show_deleted,
        )
        return pb.ListDocumentsResponse(
            documents=convert.from_documents(page.documents),
            next_page_token=pages.next_token([page.commit_id], page.after),
            commit_id=page.commit_id,
        )

    async def QueryDocuments(
        self, request: pb.QueryDocumentsRequest, context: Any
    ) -> pb.QueryDocumentsResponse:
        database, _ = convert.segments(request.parent)
        template = Template(request.template_json)
        query = ("query", database, request.type, template.json.decode())
        pages = PinnedPages(query, [("revision", request.revision)], request.page_token)
        page = await self._store.query_documents(
            database,
            pages.revisions[0],
            type_=request.type,
            template=template,
            after=pages.after,
            limit=page_size(request.page_size),
        )
        return pb.QueryDocumentsResponse(
            documents=convert.from_documents(page.documents),
            next_page_token=pages.next_token([page.commit_id], page.after),
            commit_id=page.commit_id,
        )

    async def StreamDocuments(
        self, request: pb.StreamDocumentsRequest, context: Any
    ) -> AsyncGenerator[pb.StreamDocumentsResponse]:
        database, _ = convert.segments(request.parent)
        revision = convert.to_revision(request.revision, "revision")
        after: str | None = request.after_document_id
        while after is not None:
            page = await self._store.list_documents(
                database,
                revision,
                types=list(dict.fromkeys(request.types)),
                after=after,
                limit=_STREAMED_AT_ONCE,
                show_deleted=False,
            )
            # From the second part on, what the first part read: a branch may move meanwhile.
            revision, after = Revision(commit=page.commit_id), page.after
            yield pb.StreamDocumentsResponse(
                documents=convert.from_documents(page.documents), commit_id=page.commit_id
            )
