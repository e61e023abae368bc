"""`oms.datakernel.v1.TripleService`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, TypeVar

from oms.datakernel.v1 import triple_service_pb2 as pb
from oms.datakernel.v1 import triple_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock

from svc_datakernel import convert, graph_convert
from svc_datakernel.domain.graph.store import GraphTriples, TripleChange
from svc_datakernel.servicers.answers import streamed
from svc_datakernel.servicers.framing import NOTHING

R = TypeVar("R")


class TripleServicer(pb_grpc.TripleServiceServicer):
    """Graphs as Turtle."""

    def __init__(self, store: GraphTriples, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def ExportTriples(
        self, request: pb.ExportTriplesRequest, context: Any
    ) -> AsyncGenerator[pb.ExportTriplesResponse]:
        source = graph_convert.to_source(request.parent, request.revision)
        stream = await self._store.export_triples(source, graph_convert.to_graph(request.graph))
        answer = streamed(
            context,
            stream,
            pb.ExportTriplesResponse,
            frame=NOTHING,
            content_type=graph_convert.TURTLE,
            revision=request.revision,
        )
        async with aclosing(answer) as responses:
            async for response in responses:
                yield response

    async def ReplaceTriples(
        self, request: pb.ReplaceTriplesRequest, context: Any
    ) -> pb.ReplaceTriplesResponse:
        return await self._write(request, pb.ReplaceTriplesResponse, is_replace=True)

    async def InsertTriples(
        self, request: pb.InsertTriplesRequest, context: Any
    ) -> pb.InsertTriplesResponse:
        return await self._write(request, pb.InsertTriplesResponse, is_replace=False)

    async def _write(
        self,
        request: pb.ReplaceTriplesRequest | pb.InsertTriplesRequest,
        response: Callable[..., R],
        *,
        is_replace: bool,
    ) -> R:
        target = graph_convert.to_target(request.parent)
        change = TripleChange(
            graph_convert.to_body(request.body), graph_convert.to_graph(request.graph), is_replace
        )
        draft = await graph_convert.to_draft(request, self._clock.now())
        outcome = await self._store.write_triples(target, draft, change)
        return response(
            commit=convert.from_commit(target.database, outcome.commit),
            unchanged=outcome.is_unchanged,
        )
