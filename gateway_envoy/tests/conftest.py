"""A real Envoy in front of a real server with the full chain and small servicers."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
import pytest_asyncio
from google.api.httpbody_pb2 import HttpBody
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.datakernel.v1 import commit_service_pb2_grpc as commits_grpc
from oms.datakernel.v1 import document_service_pb2 as documents
from oms.datakernel.v1 import document_service_pb2_grpc as documents_grpc
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import object_type_service_pb2_grpc as object_types_grpc
from oms.ontology.v1 import transfer_service_pb2 as transfers
from oms.ontology.v1 import transfer_service_pb2_grpc as transfers_grpc
from oms_core.errors import ResourceNotFound, StaleHead
from oms_devstack import ServerHome, envoy, free_port
from oms_gateway import Artifacts, GatewaySettings, Upstreams, render, to_json
from oms_rpc import Process, ServerSettings, Service, ServiceContext, Topology, serving
from oms_security import SecuritySettings, TokenAuthenticator, TokenIssuer

MIB = 2**20


@dataclass
class Seen:
    """What reached the service, and what lets it go on."""

    requests: list[Any] = field(default_factory=list)
    metadata: list[dict[str, str]] = field(default_factory=list)
    first_part: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, request: Any, context: Any) -> None:
        self.requests.append(request)
        self.metadata.append({k: str(v) for k, v in context.invocation_metadata()})


class ObjectTypes(object_types_grpc.ObjectTypeServiceServicer):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def GetObjectType(self, request: Any, context: Any) -> Any:
        self._seen.note(request, context)
        if request.name.endswith("/Missing"):
            raise ResourceNotFound.of("ObjectType", request.name)
        if request.name.endswith("/Slow"):
            try:
                await asyncio.Event().wait()
            finally:
                self._seen.cancelled.set()
        found = object_types.ObjectType(name=request.name)
        return object_types.GetObjectTypeResponse(object_type=found, commit_id="c")

    async def ListObjectTypes(self, request: Any, context: Any) -> Any:
        self._seen.note(request, context)
        names = [object_types.ObjectType(name=f"n{i:05}") for i in range(request.page_size)]
        return object_types.ListObjectTypesResponse(object_types=names)

    async def CreateObjectType(self, request: Any, context: Any) -> Any:
        self._seen.note(request, context)
        return object_types.CreateObjectTypeResponse(object_type=request.object_type)

    async def UpdateObjectType(self, request: Any, context: Any) -> Any:
        self._seen.note(request, context)
        return object_types.UpdateObjectTypeResponse(object_type=request.object_type)

    async def DeleteObjectType(self, request: Any, context: Any) -> Any:
        raise StaleHead.of("main", expected=request.expected_head, actual="b" * 64)


class Transfers(transfers_grpc.TransferServiceServicer):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def ImportOntology(self, request: Any, context: Any) -> Any:
        size = 0
        async for part in request:
            if size == 0:
                self._seen.note(part, context)
            size += len(part.body.data)
            self._seen.first_part.set()
        return transfers.ImportOntologyResponse(statement_count=size)

    async def ExportOntology(self, request: Any, context: Any) -> AsyncIterator[Any]:
        if request.name.endswith("/missing"):
            raise ResourceNotFound.of("Ontology", request.name)
        for letter in (b"a", b"b", b"c"):
            body = HttpBody(content_type="text/turtle", data=letter * MIB)
            yield transfers.ExportOntologyResponse(body=body)


class Commits(commits_grpc.CommitServiceServicer):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def CreateCommit(self, request: Any, context: Any) -> Any:
        self._seen.note(request, context)
        return commits.CreateCommitResponse(unchanged=True)

    async def WatchCommits(self, request: Any, context: Any) -> AsyncIterator[Any]:
        for number in range(3):
            yield commits.WatchCommitsResponse(commit=commits.Commit(sequence=number))
        if request.branch == "endless":
            try:
                await asyncio.Event().wait()
            finally:
                self._seen.cancelled.set()


class Documents(documents_grpc.DocumentServiceServicer):
    async def GetDocument(self, request: Any, context: Any) -> Any:
        found = documents.Document(document_id=request.document_id, json=b'{"a":1}')
        return documents.GetDocumentResponse(document=found)


def services(seen: Seen) -> list[Service]:
    async def api(ctx: ServiceContext) -> None:
        ctx.add_servicer(
            object_types_grpc.add_ObjectTypeServiceServicer_to_server, ObjectTypes(seen)
        )
        ctx.add_servicer(transfers_grpc.add_TransferServiceServicer_to_server, Transfers(seen))

    async def datakernel(ctx: ServiceContext) -> None:
        ctx.add_servicer(commits_grpc.add_CommitServiceServicer_to_server, Commits(seen))
        ctx.add_servicer(documents_grpc.add_DocumentServiceServicer_to_server, Documents())

    return [Service("api", api), Service("datakernel", datakernel)]


@dataclass
class Gateway:
    """Two listeners of one Envoy; `down` is a listener whose service is not running."""

    settings: GatewaySettings
    token: str
    viewer_token: str
    seen: Seen

    def url(self, service: str = "api") -> str:
        return f"http://127.0.0.1:{self.settings.port(service)}"

    def client(self, service: str = "api", *, token: str | None = None) -> httpx.AsyncClient:
        bearer = self.token if token is None else token
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        return httpx.AsyncClient(base_url=self.url(service), headers=headers, timeout=30)

    def channel(self, service: str = "api") -> grpc.aio.Channel:
        return grpc.aio.insecure_channel(f"127.0.0.1:{self.settings.port(service)}")

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.token}"),)


def gateway_settings() -> GatewaySettings:
    return GatewaySettings(
        api_port=free_port(),
        datakernel_port=free_port(),
        events_port=free_port(),
        max_request_bytes=2 * MIB,
        unary_timeout_s=2.0,
        cors_origins="https://app.example.com",
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("gateway")
    security = SecuritySettings(jwt_secret="test-secret-" * 4)  # type: ignore[arg-type]
    issuer = TokenIssuer(security)
    settings, seen = gateway_settings(), Seen()
    process = Process(
        services=services(seen),
        server=ServerSettings(port=0, grace_s=0.1),
        topology=Topology(),
        authenticator=TokenAuthenticator(security),
    )
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(process))
        addresses = {name: f"127.0.0.1:{port}" for name, port in server.ports.items()}
        upstreams = Upstreams({**addresses, "events": f"127.0.0.1:{free_port()}"})
        config = folder / "envoy.json"
        config.write_text(to_json(render(upstreams, settings, Artifacts.find())))
        lock = os.open(folder / "lock", os.O_CREAT)
        stack.callback(os.close, lock)
        home = ServerHome(name="envoy", folder=folder, lock=lock, resources=stack)
        await envoy.start(home, config, port=settings.api_port)
        yield Gateway(
            settings,
            issuer.issue("alice", roles=["administrator"]).token,
            issuer.issue("bob", roles=["viewer"]).token,
            seen,
        )


@pytest.fixture
def gateway(running: Gateway) -> Gateway:
    """The running gateway with nothing seen yet."""
    running.seen.__init__()
    return running
