"""A client of routing rules, and events for them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import event_service_pb2_grpc as events_grpc
from oms.event.v1 import routing_rule_service_pb2 as pb
from oms.event.v1 import routing_rule_service_pb2_grpc as rules_grpc
from oms.event.v1 import stream_service_pb2 as stream_pb
from oms.event.v1 import stream_service_pb2_grpc as streams_grpc
from oms_nats import NatsConnection, NatsSettings
from oms_testing.suite import Suite
from pydantic import SecretStr
from svc_events.domain.subjects import broker_stream

from event_service.servers import Servers

_T = TypeVar("_T")
_numbers = itertools.count(1)


async def until(ask: Callable[[], Awaitable[_T]], is_right: Callable[[_T], bool]) -> _T:
    """Asks until an answer is right, and returns it."""
    async with asyncio.timeout(60):
        while True:
            answer = await ask()
            if is_right(answer):
                return answer
            await asyncio.sleep(0.02)


def event_of(event_id: str, event_type: str, data: str = '{"n":1}', **attributes: str) -> Any:
    """An event with JSON data."""
    message = cloudevents_pb2.CloudEvent(
        id=event_id, source="/tests", spec_version="1.0", type=event_type, text_data=data
    )
    for name, value in ({"datacontenttype": "application/json"} | attributes).items():
        message.attributes[name].ce_string = value
    return message


@dataclass
class World:
    """Names of its own for one test, and a client of one replica."""

    servers: Servers
    suite: Suite
    id: str = field(default_factory=lambda: f"t{next(_numbers)}")

    def rules(self, role: str = "administrator") -> Any:
        return rules_grpc.RoutingRuleServiceStub(self.suite.channel(role))

    @property
    def streams(self) -> Any:
        return streams_grpc.StreamServiceStub(self.suite.channel())

    @property
    def _events(self) -> Any:
        return events_grpc.EventServiceStub(self.suite.channel())

    async def add_stream(self, suffix: str = "") -> str:
        """Makes a stream; its name."""
        request = stream_pb.CreateStreamRequest(stream_id=f"{self.id}{suffix}")
        request.stream.description = "of a test"
        return (await self.streams.CreateStream(request)).stream.name

    async def make_anew(self, stream: str) -> None:
        """Lets a stream be lost, and another one of its name be there."""
        nats = NatsConnection(NatsSettings(url=SecretStr(self.servers.nats)), "test")
        js = await nats.jetstream()
        name = broker_stream(stream.removeprefix("streams/"))
        config = (await js.stream_info(name)).config
        await js.delete_stream(name)
        await js.add_stream(config)
        await nats.close()

    async def create(self, suffix: str = "", **fields: Any) -> pb.RoutingRule:
        """Makes a rule for the events of the test, if it names no filters."""
        fields.setdefault("filters", [{"prefix": {"values": {"type": f"{self.id}."}}}])
        rule = pb.RoutingRule(**fields)
        rule_id = f"{self.id}{suffix}"
        request = pb.CreateRoutingRuleRequest(routing_rule_id=rule_id, routing_rule=rule)
        return (await self.rules().CreateRoutingRule(request)).routing_rule

    async def update(self, rule: pb.RoutingRule, *paths: str) -> pb.RoutingRule:
        request = pb.UpdateRoutingRuleRequest(routing_rule=rule)
        request.update_mask.paths.extend(paths)
        return (await self.rules().UpdateRoutingRule(request)).routing_rule

    async def get(self, rule: pb.RoutingRule) -> pb.RoutingRule:
        request = pb.GetRoutingRuleRequest(name=rule.name)
        return (await self.rules().GetRoutingRule(request)).routing_rule

    async def routed(self, rule: pb.RoutingRule, count: int) -> pb.RoutingRule:
        """Waits until a rule copied so many events."""
        return await until(lambda: self.get(rule), lambda found: found.routed_count >= count)

    async def failed(self, rule: pb.RoutingRule, count: int) -> pb.RoutingRule:
        """Waits until a rule could not copy so many events."""
        return await until(lambda: self.get(rule), lambda found: found.failed_count >= count)

    def event(self, event_id: str, data: str = '{"n":1}', **attributes: str) -> Any:
        """An event that the rules of the test are for."""
        event = event_of(event_id, f"{self.id}.happened", data, **attributes)
        # A stream takes two events of the same source and id for one.
        event.source = f"/tests/{self.id}"
        return event

    async def publish(self, *events: Any, stream: str = "") -> None:
        await self._events.PublishBatch(event_pb.PublishBatchRequest(parent=stream, events=events))

    async def events(self, stream: str, event_type: str = "") -> list[Any]:
        """The events of a stream."""
        request = event_pb.ListEventsRequest(parent=stream, type=event_type, page_size=1000)
        return [each.event for each in (await self._events.ListEvents(request)).events]

    async def execute(self, statement: str, *values: Any) -> None:
        """Runs a statement on the service's tables."""
        connection = await psycopg.AsyncConnection.connect(
            self.servers.postgresql, autocommit=True, options="-c search_path=oms_events"
        )
        async with connection:
            await connection.execute(statement.encode(), values)
