"""Types of the gRPC stubs and servicers of oms/event/v1/subscription_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.event.v1.subscription_service_pb2

class SubscriptionServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateSubscription: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.CreateSubscriptionRequest,
        oms.event.v1.subscription_service_pb2.CreateSubscriptionResponse,
    ]
    GetSubscription: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.GetSubscriptionRequest,
        oms.event.v1.subscription_service_pb2.GetSubscriptionResponse,
    ]
    ListSubscriptions: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.ListSubscriptionsRequest,
        oms.event.v1.subscription_service_pb2.ListSubscriptionsResponse,
    ]
    UpdateSubscription: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.UpdateSubscriptionRequest,
        oms.event.v1.subscription_service_pb2.UpdateSubscriptionResponse,
    ]
    DeleteSubscription: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.DeleteSubscriptionRequest,
        oms.event.v1.subscription_service_pb2.DeleteSubscriptionResponse,
    ]
    SeekSubscription: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.SeekSubscriptionRequest,
        oms.event.v1.subscription_service_pb2.SeekSubscriptionResponse,
    ]
    Subscribe: grpc.aio.UnaryStreamMultiCallable[
        oms.event.v1.subscription_service_pb2.SubscribeRequest,
        oms.event.v1.subscription_service_pb2.SubscribeResponse,
    ]
    Pull: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.PullRequest,
        oms.event.v1.subscription_service_pb2.PullResponse,
    ]
    Acknowledge: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.AcknowledgeRequest,
        oms.event.v1.subscription_service_pb2.AcknowledgeResponse,
    ]
    Reject: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.RejectRequest,
        oms.event.v1.subscription_service_pb2.RejectResponse,
    ]
    ExtendDeadline: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.subscription_service_pb2.ExtendDeadlineRequest,
        oms.event.v1.subscription_service_pb2.ExtendDeadlineResponse,
    ]

class SubscriptionServiceServicer:
    async def CreateSubscription(
        self, request: oms.event.v1.subscription_service_pb2.CreateSubscriptionRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.CreateSubscriptionResponse: ...
    async def GetSubscription(
        self, request: oms.event.v1.subscription_service_pb2.GetSubscriptionRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.GetSubscriptionResponse: ...
    async def ListSubscriptions(
        self, request: oms.event.v1.subscription_service_pb2.ListSubscriptionsRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.ListSubscriptionsResponse: ...
    async def UpdateSubscription(
        self, request: oms.event.v1.subscription_service_pb2.UpdateSubscriptionRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.UpdateSubscriptionResponse: ...
    async def DeleteSubscription(
        self, request: oms.event.v1.subscription_service_pb2.DeleteSubscriptionRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.DeleteSubscriptionResponse: ...
    async def SeekSubscription(
        self, request: oms.event.v1.subscription_service_pb2.SeekSubscriptionRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.SeekSubscriptionResponse: ...
    def Subscribe(
        self, request: oms.event.v1.subscription_service_pb2.SubscribeRequest, context: Any, /
    ) -> AsyncIterator[oms.event.v1.subscription_service_pb2.SubscribeResponse]: ...
    async def Pull(
        self, request: oms.event.v1.subscription_service_pb2.PullRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.PullResponse: ...
    async def Acknowledge(
        self, request: oms.event.v1.subscription_service_pb2.AcknowledgeRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.AcknowledgeResponse: ...
    async def Reject(
        self, request: oms.event.v1.subscription_service_pb2.RejectRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.RejectResponse: ...
    async def ExtendDeadline(
        self, request: oms.event.v1.subscription_service_pb2.ExtendDeadlineRequest, context: Any, /
    ) -> oms.event.v1.subscription_service_pb2.ExtendDeadlineResponse: ...

def add_SubscriptionServiceServicer_to_server(servicer: SubscriptionServiceServicer, server: Any) -> None: ...

