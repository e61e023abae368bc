"""Calls of `oms.object.v1.LinkService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.object.v1 import filter_pb2 as object_filter_pb2
from oms.object.v1 import link_service_pb2 as object_link_service_pb2
from oms.object.v1 import object_pb2 as object_object_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncLinks", "Links"]

_CREATE: Final = Method(
    "/oms.object.v1.LinkService/CreateLink",
    object_link_service_pb2.CreateLinkRequest,
    object_link_service_pb2.CreateLinkResponse,
    takes_request_id=True,
)
_DELETE: Final = Method(
    "/oms.object.v1.LinkService/DeleteLink",
    object_link_service_pb2.DeleteLinkRequest,
    object_link_service_pb2.DeleteLinkResponse,
    takes_request_id=True,
)
_LIST: Final = Method(
    "/oms.object.v1.LinkService/ListLinks",
    object_link_service_pb2.ListLinksRequest,
    object_link_service_pb2.ListLinksResponse,
    is_read_only=True,
    items="links",
)
_TRAVERSE: Final = Method(
    "/oms.object.v1.LinkService/TraverseLinks",
    object_link_service_pb2.TraverseLinksRequest,
    object_link_service_pb2.TraverseLinksResponse,
    is_read_only=True,
)


class Links:
    """Links between objects, of the ontology's link types. A link is of one type, from one object
    to another, and there is at most one of a type between the same two. Cardinalities bound how
    many links may be made; that fewer than the least number are there is not refused, since
    objects and their links come one after another.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: object_link_service_pb2.CreateLinkRequest | None = None,
        /,
        *,
        parent: str = "",
        link: object_object_pb2.Link | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_link_service_pb2.CreateLinkResponse:
        """Links two objects. ALREADY_EXISTS when they are linked so; INVALID_ARGUMENT when one does
        not exist or is not of a type that the link type joins; FAILED_PRECONDITION with
        SCHEMA_VIOLATION when there would be more links than its cardinalities allow.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            link: The link to make.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "link": link,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def delete(
        self,
        given: object_link_service_pb2.DeleteLinkRequest | None = None,
        /,
        *,
        parent: str = "",
        link: object_object_pb2.Link | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_link_service_pb2.DeleteLinkResponse:
        """Takes a link away. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            link: The link to take away.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "link": link,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)

    def list(
        self,
        given: object_link_service_pb2.ListLinksRequest | None = None,
        /,
        *,
        parent: str = "",
        link_type: str = "",
        source: str = "",
        target: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[object_object_pb2.Link, object_link_service_pb2.ListLinksResponse]:
        """Lists links, ordered by link type, source and target.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            link_type: Only links of this type, not of those that specialise it. Empty: of all.
            source: Only links from this object, `{object_type}/{object}`. Empty: from any.
            target: Only links to this object, `{object_type}/{object}`. Empty: to any.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "link_type": link_type,
            "source": source,
            "target": target,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def traverse(
        self,
        given: object_link_service_pb2.TraverseLinksRequest | None = None,
        /,
        *,
        parent: str = "",
        sources: Iterable[str] = (),
        steps: Iterable[object_link_service_pb2.LinkStep | Mapping[str, Any]] = (),
        filter: object_filter_pb2.Filter | Mapping[str, Any] | None = None,
        order_by: Iterable[object_filter_pb2.Order | Mapping[str, Any]] = (),
        max_per_source: int = 0,
        skip_per_source: int = 0,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        properties: Iterable[str] = (),
        value_format: object_object_pb2.ValueFormat | str | None = None,
        from_end: bool = False,
        timeout_s: float | None = None,
    ) -> object_link_service_pb2.TraverseLinksResponse:
        """Follows the links of many objects at once, as of one commit, and answers what is at their
        other ends.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            sources: The objects to start from, `{object_type}/{object}`: 1 to 1,000. One that
                does not exist has no links.
            steps: The link types to follow one after another, 1 to 8. An object that is reached
                in several ways is answered once.
            filter: Which of the objects reached in the end. Left out: all. Its properties are
                those of the types that the last link type leads to.
            order_by: By what those of one source are ordered. Left out: by type and id.
            max_per_source: Most objects of one source, up to 1,000. 0 means 100. An answer holds
                at most 10,000 in all: RESOURCE_EXHAUSTED with LIMIT_EXCEEDED beyond.
            skip_per_source: How many of each source's are passed over.
            revision: As of when. Left out: the head of `main`.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            value_format: How values are answered.
            from_end: Answer each source's last ones in place of the first, in the same order;
                `skip_per_source` passes over those after them.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "sources": sources,
            "steps": steps,
            "filter": filter,
            "order_by": order_by,
            "max_per_source": max_per_source,
            "skip_per_source": skip_per_source,
            "revision": revision,
            "properties": properties,
            "value_format": value_format,
            "from_end": from_end,
        }
        return self._calls.unary(_TRAVERSE, given, timeout_s, fields)


class AsyncLinks:
    """Links between objects, of the ontology's link types. A link is of one type, from one object
    to another, and there is at most one of a type between the same two. Cardinalities bound how
    many links may be made; that fewer than the least number are there is not refused, since
    objects and their links come one after another.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: object_link_service_pb2.CreateLinkRequest | None = None,
        /,
        *,
        parent: str = "",
        link: object_object_pb2.Link | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_link_service_pb2.CreateLinkResponse:
        """Links two objects. ALREADY_EXISTS when they are linked so; INVALID_ARGUMENT when one does
        not exist or is not of a type that the link type joins; FAILED_PRECONDITION with
        SCHEMA_VIOLATION when there would be more links than its cardinalities allow.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            link: The link to make.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "link": link,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def delete(
        self,
        given: object_link_service_pb2.DeleteLinkRequest | None = None,
        /,
        *,
        parent: str = "",
        link: object_object_pb2.Link | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_link_service_pb2.DeleteLinkResponse:
        """Takes a link away. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            link: The link to take away.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "link": link,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)

    def list(
        self,
        given: object_link_service_pb2.ListLinksRequest | None = None,
        /,
        *,
        parent: str = "",
        link_type: str = "",
        source: str = "",
        target: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[object_object_pb2.Link, object_link_service_pb2.ListLinksResponse]:
        """Lists links, ordered by link type, source and target.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            link_type: Only links of this type, not of those that specialise it. Empty: of all.
            source: Only links from this object, `{object_type}/{object}`. Empty: from any.
            target: Only links to this object, `{object_type}/{object}`. Empty: to any.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "link_type": link_type,
            "source": source,
            "target": target,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def traverse(
        self,
        given: object_link_service_pb2.TraverseLinksRequest | None = None,
        /,
        *,
        parent: str = "",
        sources: Iterable[str] = (),
        steps: Iterable[object_link_service_pb2.LinkStep | Mapping[str, Any]] = (),
        filter: object_filter_pb2.Filter | Mapping[str, Any] | None = None,
        order_by: Iterable[object_filter_pb2.Order | Mapping[str, Any]] = (),
        max_per_source: int = 0,
        skip_per_source: int = 0,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        properties: Iterable[str] = (),
        value_format: object_object_pb2.ValueFormat | str | None = None,
        from_end: bool = False,
        timeout_s: float | None = None,
    ) -> object_link_service_pb2.TraverseLinksResponse:
        """Follows the links of many objects at once, as of one commit, and answers what is at their
        other ends.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            sources: The objects to start from, `{object_type}/{object}`: 1 to 1,000. One that
                does not exist has no links.
            steps: The link types to follow one after another, 1 to 8. An object that is reached
                in several ways is answered once.
            filter: Which of the objects reached in the end. Left out: all. Its properties are
                those of the types that the last link type leads to.
            order_by: By what those of one source are ordered. Left out: by type and id.
            max_per_source: Most objects of one source, up to 1,000. 0 means 100. An answer holds
                at most 10,000 in all: RESOURCE_EXHAUSTED with LIMIT_EXCEEDED beyond.
            skip_per_source: How many of each source's are passed over.
            revision: As of when. Left out: the head of `main`.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            value_format: How values are answered.
            from_end: Answer each source's last ones in place of the first, in the same order;
                `skip_per_source` passes over those after them.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "sources": sources,
            "steps": steps,
            "filter": filter,
            "order_by": order_by,
            "max_per_source": max_per_source,
            "skip_per_source": skip_per_source,
            "revision": revision,
            "properties": properties,
            "value_format": value_format,
            "from_end": from_end,
        }
        return await self._calls.unary(_TRAVERSE, given, timeout_s, fields)
