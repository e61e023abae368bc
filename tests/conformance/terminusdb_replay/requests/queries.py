"""`/api/woql`."""

from __future__ import annotations

from typing import Any

from oms.datakernel.v1 import query_service_pb2 as pb

from .. import exact_json
from ..kernel import Answer, Kernel, receive, receive_one
from .request import Request

_UNCOMPARED = ("api:status", "@type", "transaction_retry_count")


async def query(kernel: Kernel, request: Request) -> Answer:
    """Runs a query, whole or as a stream."""
    if request.member("streaming") is True:
        return await _stream(kernel, request)
    info = request.member("commit_info")
    received = await receive_one(
        kernel.QueryService.Query(
            pb.QueryRequest(
                parent=request.place.name,
                revision=request.place.revision,
                body=request.http_body,
                all_witnesses=request.member("all_witnesses") is True,
                data_version=request.data_version,
                message=str(info.get("message", "")) if isinstance(info, dict) else "",
            )
        )
    )
    answered = _compared(exact_json.loads(received.data))
    expected = request.expected
    return Answer(
        answered,
        received.metadata.get("oms-data-version", ""),
        commit=_commit(answered, received.metadata),
        expected=_compared(expected) if isinstance(expected, dict) else expected,
    )


def _commit(answered: dict[str, Any], metadata: dict[str, str]) -> str:
    """The commit that a query made; empty where it only read."""
    wrote = any(str(answered[count]) not in ("0", "None") for count in ("inserts", "deletes"))
    return metadata.get("oms-commit", "") if wrote else ""


async def _stream(kernel: Kernel, request: Request) -> Answer:
    received = await receive(
        kernel.QueryService.StreamQuery(
            pb.StreamQueryRequest(
                parent=request.place.name, revision=request.place.revision, body=request.http_body
            )
        )
    )
    expected = request.expected
    if isinstance(expected, list):
        expected = [_without_counters(each) for each in expected]
    answered = [_without_counters(each) for each in exact_json.loads_stream(received.data)]
    return Answer(answered, expected=expected)


def _compared(answer: dict[str, Any]) -> dict[str, Any]:
    known = ("api:variable_names", "bindings", "inserts", "deletes")
    return {name: answer.get(name) for name in known}


def _without_counters(record: Any) -> Any:
    return {key: each for key, each in record.items() if key not in _UNCOMPARED[2:]}
