"""Calls of `oms.ontology.v1.LinkTypeService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import field_mask_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.ontology.v1 import link_type_service_pb2 as ontology_link_type_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncLinkTypes", "LinkTypes"]

_CREATE: Final = Method(
    "/oms.ontology.v1.LinkTypeService/CreateLinkType",
    ontology_link_type_service_pb2.CreateLinkTypeRequest,
    ontology_link_type_service_pb2.CreateLinkTypeResponse,
    takes_request_id=True,
)
_GET: Final = Method(
    "/oms.ontology.v1.LinkTypeService/GetLinkType",
    ontology_link_type_service_pb2.GetLinkTypeRequest,
    ontology_link_type_service_pb2.GetLinkTypeResponse,
    is_read_only=True,
)
_BATCH_GET: Final = Method(
    "/oms.ontology.v1.LinkTypeService/BatchGetLinkTypes",
    ontology_link_type_service_pb2.BatchGetLinkTypesRequest,
    ontology_link_type_service_pb2.BatchGetLinkTypesResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.ontology.v1.LinkTypeService/ListLinkTypes",
    ontology_link_type_service_pb2.ListLinkTypesRequest,
    ontology_link_type_service_pb2.ListLinkTypesResponse,
    is_read_only=True,
    items="link_types",
)
_UPDATE: Final = Method(
    "/oms.ontology.v1.LinkTypeService/UpdateLinkType",
    ontology_link_type_service_pb2.UpdateLinkTypeRequest,
    ontology_link_type_service_pb2.UpdateLinkTypeResponse,
    takes_request_id=True,
)
_DELETE: Final = Method(
    "/oms.ontology.v1.LinkTypeService/DeleteLinkType",
    ontology_link_type_service_pb2.DeleteLinkTypeRequest,
    ontology_link_type_service_pb2.DeleteLinkTypeResponse,
    takes_request_id=True,
)


class LinkTypes:
    """Link types: how objects relate. Every change is one commit on a branch; every read is as of a
    revision.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: ontology_link_type_service_pb2.CreateLinkTypeRequest | None = None,
        /,
        *,
        parent: str = "",
        link_type_id: str = "",
        link_type: ontology_link_type_service_pb2.LinkType | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.CreateLinkTypeResponse:
        """Creates a link type. ALREADY_EXISTS when the id is taken on that branch, INVALID_ARGUMENT
        when it names an element that does not exist or would close a cycle.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            link_type_id: Last segment of the new name: a letter or `_`, then letters, digits,
                `_`, `.`, `-`; at most 200.
            link_type: The link type to create. Its `name` is ignored.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "link_type_id": link_type_id,
            "link_type": link_type,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: ontology_link_type_service_pb2.GetLinkTypeRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.GetLinkTypeResponse:
        """Gets a link type. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/linkTypes/{link_type}`.
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
        given: ontology_link_type_service_pb2.BatchGetLinkTypesRequest | None = None,
        /,
        *,
        parent: str = "",
        names: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.BatchGetLinkTypesResponse:
        """Gets several link types as of one revision, in the order asked for.

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
        given: ontology_link_type_service_pb2.ListLinkTypesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[ontology_link_type_service_pb2.LinkType, ontology_link_type_service_pb2.ListLinkTypesResponse]:
        """Lists link types, ordered by id.

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
        given: ontology_link_type_service_pb2.UpdateLinkTypeRequest | None = None,
        /,
        *,
        link_type: ontology_link_type_service_pb2.LinkType | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.UpdateLinkTypeResponse:
        """Changes the fields of a link type that the mask names.

        Args:
            given: The request as a message; what the others set is put on top.
            link_type: The link type with its new field values. `name` says which; a non-empty
                `etag` has to be its current one, otherwise the call fails with STALE_ETAG.
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
            "link_type": link_type,
            "update_mask": update_mask,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: ontology_link_type_service_pb2.DeleteLinkTypeRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.DeleteLinkTypeResponse:
        """Deletes a link type. FAILED_PRECONDITION with RESOURCE_IN_USE while others refer to it.
        It stays readable as of earlier revisions.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/linkTypes/{link_type}`.
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


class AsyncLinkTypes:
    """Link types: how objects relate. Every change is one commit on a branch; every read is as of a
    revision.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: ontology_link_type_service_pb2.CreateLinkTypeRequest | None = None,
        /,
        *,
        parent: str = "",
        link_type_id: str = "",
        link_type: ontology_link_type_service_pb2.LinkType | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.CreateLinkTypeResponse:
        """Creates a link type. ALREADY_EXISTS when the id is taken on that branch, INVALID_ARGUMENT
        when it names an element that does not exist or would close a cycle.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            link_type_id: Last segment of the new name: a letter or `_`, then letters, digits,
                `_`, `.`, `-`; at most 200.
            link_type: The link type to create. Its `name` is ignored.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "link_type_id": link_type_id,
            "link_type": link_type,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: ontology_link_type_service_pb2.GetLinkTypeRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.GetLinkTypeResponse:
        """Gets a link type. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/linkTypes/{link_type}`.
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
        given: ontology_link_type_service_pb2.BatchGetLinkTypesRequest | None = None,
        /,
        *,
        parent: str = "",
        names: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.BatchGetLinkTypesResponse:
        """Gets several link types as of one revision, in the order asked for.

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
        given: ontology_link_type_service_pb2.ListLinkTypesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[ontology_link_type_service_pb2.LinkType, ontology_link_type_service_pb2.ListLinkTypesResponse]:
        """Lists link types, ordered by id.

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
        given: ontology_link_type_service_pb2.UpdateLinkTypeRequest | None = None,
        /,
        *,
        link_type: ontology_link_type_service_pb2.LinkType | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.UpdateLinkTypeResponse:
        """Changes the fields of a link type that the mask names.

        Args:
            given: The request as a message; what the others set is put on top.
            link_type: The link type with its new field values. `name` says which; a non-empty
                `etag` has to be its current one, otherwise the call fails with STALE_ETAG.
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
            "link_type": link_type,
            "update_mask": update_mask,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: ontology_link_type_service_pb2.DeleteLinkTypeRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_link_type_service_pb2.DeleteLinkTypeResponse:
        """Deletes a link type. FAILED_PRECONDITION with RESOURCE_IN_USE while others refer to it.
        It stays readable as of earlier revisions.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/linkTypes/{link_type}`.
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
