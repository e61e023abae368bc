"""Targets that send HTTP requests, against servers that answer well and badly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import grpc
import pytest
from oms_core.errors import InvalidField
from oms_outbound import OutboundClient, OutboundPolicy, OutboundSettings, UrlRefused
from svc_scheduler.adapters.targets.http_calls import MAX_BODY_BYTES, scheduler_policy
from svc_scheduler.adapters.targets.runner import Targets
from svc_scheduler.domain.targets.attempts import Attempt, AttemptFailed
from svc_scheduler.domain.targets.model import ABSENT, HttpCall

from .world import targets_over

SECRET = "hunter2-and-more"
OPEN = replace(
    scheduler_policy(OutboundSettings()),
    allow_http=True,
    private_networks=(ip_network("127.0.0.0/8"),),
)
ATTEMPT = Attempt("jobs/a/runs/1", "key-1", 2, 41, datetime(2027, 1, 1, tzinfo=UTC), "t", print)


@dataclass(slots=True)
class Endpoint:
    """Answers every request with the same bytes, or never."""

    url: str = ""
    answer: bytes = b"HTTP/1.1 204 No Content\r\n\r\n"
    is_silent: bool = False
    requests: list[bytes] = field(default_factory=list)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    was_left: asyncio.Event = field(default_factory=asyncio.Event)

    def says(self, status: str, body: bytes = b"", kind: str = "application/json") -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\ncontent-type: {kind}\r\n\r\n"
        self.answer = head.encode() + body

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line.partition(b":")[2]) for line in head.lower().split(b"\r\n")
                 if line.startswith(b"content-length:")),
                0,
            )  # fmt: skip
            self.requests.append(head + await reader.readexactly(length))
            self.was_asked.set()
            if not self.is_silent:
                writer.write(self.answer)
                await writer.drain()
            await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.was_left.set()
            writer.close()

    @property
    def head(self) -> dict[str, str]:
        """Headers of the last request, and its first line under an empty name."""
        first, *lines = self.requests[-1].partition(b"\r\n\r\n")[0].decode().split("\r\n")
        return {"": first} | dict(line.split(": ", 1) for line in lines)

    @property
    def body(self) -> bytes:
        return self.requests[-1].partition(b"\r\n\r\n")[2]


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    endpoint = Endpoint()
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    endpoint.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?a=1"
    yield endpoint
    server.close()


@pytest.fixture
async def make() -> AsyncIterator[Callable[[OutboundPolicy], Awaitable[Targets]]]:
    clients: list[OutboundClient] = []
    channel = grpc.aio.insecure_channel("unix:/nonexistent/oms.sock")

    async def make(policy: OutboundPolicy) -> Targets:
        clients.append(OutboundClient(policy))
        return targets_over(channel, clients[-1])

    yield make
    for client in clients:
        await client.close()
    await channel.close()


@pytest.fixture
async def targets(make: Any) -> Targets:
    return await make(OPEN)


async def failure(targets: Targets, target: HttpCall) -> AttemptFailed:
    with pytest.raises(AttemptFailed) as caught:
        await targets.run(target, ATTEMPT)
    return caught.value


async def test_a_request_says_who_sends_it_and_is_answered(targets, endpoint):
    endpoint.says("200 OK", b'{"done": [1, 2.5, null]}')
    target = HttpCall(endpoint.url, "POST", {"X-Api-Key": SECRET}, {"text": "é"})
    assert targets.check(target, "job.target") == frozenset()
    result = await targets.run(target, ATTEMPT)
    assert result == {
        "status": 200,
        "headers": {"content-type": "application/json"},
        "body": {"done": [1, 2.5, None]},
    }
    head = endpoint.head
    assert head[""] == "POST /hook?a=1 HTTP/1.1"
    assert head["idempotency-key"] == "key-1"
    assert head["oms-fencing-token"] == "41"
    assert head["x-api-key"] == SECRET
    assert head["content-type"] == "application/json"
    assert head["user-agent"].startswith("OMS-Outbound/")
    assert "authorization" not in head
    assert json.loads(endpoint.body) == {"text": "é"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
async def test_every_method_is_sent_without_a_body_when_there_is_none(targets, endpoint, method):
    result = await targets.run(HttpCall(endpoint.url, method), ATTEMPT)
    assert result == {"status": 204, "headers": {}}
    assert endpoint.head[""].startswith(f"{method} ")
    assert "content-type" not in endpoint.head
    assert endpoint.body == b""


async def test_null_is_a_body_and_a_content_type_of_the_jobs_own_stays(targets, endpoint):
    target = HttpCall(endpoint.url, "POST", {"Content-Type": "application/merge-patch+json"}, None)
    await targets.run(target, ATTEMPT)
    assert endpoint.body == b"null"
    assert endpoint.head["content-type"] == "application/merge-patch+json"


@pytest.mark.parametrize(
    ("status", "code", "is_final"),
    [
        ("301 Moved Permanently", "FAILED_PRECONDITION", True),
        ("400 Bad Request", "INVALID_ARGUMENT", True),
        ("401 Unauthorized", "UNAUTHENTICATED", True),
        ("403 Forbidden", "PERMISSION_DENIED", True),
        ("404 Not Found", "NOT_FOUND", True),
        ("408 Request Timeout", "DEADLINE_EXCEEDED", False),
        ("409 Conflict", "ABORTED", True),
        ("418 Teapot", "FAILED_PRECONDITION", True),
        ("425 Too Early", "UNAVAILABLE", False),
        ("429 Too Many Requests", "RESOURCE_EXHAUSTED", False),
        ("500 Internal Server Error", "UNAVAILABLE", False),
        ("501 Not Implemented", "UNAVAILABLE", False),
        ("503 Service Unavailable", "UNAVAILABLE", False),
        ("504 Gateway Timeout", "DEADLINE_EXCEEDED", False),
        ("599 Whatever", "UNAVAILABLE", False),
    ],
)
async def test_what_a_status_makes_of_the_attempt(targets, endpoint, status, code, is_final):
    endpoint.says(status, SECRET.encode(), "text/plain")
    target = HttpCall(endpoint.url, "POST", {"X-Api-Key": SECRET}, {"password": SECRET})
    error = await failure(targets, target)
    assert (error.code, error.is_final) == (code, is_final)
    assert status[:3] in error.message
    assert SECRET not in error.message


async def test_an_endpoint_says_when_to_come_again(targets, endpoint):
    endpoint.answer = b"HTTP/1.1 429 x\r\nretry-after: 90\r\ncontent-length: 0\r\n\r\n"
    error = await failure(targets, HttpCall(endpoint.url, "GET"))
    assert error.asked_s == 90


@pytest.mark.parametrize(
    ("body", "kind", "read"),
    [
        (b'{"a": 1}', "application/problem+json; charset=utf-8", {"a": 1}),
        (b'{"a": ', "application/json", '{"a": '),
        (b"[" * 50_000, "application/json", "[" * 50_000),
        (b"\xff\xfe", "application/json", "\ufffd\ufffd"),
        (b'{"a": 1}', "text/plain", '{"a": 1}'),
        (b"a\x00b", "text/plain", "a\ufffdb"),
        (rb'["\u0000", "\ud800", "a"]', "application/json", ["\ufffd", "?", "a"]),
        (b"[NaN, 1e999]", "application/json", ["nan", "inf"]),
        (b"1" * 10_000, "application/json", "1" * 10_000),
    ],
)
async def test_a_body_is_json_when_it_is_that_and_storable(targets, endpoint, body, kind, read):
    endpoint.says("200 OK", body, kind)
    assert (await targets.run(HttpCall(endpoint.url, "GET"), ATTEMPT))["body"] == read


async def test_nesting_ends_where_a_store_could(targets, endpoint):
    endpoint.says("200 OK", b"[" * 400 + b"]" * 400)
    found, depth = (await targets.run(HttpCall(endpoint.url, "GET"), ATTEMPT))["body"], 0
    while isinstance(found, list):
        found, depth = found[0], depth + 1
    assert (found, depth) == ("…", 99)


async def test_a_long_body_is_cut_and_shown_as_text(targets, endpoint):
    endpoint.says("200 OK", b'"' + b"x" * MAX_BODY_BYTES + b'"')
    result = await targets.run(HttpCall(endpoint.url, "GET"), ATTEMPT)
    assert (len(result["body"]), result["truncated"]) == (MAX_BODY_BYTES, True)


async def test_what_is_no_http_fails_the_attempt(targets, endpoint):
    endpoint.answer = b"\x00\x01garbage\r\n\r\n"
    error = await failure(targets, HttpCall(endpoint.url, "GET"))
    assert (error.code, error.is_final) == ("UNAVAILABLE", False)


async def test_a_request_that_hangs_ends_with_its_attempt(targets, endpoint):
    endpoint.is_silent = True
    running = asyncio.create_task(targets.run(HttpCall(endpoint.url, "POST"), ATTEMPT))
    async with asyncio.timeout(60):
        await endpoint.was_asked.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await endpoint.was_left.wait()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080/", "https://127.0.0.1:8080/", "https://10.0.0.1/", "ftp://a/", "x"],
)
async def test_what_the_deployment_does_not_allow_is_refused(make, url):
    targets = await make(scheduler_policy(OutboundSettings()))
    with pytest.raises(UrlRefused) as caught:
        targets.check(HttpCall(url, "GET"), "job.target")
    assert [fault.field for fault in caught.value.fields] == ["job.target.http.url"]
    error = await failure(targets, HttpCall(url, "GET"))
    assert (error.code, error.is_final) == ("INVALID_ARGUMENT", True)


@pytest.mark.parametrize(
    ("headers", "body", "field"),
    [
        ({"Idempotency-Key": SECRET}, ABSENT, "headers[idempotency-key]"),
        ({"oms-fencing-token": SECRET}, ABSENT, "headers[oms-fencing-token]"),
        ({"Host": SECRET}, ABSENT, "headers[host]"),
        ({"X-A": f"{SECRET}\r\nx: y"}, ABSENT, "headers[x-a]"),
        ({}, float("nan"), "body"),
        ({}, "\ud800", "body"),
        ({}, SECRET * 100_000, "body"),
    ],
)
async def test_what_can_not_be_sent_is_named_without_its_value(
    targets, endpoint, headers, body, field
):
    with pytest.raises(InvalidField) as caught:
        targets.check(HttpCall(endpoint.url, "POST", headers, body), "job.target")
    assert [fault.field for fault in caught.value.fields] == [f"job.target.http.{field}"]
    assert SECRET not in str(caught.value)
