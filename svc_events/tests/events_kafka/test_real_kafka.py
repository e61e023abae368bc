"""The bridge against real brokers: those of `OMS_KAFKA_BOOTSTRAP`, where it is set.

`OMS_KAFKA_BOOTSTRAP=127.0.0.1:9092 make test ARGS="svc_events/tests/events_kafka"`, with the extra
`kafka` installed and topics that are made when they are first used.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from typing import Any

import pytest
from svc_events.adapters.kafka.producer import KafkaProducer
from svc_events.domain.kafka_binding import KafkaMode, to_kafka
from svc_events.kafka_settings import KafkaSettings

from .worlds import World, event_of

_BOOTSTRAP = os.environ.get("OMS_KAFKA_BOOTSTRAP", "")

pytestmark = [
    pytest.mark.skipif(not _BOOTSTRAP, reason="OMS_KAFKA_BOOTSTRAP names no brokers"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]


@pytest.mark.parametrize("mode", list(KafkaMode))
async def test_a_stream_arrives_in_order_with_its_keys_and_headers(
    world: World, mode: KafkaMode
) -> None:
    aiokafka: Any = pytest.importorskip("aiokafka", reason="the extra kafka is not installed")
    world.topic, world.mode = f"oms-test-{secrets.token_hex(6)}", mode
    events = [event_of(n) for n in range(300)]
    await world.publish(*range(150))
    async with world.bridging(KafkaProducer(KafkaSettings(bootstrap=_BOOTSTRAP))):
        await world.until_at(150)
        await world.publish(*range(150, 300))
        await world.until_at(300)
    consumer = aiokafka.AIOKafkaConsumer(
        world.topic, bootstrap_servers=_BOOTSTRAP, auto_offset_reset="earliest"
    )
    await consumer.start()
    found: list[Any] = []
    try:
        async with asyncio.timeout(60):
            while len(found) < len(events):
                found.append(await consumer.getone())
    finally:
        await consumer.stop()
    wanted = [to_kafka(each, mode) for each in events]
    for key in {each.key for each in wanted}:
        arrived = [each for each in found if each.key == key]
        sent = [each for each in wanted if each.key == key]
        assert [(each.value, tuple(each.headers)) for each in arrived] == [
            (each.value, each.headers) for each in sent
        ]
        assert len({each.partition for each in arrived}) == 1
