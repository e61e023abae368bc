"""`oms.embedding.v1.SearchService`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, Final

from oms.common.v1.revision_pb2 import Revision
from oms.embedding.v1 import search_service_pb2 as pb
from oms.embedding.v1 import search_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField, ResourceNotFound
from oms_core.paging import decode_page_token, encode_page_token

from svc_embedding.domain.indexes.querying import SearchMode
from svc_embedding.domain.indexes.records import IndexRecord
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.indexes.writing import with_layout
from svc_embedding.domain.search.choice import Chosen
from svc_embedding.domain.search.contents import Kind
from svc_embedding.domain.search.ontology import Snapshot
from svc_embedding.domain.search.position import Position, namespace_of
from svc_embedding.domain.search.rebuilding import begin_rebuild
from svc_embedding.domain.search.recommending import Recommender
from svc_embedding.domain.search.searching import INDEX_ID, OntologySearch, SearchQuery
from svc_embedding.index_convert import SEARCH_MODES
from svc_embedding.search_convert import (
    Shown,
    draft_type_from_pb,
    kinds_from_pb,
    search_index_to_pb,
)

_DEFAULT_SIZE: Final = 10
_DEFAULT_WAIT_S: Final = 5.0
_MAX_WAIT_S: Final = 30.0
_DEFAULT_THRESHOLD: Final = 0.85
_DEFAULT_PAIRS: Final = 100
_DEFAULT_RECOMMENDED: Final = 5
_DEFAULT_SIMILARITY: Final = 0.35
_LOOK_S: Final = 0.25
_WHERE: Final = "among those that OMS_EMBEDDING_SEARCH_ONTOLOGIES names"


class SearchServicer(pb_grpc.SearchServiceServicer):
    """Search of ontologies by meaning."""

    def __init__(
        self,
        index: VectorIndex,
        search: OntologySearch,
        recommender: Recommender,
        chosen: Chosen,
    ) -> None:
        self._index = index
        self._search = search
        self._recommender = recommender
        self._chosen = chosen

    async def SearchOntology(
        self, request: pb.SearchOntologyRequest, context: Any
    ) -> pb.SearchOntologyResponse:
        asked = pb.SearchOntologyRequest()
        asked.CopyFrom(request)
        for field in ("page_token", "page_size", "min_commit", "max_wait"):
            asked.ClearField(field)
        identity = [asked.SerializeToString(deterministic=True).hex()]
        cursor = decode_page_token(identity, request.page_token, length=2)
        snapshot = await self._snapshot(request)
        start = 0
        if cursor:
            # Later pages are of the commit of the first one.
            revision = Revision(commit=cursor[0])
            snapshot = await self._search.snapshot(snapshot.ontology, revision)
            start = int(cursor[1])
        size = request.page_size or _DEFAULT_SIZE
        query = SearchQuery(
            text=request.query,
            kinds=kinds_from_pb(request.kinds),
            mode=SEARCH_MODES[request.mode] or SearchMode.HYBRID,
            min_similarity=request.min_similarity,
        )
        found = await self._search.search(snapshot, query, start=start, size=size)
        shown = Shown(snapshot.ontology, request.language)
        token = encode_page_token(identity, [snapshot.commit, str(start + size)])
        return pb.SearchOntologyResponse(
            matches=map(shown.match, found.matches),
            next_page_token=token if found.has_more else "",
            commit_id=snapshot.commit,
            is_complete=found.is_complete,
            is_semantic=found.is_semantic and query.mode is not SearchMode.WORDS,
            vector_space=found.space,
        )

    async def FindDuplicates(
        self, request: pb.FindDuplicatesRequest, context: Any
    ) -> pb.FindDuplicatesResponse:
        ontology = _ontology(request.parent)
        revision = request.revision if request.HasField("revision") else None
        snapshot = await self._search.snapshot(ontology, revision)
        found = await self._search.duplicates(
            snapshot,
            kinds=kinds_from_pb(request.kinds, [Kind.OBJECT_TYPE]),
            threshold=request.threshold or _DEFAULT_THRESHOLD,
            limit=request.limit or _DEFAULT_PAIRS,
        )
        return Shown(ontology, request.language).duplicates(found, snapshot)

    async def RecommendSchema(
        self, request: pb.RecommendSchemaRequest, context: Any
    ) -> pb.RecommendSchemaResponse:
        snapshot = await self._snapshot(request)
        position = await self._search.position(snapshot)
        found = await self._recommender.recommend(
            snapshot,
            draft_type_from_pb(request.draft),
            limit=request.limit or _DEFAULT_RECOMMENDED,
            min_similarity=request.min_similarity or _DEFAULT_SIMILARITY,
        )
        return Shown(snapshot.ontology, request.language).recommendations(
            found, snapshot, is_complete=position.sequence >= snapshot.sequence
        )

    async def GetSearchIndex(
        self, request: pb.GetSearchIndexRequest, context: Any
    ) -> pb.GetSearchIndexResponse:
        _, _, shown = await self._status(_ontology(request.name))
        return pb.GetSearchIndexResponse(search_index=shown)

    async def RebuildSearchIndex(
        self, request: pb.RebuildSearchIndexRequest, context: Any
    ) -> AsyncGenerator[pb.RebuildSearchIndexResponse]:
        ontology = _ontology(request.name)
        target, _, _ = await self._status(ontology)
        if ontology not in self._chosen:
            raise ResourceNotFound.of("search index", request.name, _WHERE)
        epoch = await begin_rebuild(self._index, ontology)
        told = -2
        while True:
            snapshot, position, shown = await self._status(ontology)
            if snapshot.incarnation != target.incarnation:
                raise ResourceNotFound.of("ontology", request.name, "as it was at the beginning")
            is_begun = position.epoch >= epoch
            is_done = is_begun and position.sequence >= target.sequence
            sequence = position.sequence if is_begun else -1
            if sequence != told or is_done:
                told = sequence
                yield pb.RebuildSearchIndexResponse(
                    search_index=shown, target_sequence=target.sequence, is_done=is_done
                )
            if is_done:
                return
            await asyncio.sleep(_LOOK_S)

    async def _snapshot(self, request: Any) -> Snapshot:
        wait_s = _DEFAULT_WAIT_S
        if request.HasField("max_wait"):
            wait_s = request.max_wait.ToTimedelta().total_seconds()
        if not 0 <= wait_s <= _MAX_WAIT_S:
            raise InvalidField.of("max_wait", f"has to be between 0 s and {_MAX_WAIT_S:.0f} s")
        return await self._search.snapshot(
            _ontology(request.parent),
            request.revision if request.HasField("revision") else None,
            min_commit=request.min_commit,
            max_wait_s=wait_s,
        )

    async def _status(self, ontology: str) -> tuple[Snapshot, Position, pb.SearchIndex]:
        snapshot = await self._search.snapshot(ontology, None)
        position = await self._search.position(snapshot)
        namespace = namespace_of(ontology, snapshot.incarnation)

        async def counted(record: IndexRecord) -> pb.SearchIndex:
            count = await self._index.count(record, namespace)
            return search_index_to_pb(snapshot, position, record, count)

        try:
            shown = await with_layout(self._index, INDEX_ID, counted)
        except ResourceNotFound:
            shown = search_index_to_pb(snapshot, position, None, 0)
        return snapshot, position, shown


def _ontology(name: str) -> str:
    return name.split("/")[1]
