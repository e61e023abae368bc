"""Events that a subscription gave up are told."""

from __future__ import annotations

import json

import pytest
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import filter_pb2
from oms.event.v1 import subscription_service_pb2 as pb

from event_service.subscriptions.worlds import World, seconds

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]

_TYPE = "oms.event.subscription.event_abandoned.v1"


async def test_an_event_that_was_given_up_is_told_once(world: World) -> None:
    subscription = await world.create(max_attempts=2, ack_deadline=seconds(1))
    wanted = filter_pb2.Filter(exact=filter_pb2.AttributeValues(values={"type": _TYPE}))
    selection = event_pb.Selection(filters=[wanted], start=event_pb.StartPosition(beginning=True))
    call = world.stub.Subscribe(pb.SubscribeRequest(selection=selection, heartbeat=seconds(1)))
    await world.publish("lost", "com.acme.made")
    for _ in range(2):
        [delivery] = await world.pull(subscription.name, wait_s=20)
        await world.stub.Reject(
            pb.RejectRequest(name=subscription.name, ack_ids=[delivery.ack_id], delay=seconds(0.01))
        )
    # The broker finds out when somebody asks for more.
    assert await world.pull(subscription.name, wait_s=0.5) == []
    found = []
    quiet = 0
    async for response in call:
        found += response.events
        quiet = 0 if response.events else quiet + 1
        if found and quiet == 2:  # nothing more comes
            break
    call.cancel()
    [told] = [
        each.event.event for each in found if each.event.event.source.endswith(subscription.name)
    ]
    data = json.loads(told.text_data)
    assert data == {
        "subscription": subscription.name,
        "event": {
            "name": f"streams/{world.stream}/events/1",
            "id": "lost",
            "source": "/tests",
            "type": "com.acme.made",
        },
        "attempt_count": 2,
    }
    assert told.attributes["subject"].ce_string == subscription.name
