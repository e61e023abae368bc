"""Calls of `oms.datakernel.v1.DatabaseService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import field_mask_pb2
from oms.datakernel.v1 import database_service_pb2 as datakernel_database_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncKernelDatabases", "KernelDatabases"]

_CREATE: Final = Method(
    "/oms.datakernel.v1.DatabaseService/CreateDatabase",
    datakernel_database_service_pb2.CreateDatabaseRequest,
    datakernel_database_service_pb2.CreateDatabaseResponse,
)
_GET: Final = Method(
    "/oms.datakernel.v1.DatabaseService/GetDatabase",
    datakernel_database_service_pb2.GetDatabaseRequest,
    datakernel_database_service_pb2.GetDatabaseResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.datakernel.v1.DatabaseService/ListDatabases",
    datakernel_database_service_pb2.ListDatabasesRequest,
    datakernel_database_service_pb2.ListDatabasesResponse,
    is_read_only=True,
    items="databases",
)
_UPDATE: Final = Method(
    "/oms.datakernel.v1.DatabaseService/UpdateDatabase",
    datakernel_database_service_pb2.UpdateDatabaseRequest,
    datakernel_database_service_pb2.UpdateDatabaseResponse,
)
_DELETE: Final = Method(
    "/oms.datakernel.v1.DatabaseService/DeleteDatabase",
    datakernel_database_service_pb2.DeleteDatabaseRequest,
    datakernel_database_service_pb2.DeleteDatabaseResponse,
)


class KernelDatabases:
    """Databases: each holds one versioned graph of JSON documents."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: datakernel_database_service_pb2.CreateDatabaseRequest | None = None,
        /,
        *,
        database_id: str = "",
        database: datakernel_database_service_pb2.Database | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_database_service_pb2.CreateDatabaseResponse:
        """Creates a database with an empty branch `main`. ALREADY_EXISTS when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            database_id: Last segment of the new name: 1 to 63 lowercase letters, digits and `-`.
            database: The database to create. Its `name` is ignored.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "database_id": database_id,
            "database": database,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: datakernel_database_service_pb2.GetDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_database_service_pb2.GetDatabaseResponse:
        """Gets a database. NOT_FOUND when there is none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_database_service_pb2.ListDatabasesRequest | None = None,
        /,
        *,
        page_size: int = 0,
        kind: str = "",
        timeout_s: float | None = None,
    ) -> Paged[datakernel_database_service_pb2.Database, datakernel_database_service_pb2.ListDatabasesResponse]:
        """Lists databases, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            kind: Only databases of this kind. Empty means all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
            "kind": kind,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def update(
        self,
        given: datakernel_database_service_pb2.UpdateDatabaseRequest | None = None,
        /,
        *,
        database: datakernel_database_service_pb2.Database | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_database_service_pb2.UpdateDatabaseResponse:
        """Changes the display name, description and kind.

        Args:
            given: The request as a message; what the others set is put on top.
            database: The database with its new values.
            update_mask: What to change: `display_name`, `description`, `kind`. Left out: all
                three.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "database": database,
            "update_mask": update_mask,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: datakernel_database_service_pb2.DeleteDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_database_service_pb2.DeleteDatabaseResponse:
        """Deletes a database with its whole history. Not reversible.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)


class AsyncKernelDatabases:
    """Databases: each holds one versioned graph of JSON documents."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: datakernel_database_service_pb2.CreateDatabaseRequest | None = None,
        /,
        *,
        database_id: str = "",
        database: datakernel_database_service_pb2.Database | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_database_service_pb2.CreateDatabaseResponse:
        """Creates a database with an empty branch `main`. ALREADY_EXISTS when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            database_id: Last segment of the new name: 1 to 63 lowercase letters, digits and `-`.
            database: The database to create. Its `name` is ignored.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "database_id": database_id,
            "database": database,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: datakernel_database_service_pb2.GetDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_database_service_pb2.GetDatabaseResponse:
        """Gets a database. NOT_FOUND when there is none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: datakernel_database_service_pb2.ListDatabasesRequest | None = None,
        /,
        *,
        page_size: int = 0,
        kind: str = "",
        timeout_s: float | None = None,
    ) -> AsyncPaged[datakernel_database_service_pb2.Database, datakernel_database_service_pb2.ListDatabasesResponse]:
        """Lists databases, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            kind: Only databases of this kind. Empty means all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
            "kind": kind,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def update(
        self,
        given: datakernel_database_service_pb2.UpdateDatabaseRequest | None = None,
        /,
        *,
        database: datakernel_database_service_pb2.Database | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_database_service_pb2.UpdateDatabaseResponse:
        """Changes the display name, description and kind.

        Args:
            given: The request as a message; what the others set is put on top.
            database: The database with its new values.
            update_mask: What to change: `display_name`, `description`, `kind`. Left out: all
                three.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "database": database,
            "update_mask": update_mask,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: datakernel_database_service_pb2.DeleteDatabaseRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_database_service_pb2.DeleteDatabaseResponse:
        """Deletes a database with its whole history. Not reversible.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)
