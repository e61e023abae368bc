"""Types of the gRPC stubs and servicers of oms/datakernel/v1/tag_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.tag_service_pb2

class TagServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateTag: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.tag_service_pb2.CreateTagRequest,
        oms.datakernel.v1.tag_service_pb2.CreateTagResponse,
    ]
    GetTag: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.tag_service_pb2.GetTagRequest,
        oms.datakernel.v1.tag_service_pb2.GetTagResponse,
    ]
    ListTags: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.tag_service_pb2.ListTagsRequest,
        oms.datakernel.v1.tag_service_pb2.ListTagsResponse,
    ]
    DeleteTag: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.tag_service_pb2.DeleteTagRequest,
        oms.datakernel.v1.tag_service_pb2.DeleteTagResponse,
    ]

class TagServiceServicer:
    async def CreateTag(
        self, request: oms.datakernel.v1.tag_service_pb2.CreateTagRequest, context: Any, /
    ) -> oms.datakernel.v1.tag_service_pb2.CreateTagResponse: ...
    async def GetTag(
        self, request: oms.datakernel.v1.tag_service_pb2.GetTagRequest, context: Any, /
    ) -> oms.datakernel.v1.tag_service_pb2.GetTagResponse: ...
    async def ListTags(
        self, request: oms.datakernel.v1.tag_service_pb2.ListTagsRequest, context: Any, /
    ) -> oms.datakernel.v1.tag_service_pb2.ListTagsResponse: ...
    async def DeleteTag(
        self, request: oms.datakernel.v1.tag_service_pb2.DeleteTagRequest, context: Any, /
    ) -> oms.datakernel.v1.tag_service_pb2.DeleteTagResponse: ...

def add_TagServiceServicer_to_server(servicer: TagServiceServicer, server: Any) -> None: ...

