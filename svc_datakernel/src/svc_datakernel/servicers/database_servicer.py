"""`oms.datakernel.v1.DatabaseService`."""

from __future__ import annotations

from typing import Any, Final

from oms.datakernel.v1 import database_service_pb2 as pb
from oms.datakernel.v1 import database_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock
from oms_core.errors import InvalidUpdateMask
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_datakernel import convert
from svc_datakernel.domain.store import Databases

_CHANGEABLE: Final = ("display_name", "description", "kind")


class DatabaseServicer(pb_grpc.DatabaseServiceServicer):
    """Databases, as the store keeps them."""

    def __init__(self, store: Databases, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def CreateDatabase(
        self, request: pb.CreateDatabaseRequest, context: Any
    ) -> pb.CreateDatabaseResponse:
        database = convert.to_database(request)
        author = convert.to_author(self._clock.now())
        created = await self._store.create_database(database, author)
        return pb.CreateDatabaseResponse(database=convert.from_database(created))

    async def GetDatabase(
        self, request: pb.GetDatabaseRequest, context: Any
    ) -> pb.GetDatabaseResponse:
        database, _ = convert.segments(request.name)
        found = await self._store.get_database(database)
        return pb.GetDatabaseResponse(database=convert.from_database(found))

    async def ListDatabases(
        self, request: pb.ListDatabasesRequest, context: Any
    ) -> pb.ListDatabasesResponse:
        query = ("databases", request.kind)
        cursor = decode_page_token(query, request.page_token, length=1)
        size = page_size(request.page_size)
        found = await self._store.list_databases(
            kind=request.kind, after=cursor[0] if cursor else "", limit=size + 1
        )
        return pb.ListDatabasesResponse(
            databases=[convert.from_database(database) for database in found[:size]],
            next_page_token=encode_page_token(query, [found[size - 1].id])
            if len(found) > size
            else "",
        )

    async def UpdateDatabase(
        self, request: pb.UpdateDatabaseRequest, context: Any
    ) -> pb.UpdateDatabaseResponse:
        database, _ = convert.segments(request.database.name)
        paths = request.update_mask.paths or _CHANGEABLE
        unknown = sorted({*paths} - {*_CHANGEABLE})
        if unknown:
            raise InvalidUpdateMask(
                f"update_mask: {unknown[0]!r} can't be changed",
                metadata={"path": unknown[0]},
            )
        changes = {path: str(getattr(request.database, path)) for path in paths}
        updated = await self._store.update_database(database, changes)
        return pb.UpdateDatabaseResponse(database=convert.from_database(updated))

    async def DeleteDatabase(
        self, request: pb.DeleteDatabaseRequest, context: Any
    ) -> pb.DeleteDatabaseResponse:
        database, _ = convert.segments(request.name)
        await self._store.delete_database(database)
        return pb.DeleteDatabaseResponse()
