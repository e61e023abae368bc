"""`oms.datakernel.v1.BranchService`."""

from __future__ import annotations

from typing import Any

from oms.datakernel.v1 import branch_service_pb2 as pb
from oms.datakernel.v1 import branch_service_pb2_grpc as pb_grpc
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_datakernel import convert
from svc_datakernel.domain.store import Branches


class BranchServicer(pb_grpc.BranchServiceServicer):
    """Branches, as the store keeps them."""

    def __init__(self, store: Branches) -> None:
        self._store = store

    async def CreateBranch(
        self, request: pb.CreateBranchRequest, context: Any
    ) -> pb.CreateBranchResponse:
        database, _ = convert.segments(request.parent)
        source = convert.to_revision(request.source, "source")
        branch = await self._store.create_branch(database, request.branch_id, source)
        return pb.CreateBranchResponse(branch=convert.from_branch(database, branch))

    async def GetBranch(self, request: pb.GetBranchRequest, context: Any) -> pb.GetBranchResponse:
        database, branch = convert.segments(request.name)
        found = await self._store.get_branch(database, branch)
        return pb.GetBranchResponse(branch=convert.from_branch(database, found))

    async def ListBranches(
        self, request: pb.ListBranchesRequest, context: Any
    ) -> pb.ListBranchesResponse:
        database, _ = convert.segments(request.parent)
        query = ("branches", database)
        cursor = decode_page_token(query, request.page_token, length=1)
        size = page_size(request.page_size)
        found = await self._store.list_branches(
            database, after=cursor[0] if cursor else "", limit=size + 1
        )
        return pb.ListBranchesResponse(
            branches=[convert.from_branch(database, branch) for branch in found[:size]],
            next_page_token=encode_page_token(query, [found[size - 1].name])
            if len(found) > size
            else "",
        )

    async def DeleteBranch(
        self, request: pb.DeleteBranchRequest, context: Any
    ) -> pb.DeleteBranchResponse:
        database, branch = convert.segments(request.name)
        await self._store.delete_branch(database, branch, expected_head=request.expected_head)
        return pb.DeleteBranchResponse()
