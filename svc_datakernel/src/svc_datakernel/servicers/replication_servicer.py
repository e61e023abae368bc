"""`oms.datakernel.v1.ReplicationService`."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Final, Protocol, cast

from oms.datakernel.v1 import replication_service_pb2 as pb
from oms.datakernel.v1 import replication_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock
from oms_core.errors import InvalidField

from svc_datakernel import convert
from svc_datakernel.bundle_convert import from_part, to_part
from svc_datakernel.domain.replication import HistoryPart, ImportTarget, Replication
from svc_datakernel.domain.store import Branches
from svc_datakernel.remotes import RemoteAddress, Remotes

_DATABASE: Final = re.compile(r"databases/([a-z][a-z0-9-]{0,62})")
_BRANCH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_PAGE: Final = 1000


class Store(Branches, Replication, Protocol):
    """What replication needs of a store."""


class ReplicationServicer(pb_grpc.ReplicationServiceServicer):
    """Histories between this kernel and others."""

    def __init__(self, store: Store, remotes: Remotes, clock: Clock) -> None:
        self._store = store
        self._remotes = remotes
        self._clock = clock

    async def ExportHistory(
        self, request: pb.ExportHistoryRequest, context: Any
    ) -> AsyncGenerator[pb.ExportHistoryResponse]:
        database, _ = convert.segments(request.parent)
        async with self._export(database, list(request.branches), list(request.have)) as parts:
            async for part in parts:
                yield pb.ExportHistoryResponse(part=from_part(database, part))

    async def ImportHistory(
        self, request_iterator: AsyncIterator[pb.ImportHistoryRequest], context: Any
    ) -> pb.ImportHistoryResponse:
        first = await anext(aiter(request_iterator), None)
        named = _DATABASE.fullmatch(first.parent) if first is not None else None
        if first is None or named is None:
            raise InvalidField.of("parent", "the first message has to name a database")
        target = ImportTarget(
            named[1],
            convert.to_author(self._clock.now()),
            is_creating=first.create,
            expected_heads=dict(first.expected_heads),
        )

        async def parts() -> AsyncGenerator[HistoryPart]:
            yield to_part(first.part)
            async for request in request_iterator:
                yield to_part(request.part)

        done = await self._store.import_history(target, parts())
        return pb.ImportHistoryResponse(
            commit_count=done.commit_count, moved_branches=done.moved_branches
        )

    async def CloneDatabase(
        self, request: pb.CloneDatabaseRequest, context: Any
    ) -> pb.CloneDatabaseResponse:
        target = ImportTarget(
            request.database_id, convert.to_author(self._clock.now()), is_creating=True
        )
        address = _address(request.remote, request.database_id, context)
        async with self._remotes.open(address) as remote:
            parts = remote.export_history(branches=(), have=())
            async with aclosing(parts):
                done = await self._store.import_history(target, parts)
        return pb.CloneDatabaseResponse(
            commit_count=done.commit_count, branches=await self._heads(request.database_id)
        )

    async def PullBranch(
        self, request: pb.PullBranchRequest, context: Any
    ) -> pb.PullBranchResponse:
        database, branch = convert.segments(request.name)
        there = _branch(request.remote_branch, branch)
        target = ImportTarget(database, convert.to_author(self._clock.now()))
        have = list((await self._heads(database)).values())
        async with self._remotes.open(_address(request.remote, database, context)) as remote:
            parts = remote.export_history(branches=[there], have=have)
            async with aclosing(parts):
                done = await self._store.import_history(target, _renamed(parts, branch))
        head = await self._store.get_branch(database, branch)
        return pb.PullBranchResponse(commit_count=done.commit_count, head_commit=head.head)

    async def PushBranch(
        self, request: pb.PushBranchRequest, context: Any
    ) -> pb.PushBranchResponse:
        database, branch = convert.segments(request.name)
        there = _branch(request.remote_branch, branch)
        async with self._remotes.open(_address(request.remote, database, context)) as remote:
            heads = await remote.heads()
            async with self._export(database, [branch], list(heads.values())) as parts:
                done = await remote.import_history(_renamed(parts, there))
        # Not moved: it was there already, or beyond.
        return pb.PushBranchResponse(
            commit_count=done.commit_count,
            head_commit=done.moved_branches.get(there) or heads[there],
        )

    def _export(
        self, database: str, branches: list[str], have: list[str]
    ) -> aclosing[AsyncGenerator[HistoryPart]]:
        parts = self._store.export_history(database, branches=branches, have=have)
        return aclosing(cast("AsyncGenerator[HistoryPart]", parts))

    async def _heads(self, database: str) -> dict[str, str]:
        found: dict[str, str] = {}
        after = ""
        while page := await self._store.list_branches(database, after=after, limit=_PAGE):
            found |= {branch.name: branch.head for branch in page}
            after = page[-1].name
        return found


async def _renamed(parts: AsyncIterator[HistoryPart], branch: str) -> AsyncGenerator[HistoryPart]:
    """A bundle of one branch, which is to have another name where it goes."""
    async for part in parts:
        if part.header is not None:
            (head,) = part.header.branches.values()
            header = replace(part.header, branches={branch: head}, tags={})
            yield replace(part, header=header)
        else:
            yield part


def _branch(named: str, default: str) -> str:
    if named and not _BRANCH.fullmatch(named):
        raise InvalidField.of("remote_branch", f"{named!r} is no name of a branch")
    return named or default


def _address(remote: pb.RemoteKernel, database: str, context: Any) -> RemoteAddress:
    """Where to call, in the caller's own name unless another token is given."""
    if remote.token:
        authorization = f"Bearer {remote.token}"
    else:
        metadata = dict(context.invocation_metadata() or ())
        authorization = str(metadata.get("authorization", ""))
    return RemoteAddress(remote.address, remote.database or database, authorization)
