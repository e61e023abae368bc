"""The GraphQL service beside the real ontology service and kernel, one server for the folder."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from oms.ontology.v1 import branch_service_pb2 as branch_pb2
from oms.ontology.v1 import element_pb2
from oms.ontology.v1 import interface_service_pb2 as interface_pb2
from oms.ontology.v1 import link_type_service_pb2 as link_pb2
from oms.ontology.v1 import object_type_service_pb2 as type_pb2
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.suite import Suite, running_suite, security_settings
from svc_api.settings import ApiSettings
from svc_datakernel.settings import KernelSettings
from svc_graphql.settings import GraphqlSettings

from svc_api import setup as api
from svc_datakernel import setup as kernel
from svc_graphql import setup as graphql

STRING = element_pb2.DATA_TYPE_STRING


@dataclass(frozen=True)
class Shop:
    """An ontology of its own: people, employees among them, and companies."""

    suite: Suite
    http: httpx.AsyncClient
    call: GrpcApi
    ontology: str

    @property
    def parent(self) -> str:
        """Its resource name."""
        return f"ontologies/{self.ontology}"

    async def ask(self, text: str, /, at: str = "", *, token: str = "", **variables: Any) -> Any:
        """The whole response to an operation on the schema as of `at`, such as `@dev`."""
        port = self.suite.server.http_ports["graphql"]
        response = await self.http.post(
            f"http://127.0.0.1:{port}/graphql/{self.ontology}{at}",
            json={"query": text, "variables": variables},
            headers={"authorization": f"Bearer {token or self.suite.token()}"},
        )
        return response.json()

    async def data(self, text: str, /, at: str = "", **variables: Any) -> Any:
        """The data of a response without errors."""
        response = await self.ask(text, at, **variables)
        assert "errors" not in response, response["errors"]
        return response["data"]

    async def add_property(self, name: str, branch: str = "main") -> str:
        """Gives companies a property; answers the commit."""
        got = await self.call(
            type_pb2.UpdateObjectTypeRequest(
                object_type=type_pb2.ObjectType(
                    name=f"{self.parent}/objectTypes/Company",
                    properties=[prop("name", STRING), prop(name, STRING)],
                ),
                branch=branch,
            )
        )
        return str(got.commit_id)

    async def branch(self, name: str) -> None:
        """Makes a branch of `main`."""
        await self.call(branch_pb2.CreateBranchRequest(parent=self.parent, branch_id=name))


def prop(name: str, type_: int | str, **options: Any) -> element_pb2.Property:
    """A property of a data type, or one that refers to objects of a type."""
    kind = {"object_type": type_} if isinstance(type_, str) else {"data_type": type_}
    return element_pb2.Property(property_id=name, type=element_pb2.PropertyType(**kind), **options)


def _person() -> type_pb2.ObjectType:
    pb = element_pb2
    return type_pb2.ObjectType(
        interfaces=["Tagged"],
        properties=[
            prop("name", STRING, is_required=True),
            prop("age", pb.DATA_TYPE_INT),
            prop("big", pb.DATA_TYPE_INTEGER),
            prop("price", pb.DATA_TYPE_DECIMAL),
            prop("score", pb.DATA_TYPE_DOUBLE),
            prop("ok", pb.DATA_TYPE_BOOLEAN),
            prop("born", pb.DATA_TYPE_DATE),
            prop("year", pb.DATA_TYPE_YEAR),
            prop("extra", pb.DATA_TYPE_ANY),
            prop("bio", pb.DATA_TYPE_LANG_STRING, is_list=True),
        ],
    )


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def suite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Suite]:
    folder: Path = tmp_path_factory.mktemp("graphql-served")
    security = security_settings()
    services = [
        kernel.service(KernelSettings(data_dir=folder)),
        api.service(ApiSettings(data_dir=folder), security),
        graphql.service(GraphqlSettings(port=0, introspection_public=False)),
    ]
    async with running_suite(services, security=security) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def connections(suite: Suite) -> AsyncIterator[tuple[httpx.AsyncClient, GrpcApi]]:
    async with (
        httpx.AsyncClient(trust_env=False, timeout=90) as http,
        GrpcApi(Endpoint(f"127.0.0.1:{suite.server.port}", "", suite.token())) as call,
    ):
        yield http, call


@pytest_asyncio.fixture(loop_scope="package")
async def shop(suite: Suite, connections: tuple[httpx.AsyncClient, GrpcApi]) -> Shop:
    http, call = connections
    made = Shop(suite, http, call, f"s{secrets.token_hex(6)}")
    await call(ontology_pb2.CreateOntologyRequest(ontology_id=made.ontology))
    tags = prop("tags", STRING, is_list=True)
    await call(
        interface_pb2.CreateInterfaceRequest(
            parent=made.parent,
            interface_id="Tagged",
            interface=interface_pb2.Interface(properties=[tags]),
        )
    )
    types = {
        "Person": _person(),
        "Employee": type_pb2.ObjectType(parents=["Person"], properties=[prop("boss", "Person")]),
        "Company": type_pb2.ObjectType(properties=[prop("name", STRING)]),
    }
    for name, type_ in types.items():
        await call(
            type_pb2.CreateObjectTypeRequest(
                parent=made.parent, object_type_id=name, object_type=type_
            )
        )
    links = {
        "worksFor": link_pb2.LinkType(
            source_types=["Person"],
            target_types=["Company"],
            target_cardinality=element_pb2.Cardinality(max_count=1),
        ),
        "knows": link_pb2.LinkType(source_types=["Person"], target_types=["Person"]),
    }
    for name, link in links.items():
        await call(
            link_pb2.CreateLinkTypeRequest(parent=made.parent, link_type_id=name, link_type=link)
        )
    return made
