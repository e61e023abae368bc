"""Events are acted on once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import psycopg
import pytest
from io_cloudevents.v1.cloudevents_pb2 import CloudEvent
from oms_events import Inbox
from oms_testing.postgresql import new_database, running_postgresql


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest.fixture
async def url(server: str) -> AsyncIterator[str]:
    async with new_database(server) as address:
        yield address


def _event(event_id: str, source: str = "/here") -> CloudEvent:
    return CloudEvent(id=event_id, source=source, spec_version="1.0", type="made")


async def test_an_event_is_new_once_for_each_consumer_and_source(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        one, other = Inbox("one"), Inbox("other")
        await one.create(connection)
        await one.create(connection)
        seen = [
            await one.is_new(connection, _event("1")),
            await one.is_new(connection, _event("1")),
            await one.is_new(connection, _event("2")),
            await one.is_new(connection, _event("1", "/there")),
            await other.is_new(connection, _event("1")),
        ]
    assert seen == [True, False, True, True, True]


async def test_an_event_whose_transaction_failed_is_new_again(url: str) -> None:
    inbox = Inbox("one")
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await inbox.create(connection)
        await connection.commit()
        assert await inbox.is_new(connection, _event("1"))
        await connection.rollback()
        assert await inbox.is_new(connection, _event("1"))


async def test_of_two_at_once_one_acts(url: str) -> None:
    inbox = Inbox("one")
    async with (
        await psycopg.AsyncConnection.connect(url) as first,
        await psycopg.AsyncConnection.connect(url) as second,
    ):
        await inbox.create(first)
        await first.commit()
        assert await inbox.is_new(first, _event("1"))
        waiting = asyncio.create_task(inbox.is_new(second, _event("1")))
        await first.commit()
        assert not await waiting


async def test_old_events_are_forgotten(url: str) -> None:
    inbox = Inbox("one", table="seen_events")
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await inbox.create(connection)
        await inbox.is_new(connection, _event("1"))
        await connection.commit()
        assert await inbox.prune(connection, timedelta(hours=1)) == 0
        await connection.commit()
        assert await inbox.prune(connection, timedelta(hours=-1)) == 1


def test_a_table_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is no name"):
        Inbox("one", table="x; DROP TABLE y")
