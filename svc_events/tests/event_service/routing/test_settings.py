"""Rules are checked, listed, changed and removed; who may not is refused."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from oms.event.v1 import routing_rule_service_pb2 as pb
from oms.event.v1 import stream_service_pb2 as stream_pb
from oms_testing.e2e_errors import ApiError, from_rpc

from event_service.routing.worlds import World, event_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def failing(call: Any) -> ApiError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return from_rpc(caught.value)


async def test_a_template_that_is_none_is_refused_with_its_place(world: World) -> None:
    transform = {"attributes": {"subject": "a {{subject | shout}}"}}
    error = await failing(world.create(target_subject="a.b", transform=transform))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_EXPRESSION")
    assert error.metadata["offset"] == "14"
    assert "transform.attributes[subject]" in error.message
    error = await failing(world.create(target_subject="a.b", transform={"data": '{"a": "{{"}'}))
    assert (error.metadata["path"], error.metadata["offset"]) == ("/a", "2")
    assert "transform.data" in error.message


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"target_subject": "oms.ev.events"},
        {"target_subject": "oms"},
        {"target_subject": "_INBOX.x"},
        {"target_subject": "$JS.API"},
        {"target_subject": "a.*"},
        {"target_stream": "streams/events"},
        {"target_subject": "a", "transform": {"attributes": {"omsroute": "x"}}},
        {"target_subject": "a", "transform": {"attributes": {"specversion": "x"}}},
        {"target_subject": "a", "filters": [{"sql": "1 +"}]},
    ],
)
async def test_unsound_rules_are_refused(world: World, fields: dict[str, Any]) -> None:
    error = await failing(world.create(**fields))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")


@pytest.mark.parametrize(
    "fields",
    [
        {"target_stream": "streams/nowhere"},
        {"target_webhook": "webhooks/nowhere"},
        {"stream": "streams/nowhere", "target_subject": "a"},
    ],
)
async def test_what_a_rule_names_has_to_be_there(world: World, fields: dict[str, Any]) -> None:
    error = await failing(world.create(**fields))
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")


async def test_rules_are_created_got_listed_and_deleted(world: World) -> None:
    made = await world.create("-b", target_subject="a.b", description="copies")
    assert made.stream == "streams/events"
    assert made.created_by == "alice123"
    assert made.HasField("create_time")
    assert await world.get(made) == made
    error = await failing(world.create("-b", target_subject="a.b"))
    assert error.code == "ALREADY_EXISTS"
    await world.create("-a", target_subject="a.b")
    await world.create("-c", target_subject="a.b")
    names: list[str] = []
    request = pb.ListRoutingRulesRequest(page_size=2)
    while True:
        answer = await world.rules().ListRoutingRules(request)
        names += [each.name for each in answer.routing_rules]
        if not answer.next_page_token:
            break
        request.page_token = answer.next_page_token
    assert names == sorted(names)
    assert {f"routingRules/{world.id}-{each}" for each in "abc"} <= set(names)
    request = pb.DeleteRoutingRuleRequest(name=made.name, etag="stale")
    assert (await failing(world.rules().DeleteRoutingRule(request))).code == "ABORTED"
    request.etag = made.etag
    await world.rules().DeleteRoutingRule(request)
    assert (await failing(world.get(made))).code == "NOT_FOUND"


async def test_updates_change_what_the_mask_names(world: World) -> None:
    made = await world.create(target_subject="a.b", description="old")
    wanted = pb.RoutingRule(name=made.name, description="new", disabled=True, etag=made.etag)
    changed = await world.update(wanted, "description")
    assert (changed.description, changed.disabled) == ("new", False)
    assert changed.etag != made.etag
    assert (await failing(world.update(wanted, "disabled"))).code == "ABORTED"
    wanted.etag = ""
    error = await failing(world.update(wanted, "stream"))
    assert error.reason == "INVALID_UPDATE_MASK"
    both = await world.update(pb.RoutingRule(name=made.name, target_subject="c"))
    assert (both.target_subject, both.description) == ("c", "new")
    error = await failing(world.update(pb.RoutingRule(name=made.name), "target_subject"))
    assert error.reason == "INVALID_FIELD"


async def test_streams_in_use_stay(world: World) -> None:
    source, target = await world.add_stream("a"), await world.add_stream("b")
    rule = await world.create(stream=source, target_stream=target)
    for name in (source, target):
        request = stream_pb.DeleteStreamRequest(name=name)
        error = await failing(world.streams.DeleteStream(request))
        assert (error.code, error.reason) == ("FAILED_PRECONDITION", "RESOURCE_IN_USE")
        assert rule.name in error.message
    await world.rules().DeleteRoutingRule(pb.DeleteRoutingRuleRequest(name=rule.name))
    for name in (source, target):
        await world.streams.DeleteStream(stream_pb.DeleteStreamRequest(name=name))


async def test_a_rule_can_be_tried_before_there_is_one(world: World) -> None:
    rule = pb.RoutingRule(filters=[{"exact": {"values": {"type": "wanted"}}}])
    rule.transform.data = '{"about": "{{subject}}"}'
    request = pb.TestRoutingRuleRequest(routing_rule=rule)
    request.event.CopyFrom(event_of("1", "wanted", subject="zone-7"))
    answer = await world.rules().TestRoutingRule(request)
    assert answer.matched
    assert answer.event.text_data == '{"about":"zone-7"}'
    assert answer.event.attributes["omsroute"].ce_string == "test"
    request.event.CopyFrom(event_of("1", "other"))
    answer = await world.rules().TestRoutingRule(request)
    assert not answer.matched
    assert not answer.HasField("event")
    request.event.CopyFrom(event_of("1", "wanted"))
    request.routing_rule.transform.attributes["time"] = "yesterday"
    error = await failing(world.rules().TestRoutingRule(request))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_EVENT")


async def test_a_viewer_is_refused(world: World) -> None:
    rule = await world.create(target_subject="a.b")
    stub = world.rules("viewer")
    for call in (
        stub.GetRoutingRule(pb.GetRoutingRuleRequest(name=rule.name)),
        stub.DeleteRoutingRule(pb.DeleteRoutingRuleRequest(name=rule.name)),
        stub.CreateRoutingRule(pb.CreateRoutingRuleRequest(routing_rule_id="x", routing_rule=rule)),
    ):
        assert (await failing(call)).code == "PERMISSION_DENIED"
