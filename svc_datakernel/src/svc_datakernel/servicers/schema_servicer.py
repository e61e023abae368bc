"""`oms.datakernel.v1.SchemaService`."""

from __future__ import annotations

from typing import Any

from oms.datakernel.v1 import schema_service_pb2 as pb
from oms.datakernel.v1 import schema_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock
from oms_core.errors import InvalidField

from svc_datakernel import convert, graph_convert
from svc_datakernel.domain.graph.requests import Migration
from svc_datakernel.domain.graph.store import GraphSchemas, PrefixChange, Source
from svc_datakernel.servicers.answers import whole


class SchemaServicer(pb_grpc.SchemaServiceServicer):
    """Schemas of graph databases."""

    def __init__(self, store: GraphSchemas, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def GetClassFrames(
        self, request: pb.GetClassFramesRequest, context: Any
    ) -> pb.GetClassFramesResponse:
        body = await self._store.frames(
            graph_convert.to_source(request.parent, request.revision),
            request.type,
            compress_ids=request.compress_ids if request.HasField("compress_ids") else True,
            expand_abstract=(
                request.expand_abstract if request.HasField("expand_abstract") else True
            ),
        )
        return await whole(context, body, pb.GetClassFramesResponse, request.revision)

    async def GetPrefixes(
        self, request: pb.GetPrefixesRequest, context: Any
    ) -> pb.GetPrefixesResponse:
        source = graph_convert.to_source(request.parent, request.revision)
        body = await self._store.prefixes(source)
        return await whole(context, body, pb.GetPrefixesResponse, request.revision)

    async def SetPrefix(self, request: pb.SetPrefixRequest, context: Any) -> pb.SetPrefixResponse:
        if request.create_only and request.update_only:
            raise InvalidField.of("create_only", "excludes update_only")
        target = graph_convert.to_target(request.parent)
        change = PrefixChange(
            request.prefix,
            request.iri,
            is_create_only=request.create_only,
            is_update_only=request.update_only,
        )
        draft = await graph_convert.to_draft(request, self._clock.now())
        outcome = await self._store.set_prefix(target, draft, change)
        return pb.SetPrefixResponse(
            commit=convert.from_commit(target.database, outcome.commit),
            unchanged=outcome.is_unchanged,
        )

    async def MigrateSchema(
        self, request: pb.MigrateSchemaRequest, context: Any
    ) -> pb.MigrateSchemaResponse:
        target = graph_convert.to_target(request.parent)
        migration = Migration(graph_convert.to_body(request.body), request.allow_destructive)
        draft = await graph_convert.to_draft(
            request, self._clock.now(), is_dry_run=request.validate_only
        )
        outcome = await self._store.migrate(target, draft, migration)
        done = outcome.answer
        return pb.MigrateSchemaResponse(
            schema_operation_count=done.schema_operations if done else 0,
            instance_operation_count=done.instance_operations if done else 0,
            commit=convert.from_commit(target.database, outcome.commit),
            unchanged=outcome.is_unchanged,
        )

    async def CompareSchemas(
        self, request: pb.CompareSchemasRequest, context: Any
    ) -> pb.CompareSchemasResponse:
        database, _ = convert.segments(request.parent)
        base = Source(database, convert.to_revision(request.base, "base"))
        other: bytes | Source = graph_convert.to_body(request.body)
        if not other:
            other = Source(database, convert.to_revision(request.target, "target"))
        elif request.HasField("target"):
            raise InvalidField.of("target", "excludes a body")
        body = await self._store.compare_schemas(base, other)
        return await whole(context, body, pb.CompareSchemasResponse, request.base)
