"""The kernel's service on a TerminusDB server, through the full chain."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import grpc.aio
import pytest
from google.api.httpbody_pb2 import HttpBody
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import maintenance_service_pb2 as maintenance_pb2
from oms.datakernel.v1 import maintenance_service_pb2_grpc as maintenance_grpc
from oms.datakernel.v1 import model_document_service_pb2 as model_pb2
from oms.datakernel.v1 import model_document_service_pb2_grpc as model_grpc
from oms.datakernel.v1 import query_service_pb2 as query_pb2
from oms.datakernel.v1 import query_service_pb2_grpc as query_grpc
from oms.datakernel.v1 import tag_service_pb2 as tag_pb2
from oms.datakernel.v1 import tag_service_pb2_grpc as tag_grpc
from oms_security.authors import parse_author
from oms_testing.suite import Suite, running_suite, security_settings
from pydantic import SecretStr
from svc_datakernel.adapters.terminusdb.capabilities import MISSING
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service

from datakernel_tests.terminusdb.fake_server import Received, Reply, serving
from datakernel_tests.terminusdb.scripts import (
    FIRST,
    KERNEL_FIRST,
    PASSWORD,
    Script,
    logged,
    refused,
    told,
)

PARENT = "databases/graph"
QUERY = b'{"@type": "Later than this kernel knows", "query": []}'
BRANCH = "databases/graph/branches/main"
RECORDS = [
    {"@type": "PrefaceRecord", "names": ["x"]},
    {"@type": "Binding", "x": 1},
    {"@type": "PostscriptRecord", "inserts": 0, "deletes": 0},
]


class Server:
    """A script with one graph database, which repeats the last author in its log."""

    def __init__(self) -> None:
        self.author = ""
        self.databases: list[str] = []

    def database(self, request: Received) -> Reply:
        name = request.path.rpartition("/")[2]
        if request.method == "POST":
            self.databases.append(name)
        if name not in self.databases:
            return refused(404, "api:UnknownDatabase", database_name=name)
        return told({"path": f"admin/{name}"})

    def insert(self, request: Received) -> Reply:
        self.author = request.params["author"]
        return told(["terminusdb:///data/A/b"], version=FIRST)

    def query(self, request: Received) -> Reply:
        if json.loads(request.body).get("streaming"):
            return Reply(200, "\n".join(json.dumps(record) for record in RECORDS).encode())
        rows = {"api:variable_names": ["x"], "bindings": [{"x": 1}], "inserts": 0, "deletes": 0}
        return told(rows, version=FIRST)

    def log(self, _: Received) -> Reply:
        return told([logged(FIRST, author=self.author, message="why")])

    def script(self) -> Script:
        return Script(
            {
                ("POST", "/db/"): self.database,
                ("GET", "/db/"): self.database,
                ("GET", "/info"): told({"api:info": {"terminusdb": {"version": "12.0.6"}}}),
                ("GET", "/prefixes/"): told({}),
                ("GET", "/log/"): self.log,
                ("POST", "/document/"): self.insert,
                ("GET", "/document/"): told({"@id": "A/b"}, version=FIRST),
                ("POST", "/woql/"): self.query,
            }
        )


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with serving(Server().script()) as endpoint:
        settings = KernelSettings(
            data_dir=tmp_path,
            terminusdb_endpoint=endpoint,
            terminusdb_password=SecretStr(PASSWORD),
        )
        async with running_suite([service(settings)], security=security_settings()) as suite:
            await database_grpc.DatabaseServiceStub(suite.channel(subject="ann")).CreateDatabase(
                database_pb2.CreateDatabaseRequest(
                    database_id="graph",
                    database=database_pb2.Database(model=database_pb2.DATABASE_MODEL_GRAPH),
                )
            )
            yield suite


async def test_capabilities_list_what_the_server_can_not_do(suite: Suite) -> None:
    stub = maintenance_grpc.MaintenanceServiceStub(suite.channel(subject="ann"))
    found = await stub.GetCapabilities(maintenance_pb2.GetCapabilitiesRequest())
    assert (found.backend, found.backend_version) == ("terminusdb", "12.0.6")
    assert found.missing_capabilities == MISSING


async def test_documents_are_written_in_the_callers_name_and_read(suite: Suite) -> None:
    stub = model_grpc.ModelDocumentServiceStub(suite.channel(subject="bob"))
    written = await stub.InsertDocuments(
        model_pb2.InsertDocumentsRequest(
            parent=BRANCH, body=HttpBody(data=b'{"@type": "A"}'), message="why"
        )
    )
    assert list(written.document_ids) == ["terminusdb:///data/A/b"]
    assert written.commit.commit_id == KERNEL_FIRST
    assert parse_author(written.commit.author).subject == "bob"
    assert not written.unchanged
    read = await stub.ReadDocument(
        model_pb2.ReadDocumentRequest(
            parent=PARENT, document_id="A/b", revision=Revision(commit=KERNEL_FIRST)
        )
    )
    assert json.loads(read.body.data) == {"@id": "A/b"}


async def test_queries_are_answered(suite: Suite) -> None:
    stub = query_grpc.QueryServiceStub(suite.channel(subject="ann"))
    answer = await stub.Query(query_pb2.QueryRequest(parent=PARENT, body=HttpBody(data=QUERY)))
    assert json.loads(answer.body.data)["bindings"] == [{"x": 1}]


async def test_streamed_query_is_one_record_a_line(suite: Suite) -> None:
    stub = query_grpc.QueryServiceStub(suite.channel(subject="ann"))
    answer = b""
    async for part in stub.StreamQuery(
        query_pb2.StreamQueryRequest(parent=PARENT, body=HttpBody(data=QUERY))
    ):
        answer += part.body.data
    assert [json.loads(line) for line in answer.splitlines()] == RECORDS


async def test_refused_capability_is_named(suite: Suite) -> None:
    stub = tag_grpc.TagServiceStub(suite.channel(subject="ann"))
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await stub.CreateTag(tag_pb2.CreateTagRequest(parent=PARENT, tag_id="v1"))
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert "tags" in (raised.value.details() or "")
