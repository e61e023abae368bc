"""Streams are mirrored: each event at least once and in order, whatever fails."""

from __future__ import annotations

from typing import Any

import pytest
from oms_core.errors import ServiceUnavailable
from oms_core.settings import SettingsError
from pydantic import ValidationError
from svc_events.adapters.kafka.producer import KafkaProducer
from svc_events.domain.kafka_binding import KafkaMessage
from svc_events.kafka_settings import KafkaSettings

from .worlds import World, until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]


async def test_everything_is_mirrored_in_order_and_goes_on_where_it_was(world: World) -> None:
    await world.publish(*range(300))
    async with world.bridging():
        await world.until_at(300)
        await world.publish(300)
        await world.until_at(301)
    assert world.topics.ids("oms.events") == [str(n) for n in range(301)]
    assert world.topics.closed == 1
    await world.publish(301)
    async with world.bridging():
        await world.until_at(302)
    assert world.topics.ids("oms.events") == [str(n) for n in range(302)]


async def test_what_fails_is_sent_again_from_the_first_that_is_not_certain(world: World) -> None:
    world.topics.failures = 3
    async with world.bridging():
        await world.publish(*range(50))
        await world.until_at(50)
    ids = world.topics.ids("oms.events")
    assert list(dict.fromkeys(ids)) == [str(n) for n in range(50)]
    assert len(ids) > 50  # at least once: what is repeated has the same id


async def test_one_replica_at_a_time_mirrors(world: World) -> None:
    async with world.bridging(), world.bridging():
        await world.publish(*range(100))
        await world.until_at(100)
    assert world.topics.ids("oms.events") == [str(n) for n in range(100)]


async def test_a_long_event_goes_without_its_data(world: World) -> None:
    async with world.bridging():
        await world.publish(1, data='"' + "x" * 400_000 + '"')
        await world.until_at(1)
    [message] = world.topics.sent["oms.events"]
    assert message.value == b""
    found = dict(message.headers)["ce_dataref"]
    assert found == b"http://oms/v1/streams/events/events/1:read"


async def test_a_stream_that_was_made_anew_is_mirrored_from_its_beginning(world: World) -> None:
    async with world.bridging():
        await world.publish(*range(5))
        await world.until_at(5)
    await world.begin_anew()
    # More than the first one had: their numbers tell nothing.
    await world.publish(*range(10, 18))
    async with world.bridging():
        await until(lambda: world.topics.ids("oms.events")[-1:] == ["17"])
        assert world.topics.ids("oms.events")[5:] == [str(number) for number in range(10, 18)]
        # The same under its eyes.
        await world.begin_anew()
        await world.publish(*range(20, 29))
        await until(lambda: world.topics.ids("oms.events")[-1:] == ["28"])
    assert world.topics.ids("oms.events")[13:] == [str(number) for number in range(20, 29)]


async def test_a_stream_restored_from_an_older_copy_is_mirrored_again(world: World) -> None:
    async with world.bridging():
        await world.publish(*range(5))
        await world.until_at(5)
    async with world.schema.connection() as connection:
        await connection.execute("UPDATE kafka_positions SET sequence = 9")
    async with world.bridging():
        await until(lambda: len(world.topics.ids("oms.events")) == 10)
    assert world.topics.ids("oms.events") == 2 * [str(number) for number in range(5)]


async def test_what_is_no_event_is_passed_over(world: World) -> None:
    await world.publish(1)
    await world.publish_no_event()
    await world.publish(2)
    async with world.bridging():
        await world.until_at(3)
    assert world.topics.ids("oms.events") == ["1", "2"]


async def test_kafka_that_is_away_is_told_as_such() -> None:
    pytest.importorskip("aiokafka", reason="the extra kafka is not installed")
    producer = KafkaProducer(KafkaSettings(bootstrap="127.0.0.1:1"))
    with pytest.raises(ServiceUnavailable, match="Kafka"):
        await producer.send("t", [KafkaMessage(b"k", b"v", ())])
    await producer.close()


async def test_without_the_extra_the_start_says_what_is_missing(monkeypatch: Any) -> None:
    monkeypatch.setattr("svc_events.adapters.kafka.producer.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"oms-svc-events\[kafka\]"):
        KafkaProducer(KafkaSettings(bootstrap="127.0.0.1:1"))


@pytest.mark.parametrize("topics", ["events", "events=", "Events=t", "a=t,a=u", "a=t u"])
async def test_topics_have_to_be_pairs(topics: str) -> None:
    with pytest.raises((SettingsError, ValidationError)):
        KafkaSettings(topics=topics)


async def test_topics_are_read_by_stream() -> None:
    found = KafkaSettings(topics="events=oms.events, orders=shop.orders")
    assert found.topic_of == {"events": "oms.events", "orders": "shop.orders"}
    assert KafkaSettings().security_protocol == "PLAINTEXT"
    assert KafkaSettings(tls=True, username="u").security_protocol == "SASL_SSL"
