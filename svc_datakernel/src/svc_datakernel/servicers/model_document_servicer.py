"""`oms.datakernel.v1.ModelDocumentService`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, Final, TypeVar, cast

from oms.datakernel.v1 import model_document_service_pb2 as pb
from oms.datakernel.v1 import model_document_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock
from oms_core.errors import InvalidField

from svc_datakernel import convert, graph_convert
from svc_datakernel.domain.graph.data_version import data_version
from svc_datakernel.domain.graph.requests import Deletion, Form, Insertion, Selection, Written
from svc_datakernel.domain.graph.store import GraphDocuments, PatchRequest, Source
from svc_datakernel.domain.graph.view import Outcome
from svc_datakernel.servicers.answers import streamed, tell
from svc_datakernel.servicers.framing import ARRAY, LINES, Frame
from svc_datakernel.servicers.importing import Importing

R = TypeVar("R")

_MOST_TEMPLATE_BYTES: Final = 64 * 1024


class ModelDocumentServicer(pb_grpc.ModelDocumentServiceServicer):
    """Documents of graph databases."""

    def __init__(self, store: GraphDocuments, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def InsertDocuments(
        self, request: pb.InsertDocumentsRequest, context: Any
    ) -> pb.InsertDocumentsResponse:
        insertion = Insertion(
            body=graph_convert.to_body(request.body),
            graph=graph_convert.to_graph(request.graph),
            full_replace=request.full_replace,
            raw_json=request.raw_json,
            merge_repeats=request.merge_repeats,
            overwrite=request.overwrite,
            require_migration=request.require_migration,
            allow_destructive_migration=request.allow_destructive_migration,
        )
        return await self._write(request, insertion, pb.InsertDocumentsResponse)

    async def ReplaceDocuments(
        self, request: pb.ReplaceDocumentsRequest, context: Any
    ) -> pb.ReplaceDocumentsResponse:
        insertion = Insertion(
            body=graph_convert.to_body(request.body),
            graph=graph_convert.to_graph(request.graph),
            is_replace=True,
            create=request.create,
            raw_json=request.raw_json,
            merge_repeats=request.merge_repeats,
            require_migration=request.require_migration,
            allow_destructive_migration=request.allow_destructive_migration,
        )
        return await self._write(request, insertion, pb.ReplaceDocumentsResponse)

    async def PatchModelDocuments(
        self, request: pb.PatchModelDocumentsRequest, context: Any
    ) -> pb.PatchModelDocumentsResponse:
        target = graph_convert.to_target(request.parent)
        draft = await graph_convert.to_draft(request, self._clock.now())
        patch = PatchRequest(graph_convert.to_body(request.body), request.match_final_state)
        outcome = await self._store.patch(target, draft, patch)
        return _written(request.parent, outcome, pb.PatchModelDocumentsResponse)

    async def DeleteDocuments(
        self, request: pb.DeleteDocumentsRequest, context: Any
    ) -> pb.DeleteDocumentsResponse:
        deletion = _deletion(request)
        target = graph_convert.to_target(request.parent)
        draft = await graph_convert.to_draft(request, self._clock.now())
        outcome = await self._store.delete(target, draft, deletion)
        return pb.DeleteDocumentsResponse(
            deleted_count=len(outcome.answer.ids) if outcome.answer else 0,
            commit=convert.from_commit(target.database, outcome.commit),
            unchanged=outcome.is_unchanged,
            data_version=data_version(outcome.commit.id),
        )

    async def ReadDocument(
        self, request: pb.ReadDocumentRequest, context: Any
    ) -> pb.ReadDocumentResponse:
        selection = Selection(
            ids=[request.document_id],
            graph=graph_convert.to_graph(request.graph),
            with_deleted=request.show_deleted,
        )
        source = graph_convert.to_source(request.parent, request.revision, request.data_version)
        stream = await self._store.read(source, selection, graph_convert.to_form(request.form))
        async with aclosing(cast("AsyncGenerator[bytes]", stream.parts)) as parts:
            data = b"".join([part async for part in parts])
        await tell(context, stream.commit_id, request.revision)
        return pb.ReadDocumentResponse(
            body=graph_convert.from_body(data), commit_id=stream.commit_id
        )

    async def ReadDocuments(
        self, request: pb.ReadDocumentsRequest, context: Any
    ) -> AsyncGenerator[pb.ReadDocumentsResponse]:
        selection = Selection(
            ids=request.document_ids,
            types=[request.type] if request.type else [],
            graph=graph_convert.to_graph(request.graph),
            skip=request.skip,
            count=_count(request),
            with_deleted=request.show_deleted,
            is_by_class=True,
        )
        source = graph_convert.to_source(request.parent, request.revision, request.data_version)
        form = graph_convert.to_form(request.form)
        answer = self._read(context, (source, selection, form), request, pb.ReadDocumentsResponse)
        async with aclosing(answer) as responses:
            async for response in responses:
                yield response

    async def MatchDocuments(
        self, request: pb.MatchDocumentsRequest, context: Any
    ) -> AsyncGenerator[pb.MatchDocumentsResponse]:
        selection = Selection(
            types=[request.type] if request.type else [],
            template=graph_convert.to_body(request.body, _MOST_TEMPLATE_BYTES),
            graph=graph_convert.to_graph(request.graph),
            skip=request.skip,
            count=_count(request),
        )
        source = graph_convert.to_source(request.parent, request.revision)
        form = graph_convert.to_form(request.form)
        answer = self._read(context, (source, selection, form), request, pb.MatchDocumentsResponse)
        async with aclosing(answer) as responses:
            async for response in responses:
                yield response

    async def CountDocuments(
        self, request: pb.CountDocumentsRequest, context: Any
    ) -> pb.CountDocumentsResponse:
        selection = Selection(
            types=[request.type] if request.type else [],
            graph=graph_convert.to_graph(request.graph),
        )
        source = graph_convert.to_source(request.parent, request.revision)
        counted = await self._store.count(source, selection)
        await tell(context, counted.commit_id, request.revision)
        return pb.CountDocumentsResponse(count=counted.count, commit_id=counted.commit_id)

    async def CheckDocuments(
        self, request: pb.CheckDocumentsRequest, context: Any
    ) -> pb.CheckDocumentsResponse:
        found = await self._store.check_presence(
            graph_convert.to_source(request.parent, request.revision),
            request.document_ids,
            graph_convert.to_graph(request.graph),
        )
        await tell(context, found.commit_id, request.revision)
        return pb.CheckDocumentsResponse(
            present_ids=found.present, missing_ids=found.missing, commit_id=found.commit_id
        )

    async def ImportDocuments(
        self, requests: AsyncIterator[pb.ImportDocumentsRequest], context: Any
    ) -> pb.ImportDocumentsResponse:
        importing = await Importing.begin(self._store, self._clock, requests)
        return await importing.run()

    async def ExportDocuments(
        self, request: pb.ExportDocumentsRequest, context: Any
    ) -> AsyncGenerator[pb.ExportDocumentsResponse]:
        selection = Selection(
            types=request.types,
            graph=graph_convert.to_graph(request.graph),
            after=request.after_document_id,
        )
        source = graph_convert.to_source(request.parent, request.revision)
        stream = await self._store.read(source, selection, Form())
        answer = streamed(
            context,
            stream,
            pb.ExportDocumentsResponse,
            frame=LINES,
            content_type=graph_convert.JSON_LINES,
            revision=request.revision,
        )
        async with aclosing(answer) as responses:
            async for response in responses:
                yield response

    async def _write(self, request: Any, insertion: Insertion, response: Callable[..., R]) -> R:
        target = graph_convert.to_target(request.parent)
        draft = await graph_convert.to_draft(request, self._clock.now())
        outcome = await self._store.write(target, draft, insertion)
        return _written(request.parent, outcome, response)

    async def _read(
        self,
        context: Any,
        asked: tuple[Source, Selection, Form],
        request: pb.ReadDocumentsRequest | pb.MatchDocumentsRequest,
        response: Callable[..., R],
    ) -> AsyncGenerator[R]:
        stream = await self._store.read(*asked)
        frame: Frame = ARRAY if request.as_list else LINES
        content_type = graph_convert.JSON if request.as_list else graph_convert.JSON_LINES
        answer = streamed(
            context,
            stream,
            response,
            frame=frame,
            content_type=content_type,
            revision=request.revision,
        )
        async with aclosing(answer) as responses:
            async for each in responses:
                yield each


def _written(parent: str, outcome: Outcome[Written], response: Callable[..., R]) -> R:
    database, _ = convert.segments(parent)
    return response(
        document_ids=outcome.answer.ids if outcome.answer else [],
        commit=convert.from_commit(database, outcome.commit),
        unchanged=outcome.is_unchanged,
        data_version=data_version(outcome.commit.id),
    )


def _count(request: pb.ReadDocumentsRequest | pb.MatchDocumentsRequest) -> int | None:
    return request.count if request.HasField("count") else None


def _deletion(request: pb.DeleteDocumentsRequest) -> Deletion:
    if request.nuke and (request.document_ids or request.type):
        raise InvalidField.of("nuke", "excludes document_ids and type")
    return Deletion(
        ids=request.document_ids,
        graph=graph_convert.to_graph(request.graph),
        type=request.type,
        nuke=request.nuke,
        is_hard=request.hard,
    )
