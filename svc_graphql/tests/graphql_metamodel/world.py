"""What tests of the metamodel do over and over."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms_testing.e2e import GrpcApi
from oms_testing.suite import Suite
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 60


class World:
    """A running suite, and ways to ask it."""

    def __init__(self, suite: Suite, client: httpx.AsyncClient, call: GrpcApi) -> None:
        self.suite = suite
        self.call = call
        self._client = client

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.suite.server.http_ports['graphql']}/graphql"

    @staticmethod
    def new_id() -> str:
        return f"g-{secrets.token_hex(5)}"

    async def ask(self, query: str, *, role: str | None = "administrator", **variables: Any) -> Any:
        """The response to an operation, as parsed."""
        token = self.suite.token(role) if role else None
        headers = {"authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        answer = await self._client.post(self.url, json=body, headers=headers)
        return answer.json()

    async def data(self, query: str, **given: Any) -> Any:
        """The data of a response without errors."""
        answer = await self.ask(query, **given)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def add_types(self, ontology: str, types: dict[str, list[str]]) -> str:
        """Creates object types, by id with the ids of their parents; gives the commit's id."""
        name = f"ontologies/{ontology}"
        changes = [
            change_sets.Change(
                create=change_sets.Element(
                    object_type=object_types.ObjectType(
                        name=f"{name}/objectTypes/{key}", parents=parents
                    )
                )
            )
            for key, parents in types.items()
        ]
        request = change_sets.ApplyChangeSetRequest(parent=name, changes=changes)
        return (await self.call(request)).commit_id

    @asynccontextmanager
    async def session(
        self, *, role: str = "administrator", subject: str = "alice123"
    ) -> AsyncIterator[Session]:
        """A WebSocket session that has been acknowledged."""
        url = self.url.replace("http", "ws", 1)
        async with connect(url, subprotocols=["graphql-transport-ws"], proxy=None) as socket:  # pyright: ignore[reportArgumentType]
            token = self.suite.token(role, subject=subject)
            session = Session(socket)
            await session.send(
                {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
            )
            assert (await session.receive())["type"] == "connection_ack"
            yield session


class Session:
    """A client's half of a session."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def receive(self) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            return json.loads(await self.socket.recv())

    async def subscribe(self, key: str, query: str, **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        await self.send({"id": key, "type": "subscribe", "payload": payload})

    async def next(self, key: str) -> Any:
        """The data of the next message, which has to be of that operation."""
        message = await self.receive()
        assert (message["id"], message["type"]) == (key, "next"), message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]
