"""The ontology service in a process of its own, with the kernel in another or in none."""

from __future__ import annotations

import pytest
from oms.ontology.v1 import object_type_service_pb2 as object_pb2
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms_rpc import Topology
from oms_rpc.health import State
from oms_testing.e2e import ApiError, GrpcApi
from oms_testing.suite import running_suite, security_settings
from svc_api.settings import ApiSettings
from svc_datakernel.settings import KernelSettings

from svc_api import setup as api
from svc_datakernel import setup as kernel

from .conftest import endpoint
from .helpers import Ontology

NOWHERE = "127.0.0.1:9"


@pytest.fixture
def security():
    return security_settings()


async def test_kernel_over_the_network_serves_like_one_in_the_process(tmp_path, security):
    alone = api.service(ApiSettings(data_dir=tmp_path), security)
    stored = kernel.service(KernelSettings(data_dir=tmp_path))
    async with running_suite([stored], security=security) as far:
        topology = Topology(addresses={"datakernel": f"127.0.0.1:{far.server.port}"})
        async with (
            running_suite([alone], security=security, topology=topology) as near,
            GrpcApi(endpoint(near)) as call,
        ):
            assert near.server.health.state() is State.SERVING
            await call(ontology_pb2.CreateOntologyRequest(ontology_id="acme"))
            acme = Ontology(call, "acme")
            created = await acme.create("Zone")
            assert created.object_type.created_by == "alice123"
            assert await acme.get("Zone") == created.object_type
            async with acme.refused("RESOURCE_NOT_FOUND", "NOT_FOUND") as refusal:
                await acme.create("Room", branch="nope")
            assert refusal.error.metadata["resource_name"] == "ontologies/acme/branches/nope"


async def test_service_without_a_kernel_is_not_ready_and_says_why(tmp_path, security):
    alone = api.service(ApiSettings(data_dir=tmp_path), security)
    topology = Topology(addresses={"datakernel": NOWHERE})
    async with (
        running_suite([alone], security=security, topology=topology) as suite,
        GrpcApi(endpoint(suite)) as call,
    ):
        assert suite.server.health.state() is State.NOT_SERVING
        with pytest.raises(ApiError) as caught:
            await call(object_pb2.GetObjectTypeRequest(name="ontologies/acme/objectTypes/Zone"))
        assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "SERVICE_UNAVAILABLE")
        assert caught.value.metadata["service"] == "datakernel"
