"""Databases of plain JSON here and graph databases on a TerminusDB server, as one store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import ResourceAlreadyExists, ResourceNotFound, UnsupportedOperation
from svc_datakernel.adapters.routed_store import RoutedKernelStore
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.model import Database, DatabaseModel

from datakernel_tests.terminusdb.fake_server import Received, Reply
from datakernel_tests.terminusdb.scripts import FIRST, Script, logged, refused, scripted, told

AUTHOR = "ann"


class Server:
    """As much of a TerminusDB server as creates, lists and deletes databases."""

    def __init__(self) -> None:
        self.databases: set[str] = set()

    def databases_of(self, request: Received) -> Reply:
        name = request.path.removeprefix("/db/admin/")
        if request.path == "/db":
            return told([{"path": f"admin/{found}"} for found in self.databases])
        if request.method == "POST":
            self.databases.add(name)
        elif name not in self.databases:
            return refused(404, "api:UnknownDatabase", database_name=name)
        elif request.method == "DELETE":
            self.databases.remove(name)
        return told({"path": f"admin/{name}", "branches": ["main"]})

    def script(self) -> Script:
        return Script(
            {
                ("POST", "/db"): self.databases_of,
                ("GET", "/db"): self.databases_of,
                ("DELETE", "/db"): self.databases_of,
                ("GET", "/prefixes/"): told({}),
                ("GET", "/log/"): told([logged(FIRST)]),
            }
        )


@asynccontextmanager
async def _stores(folder: Path) -> AsyncIterator[tuple[RoutedKernelStore, Server]]:
    server = Server()
    async with scripted(server.script()) as terminus:
        own = SqliteKernelStore(folder, SystemClock(), readers=2)
        routed = RoutedKernelStore(own, terminus)
        yield routed, server
        await routed.close()


def _database(name: str, model: DatabaseModel) -> Database:
    return Database(name, "", "", "", 0, model)


async def test_each_database_lives_where_its_model_does(folder: Path) -> None:
    async with _stores(folder) as (store, server):
        await store.create_database(_database("plain", DatabaseModel.JSON), AUTHOR)
        await store.create_database(_database("graph", DatabaseModel.GRAPH), AUTHOR)
        assert server.databases == {"graph"}
        assert (await store.get_database("plain")).model is DatabaseModel.JSON
        assert (await store.get_database("graph")).model is DatabaseModel.GRAPH
        listed = await store.list_databases(kind="", after="", limit=10)
        assert [found.id for found in listed] == ["graph", "plain"]
        assert (await store.get_branch("plain", "main")).name == "main"
        assert (await store.get_branch("graph", "main")).name == "main"
        with pytest.raises(UnsupportedOperation):
            await store.verify("graph")
        assert (await store.verify("plain")).commit_count == 1


@pytest.mark.parametrize("first", list(DatabaseModel))
async def test_id_is_unique_across_both_stores(folder: Path, first: DatabaseModel) -> None:
    second = DatabaseModel.GRAPH if first is DatabaseModel.JSON else DatabaseModel.JSON
    async with _stores(folder) as (store, _):
        await store.create_database(_database("one", first), AUTHOR)
        with pytest.raises(ResourceAlreadyExists):
            await store.create_database(_database("one", second), AUTHOR)


async def test_deleted_database_is_gone_from_its_store_and_free_for_the_other(folder: Path) -> None:
    async with _stores(folder) as (store, _):
        for model in (DatabaseModel.GRAPH, DatabaseModel.JSON, DatabaseModel.GRAPH):
            await store.create_database(_database("one", model), AUTHOR)
            await store.delete_database("one")
            with pytest.raises(ResourceNotFound):
                await store.get_database("one")


async def test_backup_is_of_the_store_that_has_the_database(folder: Path) -> None:
    async with _stores(folder) as (store, _):
        await store.create_database(_database("plain", DatabaseModel.JSON), AUTHOR)
        await store.create_database(_database("graph", DatabaseModel.GRAPH), AUTHOR)
        assert b"".join([part async for part in store.backup("plain")])
        with pytest.raises(UnsupportedOperation):
            [part async for part in store.backup("graph")]
