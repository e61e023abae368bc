"""Calls of `oms.object.v1.ObjectService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.object.v1 import filter_pb2 as object_filter_pb2
from oms.object.v1 import object_pb2 as object_object_pb2
from oms.object.v1 import object_service_pb2 as object_object_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncObjects", "Objects"]

_CREATE: Final = Method(
    "/oms.object.v1.ObjectService/CreateObject",
    object_object_service_pb2.CreateObjectRequest,
    object_object_service_pb2.CreateObjectResponse,
    takes_request_id=True,
)
_GET: Final = Method(
    "/oms.object.v1.ObjectService/GetObject",
    object_object_service_pb2.GetObjectRequest,
    object_object_service_pb2.GetObjectResponse,
    is_read_only=True,
)
_BATCH_GET: Final = Method(
    "/oms.object.v1.ObjectService/BatchGetObjects",
    object_object_service_pb2.BatchGetObjectsRequest,
    object_object_service_pb2.BatchGetObjectsResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.object.v1.ObjectService/ListObjects",
    object_object_service_pb2.ListObjectsRequest,
    object_object_service_pb2.ListObjectsResponse,
    is_read_only=True,
    items="objects",
)
_SEARCH: Final = Method(
    "/oms.object.v1.ObjectService/SearchObjects",
    object_object_service_pb2.SearchObjectsRequest,
    object_object_service_pb2.SearchObjectsResponse,
    is_read_only=True,
    items="objects",
)
_AGGREGATE: Final = Method(
    "/oms.object.v1.ObjectService/AggregateObjects",
    object_object_service_pb2.AggregateObjectsRequest,
    object_object_service_pb2.AggregateObjectsResponse,
    is_read_only=True,
)
_UPDATE: Final = Method(
    "/oms.object.v1.ObjectService/UpdateObject",
    object_object_service_pb2.UpdateObjectRequest,
    object_object_service_pb2.UpdateObjectResponse,
    takes_request_id=True,
)
_DELETE: Final = Method(
    "/oms.object.v1.ObjectService/DeleteObject",
    object_object_service_pb2.DeleteObjectRequest,
    object_object_service_pb2.DeleteObjectResponse,
    takes_request_id=True,
)
_APPLY_OBJECT_CHANGES: Final = Method(
    "/oms.object.v1.ObjectService/ApplyObjectChanges",
    object_object_service_pb2.ApplyObjectChangesRequest,
    object_object_service_pb2.ApplyObjectChangesResponse,
    takes_request_id=True,
)


class Objects:
    """Objects: instances of the object types of an ontology. They live beside the types: a branch,
    a commit and a merge are of both, every change is one commit, every read is as of a revision,
    and what is stored fits the types of its branch.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: object_object_service_pb2.CreateObjectRequest | None = None,
        /,
        *,
        parent: str = "",
        object_id: str = "",
        object: object_object_pb2.Object | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.CreateObjectResponse:
        """Creates an object. ALREADY_EXISTS when its type has one of that id; INVALID_ARGUMENT
        names every value that does not fit the type and every reference to an object that does
        not exist.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: The type, `ontologies/{ontology}/objectTypes/{object_type}`. Not an abstract
                one.
            object_id: Last segment of the new name: letters, digits, `_`, `.`, `:`, `@`, `~`,
                `-`; at most 200. Empty: a random one.
            object: The object to create. Its `name` is ignored.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "object_id": object_id,
            "object": object,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: object_object_service_pb2.GetObjectRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        properties: Iterable[str] = (),
        value_format: object_object_pb2.ValueFormat | str | None = None,
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.GetObjectResponse:
        """Gets an object. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/objectTypes/{object_type}/objects/{object}`.
            revision: As of when. Left out: the head of `main`.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            value_format: How values are answered.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "revision": revision,
            "properties": properties,
            "value_format": value_format,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def batch_get(
        self,
        given: object_object_service_pb2.BatchGetObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        names: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        properties: Iterable[str] = (),
        allow_missing: bool = False,
        value_format: object_object_pb2.ValueFormat | str | None = None,
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.BatchGetObjectsResponse:
        """Gets several objects, of any types, as of one revision, in the order asked for.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            names: 1 to 1,000 names.
            revision: As of when. Left out: the head of `main`.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            allow_missing: Leave out objects that are not there, and name them in
                `missing_names`. Otherwise NOT_FOUND names the first.
            value_format: How values are answered.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "names": names,
            "revision": revision,
            "properties": properties,
            "allow_missing": allow_missing,
            "value_format": value_format,
        }
        return self._calls.unary(_BATCH_GET, given, timeout_s, fields)

    def list(
        self,
        given: object_object_service_pb2.ListObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        properties: Iterable[str] = (),
        value_format: object_object_pb2.ValueFormat | str | None = None,
        skip: int = 0,
        from_end: bool = False,
        timeout_s: float | None = None,
    ) -> Paged[object_object_pb2.Object, object_object_service_pb2.ListObjectsResponse]:
        """Lists the objects of a type and of its descendants, or of an interface, ordered by id. To
        choose among them or to order them otherwise, search.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}/objectTypes/{object_type}` or
                `ontologies/{ontology}/interfaces/{interface}`.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            value_format: How values are answered.
            skip: How many are passed over, from where `page_token` begins, or without one from
                the first on.
            from_end: Answer the last ones in place of the first, in the same order; `skip`
                passes over those after them. Not together with `page_token`; there is no next
                page.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "page_size": page_size,
            "properties": properties,
            "value_format": value_format,
            "skip": skip,
            "from_end": from_end,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def search(
        self,
        given: object_object_service_pb2.SearchObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        filter: object_filter_pb2.Filter | Mapping[str, Any] | None = None,
        order_by: Iterable[object_filter_pb2.Order | Mapping[str, Any]] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        properties: Iterable[str] = (),
        value_format: object_object_pb2.ValueFormat | str | None = None,
        skip: int = 0,
        from_end: bool = False,
        timeout_s: float | None = None,
    ) -> Paged[object_object_pb2.Object, object_object_service_pb2.SearchObjectsResponse]:
        """Finds the objects of a type and of its descendants, or of an interface, that satisfy a
        filter, in an order. RESOURCE_EXHAUSTED with LIMIT_EXCEEDED when more objects would have
        to be looked at than the server allows.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}/objectTypes/{object_type}` or
                `ontologies/{ontology}/interfaces/{interface}`.
            filter: Which objects. Left out: all.
            order_by: By what they are ordered, the first one first. Those that are equal in it,
                and all if left out, by id.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            value_format: How values are answered.
            skip: How many are passed over, from where `page_token` begins, or without one from
                the first on.
            from_end: Answer the last ones in place of the first, in the same order; `skip`
                passes over those after them. Not together with `page_token`; there is no next
                page.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "filter": filter,
            "order_by": order_by,
            "revision": revision,
            "page_size": page_size,
            "properties": properties,
            "value_format": value_format,
            "skip": skip,
            "from_end": from_end,
        }
        return self._calls.paged(_SEARCH, given, timeout_s, fields)

    def aggregate(
        self,
        given: object_object_service_pb2.AggregateObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        filter: object_filter_pb2.Filter | Mapping[str, Any] | None = None,
        group_by: Iterable[str] = (),
        aggregates: Iterable[object_object_service_pb2.Aggregate | Mapping[str, Any]] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        max_groups: int = 0,
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.AggregateObjectsResponse:
        """Counts objects and works out sums, averages, least and greatest values, in groups. All of
        one commit.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}/objectTypes/{object_type}` or
                `ontologies/{ontology}/interfaces/{interface}`.
            filter: Which objects. Left out: all.
            group_by: Ids of the properties by whose values objects are grouped, none of them a
                list. Empty: one group of all.
            aggregates: What is worked out of each group.
            revision: As of when. Left out: the head of `main`.
            max_groups: Most groups in the answer, up to 10,000. 0 means 1,000.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "filter": filter,
            "group_by": group_by,
            "aggregates": aggregates,
            "revision": revision,
            "max_groups": max_groups,
        }
        return self._calls.unary(_AGGREGATE, given, timeout_s, fields)

    def update(
        self,
        given: object_object_service_pb2.UpdateObjectRequest | None = None,
        /,
        *,
        object: object_object_pb2.Object | Mapping[str, Any] | None = None,
        update_properties: Iterable[str] = (),
        allow_missing: bool = False,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.UpdateObjectResponse:
        """Changes the properties of an object that are named; with `allow_missing` an object that
        is not there is created.

        Args:
            given: The request as a message; what the others set is put on top.
            object: The object with its new values. `name` says which; a non-empty `etag` has to
                be its current one, otherwise the call fails with STALE_ETAG.
            update_properties: Ids of the properties to change; one without a value in `object`
                is cleared. Empty: those that have one. `*`: every property, clearing those
                without.
            allow_missing: Create the object when it is not there.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "object": object,
            "update_properties": update_properties,
            "allow_missing": allow_missing,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: object_object_service_pb2.DeleteObjectRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        delete_links: bool = False,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.DeleteObjectResponse:
        """Deletes an object. FAILED_PRECONDITION with RESOURCE_IN_USE while others refer to it, or
        while it has links and `delete_links` is not set. It stays readable as of earlier
        revisions.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/objectTypes/{object_type}/objects/{object}`.
            etag: When set, it is deleted only while it has this etag; ABORTED with STALE_ETAG
                otherwise.
            delete_links: Delete its links with it.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
            "delete_links": delete_links,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)

    def apply_object_changes(
        self,
        given: object_object_service_pb2.ApplyObjectChangesRequest | None = None,
        /,
        *,
        parent: str = "",
        changes: Iterable[object_object_service_pb2.ObjectChange | Mapping[str, Any]] = (),
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.ApplyObjectChangesResponse:
        """Applies changes of objects and links as one commit, all of them or none. The result as a
        whole has to be sound: objects may refer to each other in any order within the changes.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            changes: 1 to 10,000 changes.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            validate_only: Check everything and change nothing.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "changes": changes,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
            "validate_only": validate_only,
        }
        return self._calls.unary(_APPLY_OBJECT_CHANGES, given, timeout_s, fields)


class AsyncObjects:
    """Objects: instances of the object types of an ontology. They live beside the types: a branch,
    a commit and a merge are of both, every change is one commit, every read is as of a revision,
    and what is stored fits the types of its branch.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: object_object_service_pb2.CreateObjectRequest | None = None,
        /,
        *,
        parent: str = "",
        object_id: str = "",
        object: object_object_pb2.Object | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.CreateObjectResponse:
        """Creates an object. ALREADY_EXISTS when its type has one of that id; INVALID_ARGUMENT
        names every value that does not fit the type and every reference to an object that does
        not exist.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: The type, `ontologies/{ontology}/objectTypes/{object_type}`. Not an abstract
                one.
            object_id: Last segment of the new name: letters, digits, `_`, `.`, `:`, `@`, `~`,
                `-`; at most 200. Empty: a random one.
            object: The object to create. Its `name` is ignored.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "object_id": object_id,
            "object": object,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: object_object_service_pb2.GetObjectRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        properties: Iterable[str] = (),
        value_format: object_object_pb2.ValueFormat | str | None = None,
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.GetObjectResponse:
        """Gets an object. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/objectTypes/{object_type}/objects/{object}`.
            revision: As of when. Left out: the head of `main`.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            value_format: How values are answered.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "revision": revision,
            "properties": properties,
            "value_format": value_format,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    async def batch_get(
        self,
        given: object_object_service_pb2.BatchGetObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        names: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        properties: Iterable[str] = (),
        allow_missing: bool = False,
        value_format: object_object_pb2.ValueFormat | str | None = None,
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.BatchGetObjectsResponse:
        """Gets several objects, of any types, as of one revision, in the order asked for.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            names: 1 to 1,000 names.
            revision: As of when. Left out: the head of `main`.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            allow_missing: Leave out objects that are not there, and name them in
                `missing_names`. Otherwise NOT_FOUND names the first.
            value_format: How values are answered.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "names": names,
            "revision": revision,
            "properties": properties,
            "allow_missing": allow_missing,
            "value_format": value_format,
        }
        return await self._calls.unary(_BATCH_GET, given, timeout_s, fields)

    def list(
        self,
        given: object_object_service_pb2.ListObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        properties: Iterable[str] = (),
        value_format: object_object_pb2.ValueFormat | str | None = None,
        skip: int = 0,
        from_end: bool = False,
        timeout_s: float | None = None,
    ) -> AsyncPaged[object_object_pb2.Object, object_object_service_pb2.ListObjectsResponse]:
        """Lists the objects of a type and of its descendants, or of an interface, ordered by id. To
        choose among them or to order them otherwise, search.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}/objectTypes/{object_type}` or
                `ontologies/{ontology}/interfaces/{interface}`.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            value_format: How values are answered.
            skip: How many are passed over, from where `page_token` begins, or without one from
                the first on.
            from_end: Answer the last ones in place of the first, in the same order; `skip`
                passes over those after them. Not together with `page_token`; there is no next
                page.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "page_size": page_size,
            "properties": properties,
            "value_format": value_format,
            "skip": skip,
            "from_end": from_end,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def search(
        self,
        given: object_object_service_pb2.SearchObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        filter: object_filter_pb2.Filter | Mapping[str, Any] | None = None,
        order_by: Iterable[object_filter_pb2.Order | Mapping[str, Any]] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        properties: Iterable[str] = (),
        value_format: object_object_pb2.ValueFormat | str | None = None,
        skip: int = 0,
        from_end: bool = False,
        timeout_s: float | None = None,
    ) -> AsyncPaged[object_object_pb2.Object, object_object_service_pb2.SearchObjectsResponse]:
        """Finds the objects of a type and of its descendants, or of an interface, that satisfy a
        filter, in an order. RESOURCE_EXHAUSTED with LIMIT_EXCEEDED when more objects would have
        to be looked at than the server allows.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}/objectTypes/{object_type}` or
                `ontologies/{ontology}/interfaces/{interface}`.
            filter: Which objects. Left out: all.
            order_by: By what they are ordered, the first one first. Those that are equal in it,
                and all if left out, by id.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            properties: Ids of the properties to answer. Empty: all. One that an object's type
                has not is left out.
            value_format: How values are answered.
            skip: How many are passed over, from where `page_token` begins, or without one from
                the first on.
            from_end: Answer the last ones in place of the first, in the same order; `skip`
                passes over those after them. Not together with `page_token`; there is no next
                page.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "filter": filter,
            "order_by": order_by,
            "revision": revision,
            "page_size": page_size,
            "properties": properties,
            "value_format": value_format,
            "skip": skip,
            "from_end": from_end,
        }
        return self._calls.paged(_SEARCH, given, timeout_s, fields)

    async def aggregate(
        self,
        given: object_object_service_pb2.AggregateObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        filter: object_filter_pb2.Filter | Mapping[str, Any] | None = None,
        group_by: Iterable[str] = (),
        aggregates: Iterable[object_object_service_pb2.Aggregate | Mapping[str, Any]] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        max_groups: int = 0,
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.AggregateObjectsResponse:
        """Counts objects and works out sums, averages, least and greatest values, in groups. All of
        one commit.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}/objectTypes/{object_type}` or
                `ontologies/{ontology}/interfaces/{interface}`.
            filter: Which objects. Left out: all.
            group_by: Ids of the properties by whose values objects are grouped, none of them a
                list. Empty: one group of all.
            aggregates: What is worked out of each group.
            revision: As of when. Left out: the head of `main`.
            max_groups: Most groups in the answer, up to 10,000. 0 means 1,000.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "filter": filter,
            "group_by": group_by,
            "aggregates": aggregates,
            "revision": revision,
            "max_groups": max_groups,
        }
        return await self._calls.unary(_AGGREGATE, given, timeout_s, fields)

    async def update(
        self,
        given: object_object_service_pb2.UpdateObjectRequest | None = None,
        /,
        *,
        object: object_object_pb2.Object | Mapping[str, Any] | None = None,
        update_properties: Iterable[str] = (),
        allow_missing: bool = False,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.UpdateObjectResponse:
        """Changes the properties of an object that are named; with `allow_missing` an object that
        is not there is created.

        Args:
            given: The request as a message; what the others set is put on top.
            object: The object with its new values. `name` says which; a non-empty `etag` has to
                be its current one, otherwise the call fails with STALE_ETAG.
            update_properties: Ids of the properties to change; one without a value in `object`
                is cleared. Empty: those that have one. `*`: every property, clearing those
                without.
            allow_missing: Create the object when it is not there.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "object": object,
            "update_properties": update_properties,
            "allow_missing": allow_missing,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: object_object_service_pb2.DeleteObjectRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        delete_links: bool = False,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.DeleteObjectResponse:
        """Deletes an object. FAILED_PRECONDITION with RESOURCE_IN_USE while others refer to it, or
        while it has links and `delete_links` is not set. It stays readable as of earlier
        revisions.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/objectTypes/{object_type}/objects/{object}`.
            etag: When set, it is deleted only while it has this etag; ABORTED with STALE_ETAG
                otherwise.
            delete_links: Delete its links with it.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
            "delete_links": delete_links,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)

    async def apply_object_changes(
        self,
        given: object_object_service_pb2.ApplyObjectChangesRequest | None = None,
        /,
        *,
        parent: str = "",
        changes: Iterable[object_object_service_pb2.ObjectChange | Mapping[str, Any]] = (),
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> object_object_service_pb2.ApplyObjectChangesResponse:
        """Applies changes of objects and links as one commit, all of them or none. The result as a
        whole has to be sound: objects may refer to each other in any order within the changes.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            changes: 1 to 10,000 changes.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            validate_only: Check everything and change nothing.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "changes": changes,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
            "validate_only": validate_only,
        }
        return await self._calls.unary(_APPLY_OBJECT_CHANGES, given, timeout_s, fields)
