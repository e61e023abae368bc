"""Types of the gRPC stubs and servicers of oms/object/v1/link_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.object.v1.link_service_pb2

class LinkServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateLink: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.link_service_pb2.CreateLinkRequest,
        oms.object.v1.link_service_pb2.CreateLinkResponse,
    ]
    DeleteLink: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.link_service_pb2.DeleteLinkRequest,
        oms.object.v1.link_service_pb2.DeleteLinkResponse,
    ]
    ListLinks: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.link_service_pb2.ListLinksRequest,
        oms.object.v1.link_service_pb2.ListLinksResponse,
    ]
    TraverseLinks: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.link_service_pb2.TraverseLinksRequest,
        oms.object.v1.link_service_pb2.TraverseLinksResponse,
    ]

class LinkServiceServicer:
    async def CreateLink(
        self, request: oms.object.v1.link_service_pb2.CreateLinkRequest, context: Any, /
    ) -> oms.object.v1.link_service_pb2.CreateLinkResponse: ...
    async def DeleteLink(
        self, request: oms.object.v1.link_service_pb2.DeleteLinkRequest, context: Any, /
    ) -> oms.object.v1.link_service_pb2.DeleteLinkResponse: ...
    async def ListLinks(
        self, request: oms.object.v1.link_service_pb2.ListLinksRequest, context: Any, /
    ) -> oms.object.v1.link_service_pb2.ListLinksResponse: ...
    async def TraverseLinks(
        self, request: oms.object.v1.link_service_pb2.TraverseLinksRequest, context: Any, /
    ) -> oms.object.v1.link_service_pb2.TraverseLinksResponse: ...

def add_LinkServiceServicer_to_server(servicer: LinkServiceServicer, server: Any) -> None: ...

