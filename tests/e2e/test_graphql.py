"""GraphQL through the gateway: over HTTP, as events, over WebSocket, and by clients of others."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

_NODE = Path(__file__).parent / "node"
_PATIENCE_S = 100
_CREATE = """mutation($parent: String!, $id: String!) { createObjectType(
  input: {parent: $parent, objectTypeId: $id, objectType: {}}) {
    __typename ... on CreateObjectTypeResponse { commitId } ... on Error { message } } }"""
_HEAD = "query($name: String!) { getBranch(input: {name: $name}) { branch { headCommit } } }"
_COMMITS = """subscription($ontology: String!, $after: String) {
  commitAdded(ontology: $ontology, after: $after) { commitId changes { elementId } } }"""


async def _ask(suite: Any, listener: str, query: str, **variables: Any) -> Any:
    headers = {"authorization": f"Bearer {suite.endpoint.token}"}
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_S) as client:
        answer = await client.post(
            f"{suite.listeners[listener]}/graphql",
            json={"query": query, "variables": variables},
            headers=headers,
        )
    assert answer.status_code == 200, answer.text
    parsed = answer.json()
    assert "errors" not in parsed, parsed
    return parsed["data"]


async def test_what_is_changed_over_http_is_told_over_websocket(suite: Any, ontology: str):
    ontology_id = ontology.partition("/")[2]
    head = await _ask(suite, "graphql", _HEAD, name=f"{ontology}/branches/main")
    after = head["getBranch"]["branch"]["headCommit"]
    url = suite.listeners["graphql_ws"].replace("http", "ws", 1) + "/graphql"
    protocol: Any = ["graphql-transport-ws"]
    async with connect(url, subprotocols=protocol, proxy=None) as socket:
        init = {"authorization": f"Bearer {suite.endpoint.token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": init}))
        payload = {"query": _COMMITS, "variables": {"ontology": ontology_id, "after": after}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        async with asyncio.timeout(_PATIENCE_S):
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            for number in range(3):
                # The listener of everything shows it too.
                listener = "api" if number else "graphql"
                created = await _ask(suite, listener, _CREATE, parent=ontology, id=f"T{number}")
                told = json.loads(await socket.recv())["payload"]["data"]["commitAdded"]
                assert told["commitId"] == created["createObjectType"]["commitId"]
                assert told["changes"] == [{"elementId": f"T{number}"}]


async def test_every_service_is_reached(suite: Any):
    query = """{ getCaller { caller { subject } } listJobs { nodes { name } }
      listStreams { nodes { name } } listModels { nodes { name } }
      kernelListDatabases(first: 1) { nodes { name } }
      getHealth { status } }"""
    answer = await _ask(suite, "graphql", query)
    assert answer["getCaller"]["caller"]["subject"] == "tester"
    assert answer["listModels"]["nodes"]
    assert answer["listStreams"]["nodes"]


async def test_the_websocket_listener_takes_nothing_else(suite: Any):
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_S) as client:
        url = suite.listeners["graphql_ws"]
        answer = await client.post(f"{url}/graphql", json={"query": "{ __typename }"})
        assert answer.status_code == 404
        assert (await client.get(f"{url}/health")).status_code == 200


async def _node(*arguments: str) -> str:
    if shutil.which("node") is None or not (_NODE / "node_modules" / "graphql-http").is_dir():
        pytest.skip("needs Node, and `npm install` in tests/e2e/node")
    process = await asyncio.create_subprocess_exec(
        "node",
        *arguments,
        cwd=_NODE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(_PATIENCE_S):
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


@pytest.mark.parametrize("suite", ["monolith"], indirect=True)
async def test_every_audit_of_graphql_http_is_ok(suite: Any):
    url = suite.listeners["graphql"] + "/graphql"
    assert "61 audits, 0 not ok" in await _node("audit.mjs", url)


async def test_urql_and_graphql_ws_work_with_it(suite: Any, ontology: str):
    ontology_id = ontology.partition("/")[2]
    url = f"{suite.listeners['graphql']}/graphql"
    ws_url = f"{suite.listeners['graphql_ws']}/graphql".replace("http", "ws", 1)
    output = await _node("clients.mjs", url, ws_url, suite.endpoint.token, ontology_id)
    assert output.strip() == "ok"


@asynccontextmanager
async def _session(suite: Any) -> AsyncIterator[ClientConnection]:
    url = suite.listeners["graphql_ws"].replace("http", "ws", 1) + "/graphql"
    protocol: Any = ["graphql-transport-ws"]
    async with connect(url, subprotocols=protocol, proxy=None) as socket:
        init = {"authorization": f"Bearer {suite.endpoint.token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": init}))
        async with asyncio.timeout(_PATIENCE_S):
            assert json.loads(await socket.recv())["type"] == "connection_ack"
        yield socket


async def _told(socket: ClientConnection) -> Any:
    async with asyncio.timeout(_PATIENCE_S):
        message = json.loads(await socket.recv())
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    return message["payload"]["data"]


async def _subscribe(socket: ClientConnection, query: str, **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))


@pytest.mark.parametrize("suite", ["monolith"], indirect=True)
async def test_events_that_are_published_are_told(suite: Any, ontology_id: str):
    publish = """mutation($event: JSON!) { publish(input: {event: $event}) { __typename
      ... on Error { message } } }"""
    query = """subscription($source: String) { eventPublished(source: $source) {
      id type data position } }"""
    async with _session(suite) as socket:
        await _subscribe(socket, query, source=f"/{ontology_id}")
        hearing = asyncio.ensure_future(_told(socket))
        number = 0
        while not hearing.done():
            number += 1
            event = {
                "id": str(number),
                "source": f"/{ontology_id}",
                "specVersion": "1.0",
                "type": "com.acme.made",
                "textData": '{"n": 1}',
                "attributes": {"datacontenttype": {"ceString": "application/json"}},
            }
            answer = await _ask(suite, "graphql", publish, event=event)
            assert answer["publish"] == {"__typename": "PublishResponse"}
            # The first ones may come before the stream is open.
            await asyncio.wait([hearing], timeout=0.2)
        told = hearing.result()["eventPublished"]
        assert (told["type"], told["data"]) == ("com.acme.made", {"n": 1})
        assert int(told["position"]) > 0


@pytest.mark.parametrize("suite", ["monolith"], indirect=True)
async def test_runs_are_told_as_they_change(suite: Any, ontology_id: str):
    create = """mutation($id: String!) { createJob(input: {jobId: $id, job: {target: {
      grpc: {method: "oms.identity.v1.IdentityService/GetCaller", request: {}}}}}) { __typename
      ... on Error { message } } }"""
    run = "mutation($name: String!) { runJob(input: {name: $name}) { __typename } }"
    delete = "mutation($name: String!) { deleteJob(input: {name: $name}) { __typename } }"
    name = f"jobs/{ontology_id}"
    created = await _ask(suite, "graphql", create, id=ontology_id)
    assert created["createJob"] == {"__typename": "CreateJobResponse"}
    async with _session(suite) as socket:
        query = "subscription($job: String) { runChanged(job: $job) { id name state cause } }"
        await _subscribe(socket, query, job=ontology_id)
        await _ask(suite, "graphql", run, name=name)
        told = (await _told(socket))["runChanged"]
        while told["state"] not in ("SUCCEEDED", "FAILED"):
            told = (await _told(socket))["runChanged"]
    assert (told["state"], told["cause"]) == ("SUCCEEDED", "MANUAL")
    await _ask(suite, "graphql", delete, name=name)
