"""Types of the gRPC stubs and servicers of oms/datakernel/v1/model_document_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.model_document_service_pb2

class ModelDocumentServiceStub:
    def __init__(self, channel: Any) -> None: ...
    InsertDocuments: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.InsertDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.InsertDocumentsResponse,
    ]
    ReplaceDocuments: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.ReplaceDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.ReplaceDocumentsResponse,
    ]
    PatchModelDocuments: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.PatchModelDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.PatchModelDocumentsResponse,
    ]
    DeleteDocuments: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.DeleteDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.DeleteDocumentsResponse,
    ]
    ReadDocument: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.ReadDocumentRequest,
        oms.datakernel.v1.model_document_service_pb2.ReadDocumentResponse,
    ]
    ReadDocuments: grpc.aio.UnaryStreamMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.ReadDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.ReadDocumentsResponse,
    ]
    MatchDocuments: grpc.aio.UnaryStreamMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.MatchDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.MatchDocumentsResponse,
    ]
    CountDocuments: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.CountDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.CountDocumentsResponse,
    ]
    CheckDocuments: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.CheckDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.CheckDocumentsResponse,
    ]
    ImportDocuments: grpc.aio.StreamUnaryMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.ImportDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.ImportDocumentsResponse,
    ]
    ExportDocuments: grpc.aio.UnaryStreamMultiCallable[
        oms.datakernel.v1.model_document_service_pb2.ExportDocumentsRequest,
        oms.datakernel.v1.model_document_service_pb2.ExportDocumentsResponse,
    ]

class ModelDocumentServiceServicer:
    async def InsertDocuments(
        self, request: oms.datakernel.v1.model_document_service_pb2.InsertDocumentsRequest, context: Any, /
    ) -> oms.datakernel.v1.model_document_service_pb2.InsertDocumentsResponse: ...
    async def ReplaceDocuments(
        self, request: oms.datakernel.v1.model_document_service_pb2.ReplaceDocumentsRequest, context: Any, /
    ) -> oms.datakernel.v1.model_document_service_pb2.ReplaceDocumentsResponse: ...
    async def PatchModelDocuments(
        self, request: oms.datakernel.v1.model_document_service_pb2.PatchModelDocumentsRequest, context: Any, /
    ) -> oms.datakernel.v1.model_document_service_pb2.PatchModelDocumentsResponse: ...
    async def DeleteDocuments(
        self, request: oms.datakernel.v1.model_document_service_pb2.DeleteDocumentsRequest, context: Any, /
    ) -> oms.datakernel.v1.model_document_service_pb2.DeleteDocumentsResponse: ...
    async def ReadDocument(
        self, request: oms.datakernel.v1.model_document_service_pb2.ReadDocumentRequest, context: Any, /
    ) -> oms.datakernel.v1.model_document_service_pb2.ReadDocumentResponse: ...
    def ReadDocuments(
        self, request: oms.datakernel.v1.model_document_service_pb2.ReadDocumentsRequest, context: Any, /
    ) -> AsyncIterator[oms.datakernel.v1.model_document_service_pb2.ReadDocumentsResponse]: ...
    def MatchDocuments(
        self, request: oms.datakernel.v1.model_document_service_pb2.MatchDocumentsRequest, context: Any, /
    ) -> AsyncIterator[oms.datakernel.v1.model_document_service_pb2.MatchDocumentsResponse]: ...
    async def CountDocuments(
        self, request: oms.datakernel.v1.model_document_service_pb2.CountDocumentsRequest, context: Any, /
    ) -> oms.datakernel.v1.model_document_service_pb2.CountDocumentsResponse: ...
    async def CheckDocuments(
        self, request: oms.datakernel.v1.model_document_service_pb2.CheckDocumentsRequest, context: Any, /
    ) -> oms.datakernel.v1.model_document_service_pb2.CheckDocumentsResponse: ...
    async def ImportDocuments(
        self, request: AsyncIterator[oms.datakernel.v1.model_document_service_pb2.ImportDocumentsRequest], context: Any, /
    ) -> oms.datakernel.v1.model_document_service_pb2.ImportDocumentsResponse: ...
    def ExportDocuments(
        self, request: oms.datakernel.v1.model_document_service_pb2.ExportDocumentsRequest, context: Any, /
    ) -> AsyncIterator[oms.datakernel.v1.model_document_service_pb2.ExportDocumentsResponse]: ...

def add_ModelDocumentServiceServicer_to_server(servicer: ModelDocumentServiceServicer, server: Any) -> None: ...

