"""Calls of `oms.ontology.v1.RevisionService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.ontology.v1 import revision_service_pb2 as ontology_revision_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncRevisions", "Revisions"]

_GET_COMMIT: Final = Method(
    "/oms.ontology.v1.RevisionService/GetCommit",
    ontology_revision_service_pb2.GetCommitRequest,
    ontology_revision_service_pb2.GetCommitResponse,
    is_read_only=True,
)
_LIST_COMMITS: Final = Method(
    "/oms.ontology.v1.RevisionService/ListCommits",
    ontology_revision_service_pb2.ListCommitsRequest,
    ontology_revision_service_pb2.ListCommitsResponse,
    is_read_only=True,
    items="commits",
)
_DIFF: Final = Method(
    "/oms.ontology.v1.RevisionService/DiffRevisions",
    ontology_revision_service_pb2.DiffRevisionsRequest,
    ontology_revision_service_pb2.DiffRevisionsResponse,
    is_read_only=True,
    items="diffs",
)


class Revisions:
    """The history of an ontology: who changed what, when, and why."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get_commit(
        self,
        given: ontology_revision_service_pb2.GetCommitRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> ontology_revision_service_pb2.GetCommitResponse:
        """Gets a commit. NOT_FOUND when there is none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/commits/{commit}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET_COMMIT, given, timeout_s, fields)

    def list_commits(
        self,
        given: ontology_revision_service_pb2.ListCommitsRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[ontology_revision_service_pb2.Commit, ontology_revision_service_pb2.ListCommitsResponse]:
        """Lists the commits reachable from a revision by first parents, newest first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            revision: Where to start. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST_COMMITS, given, timeout_s, fields)

    def diff(
        self,
        given: ontology_revision_service_pb2.DiffRevisionsRequest | None = None,
        /,
        *,
        parent: str = "",
        base: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        collections: Iterable[str] = (),
        include_elements: bool = False,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[ontology_revision_service_pb2.ElementDiff, ontology_revision_service_pb2.DiffRevisionsResponse]:
        """Lists the elements that differ between two revisions, with the fields that differ,
        ordered by name.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            base: The revision to compare from. Left out: the head of `main`.
            target: The revision to compare to. Left out: the head of `main`.
            collections: Only elements of these collections, such as `objectTypes`. Empty: all.
            include_elements: Send the elements before and after, not only the differing fields'
                paths.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "base": base,
            "target": target,
            "collections": collections,
            "include_elements": include_elements,
            "page_size": page_size,
        }
        return self._calls.paged(_DIFF, given, timeout_s, fields)


class AsyncRevisions:
    """The history of an ontology: who changed what, when, and why."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def get_commit(
        self,
        given: ontology_revision_service_pb2.GetCommitRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> ontology_revision_service_pb2.GetCommitResponse:
        """Gets a commit. NOT_FOUND when there is none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/commits/{commit}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET_COMMIT, given, timeout_s, fields)

    def list_commits(
        self,
        given: ontology_revision_service_pb2.ListCommitsRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[ontology_revision_service_pb2.Commit, ontology_revision_service_pb2.ListCommitsResponse]:
        """Lists the commits reachable from a revision by first parents, newest first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            revision: Where to start. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST_COMMITS, given, timeout_s, fields)

    def diff(
        self,
        given: ontology_revision_service_pb2.DiffRevisionsRequest | None = None,
        /,
        *,
        parent: str = "",
        base: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        collections: Iterable[str] = (),
        include_elements: bool = False,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[ontology_revision_service_pb2.ElementDiff, ontology_revision_service_pb2.DiffRevisionsResponse]:
        """Lists the elements that differ between two revisions, with the fields that differ,
        ordered by name.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            base: The revision to compare from. Left out: the head of `main`.
            target: The revision to compare to. Left out: the head of `main`.
            collections: Only elements of these collections, such as `objectTypes`. Empty: all.
            include_elements: Send the elements before and after, not only the differing fields'
                paths.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "base": base,
            "target": target,
            "collections": collections,
            "include_elements": include_elements,
            "page_size": page_size,
        }
        return self._calls.paged(_DIFF, given, timeout_s, fields)
