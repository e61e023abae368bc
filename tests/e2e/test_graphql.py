"""GraphQL through the gateway: over HTTP, as events, over WebSocket, and by clients of others."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

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


async def test_every_audit_of_graphql_http_is_ok(suites: Any):
    url = suites.get("monolith").listeners["graphql"] + "/graphql"
    assert "61 audits, 0 not ok" in await _node("audit.mjs", url)


async def test_urql_and_graphql_ws_work_with_it(suite: Any, ontology: str):
    ontology_id = ontology.partition("/")[2]
    url = f"{suite.listeners['graphql']}/graphql"
    ws_url = f"{suite.listeners['graphql_ws']}/graphql".replace("http", "ws", 1)
    output = await _node("clients.mjs", url, ws_url, suite.endpoint.token, ontology_id)
    assert output.strip() == "ok"
