"""The ontology service and the kernel behind a real server, called over the network."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.suite import Suite, running_suite, security_settings
from svc_api.settings import ApiSettings
from svc_datakernel.settings import KernelSettings

from svc_api import setup as api
from svc_datakernel import setup as kernel

from .helpers import Ontology


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncGenerator[Suite]:
    security = security_settings()
    services = [
        kernel.service(KernelSettings(data_dir=tmp_path)),
        api.service(ApiSettings(data_dir=tmp_path), security),
    ]
    async with running_suite(services, security=security) as running:
        yield running


@pytest.fixture
async def call(suite: Suite) -> AsyncGenerator[GrpcApi]:
    """Calls as an administrator."""
    async with GrpcApi(endpoint(suite)) as api:
        yield api


def endpoint(suite: Suite, role: str = "administrator") -> Endpoint:
    return Endpoint(f"127.0.0.1:{suite.server.port}", "", suite.token(role))


@pytest.fixture
async def acme(call: GrpcApi) -> Ontology:
    """An empty ontology."""
    await call(ontology_pb2.CreateOntologyRequest(ontology_id="acme"))
    return Ontology(call, "acme")
