"""Subscriptions to objects: what commits change of them, and lists kept up to date."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from graphql_served.conftest import Shop

pytestmark = pytest.mark.asyncio(loop_scope="package")
_PATIENCE_S = 60


class Events:
    """What a subscription sends, as server-sent events."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> Any:
        """The next response."""
        async with asyncio.timeout(_PATIENCE_S):
            async for line in self._lines:
                text = line.removeprefix("data:").strip()
                # What is refused before it begins is JSON.
                if text.startswith("{"):
                    return json.loads(text)
        raise AssertionError("the stream ended")

    async def data(self) -> Any:
        """The data of the next response, which has no errors."""
        response = await self.next()
        assert "errors" not in response, response
        return response["data"]


@asynccontextmanager
async def subscribed(
    shop: Shop, text: str, at: str = "", **variables: Any
) -> AsyncIterator[Events]:
    port = shop.suite.server.http_ports["graphql"]
    async with shop.http.stream(
        "POST",
        f"http://127.0.0.1:{port}/graphql/{shop.ontology}{at}",
        json={"query": text, "variables": variables},
        headers={
            "authorization": f"Bearer {shop.suite.token()}",
            "accept": "text/event-stream",
        },
    ) as response:
        yield Events(response.aiter_lines())


_CHANGES = """subscription($after: String, $filter: PersonFilter) {
    personChanges(after: $after, filter: $filter) {
        commitId branch message commitTime
        changes { change id object { id name ... on Employee { boss { name } } } } } }"""
_LIVE = """subscription($since: String) { personListLive(
    since: $since, filter: {age: {ge: 3}}, orderBy: [{age: DESC}], first: 2
) { totalCount nodes { id age } } }"""


async def head(shop: Shop) -> str:
    return str((await shop.data("{ _ontology { commitId } }"))["_ontology"]["commitId"])


async def commit(shop: Shop, *changes: str) -> str:
    text = f'mutation {{ commit(message: "m", changes: [{" ".join(changes)}]) {{ commitId }} }}'
    return str((await shop.data(text))["commit"]["commitId"])


def create(type_: str, key: str, values: str) -> str:
    return f'{{create{type_}: {{key: "{key}", values: {{{values}}}}}}}'


async def test_changes_of_objects_are_told_by_commit_and_resumed(shop: Shop) -> None:
    start = await head(shop)
    first = await commit(
        shop,
        create("Person", "ann", 'name: "Ann", age: 3'),
        create("Employee", "bob", 'name: "Bob", age: 9, boss: "Person/ann"'),
        create("Company", "acme", 'name: "Acme"'),
    )
    async with subscribed(shop, _CHANGES, after=start) as events:
        told = (await events.data())["personChanges"]
        assert (told["commitId"], told["branch"], told["message"]) == (first, "main", "m")
        assert told["commitTime"].endswith("Z")
        assert sorted(told["changes"], key=lambda one: one["id"]) == [
            {
                "change": "CREATED",
                "id": "Employee/bob",
                "object": {"id": "Employee/bob", "name": "Bob", "boss": {"name": "Ann"}},
            },
            {
                "change": "CREATED",
                "id": "Person/ann",
                "object": {"id": "Person/ann", "name": "Ann"},
            },
        ]
        await commit(shop, create("Company", "other", ""))
        await commit(shop, '{updateEmployee: {id: "Employee/bob", set: {name: "Rob"}}}')
        [told] = (await events.data())["personChanges"]["changes"]
        assert (told["change"], told["object"]["name"]) == ("UPDATED", "Rob")
    async with subscribed(shop, _CHANGES, after=start, filter={"age": {"ge": 9}}) as events:
        for name in ("Bob", "Rob"):
            [told] = (await events.data())["personChanges"]["changes"]
            assert told["object"]["name"] == name
        gone = await commit(
            shop,
            '{updateEmployee: {id: "Employee/bob", set: {boss: null}}}',
            '{deletePerson: {id: "Person/ann"}}',
        )
        told = (await events.data())["personChanges"]
        assert told["commitId"] == gone
        assert [one["change"] for one in told["changes"]] == ["UPDATED"]
        await commit(shop, '{deleteEmployee: {id: "Employee/bob"}}')
        [told] = (await events.data())["personChanges"]["changes"]
        assert told == {"change": "DELETED", "id": "Employee/bob", "object": None}


async def test_a_live_list_is_sent_again_when_what_is_selected_has_changed(shop: Shop) -> None:
    await commit(shop, create("Person", "ann", 'name: "Ann", age: 3'))
    async with subscribed(shop, _LIVE) as events:
        listed = (await events.data())["personListLive"]
        assert listed == {"totalCount": 1, "nodes": [{"id": "Person/ann", "age": 3}]}
        await commit(shop, create("Person", "kid", 'name: "Kid", age: 1'))
        await commit(shop, '{updatePerson: {id: "Person/ann", set: {name: "Anna"}}}')
        last = await commit(shop, create("Person", "bob", 'name: "Bob", age: 5'))
        listed = (await events.data())["personListLive"]
        assert [one["id"] for one in listed["nodes"]] == ["Person/bob", "Person/ann"]
    async with subscribed(shop, _LIVE, since=last) as events:
        await commit(shop, create("Employee", "cat", 'name: "Cat", age: 4'))
        listed = (await events.data())["personListLive"]
        assert listed["totalCount"] == 3
        assert [one["id"] for one in listed["nodes"]] == ["Person/bob", "Employee/cat"]


async def test_subscriptions_are_refused_where_nothing_moves_and_with_wrong_values(
    shop: Shop,
) -> None:
    at = f"@{await head(shop)}"
    async with subscribed(shop, _LIVE, at) as events:
        [error] = (await events.next())["errors"]
        assert error["extensions"]["reason"] == "UNSUPPORTED_OPERATION"
    async with subscribed(shop, _CHANGES, filter={"age": {"ge": "old"}}) as events:
        [error] = (await events.next())["errors"]
        assert error["extensions"]["code"] == "INVALID_ARGUMENT"
