"""Subscriptions and sessions, over WebSocket and as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from oms.ontology.v1 import object_type_service_pb2 as object_types
from svc_graphql.schema.contract import Rpc
from websockets.exceptions import ConnectionClosed

from .world import PATIENCE_S, Session, World

pytestmark = pytest.mark.asyncio(loop_scope="package")

ELEMENTS = """subscription($ontology: String!, $after: String, $kinds: [ChangedElementKind!]) {
  elementChanged(ontology: $ontology, after: $after, kinds: $kinds) {
    change kind elementId commitId element { id ... on ObjectType { isAbstract } } } }"""
COMMITS = """subscription($ontology: String!, $after: String) {
  commitAdded(ontology: $ontology, after: $after) { commitId branch changes { elementId } } }"""


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the methods whose streams are opened from now on."""
    opened: list[str] = []
    original = Rpc.stream

    def stream(self: Rpc, *arguments: Any) -> AsyncIterator[Any]:
        opened.append(self.method.name)
        return original(self, *arguments)

    monkeypatch.setattr(Rpc, "stream", stream)
    return opened


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def head_of(world: World, acme: str) -> str:
    query = (
        """query($name: String!) { getBranch(input: {name: $name}) { branch { headCommit } } }"""
    )
    answer = await world.data(query, name=f"ontologies/{acme}/branches/main")
    return answer["getBranch"]["branch"]["headCommit"]


async def test_changes_after_a_commit_come_first_and_then_new_ones(world: World, acme: str):
    start = await head_of(world, acme)
    first = await world.add_types(acme, {"A": [], "B": []})
    async with world.session() as session:
        await session.subscribe("1", ELEMENTS, ontology=acme, after=start)
        seen = [(await session.next("1"))["elementChanged"] for _ in range(2)]
        assert {each["elementId"] for each in seen} == {"A", "B"}
        assert {each["commitId"] for each in seen} == {first}
        assert seen[0]["change"] == "CREATED"
        assert seen[0]["element"]["isAbstract"] is False
        for n in range(3):
            await world.add_types(acme, {f"N{n}": []})
            assert (await session.next("1"))["elementChanged"]["elementId"] == f"N{n}"
        name = f"ontologies/{acme}/objectTypes/A"
        await world.call(object_types.DeleteObjectTypeRequest(name=name))
        gone = (await session.next("1"))["elementChanged"]
        assert (gone["change"], gone["elementId"], gone["element"]) == ("DELETED", "A", None)


async def test_one_stream_serves_all_and_is_closed_after_the_last(
    world: World, acme: str, streams: list[str]
):
    async with world.session() as one, world.session(role="viewer", subject="bob") as two:
        for session, key in ((one, "a"), (one, "b"), (two, "c")):
            await session.subscribe(key, COMMITS, ontology=acme)
        await until(lambda: streams == ["WatchCommits"])
        # The stream tells of what happens from when on it is open: until all have heard.
        heard: dict[str, list[str]] = {"a": [], "b": [], "c": []}

        async def hear(session: Session) -> None:
            while True:
                message = await session.receive()
                assert message["type"] == "next", message
                heard[message["id"]].append(message["payload"]["data"]["commitAdded"]["commitId"])

        hearing = [asyncio.ensure_future(hear(each)) for each in (one, two)]
        made: list[str] = []
        async with asyncio.timeout(PATIENCE_S):
            while not all(heard.values()):
                made.append(await world.add_types(acme, {f"T{len(made)}": []}))
                await asyncio.sleep(0.02)
        await until(lambda: all(made[-1] in each for each in heard.values()))
        assert heard["a"] == heard["b"] == heard["c"] == made[-len(heard["a"]) :]
        assert streams == ["WatchCommits"]
        for task in hearing:
            task.cancel()


async def test_a_list_is_sent_again_when_it_has_changed(world: World, acme: str):
    live = """subscription($parent: String!) { liveListObjectTypes(input: {parent: $parent}) {
      totalSize nodes { name } } }"""
    async with world.session() as session:
        await session.subscribe("1", live, parent=f"ontologies/{acme}")
        assert (await session.next("1"))["liveListObjectTypes"]["totalSize"] == 0
        count = 0
        # The first commits may come before the stream is open.
        receiving = asyncio.ensure_future(session.next("1"))
        async with asyncio.timeout(PATIENCE_S):
            while not receiving.done():
                await world.add_types(acme, {f"T{count}": []})
                count += 1
                await asyncio.wait([receiving], timeout=0.1)
            size = receiving.result()["liveListObjectTypes"]["totalSize"]
            while size < count:
                size = (await session.next("1"))["liveListObjectTypes"]["totalSize"]


async def test_a_stream_of_a_method_is_its_callers_own(world: World, acme: str):
    query = """subscription($name: String!) { exportOntology(input: {name: $name,
      format: RDF_FORMAT_TURTLE}) { body { contentType text } } }"""
    query = query.replace("RDF_FORMAT_TURTLE", "TURTLE")
    await world.add_types(acme, {"A": []})
    async with world.session() as session:
        await session.subscribe("1", query, name=f"ontologies/{acme}")
        chunk = (await session.next("1"))["exportOntology"]["body"]
        assert chunk["contentType"].startswith("text/turtle")
        assert (await session.receive()) == {"id": "1", "type": "complete"}


async def test_refusals_end_the_operation_and_nothing_else(world: World, acme: str):
    async with world.session(role="viewer") as session:
        watch = 'subscription { kernelWatchCommits(input: {parent: "databases/x"}) { isLastPart } }'
        await session.subscribe("denied", watch)
        message = await session.receive()
        assert (message["id"], message["type"]) == ("denied", "error")
        assert message["payload"][0]["extensions"]["code"] == "PERMISSION_DENIED"
        await session.subscribe("none", COMMITS, ontology="nothing-there", after="0" * 64)
        message = await session.receive()
        assert (message["id"], message["type"]) == ("none", "error")
        assert message["payload"][0]["extensions"]["code"] == "NOT_FOUND"
        await session.subscribe("runs", "subscription { runChanged { name } }")
        query = "{ __typename }"
        await session.subscribe("query", query)
        assert await session.next("query") == {"__typename": "Query"}


async def test_a_session_is_listed_and_ended(world: World):
    listed = "{ sessions { sessionId subject isCurrent operationCount } }"
    end = """mutation($id: ID!) { endSession(sessionId: $id) { __typename
      ... on Session { sessionId } ... on Error { code } } }"""
    async with world.session(subject="carol") as session:
        await session.subscribe("1", listed)
        [mine] = (await session.next("1"))["sessions"]
        assert (mine["subject"], mine["isCurrent"]) == ("carol", True)
        await session.receive()
        # Those of alice are none of carol's.
        others = await world.data(listed)
        assert mine["sessionId"] not in [each["sessionId"] for each in others["sessions"]]
        everybody = await world.data("{ sessions(everybody: true) { sessionId } }")
        assert {"sessionId": mine["sessionId"]} in everybody["sessions"]
        denied = await world.ask("{ sessions(everybody: true) { sessionId } }", role="viewer")
        assert denied["errors"][0]["extensions"]["reason"] == "PERMISSION_DENIED"
        missing = await world.data(end, role="viewer", id=mine["sessionId"])
        assert missing["endSession"] == {"__typename": "NotFoundError", "code": "NOT_FOUND"}
        ended = await world.data(end, id=mine["sessionId"])
        assert ended["endSession"]["sessionId"] == mine["sessionId"]
        with pytest.raises(ConnectionClosed) as closed:
            await session.receive()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001


async def test_events_come_over_http_too(world: World, acme: str):
    start = await head_of(world, acme)
    commit = await world.add_types(acme, {"A": []})
    body = {"query": COMMITS, "variables": {"ontology": acme, "after": start}}
    headers = {
        "accept": "text/event-stream",
        "authorization": f"Bearer {world.suite.token('viewer')}",
    }
    async with (
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client,
        client.stream("POST", world.url, json=body, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                told = json.loads(line.removeprefix("data: "))
                break
    assert told["data"]["commitAdded"]["commitId"] == commit


async def test_a_socket_that_is_dropped_takes_its_subscription_along(world: World, acme: str):
    listed = "{ sessions(everybody: true) { subject } }"

    async def is_listed() -> bool:
        answer = await world.data(listed)
        return {"subject": "dropper"} in answer["sessions"]

    async with world.session(subject="dropper") as session:
        await session.subscribe("1", COMMITS, ontology=acme, after=await head_of(world, acme))
        await world.add_types(acme, {"A": []})
        await session.next("1")
        assert await is_listed()
        session.socket.transport.abort()
    async with asyncio.timeout(PATIENCE_S):
        while await is_listed():  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.01)
    # What others ask is answered as before.
    await world.add_types(acme, {"B": []})
