"""`oms.embedding.v1.IndexService`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, Final

from oms.embedding.v1 import index_service_pb2 as pb
from oms.embedding.v1 import index_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock
from oms_core.errors import Cancelled, InvalidField, PreconditionViolation, ResourceInUse
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_embedding.domain.indexes.embedding import TextEmbedder
from svc_embedding.domain.indexes.entries import check_plain
from svc_embedding.domain.indexes.querying import EntryFinder
from svc_embedding.domain.indexes.records import IndexRecord, index_name
from svc_embedding.domain.indexes.reindexing import Reindexer
from svc_embedding.domain.indexes.vector_index import MAX_RESULTS, VectorIndex
from svc_embedding.domain.indexes.writing import EntryWriter, with_layout
from svc_embedding.domain.search.searching import INDEX_ID as ONTOLOGIES
from svc_embedding.index_convert import (
    dimensions_of,
    draft_from_pb,
    entry_to_pb,
    index_to_pb,
    metric_of,
    progress_to_pb,
    query_from_pb,
    ranked_to_pb,
)

_QUERY: Final = ("indexes",)
_DEFAULT_RESULTS: Final = 10
_LOOK_S: Final = 0.25


class IndexServicer(pb_grpc.IndexServiceServicer):
    """Indexes, whatever keeps them."""

    def __init__(self, index: VectorIndex, embedder: TextEmbedder, clock: Clock) -> None:
        self._index = index
        self._embedder = embedder
        self._clock = clock
        self._writer = EntryWriter(index, embedder)
        self._finder = EntryFinder(index, embedder)
        self._reindexer = Reindexer(index, embedder, clock)

    async def CreateIndex(
        self, request: pb.CreateIndexRequest, context: Any
    ) -> pb.CreateIndexResponse:
        asked = request.index
        if request.index_id == ONTOLOGIES:
            raise InvalidField.of("index_id", f"{ONTOLOGIES!r} is the search's own")
        check_plain(asked.description, field="index.description")
        length = dimensions_of(asked.dimensions, field="index.dimensions")
        # The model first: a number is not given to what can't be made.
        await self._embedder.generation(0, asked.model, length)
        number = await self._index.next_generation()
        generation = await self._embedder.generation(number, asked.model, length)
        dimensions_of(generation.dimensions, field="index.dimensions")
        record = IndexRecord(
            id=request.index_id,
            metric=metric_of(asked),
            description=asked.description,
            active=generation,
            create_time=self._clock.now(),
        )
        await self._index.create(record)
        return pb.CreateIndexResponse(index=await self._shown(record.id))

    async def GetIndex(self, request: pb.GetIndexRequest, context: Any) -> pb.GetIndexResponse:
        return pb.GetIndexResponse(index=await self._shown(_id(request.name)))

    async def ListIndexes(
        self, request: pb.ListIndexesRequest, context: Any
    ) -> pb.ListIndexesResponse:
        cursor = decode_page_token(_QUERY, request.page_token, length=1)
        after = cursor[0] if cursor else ""
        left = [each.id for each in await self._index.list() if each.id > after]
        most = page_size(request.page_size)
        token = encode_page_token(_QUERY, [left[most - 1]]) if len(left) > most else ""
        shown = [await self._shown(each) for each in left[:most]]
        return pb.ListIndexesResponse(indexes=shown, next_page_token=token)

    async def DeleteIndex(
        self, request: pb.DeleteIndexRequest, context: Any
    ) -> pb.DeleteIndexResponse:
        await self._index.delete(_writable(request.name))
        return pb.DeleteIndexResponse()

    async def UpsertEntries(
        self, request: pb.UpsertEntriesRequest, context: Any
    ) -> pb.UpsertEntriesResponse:
        index_id = _writable(request.parent)
        drafts = [
            draft_from_pb(entry, field=f"entries[{at}]") for at, entry in enumerate(request.entries)
        ]
        cut = await self._writer.write(
            index_id, request.namespace, drafts, space=request.vector_space
        )
        return pb.UpsertEntriesResponse(entry_count=len(drafts), truncated_entry_ids=cut)

    async def DeleteEntries(
        self, request: pb.DeleteEntriesRequest, context: Any
    ) -> pb.DeleteEntriesResponse:
        index_id = _writable(request.parent)
        if bool(request.entry_ids) == request.all:
            raise InvalidField.of("entry_ids", "either entries have to be named or `all` be set")
        _check_plain(request)

        async def delete(record: IndexRecord) -> int:
            if request.all:
                return await self._index.clear(record, request.namespace)
            return await self._index.write(record, request.namespace, {}, request.entry_ids)

        count = await with_layout(self._index, index_id, delete)
        return pb.DeleteEntriesResponse(entry_count=count)

    async def GetEntries(
        self, request: pb.GetEntriesRequest, context: Any
    ) -> pb.GetEntriesResponse:
        _check_plain(request)
        ids = list(dict.fromkeys(request.entry_ids))
        found = await with_layout(
            self._index,
            _id(request.parent),
            lambda record: self._index.entries(record, request.namespace, ids),
        )
        return pb.GetEntriesResponse(
            entries=[
                entry_to_pb(found[key], with_vector=request.include_vectors)
                for key in ids
                if key in found
            ],
            missing_ids=[key for key in ids if key not in found],
        )

    async def QueryEntries(
        self, request: pb.QueryEntriesRequest, context: Any
    ) -> pb.QueryEntriesResponse:
        asked = pb.QueryEntriesRequest()
        asked.CopyFrom(request)
        asked.ClearField("page_token")
        asked.ClearField("page_size")
        identity = [asked.SerializeToString(deterministic=True).hex()]
        cursor = decode_page_token(identity, request.page_token, length=1)
        start = int(cursor[0]) if cursor else 0
        size = request.page_size or _DEFAULT_RESULTS
        found = await self._finder.find(
            _id(request.parent), query_from_pb(request), start=start, size=size
        )
        until = start + size
        has_more = found.has_more and until < MAX_RESULTS
        return pb.QueryEntriesResponse(
            results=[
                ranked_to_pb(each, found.entries, with_vector=request.include_vectors)
                for each in found.ranked
            ],
            next_page_token=encode_page_token(identity, [str(until)]) if has_more else "",
            vector_space=found.space,
        )

    async def Reindex(
        self, request: pb.ReindexRequest, context: Any
    ) -> AsyncGenerator[pb.ReindexResponse]:
        index_id = _id(request.name)
        length = dimensions_of(request.dimensions, field="dimensions")
        building = await self._reindexer.begin(index_id, model=request.model, dimensions=length)
        number = building.generation.number
        yield pb.ReindexResponse(progress=progress_to_pb(building))
        while True:
            await asyncio.sleep(_LOOK_S)
            record = await self._index.get(index_id)
            now = record.building
            if now is not None and now.generation.number == number:
                if now != building:
                    building = now
                    yield pb.ReindexResponse(progress=progress_to_pb(building))
                continue
            if record.active.number != number:
                failure = await self._reindexer.failure(index_id, number)
                raise failure or Cancelled(f"the re-index of {request.name!r} was cancelled")
            yield pb.ReindexResponse(progress=progress_to_pb(building), is_done=True)
            return

    async def CancelReindex(
        self, request: pb.CancelReindexRequest, context: Any
    ) -> pb.CancelReindexResponse:
        await self._reindexer.cancel(_id(request.name))
        return pb.CancelReindexResponse(index=await self._shown(_id(request.name)))

    async def _shown(self, index_id: str) -> pb.Index:
        async def show(record: IndexRecord) -> pb.Index:
            count = await self._index.count(record)
            return index_to_pb(record, backend=self._index.backend, count=count)

        return await with_layout(self._index, index_id, show)


def _check_plain(request: pb.GetEntriesRequest | pb.DeleteEntriesRequest) -> None:
    check_plain(request.namespace, field="namespace")
    for at, entry_id in enumerate(request.entry_ids):
        check_plain(entry_id, field=f"entry_ids[{at}]")


def _id(name: str) -> str:
    return name.partition("/")[2]


def _writable(name: str) -> str:
    index_id = _id(name)
    if index_id == ONTOLOGIES:
        why = "is kept by the search of ontologies; only they change it"
        raise ResourceInUse(
            f"{index_name(index_id)!r} {why}",
            metadata={"resource_name": name},
            preconditions=[PreconditionViolation("IN_USE", name, why)],
        )
    return index_id
