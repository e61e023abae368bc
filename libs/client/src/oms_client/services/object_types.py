"""Calls of `oms.ontology.v1.ObjectTypeService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import field_mask_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.ontology.v1 import object_type_service_pb2 as ontology_object_type_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncObjectTypes", "ObjectTypes"]

_CREATE: Final = Method(
    "/oms.ontology.v1.ObjectTypeService/CreateObjectType",
    ontology_object_type_service_pb2.CreateObjectTypeRequest,
    ontology_object_type_service_pb2.CreateObjectTypeResponse,
    takes_request_id=True,
)
_GET: Final = Method(
    "/oms.ontology.v1.ObjectTypeService/GetObjectType",
    ontology_object_type_service_pb2.GetObjectTypeRequest,
    ontology_object_type_service_pb2.GetObjectTypeResponse,
    is_read_only=True,
)
_BATCH_GET: Final = Method(
    "/oms.ontology.v1.ObjectTypeService/BatchGetObjectTypes",
    ontology_object_type_service_pb2.BatchGetObjectTypesRequest,
    ontology_object_type_service_pb2.BatchGetObjectTypesResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.ontology.v1.ObjectTypeService/ListObjectTypes",
    ontology_object_type_service_pb2.ListObjectTypesRequest,
    ontology_object_type_service_pb2.ListObjectTypesResponse,
    is_read_only=True,
    items="object_types",
)
_UPDATE: Final = Method(
    "/oms.ontology.v1.ObjectTypeService/UpdateObjectType",
    ontology_object_type_service_pb2.UpdateObjectTypeRequest,
    ontology_object_type_service_pb2.UpdateObjectTypeResponse,
    takes_request_id=True,
)
_DELETE: Final = Method(
    "/oms.ontology.v1.ObjectTypeService/DeleteObjectType",
    ontology_object_type_service_pb2.DeleteObjectTypeRequest,
    ontology_object_type_service_pb2.DeleteObjectTypeResponse,
    takes_request_id=True,
)


class ObjectTypes:
    """Object types: what kinds of things there are. Every change is one commit on a branch; every
    read is as of a revision.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: ontology_object_type_service_pb2.CreateObjectTypeRequest | None = None,
        /,
        *,
        parent: str = "",
        object_type_id: str = "",
        object_type: ontology_object_type_service_pb2.ObjectType | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.CreateObjectTypeResponse:
        """Creates an object type. ALREADY_EXISTS when the id is taken on that branch,
        INVALID_ARGUMENT when it names an element that does not exist or would close a cycle.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            object_type_id: Last segment of the new name: a letter or `_`, then letters, digits,
                `_`, `.`, `-`; at most 200.
            object_type: The object type to create. Its `name` is ignored.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "object_type_id": object_type_id,
            "object_type": object_type,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: ontology_object_type_service_pb2.GetObjectTypeRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.GetObjectTypeResponse:
        """Gets an object type. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/objectTypes/{object_type}`.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "revision": revision,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def batch_get(
        self,
        given: ontology_object_type_service_pb2.BatchGetObjectTypesRequest | None = None,
        /,
        *,
        parent: str = "",
        names: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.BatchGetObjectTypesResponse:
        """Gets several object types as of one revision, in the order asked for.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            names: 1 to 1,000 names. NOT_FOUND names the first that is not there.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "names": names,
            "revision": revision,
        }
        return self._calls.unary(_BATCH_GET, given, timeout_s, fields)

    def list(
        self,
        given: ontology_object_type_service_pb2.ListObjectTypesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[ontology_object_type_service_pb2.ObjectType, ontology_object_type_service_pb2.ListObjectTypesResponse]:
        """Lists object types, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def update(
        self,
        given: ontology_object_type_service_pb2.UpdateObjectTypeRequest | None = None,
        /,
        *,
        object_type: ontology_object_type_service_pb2.ObjectType | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.UpdateObjectTypeResponse:
        """Changes the fields of an object type that the mask names.

        Args:
            given: The request as a message; what the others set is put on top.
            object_type: The object type with its new field values. `name` says which; a
                non-empty `etag` has to be its current one, otherwise the call fails with
                STALE_ETAG.
            update_mask: Fields to change, such as `labels,is_abstract`; whole top-level fields
                only. Left out: every field that is set. `*`: every field, clearing those not
                set.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "object_type": object_type,
            "update_mask": update_mask,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: ontology_object_type_service_pb2.DeleteObjectTypeRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.DeleteObjectTypeResponse:
        """Deletes an object type. FAILED_PRECONDITION with RESOURCE_IN_USE while others refer to
        it. It stays readable as of earlier revisions.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/objectTypes/{object_type}`.
            etag: When set, it is deleted only while it has this etag; ABORTED with STALE_ETAG
                otherwise.
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
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)


class AsyncObjectTypes:
    """Object types: what kinds of things there are. Every change is one commit on a branch; every
    read is as of a revision.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: ontology_object_type_service_pb2.CreateObjectTypeRequest | None = None,
        /,
        *,
        parent: str = "",
        object_type_id: str = "",
        object_type: ontology_object_type_service_pb2.ObjectType | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.CreateObjectTypeResponse:
        """Creates an object type. ALREADY_EXISTS when the id is taken on that branch,
        INVALID_ARGUMENT when it names an element that does not exist or would close a cycle.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            object_type_id: Last segment of the new name: a letter or `_`, then letters, digits,
                `_`, `.`, `-`; at most 200.
            object_type: The object type to create. Its `name` is ignored.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "object_type_id": object_type_id,
            "object_type": object_type,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: ontology_object_type_service_pb2.GetObjectTypeRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.GetObjectTypeResponse:
        """Gets an object type. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/objectTypes/{object_type}`.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "revision": revision,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    async def batch_get(
        self,
        given: ontology_object_type_service_pb2.BatchGetObjectTypesRequest | None = None,
        /,
        *,
        parent: str = "",
        names: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.BatchGetObjectTypesResponse:
        """Gets several object types as of one revision, in the order asked for.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            names: 1 to 1,000 names. NOT_FOUND names the first that is not there.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "names": names,
            "revision": revision,
        }
        return await self._calls.unary(_BATCH_GET, given, timeout_s, fields)

    def list(
        self,
        given: ontology_object_type_service_pb2.ListObjectTypesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[ontology_object_type_service_pb2.ObjectType, ontology_object_type_service_pb2.ListObjectTypesResponse]:
        """Lists object types, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            revision: As of when. Left out: the head of `main`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def update(
        self,
        given: ontology_object_type_service_pb2.UpdateObjectTypeRequest | None = None,
        /,
        *,
        object_type: ontology_object_type_service_pb2.ObjectType | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.UpdateObjectTypeResponse:
        """Changes the fields of an object type that the mask names.

        Args:
            given: The request as a message; what the others set is put on top.
            object_type: The object type with its new field values. `name` says which; a
                non-empty `etag` has to be its current one, otherwise the call fails with
                STALE_ETAG.
            update_mask: Fields to change, such as `labels,is_abstract`; whole top-level fields
                only. Left out: every field that is set. `*`: every field, clearing those not
                set.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "object_type": object_type,
            "update_mask": update_mask,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: ontology_object_type_service_pb2.DeleteObjectTypeRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_object_type_service_pb2.DeleteObjectTypeResponse:
        """Deletes an object type. FAILED_PRECONDITION with RESOURCE_IN_USE while others refer to
        it. It stays readable as of earlier revisions.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/objectTypes/{object_type}`.
            etag: When set, it is deleted only while it has this etag; ABORTED with STALE_ETAG
                otherwise.
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
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)
