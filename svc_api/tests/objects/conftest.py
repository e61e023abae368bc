"""The ontology service and the kernel behind one real server for every test of objects."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.suite import Suite, running_suite, security_settings
from svc_api.settings import ApiSettings
from svc_datakernel.settings import KernelSettings

from svc_api import setup as api
from svc_datakernel import setup as kernel

from .helpers import World, transport_types

SCAN_LIMIT = 1000


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def suite(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Suite]:
    folder: Path = tmp_path_factory.mktemp("objects")
    security = security_settings()
    settings = ApiSettings(data_dir=folder, object_scan_limit=SCAN_LIMIT)
    services = [
        kernel.service(KernelSettings(data_dir=folder)),
        api.service(settings, security),
    ]
    async with running_suite(services, security=security) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def call(suite: Suite) -> AsyncGenerator[GrpcApi]:
    """Calls as an administrator."""
    async with GrpcApi(Endpoint(f"127.0.0.1:{suite.server.port}", "", suite.token())) as api:
        yield api


@pytest_asyncio.fixture(loop_scope="package")
async def empty(call: GrpcApi) -> World:
    """An ontology of its own, without types."""
    ontology = f"o{secrets.token_hex(6)}"
    await call(ontology_pb2.CreateOntologyRequest(ontology_id=ontology))
    return World(call, ontology)


@pytest_asyncio.fixture(loop_scope="package")
async def world(empty: World) -> World:
    """Countries, airports, airlines and flights, without objects."""
    await empty.types(*transport_types())
    return empty
