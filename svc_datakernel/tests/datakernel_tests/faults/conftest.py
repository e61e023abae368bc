from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
from google.api.httpbody_pb2 import HttpBody
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import model_document_service_pb2 as model_pb2
from oms.datakernel.v1 import model_document_service_pb2_grpc as model_grpc
from oms.datakernel.v1 import query_service_pb2 as query_pb2
from oms.datakernel.v1 import query_service_pb2_grpc as query_grpc
from oms_core.errors import OmsError
from oms_rpc import ServerSettings
from oms_rpc.errors import from_rpc_error
from oms_testing.suite import running_suite, security_settings
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service

DB = "databases/acme"
MAIN = f"{DB}/branches/main"


class GraphApi:
    """A graph database behind a server, in the words of its users. Raises `OmsError`."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.databases: Any = database_grpc.DatabaseServiceStub(channel)
        self.documents: Any = model_grpc.ModelDocumentServiceStub(channel)
        self.commits: Any = commit_grpc.CommitServiceStub(channel)
        self.queries: Any = query_grpc.QueryServiceStub(channel)

    async def create(self, schema: list[dict[str, Any]]) -> None:
        graph = database_pb2.Database(model=database_pb2.DATABASE_MODEL_GRAPH)
        await self.databases.CreateDatabase(
            database_pb2.CreateDatabaseRequest(database_id="acme", database=graph)
        )
        await self.insert(schema, graph=model_pb2.GRAPH_SCHEMA)

    async def insert(self, value: object, **options: Any) -> model_pb2.InsertDocumentsResponse:
        return await self.insert_raw(json.dumps(value).encode(), **options)

    async def insert_raw(self, raw: bytes, **options: Any) -> model_pb2.InsertDocumentsResponse:
        request = model_pb2.InsertDocumentsRequest(parent=MAIN, body=body(raw), **options)
        return await self._call(self.documents.InsertDocuments, request)

    async def replace(self, value: object, **options: Any) -> model_pb2.ReplaceDocumentsResponse:
        raw = body(json.dumps(value).encode())
        request = model_pb2.ReplaceDocumentsRequest(parent=MAIN, body=raw, **options)
        return await self._call(self.documents.ReplaceDocuments, request)

    async def delete(self, *ids: str, **options: Any) -> model_pb2.DeleteDocumentsResponse:
        request = model_pb2.DeleteDocumentsRequest(parent=MAIN, document_ids=ids, **options)
        return await self._call(self.documents.DeleteDocuments, request)

    async def get(self, document_id: str, commit: str = "") -> Any:
        request = model_pb2.ReadDocumentRequest(
            parent=DB,
            document_id=document_id,
            revision=Revision(commit=commit) if commit else None,
        )
        return json.loads((await self._call(self.documents.ReadDocument, request)).body.data)

    async def list(self, type_: str) -> list[Any]:
        request = model_pb2.ReadDocumentsRequest(parent=DB, type=type_, as_list=True)
        return await self._collect(self.documents.ReadDocuments(request))

    async def match(self, template: object) -> list[Any]:
        request = model_pb2.MatchDocumentsRequest(
            parent=DB, body=body(json.dumps(template).encode()), as_list=True
        )
        return await self._collect(self.documents.MatchDocuments(request))

    async def query(self, query: object, **options: Any) -> dict[str, Any]:
        return await self.query_raw(json.dumps({"query": query}).encode(), **options)

    async def query_raw(self, raw: bytes, **options: Any) -> dict[str, Any]:
        request = query_pb2.QueryRequest(parent=DB, body=body(raw), **options)
        return json.loads((await self._call(self.queries.Query, request)).body.data)

    async def _call(self, method: Any, request: Any) -> Any:
        try:
            return await method(request, timeout=60)
        except grpc.aio.AioRpcError as exc:
            raise from_rpc_error(exc) from exc

    async def _collect(self, stream: Any) -> list[Any]:
        try:
            return json.loads(b"".join([part.body.data async for part in stream]))
        except grpc.aio.AioRpcError as exc:
            raise from_rpc_error(exc) from exc


def body(raw: bytes) -> HttpBody:
    """JSON as a request carries it."""
    return HttpBody(content_type="application/json", data=raw)


async def refused(call: Any) -> OmsError:
    """The error of a call that has to fail, and not as something unforeseen."""
    with pytest.raises(OmsError) as caught:
        await call
    assert caught.value.reason not in {"INTERNAL", "SERVICE_UNAVAILABLE"}, caught.value
    return caught.value


@pytest.fixture
async def api(tmp_path: Path) -> AsyncGenerator[GraphApi]:
    """A kernel on SQLite with an empty folder."""
    services = [service(KernelSettings(data_dir=tmp_path))]
    server = ServerSettings(port=0)
    async with running_suite(services, security=security_settings(), server=server) as suite:
        yield GraphApi(suite.channel())
