"""A stream of events, and a client that subscribes to it."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.duration_pb2 import Duration
from io_cloudevents.v1 import cloudevents_pb2
from nats.js import JetStreamContext
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import subscription_service_pb2 as pb
from oms.event.v1 import subscription_service_pb2_grpc as pb_grpc
from oms_testing.suite import Suite
from svc_events.domain.subjects import broker_stream, event_subject

_numbers = itertools.count(1)


def seconds(amount: float) -> Duration:
    """A duration."""
    duration = Duration()
    duration.FromMicroseconds(round(amount * 1e6))
    return duration


@dataclass
class World:
    """A stream of its own for one test, and a client."""

    jetstream: JetStreamContext
    suite: Suite
    stream: str = field(default_factory=lambda: f"s{next(_numbers)}")

    def __post_init__(self) -> None:
        self.stub: Any = pb_grpc.SubscriptionServiceStub(self.suite.channel())

    async def publish(
        self,
        event_id: str,
        event_type: str = "com.acme.made",
        subject: str = "",
        text: str = "{}",
        **extensions: str,
    ) -> int:
        """Puts an event into the stream; its position."""
        event = cloudevents_pb2.CloudEvent(
            id=event_id, source="/tests", spec_version="1.0", type=event_type, text_data=text
        )
        for name, value in {"subject": subject, **extensions}.items():
            if value:
                event.attributes[name].ce_string = value
        place = event_subject(
            self.stream, key=subject or "/tests", origin="pub", event_type=event_type
        )
        return (await self.jetstream.publish(place, event.SerializeToString())).seq

    async def create(self, start: Any = None, **fields: Any) -> pb.Subscription:
        """Makes a subscription of the stream, from the beginning if not told otherwise."""
        filters = fields.pop("filters", ())
        selection = event_pb.Selection(
            stream=f"streams/{self.stream}",
            filters=filters,
            start=start or event_pb.StartPosition(beginning=True),
        )
        answer = await self.stub.CreateSubscription(
            pb.CreateSubscriptionRequest(
                subscription_id=f"n{next(_numbers)}",
                subscription=pb.Subscription(selection=selection, **fields),
            )
        )
        return answer.subscription

    async def pull(self, name: str, *, most: int = 0, wait_s: float = 0) -> list[Any]:
        """What there is."""
        answer = await self.stub.Pull(
            pb.PullRequest(name=name, max_events=most, wait=seconds(wait_s))
        )
        return list(answer.events)

    async def until_under_way(self, count: int) -> None:
        """Until so many events were delivered and not acknowledged, over all subscriptions."""
        found = -1
        while found != count:
            await asyncio.sleep(0.02)
            consumers = await self.jetstream.consumers_info(broker_stream(self.stream))
            found = sum(each.num_ack_pending or 0 for each in consumers)

    async def acknowledge(self, name: str, *deliveries: Any) -> None:
        """Tells that deliveries are done."""
        ack_ids = [each.ack_id for each in deliveries]
        await self.stub.Acknowledge(pb.AcknowledgeRequest(name=name, ack_ids=ack_ids))


def ids(deliveries: Any) -> list[str]:
    """Ids of delivered events."""
    return [each.event.event.id for each in deliveries]
