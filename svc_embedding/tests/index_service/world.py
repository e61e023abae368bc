"""A kernel with ontologies, and the embedding service that searches them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branch_pb2
from oms.datakernel.v1 import branch_service_pb2_grpc as branch_grpc
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.embedding.v1 import search_service_pb2 as pb
from oms_testing.suite import running_suite, security_settings
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service as kernel_service

from .server import Served, served

PATIENCE_S = 60.0


class World:
    """Writes ontologies as svc_api does: one document for each element."""

    def __init__(self, channel: Any, address: str, security: Any) -> None:
        self.channel = channel
        self.address = address
        self.security = security
        self.databases: Any = database_grpc.DatabaseServiceStub(channel)
        self.branches: Any = branch_grpc.BranchServiceStub(channel)
        self.commits: Any = commit_grpc.CommitServiceStub(channel)

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncGenerator[World]:
        security = security_settings()
        kernel = kernel_service(KernelSettings(data_dir=folder / "kernel"))
        async with running_suite([kernel], security=security) as suite, AsyncExitStack():
            yield cls(suite.channel(), f"127.0.0.1:{suite.server.port}", security)

    @asynccontextmanager
    async def searched(self, folder: Path, **options: Any) -> AsyncGenerator[Served]:
        async with served(
            folder, kernel=self.address, security=self.security, **options
        ) as running:
            yield running

    async def create(self, ontology: str, kind: str = "ontology") -> None:
        database = database_pb2.Database(kind=kind, display_name=ontology)
        await self.databases.CreateDatabase(
            database_pb2.CreateDatabaseRequest(database_id=ontology, database=database)
        )

    async def delete(self, ontology: str) -> None:
        request = database_pb2.DeleteDatabaseRequest(name=f"databases/{ontology}")
        await self.databases.DeleteDatabase(request)

    async def branch(self, ontology: str, branch: str) -> None:
        await self.branches.CreateBranch(
            branch_pb2.CreateBranchRequest(parent=f"databases/{ontology}", branch_id=branch)
        )

    async def commit(self, ontology: str, elements: Mapping[str, Any], branch: str = "main") -> str:
        """Writes elements, such as `ObjectType/Customer`; None deletes one. The commit's id."""
        request = commit_pb2.CreateCommitRequest(
            parent=f"databases/{ontology}/branches/{branch}",
            operations=[_operation(key, body) for key, body in elements.items()],
            message="test",
        )
        return (await self.commits.CreateCommit(request)).commit.commit_id


def _operation(document_id: str, body: Any) -> commit_pb2.DocumentOperation:
    if body is None:
        return commit_pb2.DocumentOperation(
            delete=commit_pb2.DocumentDelete(document_id=document_id)
        )
    return commit_pb2.DocumentOperation(
        upsert=commit_pb2.DocumentWrite(
            document_id=document_id,
            type=document_id.partition("/")[0],
            json=orjson.dumps(body),
        )
    )


def element(
    *labels: tuple[str, str], about: str = "", properties: tuple[str, ...] = (), **body: Any
) -> dict[str, Any]:
    """The body of an element."""
    texts = [{"language": language, "text": text} for language, text in labels]
    made: dict[str, Any] = {"labels": texts, **body}
    if about:
        made["descriptions"] = [{"language": "en", "text": about}]
    if properties:
        made["properties"] = [
            {"property_id": key, "type": {"data_type": "DATA_TYPE_STRING"}} for key in properties
        ]
    return made


SHOP = {
    "ObjectType/Customer": element(
        ("en", "Customer"),
        ("de", "Kunde"),
        ("ko", "고객 정보"),
        about="A person who orders goods",
        properties=("email", "postalCode"),
    ),
    "ObjectType/Buyer": element(("en", "Buyer"), about="A person who orders goods"),
    "ObjectType/Product": element(
        ("en", "Product"), about="Goods of the shop", properties=("price",)
    ),
    "Interface/Addressable": element(("en", "Addressable"), properties=("street",)),
    "LinkType/orders": element(
        ("en", "orders"), source_types=["Customer"], target_types=["Product"]
    ),
}


def query(text: str, *, min_commit: str = "", **fields: Any) -> pb.SearchOntologyRequest:
    """A search that waits for a commit as long as it may."""
    request = pb.SearchOntologyRequest(
        parent="ontologies/shop", query=text, min_commit=min_commit, **fields
    )
    request.max_wait.FromSeconds(30)
    return request


def names(response: Any) -> list[str]:
    """What was found: elements by their ids, properties as `Type#property`."""
    return [
        match.name.split("/")[-1] + (f"#{match.property_id}" if match.property_id else "")
        for match in response.matches
    ]


async def eventually(read: Callable[[], Any], is_right: Callable[[Any], bool]) -> Any:
    """Reads until it is right."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_right(found := await read()):
            pass  # each reading is a call, which lets everything else go on
    return found


def at(commit: str) -> Revision:
    return Revision(commit=commit)
