"""Types of the gRPC stubs and servicers of oms/identity/v1/identity_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.identity.v1.identity_service_pb2

class IdentityServiceStub:
    def __init__(self, channel: Any) -> None: ...
    ExchangeApiKey: grpc.aio.UnaryUnaryMultiCallable[
        oms.identity.v1.identity_service_pb2.ExchangeApiKeyRequest,
        oms.identity.v1.identity_service_pb2.ExchangeApiKeyResponse,
    ]
    CreateToken: grpc.aio.UnaryUnaryMultiCallable[
        oms.identity.v1.identity_service_pb2.CreateTokenRequest,
        oms.identity.v1.identity_service_pb2.CreateTokenResponse,
    ]
    GetCaller: grpc.aio.UnaryUnaryMultiCallable[
        oms.identity.v1.identity_service_pb2.GetCallerRequest,
        oms.identity.v1.identity_service_pb2.GetCallerResponse,
    ]
    ListRoles: grpc.aio.UnaryUnaryMultiCallable[
        oms.identity.v1.identity_service_pb2.ListRolesRequest,
        oms.identity.v1.identity_service_pb2.ListRolesResponse,
    ]

class IdentityServiceServicer:
    async def ExchangeApiKey(
        self, request: oms.identity.v1.identity_service_pb2.ExchangeApiKeyRequest, context: Any, /
    ) -> oms.identity.v1.identity_service_pb2.ExchangeApiKeyResponse: ...
    async def CreateToken(
        self, request: oms.identity.v1.identity_service_pb2.CreateTokenRequest, context: Any, /
    ) -> oms.identity.v1.identity_service_pb2.CreateTokenResponse: ...
    async def GetCaller(
        self, request: oms.identity.v1.identity_service_pb2.GetCallerRequest, context: Any, /
    ) -> oms.identity.v1.identity_service_pb2.GetCallerResponse: ...
    async def ListRoles(
        self, request: oms.identity.v1.identity_service_pb2.ListRolesRequest, context: Any, /
    ) -> oms.identity.v1.identity_service_pb2.ListRolesResponse: ...

def add_IdentityServiceServicer_to_server(servicer: IdentityServiceServicer, server: Any) -> None: ...

