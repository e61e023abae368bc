"""`/api/diff`, `/api/patch`, `/api/apply`."""

from __future__ import annotations

from typing import Any

from oms.datakernel.v1 import diff_service_pb2 as diff_pb
from oms.datakernel.v1 import model_document_service_pb2 as document_pb
from oms_core.errors import InvalidField

from .. import exact_json
from ..kernel import Answer, Kernel, call, receive_one
from ..places import revision
from .request import Request, json_body


async def diff(kernel: Kernel, request: Request) -> Answer:
    """Compares values or revisions."""
    name = request.place.name if request.path else kernel.name
    received = await receive_one(
        kernel.DiffService.CompareJson(
            diff_pb.CompareJsonRequest(parent=name, body=request.http_body)
        )
    )
    return Answer(exact_json.loads(received.data), expected=request.expected)


async def patch(kernel: Kernel, request: Request) -> Answer:
    """Patches a value, or documents where the path names a database."""
    if not request.path:
        asked = diff_pb.PatchJsonRequest(body=request.http_body)
        received = await receive_one(kernel.DiffService.PatchJson(asked))
        return Answer(exact_json.loads(received.data), expected=request.expected)
    response = await call(
        kernel.ModelDocumentService.PatchModelDocuments(
            document_pb.PatchModelDocumentsRequest(
                parent=request.place.parent,
                body=json_body(request.member("patch")),
                match_final_state=request.member("match_final_state") is True,
                message=str(request.member("message") or ""),
                data_version=request.data_version,
            )
        )
    )
    return Answer(
        list(response.document_ids),
        response.data_version,
        response.commit.commit_id,
        expected=request.expected,
    )


async def apply(kernel: Kernel, request: Request) -> Answer:
    """Applies the difference of two commits."""
    before, after = (_ref(request, name) for name in ("before_commit", "after_commit"))
    info: Any = request.member("commit_info") or {}
    response = await call(
        kernel.DiffService.ApplyDifference(
            diff_pb.ApplyDifferenceRequest(
                parent=request.place.parent,
                before=revision(before),
                after=revision(after),
                match_final_state=request.member("match_final_state") is not False,
                message=str(info.get("message", "")),
                data_version=request.data_version,
            )
        )
    )
    return Answer(commit=response.commit.commit_id)


def _ref(request: Request, name: str) -> str:
    value = request.member(name)
    if not isinstance(value, str):
        raise InvalidField.of(name, "is missing")
    return value
