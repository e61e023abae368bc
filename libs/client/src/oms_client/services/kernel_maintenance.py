"""Calls of `oms.datakernel.v1.MaintenanceService`. Generated from its proto."""

from __future__ import annotations

from typing import Any, Final

from oms.datakernel.v1 import maintenance_service_pb2 as datakernel_maintenance_service_pb2
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method

__all__ = ["AsyncKernelMaintenance", "KernelMaintenance"]

_COMPACT_DATABASE: Final = Method(
    "/oms.datakernel.v1.MaintenanceService/CompactDatabase",
    datakernel_maintenance_service_pb2.CompactDatabaseRequest,
    datakernel_maintenance_service_pb2.CompactDatabaseResponse,
)
_BACKUP_DATABASE: Final = Method(
    "/oms.datakernel.v1.MaintenanceService/BackupDatabase",
    datakernel_maintenance_service_pb2.BackupDatabaseRequest,
    datakernel_maintenance_service_pb2.BackupDatabaseResponse,
    is_read_only=True,
)
_CHECK_DATABASE: Final = Method(
    "/oms.datakernel.v1.MaintenanceService/CheckDatabase",
    datakernel_maintenance_service_pb2.CheckDatabaseRequest,
    datakernel_maintenance_service_pb2.CheckDatabaseResponse,
    is_read_only=True,
)
_GET_DATABASE_STATISTICS: Final = Method(
    "/oms.datakernel.v1.MaintenanceService/GetDatabaseStatistics",
    datakernel_maintenance_service_pb2.GetDatabaseStatisticsRequest,
    datakernel_maintenance_service_pb2.GetDatabaseStatisticsResponse,
    is_read_only=True,
)
_GET_CAPABILITIES: Final = Method(
    "/oms.datakernel.v1.MaintenanceService/GetCapabilities",
    datakernel_maintenance_service_pb2.GetCapabilitiesRequest,
    datakernel_maintenance_service_pb2.GetCapabilitiesResponse,
    is_read_only=True,
)


class KernelMaintenance:
    """Care of databases while they are in use."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def compact_database(
        self,
        given: datakernel_maintenance_service_pb2.CompactDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> datakernel_maintenance_service_pb2.CompactDatabaseResponse:
        """Removes commits and contents that no branch, tag or recent watcher reaches, and gives the
        space back. Never touches reachable history.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            validate_only: Say what would go and change nothing.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "validate_only": validate_only,
        }
        return self._calls.unary(_COMPACT_DATABASE, given, timeout_s, fields)

    def backup_database(
        self,
        given: datakernel_maintenance_service_pb2.BackupDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> Stream[datakernel_maintenance_service_pb2.BackupDatabaseResponse]:
        """Streams a consistent copy of a database, as its backend backs up, while it is in use.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.stream(_BACKUP_DATABASE, given, timeout_s, fields)

    def check_database(
        self,
        given: datakernel_maintenance_service_pb2.CheckDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_maintenance_service_pb2.CheckDatabaseResponse:
        """Checks the store itself: pages, indexes, derived tables against the log.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_CHECK_DATABASE, given, timeout_s, fields)

    def get_database_statistics(
        self,
        given: datakernel_maintenance_service_pb2.GetDatabaseStatisticsRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_maintenance_service_pb2.GetDatabaseStatisticsResponse:
        """Sizes and counts of a database.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET_DATABASE_STATISTICS, given, timeout_s, fields)

    def get_capabilities(
        self,
        given: datakernel_maintenance_service_pb2.GetCapabilitiesRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> datakernel_maintenance_service_pb2.GetCapabilitiesResponse:
        """What the backend is and what it can do.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_GET_CAPABILITIES, given, timeout_s, fields)


class AsyncKernelMaintenance:
    """Care of databases while they are in use."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def compact_database(
        self,
        given: datakernel_maintenance_service_pb2.CompactDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> datakernel_maintenance_service_pb2.CompactDatabaseResponse:
        """Removes commits and contents that no branch, tag or recent watcher reaches, and gives the
        space back. Never touches reachable history.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            validate_only: Say what would go and change nothing.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "validate_only": validate_only,
        }
        return await self._calls.unary(_COMPACT_DATABASE, given, timeout_s, fields)

    def backup_database(
        self,
        given: datakernel_maintenance_service_pb2.BackupDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> AsyncStream[datakernel_maintenance_service_pb2.BackupDatabaseResponse]:
        """Streams a consistent copy of a database, as its backend backs up, while it is in use.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.stream(_BACKUP_DATABASE, given, timeout_s, fields)

    async def check_database(
        self,
        given: datakernel_maintenance_service_pb2.CheckDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_maintenance_service_pb2.CheckDatabaseResponse:
        """Checks the store itself: pages, indexes, derived tables against the log.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_CHECK_DATABASE, given, timeout_s, fields)

    async def get_database_statistics(
        self,
        given: datakernel_maintenance_service_pb2.GetDatabaseStatisticsRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_maintenance_service_pb2.GetDatabaseStatisticsResponse:
        """Sizes and counts of a database.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET_DATABASE_STATISTICS, given, timeout_s, fields)

    async def get_capabilities(
        self,
        given: datakernel_maintenance_service_pb2.GetCapabilitiesRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> datakernel_maintenance_service_pb2.GetCapabilitiesResponse:
        """What the backend is and what it can do.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_GET_CAPABILITIES, given, timeout_s, fields)
