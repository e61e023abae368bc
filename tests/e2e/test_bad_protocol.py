"""Requests that no client library would send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio
import httpx
import pytest
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms_gateway import GatewaySettings
from oms_testing.e2e_errors import from_http, from_rpc


@pytest.fixture
async def http(suite: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=suite.endpoint.rest_url,
        headers={"authorization": f"Bearer {suite.endpoint.token}"},
        trust_env=False,
        timeout=30,
    ) as client:
        yield client


_JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "nonsense",
        '{"labels": }',
        "[1]",
        '"text"',
        '{"labels": [}',
        "\x00",
        '{"is_abstract": "perhaps"}',
        '{"labels": {"text": 5}}',
        '{"status": "NO_SUCH_VALUE"}',
        "[" * 5000,
    ],
)
async def test_malformed_json_is_a_bad_request(
    http: httpx.AsyncClient, sealed_ontology: str, check: Any, body: str
) -> None:
    response = await http.post(
        f"/v1/{sealed_ontology}/objectTypes?object_type_id=New", content=body, headers=_JSON
    )
    error = check(from_http(response))
    assert (error.http_status, error.code) == (400, "INVALID_ARGUMENT")
    assert error.reason == "INVALID_FIELD"


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/v1/nothing/here", 404),
        ("GET", "/v2/ontologies", 404),
        ("PUT", "/v1/ontologies", 404),
        ("DELETE", "/v1/roles", 404),
        ("POST", "/v1/ontologies/x:explode", 404),
        ("GET", "/oms.ontology.v1.OntologyService/ListOntologies", 404),
    ],
)
async def test_an_unknown_rest_method_is_not_found(
    http: httpx.AsyncClient, check: Any, verb: str, path: str, status: int
) -> None:
    response = await http.request(verb, path)
    error = check(from_http(response))
    assert error.http_status == status
    assert (error.code, error.reason) == ("UNIMPLEMENTED", "UNIMPLEMENTED")


async def test_an_unknown_query_parameter_is_refused(http: httpx.AsyncClient, check: Any) -> None:
    error = check(from_http(await http.get("/v1/ontologies?page_sise=5")))
    assert (error.http_status, error.code) == (400, "INVALID_ARGUMENT")


async def test_a_json_body_beyond_the_limit_is_refused(
    http: httpx.AsyncClient, sealed_ontology: str, check: Any
) -> None:
    body = b'{"iri": "' + b"x" * GatewaySettings().max_request_bytes + b'"}'
    response = await http.post(
        f"/v1/{sealed_ontology}/objectTypes?object_type_id=New", content=body, headers=_JSON
    )
    error = check(from_http(response))
    assert (error.http_status, error.reason) == (413, "LIMIT_EXCEEDED")


async def test_a_request_id_comes_back(http: httpx.AsyncClient) -> None:
    response = await http.get("/v1/caller", headers={"x-request-id": "my-own-id"})
    assert response.headers["x-request-id"] == "my-own-id"
    assert len((await http.get("/v1/caller")).headers["x-request-id"]) > 8


@pytest.fixture
async def channel(suite: Any) -> AsyncIterator[Any]:
    async with grpc.aio.insecure_channel(suite.endpoint.grpc_address) as opened:
        yield opened


@pytest.fixture
async def kernel_channel(suite: Any) -> AsyncIterator[Any]:
    async with grpc.aio.insecure_channel(suite.ports["datakernel"]) as opened:
        yield opened


async def _call(channel: Any, suite: Any, path: str, data: bytes) -> grpc.aio.AioRpcError:
    call = channel.unary_unary(path)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(
            data,
            metadata=(("authorization", f"Bearer {suite.endpoint.token}"),),
            timeout=30,
        )
    return caught.value


@pytest.mark.parametrize(
    "path",
    [
        "/oms.ontology.v1.ObjectTypeService/ExplodeObjectType",
        "/oms.ontology.v1.NoSuchService/GetObjectType",
        "/nonsense",
    ],
)
async def test_an_unknown_grpc_method_is_unimplemented(channel: Any, suite: Any, path: str) -> None:
    error = from_rpc(await _call(channel, suite, path, b""))
    assert error.code == "UNIMPLEMENTED"


async def test_bytes_that_are_no_message_are_a_bad_request(
    channel: Any, suite: Any, check: Any
) -> None:
    path = "/oms.ontology.v1.ObjectTypeService/GetObjectType"
    error = check(from_rpc(await _call(channel, suite, path, b"\xff\xff\xff")))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")


async def test_a_deadline_that_passes_is_named(
    suite: Any, kernel_channel: Any, database: str
) -> None:
    watch = kernel_channel.unary_stream("/oms.datakernel.v1.CommitService/WatchCommits")
    request = commits.WatchCommitsRequest(parent=database, from_now=True).SerializeToString()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in watch(
            request,
            metadata=(("authorization", f"Bearer {suite.endpoint.token}"),),
            timeout=0.3,
        ):
            pass
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


async def test_a_hundred_cancelled_streams_leave_the_server_as_it_was(
    suite: Any, kernel_channel: Any, sealed_database: str
) -> None:
    watch = kernel_channel.unary_stream("/oms.datakernel.v1.CommitService/WatchCommits")
    request = commits.WatchCommitsRequest(parent=sealed_database).SerializeToString()
    metadata = (("authorization", f"Bearer {suite.endpoint.token}"),)
    calls = [watch(request, metadata=metadata, timeout=30) for _ in range(100)]
    await asyncio.gather(*(call.read() for call in calls))  # each has sent the first commit
    for call in calls:
        call.cancel()
    codes = await asyncio.gather(*(call.code() for call in calls))
    assert set(codes) == {grpc.StatusCode.CANCELLED}
