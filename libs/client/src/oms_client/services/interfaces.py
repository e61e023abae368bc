"""Calls of `oms.ontology.v1.InterfaceService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import field_mask_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.ontology.v1 import interface_service_pb2 as ontology_interface_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncInterfaces", "Interfaces"]

_CREATE: Final = Method(
    "/oms.ontology.v1.InterfaceService/CreateInterface",
    ontology_interface_service_pb2.CreateInterfaceRequest,
    ontology_interface_service_pb2.CreateInterfaceResponse,
    takes_request_id=True,
)
_GET: Final = Method(
    "/oms.ontology.v1.InterfaceService/GetInterface",
    ontology_interface_service_pb2.GetInterfaceRequest,
    ontology_interface_service_pb2.GetInterfaceResponse,
    is_read_only=True,
)
_BATCH_GET: Final = Method(
    "/oms.ontology.v1.InterfaceService/BatchGetInterfaces",
    ontology_interface_service_pb2.BatchGetInterfacesRequest,
    ontology_interface_service_pb2.BatchGetInterfacesResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.ontology.v1.InterfaceService/ListInterfaces",
    ontology_interface_service_pb2.ListInterfacesRequest,
    ontology_interface_service_pb2.ListInterfacesResponse,
    is_read_only=True,
    items="interfaces",
)
_UPDATE: Final = Method(
    "/oms.ontology.v1.InterfaceService/UpdateInterface",
    ontology_interface_service_pb2.UpdateInterfaceRequest,
    ontology_interface_service_pb2.UpdateInterfaceResponse,
    takes_request_id=True,
)
_DELETE: Final = Method(
    "/oms.ontology.v1.InterfaceService/DeleteInterface",
    ontology_interface_service_pb2.DeleteInterfaceRequest,
    ontology_interface_service_pb2.DeleteInterfaceResponse,
    takes_request_id=True,
)


class Interfaces:
    """Interfaces: contracts that object types implement. Every change is one commit on a branch;
    every read is as of a revision.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: ontology_interface_service_pb2.CreateInterfaceRequest | None = None,
        /,
        *,
        parent: str = "",
        interface_id: str = "",
        interface: ontology_interface_service_pb2.Interface | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.CreateInterfaceResponse:
        """Creates an interface. ALREADY_EXISTS when the id is taken on that branch,
        INVALID_ARGUMENT when it names an element that does not exist or would close a cycle.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            interface_id: Last segment of the new name: a letter or `_`, then letters, digits,
                `_`, `.`, `-`; at most 200.
            interface: The interface to create. Its `name` is ignored.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "interface_id": interface_id,
            "interface": interface,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: ontology_interface_service_pb2.GetInterfaceRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.GetInterfaceResponse:
        """Gets an interface. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/interfaces/{interface}`.
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
        given: ontology_interface_service_pb2.BatchGetInterfacesRequest | None = None,
        /,
        *,
        parent: str = "",
        names: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.BatchGetInterfacesResponse:
        """Gets several interfaces as of one revision, in the order asked for.

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
        given: ontology_interface_service_pb2.ListInterfacesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[ontology_interface_service_pb2.Interface, ontology_interface_service_pb2.ListInterfacesResponse]:
        """Lists interfaces, ordered by id.

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
        given: ontology_interface_service_pb2.UpdateInterfaceRequest | None = None,
        /,
        *,
        interface: ontology_interface_service_pb2.Interface | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.UpdateInterfaceResponse:
        """Changes the fields of an interface that the mask names.

        Args:
            given: The request as a message; what the others set is put on top.
            interface: The interface with its new field values. `name` says which; a non-empty
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
            "interface": interface,
            "update_mask": update_mask,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: ontology_interface_service_pb2.DeleteInterfaceRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.DeleteInterfaceResponse:
        """Deletes an interface. FAILED_PRECONDITION with RESOURCE_IN_USE while others refer to it.
        It stays readable as of earlier revisions.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/interfaces/{interface}`.
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


class AsyncInterfaces:
    """Interfaces: contracts that object types implement. Every change is one commit on a branch;
    every read is as of a revision.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: ontology_interface_service_pb2.CreateInterfaceRequest | None = None,
        /,
        *,
        parent: str = "",
        interface_id: str = "",
        interface: ontology_interface_service_pb2.Interface | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.CreateInterfaceResponse:
        """Creates an interface. ALREADY_EXISTS when the id is taken on that branch,
        INVALID_ARGUMENT when it names an element that does not exist or would close a cycle.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            interface_id: Last segment of the new name: a letter or `_`, then letters, digits,
                `_`, `.`, `-`; at most 200.
            interface: The interface to create. Its `name` is ignored.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "interface_id": interface_id,
            "interface": interface,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: ontology_interface_service_pb2.GetInterfaceRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.GetInterfaceResponse:
        """Gets an interface. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/interfaces/{interface}`.
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
        given: ontology_interface_service_pb2.BatchGetInterfacesRequest | None = None,
        /,
        *,
        parent: str = "",
        names: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.BatchGetInterfacesResponse:
        """Gets several interfaces as of one revision, in the order asked for.

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
        given: ontology_interface_service_pb2.ListInterfacesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[ontology_interface_service_pb2.Interface, ontology_interface_service_pb2.ListInterfacesResponse]:
        """Lists interfaces, ordered by id.

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
        given: ontology_interface_service_pb2.UpdateInterfaceRequest | None = None,
        /,
        *,
        interface: ontology_interface_service_pb2.Interface | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.UpdateInterfaceResponse:
        """Changes the fields of an interface that the mask names.

        Args:
            given: The request as a message; what the others set is put on top.
            interface: The interface with its new field values. `name` says which; a non-empty
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
            "interface": interface,
            "update_mask": update_mask,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: ontology_interface_service_pb2.DeleteInterfaceRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_interface_service_pb2.DeleteInterfaceResponse:
        """Deletes an interface. FAILED_PRECONDITION with RESOURCE_IN_USE while others refer to it.
        It stays readable as of earlier revisions.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}/interfaces/{interface}`.
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
