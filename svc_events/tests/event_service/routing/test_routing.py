"""Events are copied by rules, changed on the way, once, in order."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from nats.aio.msg import Msg
from oms.event.v1 import routing_rule_service_pb2 as pb
from oms.event.v1 import webhook_service_pb2, webhook_service_pb2_grpc
from oms_nats import NatsConnection, NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_testing.suite import Suite, running_suite, security_settings
from pydantic import SecretStr
from svc_events.settings import EventSettings
from svc_events.setup import service
from svc_events.webhook_settings import WebhookSettings

from event_service.routing.worlds import World, until
from event_service.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

_LOOP = "oms.event.routing_rule.loop.v1"


def ids(events: list[Any]) -> list[str]:
    return [each.id for each in events]


async def test_what_matches_is_copied_with_the_route_it_took(world: World) -> None:
    target = await world.add_stream()
    rule = await world.create(target_stream=target)
    await world.publish(world.event("1", subject="zone-7"))
    other = world.event("2")
    other.type = "other.happened"
    await world.publish(other, world.event("3"))
    await world.routed(rule, 2)
    first, second = await world.events(target)
    assert (first.id, second.id) == ("1", "3")
    assert first.attributes["omsroute"].ce_string == world.id
    assert first.attributes["subject"].ce_string == "zone-7"
    assert first.text_data == '{"n":1}'


async def test_a_stream_that_was_made_anew_is_copied_from_its_beginning(world: World) -> None:
    source, target = await world.add_stream("source"), await world.add_stream("target")
    rule = await world.create(stream=source, target_stream=target)
    await world.publish(*(world.event(str(number)) for number in range(3)), stream=source)
    await world.routed(rule, 3)
    await world.make_anew(source)
    # More than the first one had: their numbers tell nothing.
    await world.publish(*(world.event(str(number)) for number in range(10, 15)), stream=source)
    await world.routed(rule, 8)
    wanted = ["0", "1", "2", "10", "11", "12", "13", "14"]
    assert ids(await world.events(target)) == wanted


async def test_the_transform_changes_attributes_and_data_exactly(world: World) -> None:
    target = await world.add_stream()
    transform = {
        "attributes": {"subject": "{{data.name | lower}}", "old": "", "kind": "x{{type}}"},
        "data": '{"size": "{{data.size}}", "by": ["{{source}}"], "about": "of {{data.name}}"}',
    }
    rule = await world.create(target_stream=target, transform=transform)
    data = '{"name": "Pump", "size": 12345678901234567890.10}'
    await world.publish(world.event("1", data, old="value"))
    await world.routed(rule, 1)
    (made,) = await world.events(target)
    assert made.attributes["subject"].ce_string == "pump"
    assert made.attributes["kind"].ce_string == f"x{world.id}.happened"
    assert "old" not in made.attributes
    source = f'"/tests/{world.id}"'
    wanted = ['{"size":12345678901234567890.10,"by":[', source, '],"about":"of Pump"}']
    assert made.text_data == "".join(wanted)


async def test_a_transform_that_makes_no_event_is_counted_and_blocks_nothing(world: World) -> None:
    target, other = await world.add_stream("a"), await world.add_stream("b")
    attributes = {"type": "{{data.type}}"}
    failing = await world.create("a", target_stream=target, transform={"attributes": attributes})
    sound = await world.create("b", target_stream=other)
    await world.publish(
        world.event("1"),
        world.event("2", '{"type": "oms.ontology.created.v1"}'),
        world.event("3", '{"type": "made"}'),
    )
    found = await world.routed(failing, 1)
    assert found.failed_count == 2
    assert found.last_error.startswith("type: 'oms.ontology.created.v1'")
    assert ids(await world.events(target)) == ["3"]
    await world.routed(sound, 3)


async def test_a_copy_that_is_made_again_is_there_once(
    world: World, servers: Servers, suite: Suite
) -> None:
    source, target = await world.add_stream("source"), await world.add_stream("target")
    rule = await world.create(stream=source, target_stream=target)
    sent = [world.event(str(number)) for number in range(50)]
    await world.publish(*sent, stream=source)
    await world.routed(rule, 50)
    # As if the process had died after the copies were durable and before that was written.
    await world.update(pb.RoutingRule(name=rule.name, disabled=True), "disabled")
    stream_id = source.removeprefix("streams/")
    await world.execute("UPDATE routing_positions SET sequence = 0 WHERE stream = %s", stream_id)
    await world.execute(
        "UPDATE routing_rules SET is_disabled = false, start_sequence = 0 WHERE stream = %s",
        stream_id,
    )
    await world.execute("UPDATE routing_revision SET revision = revision + 1")
    await world.routed(rule, 100)
    assert ids(await world.events(target)) == ids(sent)


async def test_replicas_share_the_work_and_keep_the_order(world: World, servers: Servers) -> None:
    source, target = await world.add_stream("source"), await world.add_stream("target")
    sent: list[Any] = []
    async with servers.replica(), servers.replica():
        rule = await world.create(stream=source, target_stream=target)
        for start in range(0, 200, 20):
            events = [world.event(str(number)) for number in range(start, start + 20)]
            await world.publish(*events, stream=source)
            sent += events
        await world.routed(rule, 200)
    more = [world.event(f"later-{number}") for number in range(20)]
    await world.publish(*more, stream=source)
    found = await world.routed(rule, 220)
    assert found.failed_count == 0
    assert ids(await world.events(target)) == ids([*sent, *more])


async def test_who_takes_over_goes_on_where_the_other_ended(servers: Servers, suite: Suite) -> None:
    async with servers.replica() as first:
        world = World(servers, first)
        source, target = await world.add_stream("source"), await world.add_stream("target")
        rule = await world.create(stream=source, target_stream=target)
        await world.publish(world.event("1"), stream=source)
        await world.routed(rule, 1)
    world.suite = suite
    await world.publish(world.event("2"), stream=source)
    await world.routed(rule, 2)
    assert ids(await world.events(target)) == ["1", "2"]


async def test_a_loop_ends_after_five_rules_and_is_told_once(world: World) -> None:
    one, two = await world.add_stream("a"), await world.add_stream("b")
    there = await world.create("there", stream=one, target_stream=two)
    back = await world.create("back", stream=two, target_stream=one)
    await world.publish(world.event("1"), stream=one)
    await world.failed(back, 1)
    told = [
        each
        for each in await world.events("streams/events", _LOOP)
        if each.source == f"/{back.name}"
    ]
    assert len(told) == 1
    data = json.loads(told[0].text_data)
    assert data["routing_rule"] == back.name
    assert data["route"] == [there.name, back.name, there.name, back.name, there.name]
    assert (data["event"]["id"], data["event"]["type"]) == ("1", f"{world.id}.happened")
    assert (len(await world.events(one)), len(await world.events(two))) == (3, 3)
    assert (await world.get(there)).routed_count == 3
    assert (await world.get(back)).routed_count == 2


async def test_a_disabled_rule_copies_nothing_and_none_of_it_later(world: World) -> None:
    target, other = await world.add_stream("a"), await world.add_stream("b")
    off = await world.create("a", target_stream=target, disabled=True)
    on = await world.create("b", target_stream=other)
    await world.publish(world.event("1"))
    await world.routed(on, 1)
    await world.update(pb.RoutingRule(name=off.name), "disabled")
    await world.publish(world.event("2"))
    await world.routed(off, 1)
    assert ids(await world.events(target)) == ["2"]


async def test_an_update_holds_for_what_is_published_after_it(world: World) -> None:
    target, other = await world.add_stream("a"), await world.add_stream("b")
    rule = await world.create(target_stream=target)
    await world.publish(world.event("1"))
    await world.routed(rule, 1)
    changed = pb.RoutingRule(name=rule.name, target_stream=other, etag=rule.etag)
    changed.transform.attributes["subject"] = "changed"
    await world.update(changed, "target_stream", "transform")
    await world.publish(world.event("2"))
    await world.routed(rule, 2)
    assert ids(await world.events(target)) == ["1"]
    (made,) = await world.events(other)
    assert (made.id, made.attributes["subject"].ce_string) == ("2", "changed")


async def test_a_subject_of_nats_gets_structured_events(world: World, servers: Servers) -> None:
    nats = NatsConnection(NatsSettings(url=SecretStr(servers.nats)), "test")
    got: asyncio.Queue[Msg] = asyncio.Queue()

    async def take(message: Msg) -> None:
        got.put_nowait(message)

    client = await nats.client()
    await client.subscribe(f"{world.id}.out", cb=take)
    await client.flush()
    await world.create(target_subject=f"{world.id}.out")
    await world.publish(world.event("1"))
    async with asyncio.timeout(60):
        message = await got.get()
    assert message.headers is not None
    assert message.headers["content-type"] == "application/cloudevents+json"
    found = json.loads(message.data)
    assert (found["id"], found["data"], found["omsroute"]) == ("1", {"n": 1}, world.id)
    await nats.close()


async def test_a_webhook_gets_copies_besides_what_it_selects(servers: Servers) -> None:
    hosted = service(
        EventSettings(),
        NatsSettings(url=SecretStr(servers.nats)),
        PostgresSettings(url=SecretStr(servers.postgresql)),
        webhooks=WebhookSettings(key=SecretStr("k" * 40), origin="oms.example"),
        outbound=OutboundSettings(allow_http=True, private_networks="127.0.0.0/8"),
    )
    got: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        got.put_nowait((headers["webhook-id"], json.loads(body)))
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    sink = await asyncio.start_server(take, "127.0.0.1", 0)
    port = sink.sockets[0].getsockname()[1]
    async with sink, running_suite([hosted], security=security_settings()) as suite:
        world = World(servers, suite)
        webhooks: Any = webhook_service_pb2_grpc.WebhookServiceStub(suite.channel())
        webhook = webhook_service_pb2.Webhook(
            url=f"http://127.0.0.1:{port}/hook",
            filters=[{"prefix": {"values": {"type": f"{world.id}."}}}],
        )
        await webhooks.CreateWebhook(
            webhook_service_pb2.CreateWebhookRequest(webhook_id=world.id, webhook=webhook)
        )
        transform = {"attributes": {"subject": "routed"}}
        await world.create(target_webhook=f"webhooks/{world.id}", transform=transform)
        await world.publish(world.event("1"))
        async with asyncio.timeout(60):
            one, other = await got.get(), await got.get()
        assert sorted(each.get("subject", "") for _, each in (one, other)) == ["", "routed"]
        assert one[0] != other[0]


async def test_a_target_that_is_gone_is_counted(world: World, servers: Servers) -> None:
    target = await world.add_stream("a")
    rule = await world.create(target_stream=target)
    nats = NatsConnection(NatsSettings(url=SecretStr(servers.nats)), "test")
    name = target.removeprefix("streams/")
    await (await nats.jetstream()).delete_stream(f"OMS_EV_{name}")
    await world.publish(world.event("1"))
    found = await until(lambda: world.get(rule), lambda found: found.failed_count == 1)
    assert target in found.last_error
    await nats.close()
