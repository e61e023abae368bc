"""The kernel's errors in the words of the ontology service."""

from __future__ import annotations

from types import SimpleNamespace

import grpc
import pytest
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms_core.errors import (
    InvalidDocument,
    LimitExceeded,
    MergeConflict,
    PreconditionViolation,
    ResourceAlreadyExists,
    ResourceNotFound,
    StaleHead,
)
from oms_rpc.errors import STATUS_KEY, status_code, to_status
from svc_api.adapters.kernel import Kernel, ontology_errors


def translated(error):
    trailing = grpc.aio.Metadata((STATUS_KEY, to_status(error).SerializeToString()))
    with pytest.raises(type(error)) as caught, ontology_errors("acme"):
        raise grpc.aio.AioRpcError(
            status_code(error), grpc.aio.Metadata(), trailing, details=error.message
        )
    return caught.value


@pytest.mark.parametrize(
    ("kind", "name", "ours", "noun"),
    [
        ("database", "acme", "ontologies/acme", "ontology"),
        ("database", "databases/acme", "ontologies/acme", "ontology"),
        ("branch", "dev", "ontologies/acme/branches/dev", "branch"),
        ("branch", "databases/acme/branches/dev", "ontologies/acme/branches/dev", "branch"),
        ("commit", "f" * 64, f"ontologies/acme/commits/{'f' * 64}", "commit"),
        ("document", "LinkType/feeds", "ontologies/acme/linkTypes/feeds", "link_type"),
        ("document", "Ontology/header", "ontologies/acme", "ontology"),
        ("revision", "branch 'dev'", "branch 'dev'", "revision"),
    ],
)
def test_resource_is_named_as_this_service_names_it(kind, name, ours, noun):
    error = translated(ResourceNotFound.of(kind, name))
    assert error.metadata == {"resource_type": noun, "resource_name": ours}
    assert repr(ours) in error.message
    assert "database" not in error.message


def test_taken_name_is_translated_too():
    error = translated(ResourceAlreadyExists.of("database", "acme"))
    assert error.message == "ontology 'ontologies/acme' already exists"


def test_conflicts_name_elements():
    conflict = PreconditionViolation("MERGE_CONFLICT", "ObjectType/Zone", "changed on both sides")
    error = translated(MergeConflict("1 document", preconditions=[conflict]))
    assert [p.subject for p in error.preconditions] == ["ontologies/acme/objectTypes/Zone"]


def test_document_at_fault_is_named_as_an_element():
    error = translated(InvalidDocument("too large", metadata={"document": "ObjectType/Zone"}))
    assert error.metadata["document"] == "ontologies/acme/objectTypes/Zone"


def test_heads_stay_what_they_are():
    error = translated(StaleHead.of("main", "a" * 64, "b" * 64))
    assert error.metadata == {
        "branch": "main",
        "expected_head": "a" * 64,
        "actual_head": "b" * 64,
    }


async def test_batch_that_is_too_large_for_a_message_is_fetched_in_parts():
    sizes = []

    async def batch_get(request):
        sizes.append(len(request.document_ids))
        if len(request.document_ids) > 3:
            raise LimitExceeded("too large")
        documents = [document_pb2.Document(document_id=i) for i in request.document_ids]
        return document_pb2.BatchGetDocumentsResponse(documents=documents)

    asked = [f"ObjectType/T{n}" for n in range(8)]
    async with grpc.aio.insecure_channel("127.0.0.1:9") as channel:
        kernel = Kernel(channel)
        kernel.documents = SimpleNamespace(BatchGetDocuments=batch_get)
        found = await kernel.batch_get("acme", "c", asked)
    assert [document.document_id for document in found] == asked
    assert max(sizes) == 8
