"""Types of the gRPC stubs and servicers of oms/datakernel/v1/document_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.document_service_pb2

class DocumentServiceStub:
    def __init__(self, channel: Any) -> None: ...
    GetDocument: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.document_service_pb2.GetDocumentRequest,
        oms.datakernel.v1.document_service_pb2.GetDocumentResponse,
    ]
    BatchGetDocuments: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.document_service_pb2.BatchGetDocumentsRequest,
        oms.datakernel.v1.document_service_pb2.BatchGetDocumentsResponse,
    ]
    ListDocuments: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.document_service_pb2.ListDocumentsRequest,
        oms.datakernel.v1.document_service_pb2.ListDocumentsResponse,
    ]
    QueryDocuments: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.document_service_pb2.QueryDocumentsRequest,
        oms.datakernel.v1.document_service_pb2.QueryDocumentsResponse,
    ]
    StreamDocuments: grpc.aio.UnaryStreamMultiCallable[
        oms.datakernel.v1.document_service_pb2.StreamDocumentsRequest,
        oms.datakernel.v1.document_service_pb2.StreamDocumentsResponse,
    ]

class DocumentServiceServicer:
    async def GetDocument(
        self, request: oms.datakernel.v1.document_service_pb2.GetDocumentRequest, context: Any, /
    ) -> oms.datakernel.v1.document_service_pb2.GetDocumentResponse: ...
    async def BatchGetDocuments(
        self, request: oms.datakernel.v1.document_service_pb2.BatchGetDocumentsRequest, context: Any, /
    ) -> oms.datakernel.v1.document_service_pb2.BatchGetDocumentsResponse: ...
    async def ListDocuments(
        self, request: oms.datakernel.v1.document_service_pb2.ListDocumentsRequest, context: Any, /
    ) -> oms.datakernel.v1.document_service_pb2.ListDocumentsResponse: ...
    async def QueryDocuments(
        self, request: oms.datakernel.v1.document_service_pb2.QueryDocumentsRequest, context: Any, /
    ) -> oms.datakernel.v1.document_service_pb2.QueryDocumentsResponse: ...
    def StreamDocuments(
        self, request: oms.datakernel.v1.document_service_pb2.StreamDocumentsRequest, context: Any, /
    ) -> AsyncIterator[oms.datakernel.v1.document_service_pb2.StreamDocumentsResponse]: ...

def add_DocumentServiceServicer_to_server(servicer: DocumentServiceServicer, server: Any) -> None: ...

