"""Calls of `oms.embedding.v1.SearchService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import duration_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.embedding.v1 import index_service_pb2 as embedding_index_service_pb2
from oms.embedding.v1 import search_service_pb2 as embedding_search_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncSearch", "Search"]

_SEARCH_ONTOLOGY: Final = Method(
    "/oms.embedding.v1.SearchService/SearchOntology",
    embedding_search_service_pb2.SearchOntologyRequest,
    embedding_search_service_pb2.SearchOntologyResponse,
    is_read_only=True,
    items="matches",
)
_FIND_DUPLICATES: Final = Method(
    "/oms.embedding.v1.SearchService/FindDuplicates",
    embedding_search_service_pb2.FindDuplicatesRequest,
    embedding_search_service_pb2.FindDuplicatesResponse,
    is_read_only=True,
)
_RECOMMEND_SCHEMA: Final = Method(
    "/oms.embedding.v1.SearchService/RecommendSchema",
    embedding_search_service_pb2.RecommendSchemaRequest,
    embedding_search_service_pb2.RecommendSchemaResponse,
    is_read_only=True,
)
_GET_SEARCH_INDEX: Final = Method(
    "/oms.embedding.v1.SearchService/GetSearchIndex",
    embedding_search_service_pb2.GetSearchIndexRequest,
    embedding_search_service_pb2.GetSearchIndexResponse,
    is_read_only=True,
)
_REBUILD_SEARCH_INDEX: Final = Method(
    "/oms.embedding.v1.SearchService/RebuildSearchIndex",
    embedding_search_service_pb2.RebuildSearchIndexRequest,
    embedding_search_service_pb2.RebuildSearchIndexResponse,
)


class Search:
    """Finds elements of an ontology by what they mean, at any revision.

    Every content that an element ever had is embedded once, from the commits, in the background.
    What is found is checked against the ontology at the revision that is asked for. NOT_FOUND
    names an ontology, branch, tag or commit that there is not. UNAVAILABLE: the index is behind
    `min_commit` for longer than `max_wait`; safe to retry.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def search_ontology(
        self,
        given: embedding_search_service_pb2.SearchOntologyRequest | None = None,
        /,
        *,
        parent: str = "",
        query: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        kinds: Iterable[embedding_search_service_pb2.ElementKind | str] = (),
        mode: embedding_index_service_pb2.SearchMode | str | None = None,
        page_size: int = 0,
        language: str = "",
        min_commit: str = "",
        max_wait: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        min_similarity: float = 0.0,
        timeout_s: float | None = None,
    ) -> Paged[embedding_search_service_pb2.ElementMatch, embedding_search_service_pb2.SearchOntologyResponse]:
        """Finds object types, link types, interfaces and properties for a text, in any language,
        the best first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            query: What is searched for, at most 8 KiB; not white space alone.
            revision: The revision that is searched. Left out: the head of `main`.
            kinds: Which kinds; left out: all.
            mode: How they are found; left out: hybrid.
            page_size: At most this many, 1 to 100; 0: 10.
            language: Language of the labels in the answer, as a BCP 47 tag; left out: English.
            min_commit: Id of a commit that has to be searchable before the answer is made, such
                as one's own. Empty: none.
            max_wait: How long to wait for it, at most 30 s. Left out: 5 s.
            min_similarity: Only what is at least as similar by vector, -1 to 1; 0: all. What is
                found by words stays.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "query": query,
            "revision": revision,
            "kinds": kinds,
            "mode": mode,
            "page_size": page_size,
            "language": language,
            "min_commit": min_commit,
            "max_wait": max_wait,
            "min_similarity": min_similarity,
        }
        return self._calls.paged(_SEARCH_ONTOLOGY, given, timeout_s, fields)

    def find_duplicates(
        self,
        given: embedding_search_service_pb2.FindDuplicatesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        kinds: Iterable[embedding_search_service_pb2.ElementKind | str] = (),
        threshold: float = 0.0,
        limit: int = 0,
        language: str = "",
        timeout_s: float | None = None,
    ) -> embedding_search_service_pb2.FindDuplicatesResponse:
        """Finds pairs of elements of one kind that say nearly the same, the most alike first.
        RESOURCE_EXHAUSTED with LIMIT_EXCEEDED for more than 20,000 elements and properties of
        those kinds.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            revision: The revision that is looked at. Left out: the head of `main`.
            kinds: Which kinds; left out: object types. Only elements of the same kind are
                compared.
            threshold: Cosine from which on a pair counts, above 0 to 1; 0: 0.85.
            limit: At most this many pairs, 1 to 1,000; 0: 100.
            language: Language of the labels in the answer.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "kinds": kinds,
            "threshold": threshold,
            "limit": limit,
            "language": language,
        }
        return self._calls.unary(_FIND_DUPLICATES, given, timeout_s, fields)

    def recommend_schema(
        self,
        given: embedding_search_service_pb2.RecommendSchemaRequest | None = None,
        /,
        *,
        parent: str = "",
        draft: embedding_search_service_pb2.DraftType | Mapping[str, Any] | None = None,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        limit: int = 0,
        min_similarity: float = 0.0,
        language: str = "",
        min_commit: str = "",
        max_wait: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_search_service_pb2.RecommendSchemaResponse:
        """Recommends what a new object type could use of what is there: similar types, properties,
        and links.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            draft: The draft: an id, a label, a description or a property at least.
            revision: The revision that is looked at. Left out: the head of `main`.
            limit: At most this many of each sort, 1 to 50; 0: 5.
            min_similarity: Only what is at least as similar by vector, 0 to 1; 0: 0.35.
            language: Language of the labels in the answer.
            min_commit: Id of a commit that has to be searchable before the answer is made.
                Empty: none.
            max_wait: How long to wait for it, at most 30 s. Left out: 5 s.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "draft": draft,
            "revision": revision,
            "limit": limit,
            "min_similarity": min_similarity,
            "language": language,
            "min_commit": min_commit,
            "max_wait": max_wait,
        }
        return self._calls.unary(_RECOMMEND_SCHEMA, given, timeout_s, fields)

    def get_search_index(
        self,
        given: embedding_search_service_pb2.GetSearchIndexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_search_service_pb2.GetSearchIndexResponse:
        """Tells how far an ontology's commits are searchable.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/searchIndex`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET_SEARCH_INDEX, given, timeout_s, fields)

    def rebuild_search_index(
        self,
        given: embedding_search_service_pb2.RebuildSearchIndexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> Stream[embedding_search_service_pb2.RebuildSearchIndexResponse]:
        """Reads an ontology's commits again from the first one and writes what is missing; searches
        go on meanwhile. Tells progress until it has reached the newest commit; it goes on when
        the caller leaves. NOT_FOUND when the ontology is not among those that the server keeps
        searchable.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/searchIndex`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.stream(_REBUILD_SEARCH_INDEX, given, timeout_s, fields)


class AsyncSearch:
    """Finds elements of an ontology by what they mean, at any revision.

    Every content that an element ever had is embedded once, from the commits, in the background.
    What is found is checked against the ontology at the revision that is asked for. NOT_FOUND
    names an ontology, branch, tag or commit that there is not. UNAVAILABLE: the index is behind
    `min_commit` for longer than `max_wait`; safe to retry.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    def search_ontology(
        self,
        given: embedding_search_service_pb2.SearchOntologyRequest | None = None,
        /,
        *,
        parent: str = "",
        query: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        kinds: Iterable[embedding_search_service_pb2.ElementKind | str] = (),
        mode: embedding_index_service_pb2.SearchMode | str | None = None,
        page_size: int = 0,
        language: str = "",
        min_commit: str = "",
        max_wait: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        min_similarity: float = 0.0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[embedding_search_service_pb2.ElementMatch, embedding_search_service_pb2.SearchOntologyResponse]:
        """Finds object types, link types, interfaces and properties for a text, in any language,
        the best first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            query: What is searched for, at most 8 KiB; not white space alone.
            revision: The revision that is searched. Left out: the head of `main`.
            kinds: Which kinds; left out: all.
            mode: How they are found; left out: hybrid.
            page_size: At most this many, 1 to 100; 0: 10.
            language: Language of the labels in the answer, as a BCP 47 tag; left out: English.
            min_commit: Id of a commit that has to be searchable before the answer is made, such
                as one's own. Empty: none.
            max_wait: How long to wait for it, at most 30 s. Left out: 5 s.
            min_similarity: Only what is at least as similar by vector, -1 to 1; 0: all. What is
                found by words stays.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "query": query,
            "revision": revision,
            "kinds": kinds,
            "mode": mode,
            "page_size": page_size,
            "language": language,
            "min_commit": min_commit,
            "max_wait": max_wait,
            "min_similarity": min_similarity,
        }
        return self._calls.paged(_SEARCH_ONTOLOGY, given, timeout_s, fields)

    async def find_duplicates(
        self,
        given: embedding_search_service_pb2.FindDuplicatesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        kinds: Iterable[embedding_search_service_pb2.ElementKind | str] = (),
        threshold: float = 0.0,
        limit: int = 0,
        language: str = "",
        timeout_s: float | None = None,
    ) -> embedding_search_service_pb2.FindDuplicatesResponse:
        """Finds pairs of elements of one kind that say nearly the same, the most alike first.
        RESOURCE_EXHAUSTED with LIMIT_EXCEEDED for more than 20,000 elements and properties of
        those kinds.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            revision: The revision that is looked at. Left out: the head of `main`.
            kinds: Which kinds; left out: object types. Only elements of the same kind are
                compared.
            threshold: Cosine from which on a pair counts, above 0 to 1; 0: 0.85.
            limit: At most this many pairs, 1 to 1,000; 0: 100.
            language: Language of the labels in the answer.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "kinds": kinds,
            "threshold": threshold,
            "limit": limit,
            "language": language,
        }
        return await self._calls.unary(_FIND_DUPLICATES, given, timeout_s, fields)

    async def recommend_schema(
        self,
        given: embedding_search_service_pb2.RecommendSchemaRequest | None = None,
        /,
        *,
        parent: str = "",
        draft: embedding_search_service_pb2.DraftType | Mapping[str, Any] | None = None,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        limit: int = 0,
        min_similarity: float = 0.0,
        language: str = "",
        min_commit: str = "",
        max_wait: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_search_service_pb2.RecommendSchemaResponse:
        """Recommends what a new object type could use of what is there: similar types, properties,
        and links.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            draft: The draft: an id, a label, a description or a property at least.
            revision: The revision that is looked at. Left out: the head of `main`.
            limit: At most this many of each sort, 1 to 50; 0: 5.
            min_similarity: Only what is at least as similar by vector, 0 to 1; 0: 0.35.
            language: Language of the labels in the answer.
            min_commit: Id of a commit that has to be searchable before the answer is made.
                Empty: none.
            max_wait: How long to wait for it, at most 30 s. Left out: 5 s.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "draft": draft,
            "revision": revision,
            "limit": limit,
            "min_similarity": min_similarity,
            "language": language,
            "min_commit": min_commit,
            "max_wait": max_wait,
        }
        return await self._calls.unary(_RECOMMEND_SCHEMA, given, timeout_s, fields)

    async def get_search_index(
        self,
        given: embedding_search_service_pb2.GetSearchIndexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_search_service_pb2.GetSearchIndexResponse:
        """Tells how far an ontology's commits are searchable.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/searchIndex`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET_SEARCH_INDEX, given, timeout_s, fields)

    def rebuild_search_index(
        self,
        given: embedding_search_service_pb2.RebuildSearchIndexRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> AsyncStream[embedding_search_service_pb2.RebuildSearchIndexResponse]:
        """Reads an ontology's commits again from the first one and writes what is missing; searches
        go on meanwhile. Tells progress until it has reached the newest commit; it goes on when
        the caller leaves. NOT_FOUND when the ontology is not among those that the server keeps
        searchable.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/searchIndex`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.stream(_REBUILD_SEARCH_INDEX, given, timeout_s, fields)
