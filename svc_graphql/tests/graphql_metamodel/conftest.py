"""Ontologies, the kernel and GraphQL in one process, for all tests of the folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.suite import running_suite, security_settings
from svc_api.settings import ApiSettings
from svc_datakernel.settings import KernelSettings
from svc_graphql.settings import GraphqlSettings

from svc_api import setup as api
from svc_datakernel import setup as kernel
from svc_graphql import setup as graphql

from .world import World


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("graphql")
    security = security_settings()
    services = [
        kernel.service(KernelSettings(data_dir=folder)),
        api.service(ApiSettings(data_dir=folder), security),
        graphql.service(GraphqlSettings(port=0, max_queued=50, timeout_s=60)),
    ]
    async with (
        running_suite(services, security=security) as suite,
        httpx.AsyncClient(trust_env=False, timeout=120) as client,
        GrpcApi(Endpoint(f"127.0.0.1:{suite.server.port}", "", suite.token())) as call,
    ):
        yield World(suite, client, call)


@pytest_asyncio.fixture(loop_scope="package")
async def acme(world: World) -> AsyncIterator[Any]:
    """The id of an empty ontology that no other test uses."""
    ontology_id = world.new_id()
    await world.call(ontology_pb2.CreateOntologyRequest(ontology_id=ontology_id))
    yield ontology_id
    await world.call(ontology_pb2.DeleteOntologyRequest(name=f"ontologies/{ontology_id}"))
