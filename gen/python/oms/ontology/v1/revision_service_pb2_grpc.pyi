"""Types of the gRPC stubs and servicers of oms/ontology/v1/revision_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.ontology.v1.revision_service_pb2

class RevisionServiceStub:
    def __init__(self, channel: Any) -> None: ...
    GetCommit: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.revision_service_pb2.GetCommitRequest,
        oms.ontology.v1.revision_service_pb2.GetCommitResponse,
    ]
    ListCommits: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.revision_service_pb2.ListCommitsRequest,
        oms.ontology.v1.revision_service_pb2.ListCommitsResponse,
    ]
    DiffRevisions: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.revision_service_pb2.DiffRevisionsRequest,
        oms.ontology.v1.revision_service_pb2.DiffRevisionsResponse,
    ]

class RevisionServiceServicer:
    async def GetCommit(
        self, request: oms.ontology.v1.revision_service_pb2.GetCommitRequest, context: Any, /
    ) -> oms.ontology.v1.revision_service_pb2.GetCommitResponse: ...
    async def ListCommits(
        self, request: oms.ontology.v1.revision_service_pb2.ListCommitsRequest, context: Any, /
    ) -> oms.ontology.v1.revision_service_pb2.ListCommitsResponse: ...
    async def DiffRevisions(
        self, request: oms.ontology.v1.revision_service_pb2.DiffRevisionsRequest, context: Any, /
    ) -> oms.ontology.v1.revision_service_pb2.DiffRevisionsResponse: ...

def add_RevisionServiceServicer_to_server(servicer: RevisionServiceServicer, server: Any) -> None: ...

