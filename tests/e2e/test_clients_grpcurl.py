"""The recipes of docs/clients/grpcurl.md work as they are written there, and every service has one.

With grpcurl on PATH they are run with it; otherwise the same methods are called with the same JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shlex
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.message import Message
from oms.datakernel.v1 import database_service_pb2 as databases
from oms.event.v1 import stream_service_pb2 as streams
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.scheduler.v1 import job_service_pb2 as jobs
from oms_rpc.network import methods_of
from oms_rpc.topology import SERVICES
from oms_testing.e2e import ApiError, GrpcApi

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "clients" / "grpcurl.md"
_GRPCURL = shutil.which("grpcurl")
# The suite of the tests makes an index of few ontologies, and of none at its start.
_NEEDS_INDEX = "oms.embedding.v1.SearchService/SearchOntology"
# grpcurl exits with 64 + the status code.
_DEADLINE_EXCEEDED, _UNAVAILABLE = 64 + 4, 64 + 14


@dataclass(frozen=True)
class Recipe:
    """A call of the page."""

    method: str
    data: str
    options: tuple[str, ...]

    @property
    def is_watch(self) -> bool:
        """Whether it goes on for ever, so that it is left after a while."""
        return "-max-time" in self.options

    def request(self) -> Message:
        """The request, read as grpcurl does; fails for a method or field that is not there."""
        pool = descriptor_pool.Default()
        method = pool.FindMethodByName(self.method.replace("/", "."))
        request = message_factory.GetMessageClass(method.input_type)()
        return json_format.Parse(self.data, request)


def _recipes() -> list[Recipe]:
    blocks = re.findall(r"```sh\n(.*?)```", _PAGE.read_text(), flags=re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    words = [shlex.split(line) for line in lines if line.startswith("call oms.")]
    return [Recipe(method, data, tuple(options)) for _, method, data, *options in words]


@pytest.fixture(scope="module", autouse=True)
def loaded_descriptors() -> None:
    list(methods_of(package for entry in SERVICES for package in entry.packages))


def test_every_service_has_a_recipe_that_its_protos_allow() -> None:
    descriptors = (_ROOT / "gen/descriptors/oms.binpb").read_bytes()
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptors).file
    services = {f"{file.package}.{service.name}" for file in files for service in file.service}
    assert {recipe.method.partition("/")[0] for recipe in _recipes()} == services
    for recipe in _recipes():
        assert recipe.request() is not None, recipe


@pytest.fixture
async def api(suite: Any) -> AsyncIterator[GrpcApi]:
    """Calls to the suite, in which the page's names are free before and after."""
    made = [
        jobs.DeleteJobRequest(name="jobs/recipes"),
        streams.DeleteStreamRequest(name="streams/recipes"),
        databases.DeleteDatabaseRequest(name="databases/recipes-data"),
        ontologies.DeleteOntologyRequest(name="ontologies/recipes"),
    ]
    async with GrpcApi(suite.endpoint) as opened:
        yield opened
        for request in made:
            # Gone already when all recipes ran: the last ones clean up.
            with contextlib.suppress(ApiError):
                await opened(request)


@pytest.mark.parametrize("suite", ["monolith"], indirect=True)
async def test_the_recipes_run_in_order(suite: Any, api: GrpcApi) -> None:
    for recipe in _recipes():
        if _GRPCURL is None:
            await _call(api, recipe)
        else:
            await _run(_GRPCURL, suite, recipe)


async def _call(api: GrpcApi, recipe: Recipe) -> None:
    request: Any = recipe.request()
    method = descriptor_pool.Default().FindMethodByName(recipe.method.replace("/", "."))
    if method.client_streaming:
        data = request.body.data
        request.ClearField("body")
        assert await api.upload(request, data)
    elif method.server_streaming:
        await _first(api, recipe, request)
    else:
        try:
            await api(request)
        except ApiError as error:
            if recipe.method != _NEEDS_INDEX or error.code != "UNAVAILABLE":
                raise


async def _first(api: GrpcApi, recipe: Recipe, request: Message) -> None:
    """Waits for the first message; a watch may have none to tell, and then ends by its deadline."""
    try:
        async with contextlib.aclosing(api.stream(request)) as messages:
            async for message in messages:
                assert message.ByteSize()
                return
    except ApiError as error:
        if not recipe.is_watch or error.code != "DEADLINE_EXCEEDED":
            raise
        return
    raise AssertionError(f"{recipe.method} answered nothing")


async def _run(grpcurl: str, suite: Any, recipe: Recipe) -> None:
    process = await asyncio.create_subprocess_exec(
        *(grpcurl, "-plaintext", "-H", f"authorization: Bearer {suite.endpoint.token}"),
        *("-d", recipe.data, *recipe.options),
        suite.listeners["api"].removeprefix("http://"),
        recipe.method,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    expected = {_DEADLINE_EXCEEDED} if recipe.is_watch else {0}
    expected |= {_UNAVAILABLE} if recipe.method == _NEEDS_INDEX else set()
    assert process.returncode in expected, f"{recipe}\n{output.decode()}"
