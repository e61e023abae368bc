"""Imports over the real server: many messages, failures, going on."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
from google.api.httpbody_pb2 import HttpBody
from oms.datakernel.v1 import database_service_pb2 as database_pb
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import model_document_service_pb2 as pb
from oms.datakernel.v1 import model_document_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField, OmsError, RequestIdReused
from oms_rpc.errors import from_rpc_error
from oms_testing.suite import running_suite, security_settings
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service

_BRANCH = "databases/db/branches/main"
_CLASS = {
    "@type": "Class",
    "@id": "Thing",
    "@key": {"@type": "Lexical", "@fields": ["n"]},
    "n": "xsd:integer",
}


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncGenerator[grpc.aio.Channel]:
    """A kernel with a graph database that has the class `Thing`."""
    services = [service(KernelSettings(data_dir=tmp_path))]
    async with running_suite(services, security=security_settings()) as suite:
        channel = suite.channel()
        graph = database_pb.Database(model=database_pb.DATABASE_MODEL_GRAPH)
        await database_grpc.DatabaseServiceStub(channel).CreateDatabase(
            database_pb.CreateDatabaseRequest(database_id="db", database=graph)
        )
        await pb_grpc.ModelDocumentServiceStub(channel).InsertDocuments(
            pb.InsertDocumentsRequest(
                parent=_BRANCH,
                body=HttpBody(data=json.dumps(_CLASS).encode()),
                graph=pb.GRAPH_SCHEMA,
            )
        )
        yield channel


def _lines(numbers: range) -> bytes:
    return b"".join(b'{"@type": "Thing", "n": %d}\n' % n for n in numbers)


async def _import(
    channel: grpc.aio.Channel, text: bytes, *, part: int = 1000, **fields: Any
) -> pb.ImportDocumentsResponse:
    async def requests() -> AsyncIterator[pb.ImportDocumentsRequest]:
        yield pb.ImportDocumentsRequest(**({"parent": _BRANCH} | fields))
        for start in range(0, len(text), part):
            body = HttpBody(data=text[start : start + part])
            yield pb.ImportDocumentsRequest(body=body)

    try:
        return await pb_grpc.ModelDocumentServiceStub(channel).ImportDocuments(requests())
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc


async def _count(channel: grpc.aio.Channel) -> int:
    request = pb.CountDocumentsRequest(parent="databases/db")
    return (await pb_grpc.ModelDocumentServiceStub(channel).CountDocuments(request)).count


async def test_lines_cut_into_small_messages_are_stored_in_batches(
    channel: grpc.aio.Channel,
) -> None:
    done = await _import(channel, _lines(range(100)), part=7, batch_size=30)
    assert (done.line_count, done.document_count, done.commit_count) == (100, 100, 4)
    assert done.head.commit_id
    assert await _count(channel) == 100


async def test_a_broken_line_keeps_the_batches_before_it_and_says_where_to_go_on(
    channel: grpc.aio.Channel,
) -> None:
    text = _lines(range(25)) + b'{"@type": "Thing", "n": "no number"}\n' + _lines(range(25, 40))
    with pytest.raises(OmsError) as caught:
        await _import(channel, text, batch_size=10, import_id="x")
    assert caught.value.metadata["stored_lines"] == "20"
    assert await _count(channel) == 20
    mended = text.replace(b'"no number"', b"1000")
    done = await _import(channel, mended, batch_size=10, import_id="x")
    assert (done.document_count, done.commit_count) == (21, 3)
    assert await _count(channel) == 41


async def test_an_import_goes_on_behind_the_lines_that_are_stored(
    channel: grpc.aio.Channel,
) -> None:
    await _import(channel, _lines(range(20)))
    done = await _import(channel, _lines(range(50)), skip_lines=20)
    assert (done.line_count, done.document_count) == (50, 30)


async def test_other_lines_under_the_name_of_an_import_are_refused(
    channel: grpc.aio.Channel,
) -> None:
    await _import(channel, _lines(range(10)), import_id="x")
    with pytest.raises(RequestIdReused):
        await _import(channel, _lines(range(10, 20)), import_id="x")


async def test_an_import_without_lines_answers_the_head(channel: grpc.aio.Channel) -> None:
    done = await _import(channel, b"\n\n")
    assert (done.line_count, done.document_count, done.commit_count) == (2, 0, 0)
    assert done.head.commit_id


async def test_an_import_that_names_no_branch_is_refused(channel: grpc.aio.Channel) -> None:
    with pytest.raises(InvalidField, match="branch"):
        await _import(channel, _lines(range(3)), parent="")
