"""`oms.datakernel.v1.QueryService`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from hashlib import sha256
from typing import Any, Final

import orjson
from google.protobuf.duration_pb2 import Duration
from oms.datakernel.v1 import query_service_pb2 as pb
from oms.datakernel.v1 import query_service_pb2_grpc as pb_grpc
from oms_core.call import current_call, current_identity
from oms_core.clock import Clock
from oms_core.errors import InvalidField, InvalidPageToken, PermissionDenied

from svc_datakernel import convert, graph_convert
from svc_datakernel.domain.graph.requests import WoqlAnswer, WoqlRequest
from svc_datakernel.domain.graph.store import Answered, Body, GraphQueries, Source
from svc_datakernel.servicers.answers import streamed, whole
from svc_datakernel.servicers.framing import NOTHING
from svc_datakernel.servicers.paging import PinnedPages

_WRITING: Final = "kernel.documents.write"
_MOST_QUERY_BYTES: Final = graph_convert.MIB
# To parse as much takes less time than to ask another thread for it.
_PARSED_AT_ONCE_BYTES: Final = 2048
_DEFAULT_ROWS: Final = 10_000
_DEFAULT_TIMEOUT_S: Final = 60.0
_MOST_TIMEOUT_S: Final = 600.0


class QueryServicer(pb_grpc.QueryServiceServicer):
    """WOQL."""

    def __init__(self, store: GraphQueries, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def Query(self, request: pb.QueryRequest, context: Any) -> pb.QueryResponse:
        body = graph_convert.to_body(request.body, _MOST_QUERY_BYTES)
        if await self._is_writing(body):
            answered, token = await self._write(request, body), ""
        else:
            answered, token = await self._read(request, body)
        answer = Body(answered.commit_id, _json(answered.answer, token))
        return await whole(context, answer, pb.QueryResponse, request.revision)

    async def StreamQuery(
        self, request: pb.StreamQueryRequest, context: Any
    ) -> AsyncGenerator[pb.StreamQueryResponse]:
        query = WoqlRequest(
            body=graph_convert.to_body(request.body, _MOST_QUERY_BYTES),
            timeout_s=_timeout_s(request),
        )
        source = graph_convert.to_source(request.parent, request.revision)
        stream = await self._store.stream_query(source, query)
        answer = streamed(
            context,
            stream,
            pb.StreamQueryResponse,
            frame=NOTHING,
            content_type=graph_convert.JSON_LINES,
            revision=request.revision,
        )
        async with aclosing(answer) as responses:
            async for response in responses:
                yield response

    async def ExplainQuery(
        self, request: pb.ExplainQueryRequest, context: Any
    ) -> pb.ExplainQueryResponse:
        query = WoqlRequest(
            body=graph_convert.to_body(request.body, _MOST_QUERY_BYTES), may_write=True
        )
        source = graph_convert.to_source(request.parent, request.revision)
        body = await self._store.explain(source, query)
        return await whole(context, body, pb.ExplainQueryResponse, request.revision)

    async def _is_writing(self, body: bytes) -> bool:
        if len(body) <= _PARSED_AT_ONCE_BYTES:
            return self._store.is_writing(body)
        return await asyncio.to_thread(self._store.is_writing, body)

    async def _read(self, request: pb.QueryRequest, body: bytes) -> tuple[Answered, str]:
        database, _ = convert.segments(request.parent)
        query = ("woql", database, sha256(body).hexdigest())
        pages = PinnedPages(query, [("revision", request.revision)], request.page_token)
        start = _row(pages.after)
        woql = _woql(request, body, after_row=start, may_write=False)
        # A later page reads the commit of the first one, wherever the branch is by then.
        version = "" if request.page_token else request.data_version
        source = Source(database, pages.revisions[0], version)
        answered = await self._store.query(source, woql)
        rows = start + len(answered.answer.bindings)
        after = str(rows) if answered.answer.has_more else None
        return answered, pages.next_token([answered.commit_id], after)

    async def _write(self, request: pb.QueryRequest, body: bytes) -> Answered:
        _check_may_write()
        if request.page_token:
            raise InvalidField.of("page_token", "a query that writes has one page")
        source = graph_convert.to_source(request.parent, request.revision)
        if source.revision.commit or source.revision.tag or source.revision.time_us is not None:
            raise InvalidField.of("revision", "a query that writes needs a branch")
        draft = await graph_convert.to_draft(
            request, self._clock.now(), is_dry_run=request.validate_only
        )
        return await self._store.query(
            source, _woql(request, body, after_row=0, may_write=True), draft
        )


def _check_may_write() -> None:
    if not current_identity().allows(_WRITING):
        raise PermissionDenied(
            f"the query writes, and the caller's roles do not grant {_WRITING!r}",
            metadata={"permission": _WRITING},
        )


def _woql(request: pb.QueryRequest, body: bytes, *, after_row: int, may_write: bool) -> WoqlRequest:
    return WoqlRequest(
        body=body,
        page_size=request.page_size or _DEFAULT_ROWS,
        after_row=after_row,
        timeout_s=_timeout_s(request),
        may_write=may_write,
        all_witnesses=request.all_witnesses,
    )


def _row(after: str) -> int:
    if after and not (after.isascii() and after.isdigit() and len(after) < 19):
        raise InvalidPageToken(
            "page_token is damaged; start again without one", metadata={"field": "page_token"}
        )
    return int(after or 0)


def _timeout_s(request: pb.QueryRequest | pb.StreamQueryRequest) -> float:
    """The time a query gets: what was asked for, and no longer than somebody waits for it."""
    timeout_s = _DEFAULT_TIMEOUT_S
    if request.HasField("timeout"):
        timeout_s = _seconds(request.timeout)
    call = current_call()
    if call is None or call.deadline is None:
        return timeout_s
    left = call.deadline - asyncio.get_running_loop().time()
    return max(0.0, min(timeout_s, left))


def _seconds(duration: Duration) -> float:
    seconds = duration.seconds + duration.nanos / 1e9
    if not 0 < seconds <= _MOST_TIMEOUT_S:
        raise InvalidField.of("timeout", f"has to be more than 0 and up to {_MOST_TIMEOUT_S:.0f} s")
    return seconds


def _json(answer: WoqlAnswer, next_page_token: str) -> bytes:
    """The answer as TerminusDB writes it, with the token of the next page."""
    head = orjson.dumps(
        {
            "@type": "api:WoqlResponse",
            "api:status": "api:success",
            "api:variable_names": list(answer.variable_names),
            "deletes": answer.deletes,
            "inserts": answer.inserts,
            "next_page_token": next_page_token,
            "transaction_retry_count": 0,
        }
    )
    # The rows are JSON already, with numbers that no float could hold.
    return head[:-1] + b',"bindings":[' + b",".join(answer.bindings) + b"]}"
