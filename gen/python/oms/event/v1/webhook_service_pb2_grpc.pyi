"""Types of the gRPC stubs and servicers of oms/event/v1/webhook_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.event.v1.webhook_service_pb2

class WebhookServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateWebhook: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.CreateWebhookRequest,
        oms.event.v1.webhook_service_pb2.CreateWebhookResponse,
    ]
    GetWebhook: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.GetWebhookRequest,
        oms.event.v1.webhook_service_pb2.GetWebhookResponse,
    ]
    ListWebhooks: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.ListWebhooksRequest,
        oms.event.v1.webhook_service_pb2.ListWebhooksResponse,
    ]
    UpdateWebhook: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.UpdateWebhookRequest,
        oms.event.v1.webhook_service_pb2.UpdateWebhookResponse,
    ]
    DeleteWebhook: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.DeleteWebhookRequest,
        oms.event.v1.webhook_service_pb2.DeleteWebhookResponse,
    ]
    RotateSecret: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.RotateSecretRequest,
        oms.event.v1.webhook_service_pb2.RotateSecretResponse,
    ]
    TestWebhook: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.TestWebhookRequest,
        oms.event.v1.webhook_service_pb2.TestWebhookResponse,
    ]
    ListAttempts: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.ListAttemptsRequest,
        oms.event.v1.webhook_service_pb2.ListAttemptsResponse,
    ]
    ListDeadLetters: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.ListDeadLettersRequest,
        oms.event.v1.webhook_service_pb2.ListDeadLettersResponse,
    ]
    GetDeadLetter: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.GetDeadLetterRequest,
        oms.event.v1.webhook_service_pb2.GetDeadLetterResponse,
    ]
    ReplayDeadLetters: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.ReplayDeadLettersRequest,
        oms.event.v1.webhook_service_pb2.ReplayDeadLettersResponse,
    ]
    DeleteDeadLetters: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.DeleteDeadLettersRequest,
        oms.event.v1.webhook_service_pb2.DeleteDeadLettersResponse,
    ]
    ReplayEvents: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.ReplayEventsRequest,
        oms.event.v1.webhook_service_pb2.ReplayEventsResponse,
    ]
    GetWebhookStatistics: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.webhook_service_pb2.GetWebhookStatisticsRequest,
        oms.event.v1.webhook_service_pb2.GetWebhookStatisticsResponse,
    ]

class WebhookServiceServicer:
    async def CreateWebhook(
        self, request: oms.event.v1.webhook_service_pb2.CreateWebhookRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.CreateWebhookResponse: ...
    async def GetWebhook(
        self, request: oms.event.v1.webhook_service_pb2.GetWebhookRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.GetWebhookResponse: ...
    async def ListWebhooks(
        self, request: oms.event.v1.webhook_service_pb2.ListWebhooksRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.ListWebhooksResponse: ...
    async def UpdateWebhook(
        self, request: oms.event.v1.webhook_service_pb2.UpdateWebhookRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.UpdateWebhookResponse: ...
    async def DeleteWebhook(
        self, request: oms.event.v1.webhook_service_pb2.DeleteWebhookRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.DeleteWebhookResponse: ...
    async def RotateSecret(
        self, request: oms.event.v1.webhook_service_pb2.RotateSecretRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.RotateSecretResponse: ...
    async def TestWebhook(
        self, request: oms.event.v1.webhook_service_pb2.TestWebhookRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.TestWebhookResponse: ...
    async def ListAttempts(
        self, request: oms.event.v1.webhook_service_pb2.ListAttemptsRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.ListAttemptsResponse: ...
    async def ListDeadLetters(
        self, request: oms.event.v1.webhook_service_pb2.ListDeadLettersRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.ListDeadLettersResponse: ...
    async def GetDeadLetter(
        self, request: oms.event.v1.webhook_service_pb2.GetDeadLetterRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.GetDeadLetterResponse: ...
    async def ReplayDeadLetters(
        self, request: oms.event.v1.webhook_service_pb2.ReplayDeadLettersRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.ReplayDeadLettersResponse: ...
    async def DeleteDeadLetters(
        self, request: oms.event.v1.webhook_service_pb2.DeleteDeadLettersRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.DeleteDeadLettersResponse: ...
    async def ReplayEvents(
        self, request: oms.event.v1.webhook_service_pb2.ReplayEventsRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.ReplayEventsResponse: ...
    async def GetWebhookStatistics(
        self, request: oms.event.v1.webhook_service_pb2.GetWebhookStatisticsRequest, context: Any, /
    ) -> oms.event.v1.webhook_service_pb2.GetWebhookStatisticsResponse: ...

def add_WebhookServiceServicer_to_server(servicer: WebhookServiceServicer, server: Any) -> None: ...

