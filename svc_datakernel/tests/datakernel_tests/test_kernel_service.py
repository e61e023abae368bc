"""The service around the store: settings, callers, a process of its own."""

from __future__ import annotations

import json
import secrets
import signal
from pathlib import Path

import pytest
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms.datakernel.v1 import document_service_pb2_grpc as document_grpc
from oms_devstack import free_port
from oms_security.authors import parse_author
from oms_testing.e2e_process import ServiceProcess, is_serving
from oms_testing.suite import running_suite, security_settings
from pydantic import SecretStr, ValidationError
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("", "there/kernel"),
        ("sqlite:///some/where", "some/where"),
        ("sqlite:////abs/olute", "/abs/olute"),
    ],
)
def test_the_folder_follows_from_the_settings(url: str, folder: str) -> None:
    assert KernelSettings(data_dir=Path("there"), url=SecretStr(url)).folder == Path(folder)


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/db", "postgresql://", "sqlite://x", "sqlite:///", "x"]
)
def test_a_url_of_no_known_store_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ValidationError, match="has to begin with sqlite:///") as caught:
        KernelSettings(url=SecretStr(url))
    assert "secret" not in str(caught.value.errors(include_input=False))


async def test_commits_and_documents_name_their_callers(tmp_path: Path) -> None:
    services = [service(KernelSettings(data_dir=tmp_path))]
    async with running_suite(services, security=security_settings()) as suite:
        alice = suite.channel(subject="alice")
        await database_grpc.DatabaseServiceStub(alice).CreateDatabase(
            database_pb2.CreateDatabaseRequest(database_id="db")
        )
        for subject, content in (("alice", b'{"n":1}'), ("bob (b)", b'{"n":2}')):
            write = commit_pb2.DocumentWrite(document_id="T/x", type="T", json=content)
            response = await commit_grpc.CommitServiceStub(
                suite.channel(subject=subject)
            ).CreateCommit(
                commit_pb2.CreateCommitRequest(
                    parent="databases/db/branches/main",
                    operations=[commit_pb2.DocumentOperation(upsert=write)],
                )
            )
            assert parse_author(response.commit.author).subject == subject
        response = await document_grpc.DocumentServiceStub(alice).GetDocument(
            document_pb2.GetDocumentRequest(parent="databases/db", document_id="T/x")
        )
        audit = response.document.audit
        assert (audit.created_by, audit.updated_by) == ("alice", "bob (b)")
        assert audit.updated_by_username == "alice.smith"


async def test_it_starts_alone_answers_health_and_stops(tmp_path: Path) -> None:
    port = free_port()
    process = ServiceProcess(
        "svc_datakernel",
        address=f"127.0.0.1:{port}",
        environment={
            "OMS_PORTS": json.dumps({"datakernel": port}),
            "OMS_DATA_DIR": str(tmp_path),
            "JWT_SECRET": secrets.token_urlsafe(48),
        },
        log=tmp_path / "datakernel.log",
    )
    await process.start()
    assert await is_serving(process.address, service="datakernel")
    process.signal(signal.SIGTERM)
    assert await process.wait() == 0
