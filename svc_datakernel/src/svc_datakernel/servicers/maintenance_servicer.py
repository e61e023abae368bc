"""`oms.datakernel.v1.MaintenanceService`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final, cast

from google.api.httpbody_pb2 import HttpBody
from oms.datakernel.v1 import maintenance_service_pb2 as pb
from oms.datakernel.v1 import maintenance_service_pb2_grpc as pb_grpc

from svc_datakernel import convert
from svc_datakernel.domain.capabilities import Capabilities
from svc_datakernel.domain.replication import Maintenance

_BACKUP: Final = "application/octet-stream"


class MaintenanceServicer(pb_grpc.MaintenanceServiceServicer):
    """Care of databases while they are in use."""

    def __init__(
        self, store: Maintenance, capabilities: Callable[[], Awaitable[Capabilities]]
    ) -> None:
        """Takes the store, and what asks its backend what it can't do."""
        self._store = store
        self._capabilities = capabilities

    async def CompactDatabase(
        self, request: pb.CompactDatabaseRequest, context: Any
    ) -> pb.CompactDatabaseResponse:
        database, _ = convert.segments(request.name)
        done = await self._store.compact(database, is_dry_run=request.validate_only)
        return pb.CompactDatabaseResponse(
            removed_commit_count=done.removed_commits,
            removed_content_count=done.removed_contents,
            size_before_bytes=done.size_before_bytes,
            size_after_bytes=done.size_after_bytes,
        )

    async def BackupDatabase(
        self, request: pb.BackupDatabaseRequest, context: Any
    ) -> AsyncGenerator[pb.BackupDatabaseResponse]:
        database, _ = convert.segments(request.name)
        copy = cast("AsyncGenerator[bytes]", self._store.backup(database))
        async with aclosing(copy) as parts:
            async for part in parts:
                yield pb.BackupDatabaseResponse(body=HttpBody(content_type=_BACKUP, data=part))

    async def CheckDatabase(
        self, request: pb.CheckDatabaseRequest, context: Any
    ) -> pb.CheckDatabaseResponse:
        database, _ = convert.segments(request.name)
        return pb.CheckDatabaseResponse(faults=await self._store.check_database(database))

    async def GetDatabaseStatistics(
        self, request: pb.GetDatabaseStatisticsRequest, context: Any
    ) -> pb.GetDatabaseStatisticsResponse:
        database, _ = convert.segments(request.name)
        found = await self._store.statistics(database)
        return pb.GetDatabaseStatisticsResponse(
            commit_count=found.commits,
            branch_count=found.branches,
            document_count=found.documents,
            content_count=found.contents,
            content_size_bytes=found.content_size_bytes,
            disk_size_bytes=found.disk_size_bytes,
        )

    async def GetCapabilities(
        self, request: pb.GetCapabilitiesRequest, context: Any
    ) -> pb.GetCapabilitiesResponse:
        found = await self._capabilities()
        return pb.GetCapabilitiesResponse(
            backend=found.backend,
            backend_version=found.version,
            missing_capabilities=found.missing,
        )
