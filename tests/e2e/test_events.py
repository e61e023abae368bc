"""Events and streams: over gRPC and REST, in every mode of the HTTP binding, in both topologies."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as events
from oms.event.v1 import stream_service_pb2 as streams
from oms_testing.e2e import Api
from oms_testing.e2e_errors import from_http

_STRUCTURED = "application/cloudevents+json; charset=utf-8"
_BATCHED = "application/cloudevents-batch+json"


@pytest.fixture
async def stream(api: Api) -> AsyncIterator[str]:
    """A stream of its own for a test."""
    stream_id = f"e2e-{secrets.token_hex(6)}"
    made = await api(streams.CreateStreamRequest(stream_id=stream_id))
    yield made.stream.name
    await api(streams.DeleteStreamRequest(name=made.stream.name))


@pytest.fixture
async def http(suite: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The listener of events, as an administrator."""
    bearer = {"authorization": f"Bearer {suite.endpoint.token}"}
    url = suite.listeners["events"]
    async with httpx.AsyncClient(base_url=url, headers=bearer, trust_env=False) as client:
        yield client


async def _publish(api: Api, stream: str, *bodies: bytes) -> list[Any]:
    """Publishes over REST what REST has, and the rest over gRPC's own method for it."""
    request = events.ReceiveEventsRequest(parent=stream)
    request.body.content_type = _BATCHED
    request.body.data = b"[" + b",".join(bodies) + b"]"
    if api.protocol == "grpc":
        return list((await api(request)).publications)
    answer = await api.upload(request, request.body.data, content_type=_BATCHED)
    return list(answer.publications)


def _event(event_id: str, **more: str) -> bytes:
    members = {"id": event_id, "source": "/e2e", "specversion": "1.0", "type": "com.acme.made"}
    pairs = ",".join(f'"{name}":"{value}"' for name, value in {**members, **more}.items())
    return f'{{{pairs},"data":{{"n":1.0}}}}'.encode()


async def test_events_are_published_listed_and_read(api: Api, stream: str) -> None:
    placed = await _publish(api, stream, _event("1"), _event("2", type="com.acme.sold"))
    assert [each.sequence for each in placed] == [1, 2]
    again = await _publish(api, stream, _event("2", type="com.acme.sold"))
    assert [(each.sequence, each.duplicate) for each in again] == [(2, True)]
    query = {"parent": stream, "type": "com.acme.*", "filter": "id = '2'"}
    [found] = (await api(events.ListEventsRequest(**query))).events
    assert (found.sequence, found.event.id, found.event.text_data) == (2, "2", '{"n":1.0}')
    assert (await api(events.GetEventRequest(name=found.name))).event == found
    assert b'"data":{"n":1.0}' in await api.download(events.ReadEventRequest(name=found.name))
    state = (await api(streams.GetStreamRequest(name=stream))).stream
    assert (state.event_count, state.last_sequence) == (2, 2)
    purged = await api(streams.PurgeStreamRequest(name=stream, before_sequence=2))
    assert purged.purged_count == 1


async def test_what_makes_no_sense_is_refused(api: Api, stream: str, failing: Any) -> None:
    error = await failing(_publish(api, stream, _event("1"), _event("")))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_EVENT")
    assert error.fields == ["events[1].id"]
    assert error.metadata == {"attribute": "id", "index": "1"}
    assert not (await api(events.ListEventsRequest(parent=stream))).events
    error = await failing(api(events.ListEventsRequest(parent=stream, filter="id =")))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_EXPRESSION")
    error = await failing(api(streams.GetStreamRequest(name="streams/nowhere")))
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")
    error = await failing(api(streams.DeleteStreamRequest(name="streams/events")))
    assert (error.code, error.reason) == ("FAILED_PRECONDITION", "RESOURCE_IN_USE")


async def test_an_event_travels_in_the_headers_of_a_request(
    http: httpx.AsyncClient, suite: Any
) -> None:
    event_id = secrets.token_hex(8)
    headers = {
        "CE-Id": event_id,
        "ce-source": "/e2e/caf%25C3%25A9",
        "ce-specversion": "1.0",
        "ce-type": "com.acme.made",
        "ce-subject": "Euro%20%E2%82%AC",
        "ce-time": "2026-01-02T03:04:05.5+01:00",
        "ce-comexampleextension": '"quoted"',
        "content-type": "text/plain; charset=utf-8",
    }
    answer = await http.post("/events", headers=headers, content="grüße".encode())
    assert answer.status_code == 200, answer.text
    [place] = answer.json()["publications"]
    read = await http.get(f"/v1/{place['name']}:read")
    assert read.headers["content-type"] == "application/cloudevents+json"
    assert read.json() == {
        "id": event_id,
        "source": "/e2e/caf%C3%A9",
        "specversion": "1.0",
        "type": "com.acme.made",
        "subject": "Euro €",
        "time": "2026-01-02T02:04:05.5Z",
        "comexampleextension": "quoted",
        "datacontenttype": "text/plain; charset=utf-8",
        "data": "grüße",
    }
    listed = await http.get("/events", params={"event_id": event_id})
    assert [each["name"] for each in listed.json()["events"]] == [place["name"]]


async def test_an_event_without_data_has_no_body(http: httpx.AsyncClient) -> None:
    headers = {
        "ce-id": secrets.token_hex(8),
        "ce-source": "/e2e",
        "ce-specversion": "1.0",
        "ce-type": "com.acme.made",
    }
    answer = await http.post("/events", headers=headers)
    assert answer.status_code == 200, answer.text
    [place] = answer.json()["publications"]
    stored = (await http.get(f"/v1/{place['name']}")).json()["event"]
    assert not {"textData", "binaryData"} & stored["event"].keys()


async def test_structured_events_are_received_on_both_paths(http: httpx.AsyncClient) -> None:
    for path in ("/events", "/v1/events?parent=streams/events"):
        body = _event(secrets.token_hex(8))
        answer = await http.post(path, headers={"content-type": _STRUCTURED}, content=body)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["publications"]) == 1
    assert "streams/events" in [
        each["name"] for each in (await http.get("/streams")).json()["streams"]
    ]


@pytest.mark.parametrize(
    ("headers", "body", "reason", "fields"),
    [
        ({"content-type": "text/plain"}, b"x", "INVALID_EVENT", None),
        ({"content-type": _STRUCTURED}, b"{", "PARSE_ERROR", []),
        ({"content-type": "application/cloudevents+avro"}, b"x", "INVALID_EVENT", ["content-type"]),
        (
            {"ce-id": "1", "ce-source": "%zz", "ce-specversion": "1.0", "ce-type": "t"},
            b"",
            "INVALID_EVENT",
            ["source"],
        ),
        (
            {"ce-id": "1", "ce-source": "/s", "ce-specversion": "1.0", "ce-type": "oms.x"},
            b"",
            "INVALID_EVENT",
            ["type"],
        ),
        ({"content-type": _BATCHED}, b"[{}]", "INVALID_EVENT", None),
    ],
)
async def test_a_bad_request_is_told_what_is_wrong(
    http: httpx.AsyncClient, check: Any, headers: Any, body: bytes, reason: str, fields: Any
) -> None:
    error = check(from_http(await http.post("/events", headers=headers, content=body)))
    assert (error.http_status, error.reason) == (400, reason)
    assert fields is None or error.fields == fields


async def test_a_repeated_header_is_no_attribute(http: httpx.AsyncClient, check: Any) -> None:
    headers = [
        ("ce-id", "1"),
        ("ce-id", "2"),
        ("ce-source", "/s"),
        ("ce-specversion", "1.0"),
        ("ce-type", "t"),
    ]
    answer = await http.post("/events", headers=headers)
    error = check(from_http(answer))
    assert (error.http_status, error.reason, error.fields) == (400, "INVALID_EVENT", ["ce-id"])


async def test_a_stream_of_events_is_published_through_the_gateway(suite: Any) -> None:
    import grpc.aio
    from oms.event.v1 import event_service_pb2_grpc

    start = secrets.token_hex(8)
    messages = [
        cloudevents_pb2.CloudEvent(
            id=f"{start}-{number}", source="/e2e", spec_version="1.0", type="com.acme.made"
        )
        for number in range(200)
    ]
    target = suite.listeners["events"].removeprefix("http://")
    async with grpc.aio.insecure_channel(target) as channel:
        stub: Any = event_service_pb2_grpc.EventServiceStub(channel)
        requests = (
            events.PublishStreamRequest(events=messages[at : at + 50]) for at in range(0, 200, 50)
        )
        bearer = (("authorization", f"Bearer {suite.endpoint.token}"),)
        progress = [each async for each in stub.PublishStream(requests, metadata=bearer)]
    assert progress[-1].acknowledged_count == 200
