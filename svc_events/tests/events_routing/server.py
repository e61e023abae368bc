"""The real event service with its whole chain, and callers of it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2, stream_service_pb2
from oms.event.v1 import event_service_pb2_grpc as events_grpc
from oms.event.v1 import routing_rule_service_pb2 as pb
from oms.event.v1 import routing_rule_service_pb2_grpc as rules_grpc
from oms.event.v1 import stream_service_pb2_grpc as streams_grpc
from oms.event.v1 import webhook_service_pb2_grpc as webhooks_grpc
from oms_nats import NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Process, RunningServer, ServerSettings, Topology, serving
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer
from pydantic import SecretStr
from svc_events.settings import EventSettings
from svc_events.setup import service
from svc_events.webhook_settings import WebhookSettings


@dataclass(frozen=True)
class Served:
    """A running service."""

    server: RunningServer
    issuer: TokenIssuer

    def channel(self, role: str = "administrator") -> Any:
        return self.server.channel(token=self.issuer.issue("tester", roles=[role]).token)

    def rules(self, role: str = "administrator") -> Any:
        return rules_grpc.RoutingRuleServiceStub(self.channel(role))

    def webhooks(self) -> Any:
        return webhooks_grpc.WebhookServiceStub(self.channel())

    def streams(self) -> Any:
        return streams_grpc.StreamServiceStub(self.channel())

    async def create(self, rule_id: str, *, event_type: str = "", **fields: Any) -> pb.RoutingRule:
        """Creates a rule, for events of one type if that is given."""
        if event_type:
            fields["filters"] = [{"exact": {"values": {"type": event_type}}}]
        rule = pb.RoutingRule(**fields)
        request = pb.CreateRoutingRuleRequest(routing_rule_id=rule_id, routing_rule=rule)
        return (await self.rules().CreateRoutingRule(request)).routing_rule

    async def get(self, rule_id: str) -> pb.RoutingRule:
        request = pb.GetRoutingRuleRequest(name=f"routingRules/{rule_id}")
        return (await self.rules().GetRoutingRule(request)).routing_rule

    async def add_stream(self, stream_id: str, **fields: Any) -> str:
        stream = stream_service_pb2.Stream(**fields)
        request = stream_service_pb2.CreateStreamRequest(stream_id=stream_id, stream=stream)
        return (await self.streams().CreateStream(request)).stream.name

    async def publish(self, *events: cloudevents_pb2.CloudEvent, stream: str = "") -> None:
        stub = events_grpc.EventServiceStub(self.channel())
        request = event_service_pb2.PublishBatchRequest(parent=stream, events=events)
        await stub.PublishBatch(request)

    async def events(self, stream: str = "", event_type: str = "") -> list[Any]:
        """The events of a stream."""
        stub = events_grpc.EventServiceStub(self.channel())
        request = event_service_pb2.ListEventsRequest(
            parent=stream or "streams/events", type=event_type, page_size=1000
        )
        return [each.event for each in (await stub.ListEvents(request)).events]


@asynccontextmanager
async def served(
    urls: dict[str, str], security: SecuritySettings | None = None
) -> AsyncIterator[Served]:
    """The service on a free port."""
    security = security or SecuritySettings(jwt_secret=SecretStr(secrets.token_urlsafe(48)))
    issuer = TokenIssuer(security)
    hosted = service(
        EventSettings(),
        NatsSettings(url=SecretStr(urls["NATS_URL"])),
        PostgresSettings(url=SecretStr(urls["DATABASE_URL"])),
        webhooks=WebhookSettings(key=SecretStr("k" * 40)),
        outbound=OutboundSettings(allow_http=True, private_networks="127.0.0.0/8"),
    )
    process = Process(
        services=[hosted],
        server=ServerSettings(port=0, grace_s=2.0),
        topology=Topology(),
        authenticator=TokenAuthenticator(security),
        credentials=Delegation(issuer),
    )
    async with serving(process) as server:
        yield Served(server, issuer)


def event_of(event_id: str, event_type: str, data: str = '{"n":1}', **attributes: str) -> Any:
    """An event with JSON data."""
    message = cloudevents_pb2.CloudEvent(
        id=event_id, source="/tests", spec_version="1.0", type=event_type, text_data=data
    )
    for name, value in ({"datacontenttype": "application/json"} | attributes).items():
        message.attributes[name].ce_string = value
    return message
