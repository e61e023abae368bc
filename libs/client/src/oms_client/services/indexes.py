"""Calls of `oms.embedding.v1.IndexService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from oms.embedding.v1 import embedding_service_pb2 as embedding_embedding_service_pb2
from oms.embedding.v1 import index_service_pb2 as embedding_index_service_pb2
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncIndexes", "Indexes"]

_CREATE: Final = Method(
    "/oms.embedding.v1.IndexService/CreateIndex",
    embedding_index_service_pb2.CreateIndexRequest,
    embedding_index_service_pb2.CreateIndexResponse,
)
_GET: Final = Method(
    "/oms.embedding.v1.IndexService/GetIndex",
    embedding_index_service_pb2.GetIndexRequest,
    embedding_index_service_pb2.GetIndexResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.embedding.v1.IndexService/ListIndexes",
    embedding_index_service_pb2.ListIndexesRequest,
    embedding_index_service_pb2.ListIndexesResponse,
    is_read_only=True,
    items="indexes",
)
_DELETE: Final = Method(
    "/oms.embedding.v1.IndexService/DeleteIndex",
    embedding_index_service_pb2.DeleteIndexRequest,
    embedding_index_service_pb2.DeleteIndexResponse,
)
_UPSERT_ENTRIES: Final = Method(
    "/oms.embedding.v1.IndexService/UpsertEntries",
    embedding_index_service_pb2.UpsertEntriesRequest,
    embedding_index_service_pb2.UpsertEntriesResponse,
)
_DELETE_ENTRIES: Final = Method(
    "/oms.embedding.v1.IndexService/DeleteEntries",
    embedding_index_service_pb2.DeleteEntriesRequest,
    embedding_index_service_pb2.DeleteEntriesResponse,
)
_GET_ENTRIES: Final = Method(
    "/oms.embedding.v1.IndexService/GetEntries",
    embedding_index_service_pb2.GetEntriesRequest,
    embedding_index_service_pb2.GetEntriesResponse,
    is_read_only=True,
)
_QUERY_ENTRIES: Final = Method(
    "/oms.embedding.v1.IndexService/QueryEntries",
    embedding_index_service_pb2.QueryEntriesRequest,
    embedding_index_service_pb2.QueryEntriesResponse,
    is_read_only=True,
    items="results",
)
_REINDEX: Final = Method(
    "/oms.embedding.v1.IndexService/Reindex",
    embedding_index_service_pb2.ReindexRequest,
    embedding_index_service_pb2.ReindexResponse,
)
_CANCEL_REINDEX: Final = Method(
    "/oms.embedding.v1.IndexService/CancelReindex",
    embedding_index_service_pb2.CancelReindexRequest,
    embedding_index_service_pb2.CancelReindexResponse,
)


class Indexes:
    """Vector indexes: entries with a vector, a text and metadata, found by meaning, by words and by
    filters.

    An index holds vectors of one space, that of its model, and entries in namespaces that are
    searched apart. NOT_FOUND with RESOURCE_NOT_FOUND names an index that there is not.
    INVALID_ARGUMENT with INVALID_VECTOR names a vector that has another length than the index, a
    number that is not between -65,504 and 65,504, or length zero where the metric is cosine.
    FAILED_PRECONDITION with VECTOR_SPACE_MISMATCH: the vectors are of another space than the
    index.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: embedding_index_service_pb2.CreateIndexRequest | None = None,
        /,
        *,
        index_id: str = "",
        index: embedding_index_service_pb2.Index | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.CreateIndexResponse:
        """Creates an index. ALREADY_EXISTS when there is one of that id; NOT_FOUND when there is no
        such model.

        Args:
            given: The request as a message; what the others set is put on top.
            index_id: Id: a lowercase letter, then lowercase letters, digits and `-`, at most 63.
            index: The index; its name is left out.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "index_id": index_id,
            "index": index,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: embedding_index_service_pb2.GetIndexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.GetIndexResponse:
        """Gets an index with its counts.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `indexes/{index}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: embedding_index_service_pb2.ListIndexesRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[embedding_index_service_pb2.Index, embedding_index_service_pb2.ListIndexesResponse]:
        """Lists the indexes by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: At most this many, 1 to 1,000; 0: 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def delete(
        self,
        given: embedding_index_service_pb2.DeleteIndexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.DeleteIndexResponse:
        """Deletes an index with its entries. FAILED_PRECONDITION with RESOURCE_IN_USE for
        `indexes/ontologies`, which the search of ontologies lives in.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `indexes/{index}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)

    def upsert_entries(
        self,
        given: embedding_index_service_pb2.UpsertEntriesRequest | None = None,
        /,
        *,
        parent: str = "",
        namespace: str = "",
        entries: Iterable[embedding_index_service_pb2.Entry | Mapping[str, Any]] = (),
        vector_space: str = "",
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.UpsertEntriesResponse:
        """Writes entries, all or none; an entry of the same id is replaced. Readable and searchable
        once answered. A text without a vector is embedded as a document. Safe to repeat.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `indexes/{index}`.
            namespace: Where in the index; empty is one of them.
            entries: 1 to 1,000 entries with different ids, each with a text, a vector or both.
            vector_space: The space of the vectors that are given. Left out: taken to be that of
                the index.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "namespace": namespace,
            "entries": entries,
            "vector_space": vector_space,
        }
        return self._calls.unary(_UPSERT_ENTRIES, given, timeout_s, fields)

    def delete_entries(
        self,
        given: embedding_index_service_pb2.DeleteEntriesRequest | None = None,
        /,
        *,
        parent: str = "",
        namespace: str = "",
        entry_ids: Iterable[str] = (),
        all: bool = False,
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.DeleteEntriesResponse:
        """Deletes entries by id, or all of a namespace. Those that there are not are passed over.
        Safe to repeat.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `indexes/{index}`.
            namespace: Where in the index.
            entry_ids: At most 1,000. INVALID_ARGUMENT unless either this or `all` is set.
            all: Every entry of the namespace.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "namespace": namespace,
            "entry_ids": entry_ids,
            "all": all,
        }
        return self._calls.unary(_DELETE_ENTRIES, given, timeout_s, fields)

    def get_entries(
        self,
        given: embedding_index_service_pb2.GetEntriesRequest | None = None,
        /,
        *,
        parent: str = "",
        namespace: str = "",
        entry_ids: Iterable[str] = (),
        include_vectors: bool = False,
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.GetEntriesResponse:
        """Gets entries by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `indexes/{index}`.
            namespace: Where in the index.
            entry_ids: 1 to 1,000.
            include_vectors: Send the vectors too.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "namespace": namespace,
            "entry_ids": entry_ids,
            "include_vectors": include_vectors,
        }
        return self._calls.unary(_GET_ENTRIES, given, timeout_s, fields)

    def query_entries(
        self,
        given: embedding_index_service_pb2.QueryEntriesRequest | None = None,
        /,
        *,
        parent: str = "",
        namespace: str = "",
        text: str | None = None,
        vector: embedding_embedding_service_pb2.Vector | Mapping[str, Any] | None = None,
        entry_id: str | None = None,
        mode: embedding_index_service_pb2.SearchMode | str | None = None,
        filter: embedding_index_service_pb2.EntryFilter | Mapping[str, Any] | None = None,
        page_size: int = 0,
        diversity: float = 0.0,
        include_vectors: bool = False,
        vector_space: str = "",
        exact: bool = False,
        timeout_s: float | None = None,
    ) -> Paged[embedding_index_service_pb2.ScoredEntry, embedding_index_service_pb2.QueryEntriesResponse]:
        """Finds the entries that are nearest to a vector, a text or an entry, the best first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `indexes/{index}`.
            namespace: Where in the index.
            text: A text, embedded as a query; at most 64 KiB.
            vector: A vector of the index's space.
            entry_id: An entry of the same namespace, which is not found itself. NOT_FOUND when
                there is none.
            mode: How they are found. INVALID_ARGUMENT for full text or hybrid without a text.
            filter: Which entries are looked at; left out: all.
            page_size: At most this many, 1 to 1,000; 0: 10.
            diversity: Maximal marginal relevance: from 0, only the nearest count, to 1, only how
                different they are from those before. Left out or 0: not done. Reorders the best
                100 among themselves, and then the others up to the 1,000th, by their vectors;
                the scores stay as they are.
            include_vectors: Send the vectors of what was found too.
            vector_space: The space of the vector that is given. Left out: taken to be that of
                the index.
            exact: Compare with every entry instead of using the index's graph: slower, and
                nothing is missed.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "namespace": namespace,
            "text": text,
            "vector": vector,
            "entry_id": entry_id,
            "mode": mode,
            "filter": filter,
            "page_size": page_size,
            "diversity": diversity,
            "include_vectors": include_vectors,
            "vector_space": vector_space,
            "exact": exact,
        }
        return self._calls.paged(_QUERY_ENTRIES, given, timeout_s, fields)

    def reindex(
        self,
        given: embedding_index_service_pb2.ReindexRequest | None = None,
        /,
        *,
        name: str = "",
        model: str = "",
        dimensions: int = 0,
        timeout_s: float | None = None,
    ) -> Stream[embedding_index_service_pb2.ReindexResponse]:
        """Fills a new generation of an index beside the one that is searched, from the texts of its
        entries by the model that is named, and switches over once it is whole: every read sees
        one generation or the other, and what is written meanwhile is in both. Tells progress
        until then. It goes on when the caller leaves, and after a restart of the server; a
        second call with the same model joins it. ABORTED with STALE_ETAG when one with another
        model is under way. FAILED_PRECONDITION with VECTOR_SPACE_MISMATCH and `entry`, in the
        stream, when an entry without a text has a vector of another space: then the index stays
        as it was.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `indexes/{index}`.
            model: The model to embed with; empty: the index's own, which makes every vector
                anew.
            dimensions: Length of the vectors; 0: the model's own.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "model": model,
            "dimensions": dimensions,
        }
        return self._calls.stream(_REINDEX, given, timeout_s, fields)

    def cancel_reindex(
        self,
        given: embedding_index_service_pb2.CancelReindexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.CancelReindexResponse:
        """Ends a re-index that is under way and drops what it made. Nothing happens when there is
        none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `indexes/{index}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_CANCEL_REINDEX, given, timeout_s, fields)


class AsyncIndexes:
    """Vector indexes: entries with a vector, a text and metadata, found by meaning, by words and by
    filters.

    An index holds vectors of one space, that of its model, and entries in namespaces that are
    searched apart. NOT_FOUND with RESOURCE_NOT_FOUND names an index that there is not.
    INVALID_ARGUMENT with INVALID_VECTOR names a vector that has another length than the index, a
    number that is not between -65,504 and 65,504, or length zero where the metric is cosine.
    FAILED_PRECONDITION with VECTOR_SPACE_MISMATCH: the vectors are of another space than the
    index.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: embedding_index_service_pb2.CreateIndexRequest | None = None,
        /,
        *,
        index_id: str = "",
        index: embedding_index_service_pb2.Index | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.CreateIndexResponse:
        """Creates an index. ALREADY_EXISTS when there is one of that id; NOT_FOUND when there is no
        such model.

        Args:
            given: The request as a message; what the others set is put on top.
            index_id: Id: a lowercase letter, then lowercase letters, digits and `-`, at most 63.
            index: The index; its name is left out.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "index_id": index_id,
            "index": index,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: embedding_index_service_pb2.GetIndexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.GetIndexResponse:
        """Gets an index with its counts.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `indexes/{index}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: embedding_index_service_pb2.ListIndexesRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[embedding_index_service_pb2.Index, embedding_index_service_pb2.ListIndexesResponse]:
        """Lists the indexes by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: At most this many, 1 to 1,000; 0: 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def delete(
        self,
        given: embedding_index_service_pb2.DeleteIndexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.DeleteIndexResponse:
        """Deletes an index with its entries. FAILED_PRECONDITION with RESOURCE_IN_USE for
        `indexes/ontologies`, which the search of ontologies lives in.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `indexes/{index}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)

    async def upsert_entries(
        self,
        given: embedding_index_service_pb2.UpsertEntriesRequest | None = None,
        /,
        *,
        parent: str = "",
        namespace: str = "",
        entries: Iterable[embedding_index_service_pb2.Entry | Mapping[str, Any]] = (),
        vector_space: str = "",
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.UpsertEntriesResponse:
        """Writes entries, all or none; an entry of the same id is replaced. Readable and searchable
        once answered. A text without a vector is embedded as a document. Safe to repeat.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `indexes/{index}`.
            namespace: Where in the index; empty is one of them.
            entries: 1 to 1,000 entries with different ids, each with a text, a vector or both.
            vector_space: The space of the vectors that are given. Left out: taken to be that of
                the index.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "namespace": namespace,
            "entries": entries,
            "vector_space": vector_space,
        }
        return await self._calls.unary(_UPSERT_ENTRIES, given, timeout_s, fields)

    async def delete_entries(
        self,
        given: embedding_index_service_pb2.DeleteEntriesRequest | None = None,
        /,
        *,
        parent: str = "",
        namespace: str = "",
        entry_ids: Iterable[str] = (),
        all: bool = False,
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.DeleteEntriesResponse:
        """Deletes entries by id, or all of a namespace. Those that there are not are passed over.
        Safe to repeat.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `indexes/{index}`.
            namespace: Where in the index.
            entry_ids: At most 1,000. INVALID_ARGUMENT unless either this or `all` is set.
            all: Every entry of the namespace.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "namespace": namespace,
            "entry_ids": entry_ids,
            "all": all,
        }
        return await self._calls.unary(_DELETE_ENTRIES, given, timeout_s, fields)

    async def get_entries(
        self,
        given: embedding_index_service_pb2.GetEntriesRequest | None = None,
        /,
        *,
        parent: str = "",
        namespace: str = "",
        entry_ids: Iterable[str] = (),
        include_vectors: bool = False,
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.GetEntriesResponse:
        """Gets entries by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `indexes/{index}`.
            namespace: Where in the index.
            entry_ids: 1 to 1,000.
            include_vectors: Send the vectors too.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "namespace": namespace,
            "entry_ids": entry_ids,
            "include_vectors": include_vectors,
        }
        return await self._calls.unary(_GET_ENTRIES, given, timeout_s, fields)

    def query_entries(
        self,
        given: embedding_index_service_pb2.QueryEntriesRequest | None = None,
        /,
        *,
        parent: str = "",
        namespace: str = "",
        text: str | None = None,
        vector: embedding_embedding_service_pb2.Vector | Mapping[str, Any] | None = None,
        entry_id: str | None = None,
        mode: embedding_index_service_pb2.SearchMode | str | None = None,
        filter: embedding_index_service_pb2.EntryFilter | Mapping[str, Any] | None = None,
        page_size: int = 0,
        diversity: float = 0.0,
        include_vectors: bool = False,
        vector_space: str = "",
        exact: bool = False,
        timeout_s: float | None = None,
    ) -> AsyncPaged[embedding_index_service_pb2.ScoredEntry, embedding_index_service_pb2.QueryEntriesResponse]:
        """Finds the entries that are nearest to a vector, a text or an entry, the best first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `indexes/{index}`.
            namespace: Where in the index.
            text: A text, embedded as a query; at most 64 KiB.
            vector: A vector of the index's space.
            entry_id: An entry of the same namespace, which is not found itself. NOT_FOUND when
                there is none.
            mode: How they are found. INVALID_ARGUMENT for full text or hybrid without a text.
            filter: Which entries are looked at; left out: all.
            page_size: At most this many, 1 to 1,000; 0: 10.
            diversity: Maximal marginal relevance: from 0, only the nearest count, to 1, only how
                different they are from those before. Left out or 0: not done. Reorders the best
                100 among themselves, and then the others up to the 1,000th, by their vectors;
                the scores stay as they are.
            include_vectors: Send the vectors of what was found too.
            vector_space: The space of the vector that is given. Left out: taken to be that of
                the index.
            exact: Compare with every entry instead of using the index's graph: slower, and
                nothing is missed.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "namespace": namespace,
            "text": text,
            "vector": vector,
            "entry_id": entry_id,
            "mode": mode,
            "filter": filter,
            "page_size": page_size,
            "diversity": diversity,
            "include_vectors": include_vectors,
            "vector_space": vector_space,
            "exact": exact,
        }
        return self._calls.paged(_QUERY_ENTRIES, given, timeout_s, fields)

    def reindex(
        self,
        given: embedding_index_service_pb2.ReindexRequest | None = None,
        /,
        *,
        name: str = "",
        model: str = "",
        dimensions: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncStream[embedding_index_service_pb2.ReindexResponse]:
        """Fills a new generation of an index beside the one that is searched, from the texts of its
        entries by the model that is named, and switches over once it is whole: every read sees
        one generation or the other, and what is written meanwhile is in both. Tells progress
        until then. It goes on when the caller leaves, and after a restart of the server; a
        second call with the same model joins it. ABORTED with STALE_ETAG when one with another
        model is under way. FAILED_PRECONDITION with VECTOR_SPACE_MISMATCH and `entry`, in the
        stream, when an entry without a text has a vector of another space: then the index stays
        as it was.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `indexes/{index}`.
            model: The model to embed with; empty: the index's own, which makes every vector
                anew.
            dimensions: Length of the vectors; 0: the model's own.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "model": model,
            "dimensions": dimensions,
        }
        return self._calls.stream(_REINDEX, given, timeout_s, fields)

    async def cancel_reindex(
        self,
        given: embedding_index_service_pb2.CancelReindexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_index_service_pb2.CancelReindexResponse:
        """Ends a re-index that is under way and drops what it made. Nothing happens when there is
        none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `indexes/{index}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_CANCEL_REINDEX, given, timeout_s, fields)
