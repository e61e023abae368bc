"""`oms.datakernel.v1.DiffService`."""

from __future__ import annotations

import asyncio
from typing import Any

from oms.datakernel.v1 import diff_service_pb2 as pb
from oms.datakernel.v1 import diff_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock

from svc_datakernel import convert, graph_convert
from svc_datakernel.domain.graph import json_requests
from svc_datakernel.domain.graph.store import Body, Comparison, GraphQueries
from svc_datakernel.domain.versioning import ApplyDraft, BranchMoves
from svc_datakernel.servicers.answers import whole


class DiffServicer(pb_grpc.DiffServiceServicer):
    """Differences and patches.

    Args:
        store: Compares documents as of revisions.
        branches: Applies differences.
    """

    def __init__(self, store: GraphQueries, branches: BranchMoves, clock: Clock) -> None:
        self._store = store
        self._branches = branches
        self._clock = clock

    async def CompareJson(
        self, request: pb.CompareJsonRequest, context: Any
    ) -> pb.CompareJsonResponse:
        database, _ = convert.segments(request.parent)
        comparison = Comparison(
            graph_convert.to_body(request.body),
            request.skip,
            request.count if request.HasField("count") else None,
        )
        body = await self._store.compare(database, comparison)
        return await whole(context, body, pb.CompareJsonResponse)

    async def PatchJson(self, request: pb.PatchJsonRequest, context: Any) -> pb.PatchJsonResponse:
        body = graph_convert.to_body(request.body)
        answer = await asyncio.to_thread(json_requests.patch, body)
        return await whole(context, Body("", answer), pb.PatchJsonResponse)

    async def MergeJson(self, request: pb.MergeJsonRequest, context: Any) -> pb.MergeJsonResponse:
        body = graph_convert.to_body(request.body)
        answer = await asyncio.to_thread(json_requests.merge, body)
        return await whole(context, Body("", answer), pb.MergeJsonResponse)

    async def ApplyDifference(
        self, request: pb.ApplyDifferenceRequest, context: Any
    ) -> pb.ApplyDifferenceResponse:
        database, branch = convert.segments(request.parent)
        draft = await graph_convert.to_draft(request, self._clock.now())
        result = await self._branches.apply_difference(
            database,
            branch,
            ApplyDraft(
                before=convert.to_revision(request.before, "before"),
                after=convert.to_revision(request.after, "after"),
                author=draft.author,
                match_final_state=request.match_final_state,
                message=draft.message,
                expected_head=draft.expected_head,
                data_version=draft.data_version,
                request_id=draft.request_id,
                fingerprint=draft.fingerprint,
            ),
        )
        return pb.ApplyDifferenceResponse(
            commit=convert.from_commit(database, result.commit), unchanged=result.is_unchanged
        )
