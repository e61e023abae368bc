"""A servicer called through pytest-grpc: no chain, a plain synchronous server and stub.

pytest-grpc is synchronous and the servicers are not, so each call is handed to an
event loop in a thread of its own, in which the services that it needs run too.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from oms.ontology.v1 import object_type_service_pb2 as object_pb2
from oms.ontology.v1 import object_type_service_pb2_grpc as object_grpc
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.suite import running_suite, security_settings
from svc_api.adapters.ontology_store import OntologyStore
from svc_api.domain.kinds import BY_COLLECTION
from svc_api.messages import Messages
from svc_api.servicers.element_servicer import element_servicer
from svc_api.settings import ApiSettings
from svc_datakernel.settings import KernelSettings

from svc_api import setup as api
from svc_datakernel import setup as kernel

_TIMEOUT_S = 30


class Blocking:
    """A servicer whose methods wait for those of an asynchronous one."""

    def __init__(self, servicer: object, loop: asyncio.AbstractEventLoop) -> None:
        self._servicer = servicer
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._servicer, name)

        def call(request: Any, context: Any) -> Any:
            coroutine = method(request, context)
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_TIMEOUT_S)

        return call


@pytest.fixture(scope="module")
def loop() -> Generator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(_TIMEOUT_S)
    loop.close()


@pytest.fixture(scope="module")
def grpc_addr(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The plugin's own fixture leaves a socket open."""
    return f"unix:{tmp_path_factory.mktemp('grpc') / 'smoke.sock'}"


@pytest.fixture(scope="module")
def grpc_add_to_server() -> Any:
    return object_grpc.add_ObjectTypeServiceServicer_to_server


@pytest.fixture(scope="module")
def grpc_stub_cls() -> Any:
    return object_grpc.ObjectTypeServiceStub


@pytest.fixture(scope="module")
def grpc_servicer(
    loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Blocking]:
    folder = tmp_path_factory.mktemp("data")
    stack = AsyncExitStack()

    async def start() -> object:
        security = security_settings()
        suite = await stack.enter_async_context(
            running_suite(
                [
                    kernel.service(KernelSettings(data_dir=folder)),
                    api.service(ApiSettings(data_dir=folder), security),
                ],
                security=security,
            )
        )
        endpoint = Endpoint(f"127.0.0.1:{suite.server.port}", "", suite.token())
        async with GrpcApi(endpoint) as call:
            await call(ontology_pb2.CreateOntologyRequest(ontology_id="acme"))
        store = OntologyStore(suite.server.local_channel(token=suite.token()))
        _, servicer = element_servicer(BY_COLLECTION["objectTypes"], store, Messages())
        return servicer

    yield Blocking(asyncio.run_coroutine_threadsafe(start(), loop).result(_TIMEOUT_S), loop)
    asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result(_TIMEOUT_S)


def test_object_type_is_created_and_read_through_a_synchronous_stub(grpc_stub: Any) -> None:
    created = grpc_stub.CreateObjectType(
        object_pb2.CreateObjectTypeRequest(
            parent="ontologies/acme", object_type_id="Zone", object_type={"is_abstract": True}
        )
    )
    name = "ontologies/acme/objectTypes/Zone"
    read = grpc_stub.GetObjectType(object_pb2.GetObjectTypeRequest(name=name))
    assert read.object_type == created.object_type
    assert read.object_type.is_abstract
