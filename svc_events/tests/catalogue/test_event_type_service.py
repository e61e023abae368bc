"""`EventTypeService` behind a real server, without NATS and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio
import pytest
from oms.event.v1 import event_type_service_pb2 as pb
from oms.event.v1 import event_type_service_pb2_grpc as pb_grpc
from oms_rpc.errors import from_rpc_error
from oms_testing.suite import Suite, running_suite, security_settings
from svc_events.settings import EventSettings
from svc_events.setup import service

ZONE = "eventTypes/oms.ontology.object_type.updated.v1"


@pytest.fixture
async def suite() -> AsyncIterator[Suite]:
    services = [service(EventSettings(public_url="https://oms.example"))]
    async with running_suite(services, security=security_settings()) as suite:
        yield suite


async def test_types_are_listed_page_by_page_and_got_by_name(suite: Suite) -> None:
    types: Any = pb_grpc.EventTypeServiceStub(suite.channel("editor"))
    found: list[Any] = []
    request = pb.ListEventTypesRequest(prefix="oms.ontology.", page_size=4)
    while True:
        page = await types.ListEventTypes(request)
        found += page.event_types
        assert len(page.event_types) <= 4
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    names = [each.type for each in found]
    assert names == sorted(set(names))
    assert "oms.ontology.object_type.updated.v1" in names
    assert not any(name.startswith("oms.event.") for name in names)
    one = (await types.GetEventType(pb.GetEventTypeRequest(name=ZONE))).event_type
    assert one in found
    assert one.source_template == "/ontologies/{ontology}/branches/{branch}"
    schema = await types.GetEventSchema(pb.GetEventSchemaRequest(name=ZONE))
    assert schema.body.content_type == "application/schema+json"
    assert json.loads(schema.body.data) == json.loads(one.data_schema)
    assert json.loads(one.example)["dataschema"] == json.loads(one.data_schema)["$id"]
    described = await types.GetAsyncApi(pb.GetAsyncApiRequest())
    assert one.type in json.loads(described.body.data)["channels"]


async def test_what_is_not_there_or_belongs_elsewhere_is_refused(suite: Suite) -> None:
    types: Any = pb_grpc.EventTypeServiceStub(suite.channel("editor"))
    for call, request in (
        (types.GetEventType, pb.GetEventTypeRequest(name="eventTypes/oms.nothing.v1")),
        (types.GetEventSchema, pb.GetEventSchemaRequest(name="eventTypes/oms.nothing.v1")),
    ):
        assert await refusal(call(request)) == "RESOURCE_NOT_FOUND"
    page = await types.ListEventTypes(pb.ListEventTypesRequest(page_size=1))
    other = pb.ListEventTypesRequest(prefix="oms.event.", page_token=page.next_page_token)
    assert await refusal(types.ListEventTypes(other)) == "INVALID_PAGE_TOKEN"


async def refusal(call: Any) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return from_rpc_error(caught.value).reason
