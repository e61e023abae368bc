"""Several replicas share the work."""

from __future__ import annotations

import asyncio

import pytest
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms_core.clock import SystemClock
from oms_devstack import running_stack
from svc_events.adapters.webhooks.limiter import RedisLimiter, redis_client

from .sink import Answer

BY_KEY = subscription_pb.DELIVERY_ORDERING_BY_KEY


@pytest.fixture(scope="module")
def second(deployment, server):
    return deployment.start()


async def test_two_replicas_deliver_each_event_once(create, open_sink, second, publish, event):
    connections = set()

    def decide(received):
        connections.add(received.peer)
        return Answer()

    sink = await open_sink(decide)
    await create(sink, max_concurrency=2)
    sent = [event() for _ in range(150)]
    await publish(*sent)
    await sink.until(lambda all_: {each.events[0]["id"] for each in all_} >= {e.id for e in sent})
    assert len(sink.received) == len(sent)
    # Each replica keeps at most as many connections as it has requests under way.
    assert len(connections) > 2


async def test_order_by_key_holds_over_replicas(create, open_sink, second, publish, event):
    seen: dict[str, list[int]] = {}

    def decide(received):
        (found,) = received.events
        seen.setdefault(found["subject"], []).append(found["data"]["n"])
        return Answer()

    sink = await open_sink(decide)
    await create(sink, ordering=BY_KEY)
    events = [event(f"key-{k}", data=b'{"n":%d}' % n) for n in range(15) for k in range(10)]
    await publish(*events)
    await sink.count(len(events), timeout_s=60)
    assert seen == {f"key-{key}": list(range(15)) for key in range(10)}


async def test_a_replica_that_stops_finishes_what_it_has_under_way(
    create, open_sink, deployment, publish, event, until
):
    leaving = deployment.start()
    go_on = asyncio.Event()

    async def decide(received):
        await go_on.wait()
        return Answer()

    sink = await open_sink(decide)
    await create(sink, max_concurrency=30)
    sent = [event() for _ in range(60)]
    await publish(*sent)
    await sink.count(40)
    stopping = asyncio.wrap_future(
        asyncio.run_coroutine_threadsafe(leaving.stop(), deployment.background.loop)
    )
    asyncio.get_running_loop().call_later(0.5, go_on.set)
    await stopping
    await sink.until(lambda all_: {each.events[0]["id"] for each in all_} >= {e.id for e in sent})
    assert len(sink.received) == len(sent)


async def test_the_rate_is_shared_through_redis(tmp_path):
    async with running_stack(tmp_path, only={"valkey"}, is_durable=False) as stack:
        url = stack.urls["REDIS_URL"]
        limiters = [RedisLimiter(lambda: redis_client(url, 2), SystemClock()) for _ in range(2)]
        try:
            waits = [await limiters[n % 2].reserve("hook", 1.0) for n in range(4)]
        finally:
            for limiter in limiters:
                await limiter.close()
    assert waits[0] == 0
    assert [round(wait) for wait in waits] == [0, 1, 2, 3]


async def test_without_redis_each_replica_keeps_the_rate_by_itself():
    limiter = RedisLimiter(lambda: redis_client("redis://127.0.0.1:1/0", 2), SystemClock())
    waits = [await limiter.reserve("hook", 1.0) for _ in range(3)]
    await limiter.close()
    assert [round(wait) for wait in waits] == [0, 1, 2]
