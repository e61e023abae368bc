"""The service is killed while it keeps up with commits: nothing is lost, nothing is there twice."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from oms.embedding.v1 import search_service_pb2 as pb
from oms_testing.postgresql import new_database

from .world import World, element, names, query

_COMMITS = 25
_KILLS = 1


@asynccontextmanager
async def _child(
    folder: Path, world: World, database: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "JWT_SECRET": world.security.jwt_secret.get_secret_value(),
        "DATABASE_URL": database,
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).parent / "child.py"),
        str(folder),
        world.address,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def _until_ready(child: asyncio.subprocess.Process) -> None:
    assert child.stdout is not None
    async with asyncio.timeout(60):
        while line := await child.stdout.readline():
            if line.strip() == b"ready":
                return
    raise AssertionError("the child ended")


@pytest.mark.parametrize("backend", ["local", "pgvector"])
async def test_a_killed_worker_goes_on_where_it_was(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
):
    async with AsyncExitStack() as stack:
        database = ""
        if backend == "pgvector":
            server: str = request.getfixturevalue("postgresql_server")
            database = await stack.enter_async_context(new_database(server))
        world = await stack.enter_async_context(World.running(tmp_path))
        await world.create("shop")
        last = ""
        for kill in range(_KILLS):
            async with _child(tmp_path, world, database) as child:
                await _until_ready(child)
                for at in range(_COMMITS):
                    body = element(("en", f"thing {kill} {at}"), properties=(f"p{kill}x{at}",))
                    last = await world.commit("shop", {f"ObjectType/T{kill}x{at}": body})
                child.kill()
        served = await stack.enter_async_context(world.searched(tmp_path, postgres=database))
        found = await served.search().SearchOntology(query(f"p0x{_COMMITS - 1}", min_commit=last))
        assert names(found)[0].startswith(f"T0x{_COMMITS - 1}")
        request_ = pb.GetSearchIndexRequest(name="ontologies/shop/searchIndex")
        index = (await served.search().GetSearchIndex(request_)).search_index
        assert index.entry_count == 2 * _KILLS * _COMMITS
        assert index.lag_commits == 0
