"""A query that writes needs the permission to write, beside that to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.api.httpbody_pb2 import HttpBody
from oms.datakernel.v1 import database_service_pb2 as database_pb
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import query_service_pb2 as pb
from oms.datakernel.v1 import query_service_pb2_grpc as pb_grpc
from oms_rpc.errors import from_rpc_error
from oms_security import authenticator, roles, tokens
from oms_security.roles import Role
from oms_testing.suite import running_suite, security_settings
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service

_READING = {
    "@type": "Triple",
    "subject": {"@type": "NodeValue", "variable": "s"},
    "predicate": {"@type": "NodeValue", "variable": "p"},
    "object": {"@type": "Value", "variable": "o"},
}
_WRITING = {
    "@type": "Optional",
    "query": {
        "@type": "DeleteDocument",
        "identifier": {"@type": "NodeValue", "node": "Thing/1"},
    },
}


async def _refusal(stub: Any, query: Any, **fields: Any) -> str:
    """Reason of the error that a query is refused with; empty when it is answered."""
    body = HttpBody(data=json.dumps({"query": query}).encode())
    try:
        await stub.Query(pb.QueryRequest(parent="databases/db", body=body, **fields))
    except Exception as exc:
        return from_rpc_error(exc).reason  # pyright: ignore[reportArgumentType]
    return ""


async def test_a_reader_reads_and_does_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Role("reader", "Reads.", frozenset({"kernel.documents.read"}))
    known = {**roles.ROLES, "reader": reader}
    for module in (roles, tokens, authenticator):
        monkeypatch.setattr(module, "ROLES", known)
    services = [service(KernelSettings(data_dir=tmp_path))]
    async with running_suite(services, security=security_settings()) as suite:
        graph = database_pb.Database(model=database_pb.DATABASE_MODEL_GRAPH)
        await database_grpc.DatabaseServiceStub(suite.channel()).CreateDatabase(
            database_pb.CreateDatabaseRequest(database_id="db", database=graph)
        )
        stub = pb_grpc.QueryServiceStub(suite.channel("reader"))
        assert await _refusal(stub, _READING) == ""
        assert await _refusal(stub, _WRITING) == "PERMISSION_DENIED"
        assert await _refusal(stub, _WRITING, validate_only=True) == "PERMISSION_DENIED"
        administrator = pb_grpc.QueryServiceStub(suite.channel())
        assert await _refusal(administrator, _WRITING) != "PERMISSION_DENIED"
