"""Types of the gRPC stubs and servicers of oms/event/v1/routing_rule_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.event.v1.routing_rule_service_pb2

class RoutingRuleServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateRoutingRule: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.routing_rule_service_pb2.CreateRoutingRuleRequest,
        oms.event.v1.routing_rule_service_pb2.CreateRoutingRuleResponse,
    ]
    GetRoutingRule: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.routing_rule_service_pb2.GetRoutingRuleRequest,
        oms.event.v1.routing_rule_service_pb2.GetRoutingRuleResponse,
    ]
    ListRoutingRules: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.routing_rule_service_pb2.ListRoutingRulesRequest,
        oms.event.v1.routing_rule_service_pb2.ListRoutingRulesResponse,
    ]
    UpdateRoutingRule: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.routing_rule_service_pb2.UpdateRoutingRuleRequest,
        oms.event.v1.routing_rule_service_pb2.UpdateRoutingRuleResponse,
    ]
    DeleteRoutingRule: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.routing_rule_service_pb2.DeleteRoutingRuleRequest,
        oms.event.v1.routing_rule_service_pb2.DeleteRoutingRuleResponse,
    ]
    TestRoutingRule: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.routing_rule_service_pb2.TestRoutingRuleRequest,
        oms.event.v1.routing_rule_service_pb2.TestRoutingRuleResponse,
    ]

class RoutingRuleServiceServicer:
    async def CreateRoutingRule(
        self, request: oms.event.v1.routing_rule_service_pb2.CreateRoutingRuleRequest, context: Any, /
    ) -> oms.event.v1.routing_rule_service_pb2.CreateRoutingRuleResponse: ...
    async def GetRoutingRule(
        self, request: oms.event.v1.routing_rule_service_pb2.GetRoutingRuleRequest, context: Any, /
    ) -> oms.event.v1.routing_rule_service_pb2.GetRoutingRuleResponse: ...
    async def ListRoutingRules(
        self, request: oms.event.v1.routing_rule_service_pb2.ListRoutingRulesRequest, context: Any, /
    ) -> oms.event.v1.routing_rule_service_pb2.ListRoutingRulesResponse: ...
    async def UpdateRoutingRule(
        self, request: oms.event.v1.routing_rule_service_pb2.UpdateRoutingRuleRequest, context: Any, /
    ) -> oms.event.v1.routing_rule_service_pb2.UpdateRoutingRuleResponse: ...
    async def DeleteRoutingRule(
        self, request: oms.event.v1.routing_rule_service_pb2.DeleteRoutingRuleRequest, context: Any, /
    ) -> oms.event.v1.routing_rule_service_pb2.DeleteRoutingRuleResponse: ...
    async def TestRoutingRule(
        self, request: oms.event.v1.routing_rule_service_pb2.TestRoutingRuleRequest, context: Any, /
    ) -> oms.event.v1.routing_rule_service_pb2.TestRoutingRuleResponse: ...

def add_RoutingRuleServiceServicer_to_server(servicer: RoutingRuleServiceServicer, server: Any) -> None: ...

