"""Calls of `oms.ontology.v1.OntologyService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import field_mask_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.ontology.v1 import ontology_service_pb2 as ontology_ontology_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncOntologies", "Ontologies"]

_CREATE: Final = Method(
    "/oms.ontology.v1.OntologyService/CreateOntology",
    ontology_ontology_service_pb2.CreateOntologyRequest,
    ontology_ontology_service_pb2.CreateOntologyResponse,
    takes_request_id=True,
)
_GET: Final = Method(
    "/oms.ontology.v1.OntologyService/GetOntology",
    ontology_ontology_service_pb2.GetOntologyRequest,
    ontology_ontology_service_pb2.GetOntologyResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.ontology.v1.OntologyService/ListOntologies",
    ontology_ontology_service_pb2.ListOntologiesRequest,
    ontology_ontology_service_pb2.ListOntologiesResponse,
    is_read_only=True,
    items="ontologies",
)
_UPDATE: Final = Method(
    "/oms.ontology.v1.OntologyService/UpdateOntology",
    ontology_ontology_service_pb2.UpdateOntologyRequest,
    ontology_ontology_service_pb2.UpdateOntologyResponse,
    takes_request_id=True,
)
_DELETE: Final = Method(
    "/oms.ontology.v1.OntologyService/DeleteOntology",
    ontology_ontology_service_pb2.DeleteOntologyRequest,
    ontology_ontology_service_pb2.DeleteOntologyResponse,
)


class Ontologies:
    """Ontologies. The ontology's own header (its IRI, labels, prefixes) is versioned like its
    elements: it is read as of a revision and changed by commits.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: ontology_ontology_service_pb2.CreateOntologyRequest | None = None,
        /,
        *,
        ontology_id: str = "",
        ontology: ontology_ontology_service_pb2.Ontology | Mapping[str, Any] | None = None,
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_ontology_service_pb2.CreateOntologyResponse:
        """Creates an ontology with a branch `main`. ALREADY_EXISTS when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            ontology_id: Last segment of the new name: 1 to 63 lowercase letters, digits and `-`.
            ontology: The ontology to create. Its `name` is ignored.
            request_id: Makes the call safe to repeat: at most 128 characters.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "ontology_id": ontology_id,
            "ontology": ontology,
            "request_id": request_id,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: ontology_ontology_service_pb2.GetOntologyRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_ontology_service_pb2.GetOntologyResponse:
        """Gets an ontology. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}`.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "revision": revision,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: ontology_ontology_service_pb2.ListOntologiesRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[ontology_ontology_service_pb2.Ontology, ontology_ontology_service_pb2.ListOntologiesResponse]:
        """Lists ontologies as of the head of `main`, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def update(
        self,
        given: ontology_ontology_service_pb2.UpdateOntologyRequest | None = None,
        /,
        *,
        ontology: ontology_ontology_service_pb2.Ontology | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_ontology_service_pb2.UpdateOntologyResponse:
        """Changes the fields of an ontology's header that the mask names, on a branch.

        Args:
            given: The request as a message; what the others set is put on top.
            ontology: The ontology with its new field values. `name` says which; a non-empty
                `etag` has to be its current one, otherwise the call fails with STALE_ETAG.
            update_mask: Fields to change; whole top-level fields only. Left out: every field
                that is set. `*`: every field, clearing those not set.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "ontology": ontology,
            "update_mask": update_mask,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: ontology_ontology_service_pb2.DeleteOntologyRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> ontology_ontology_service_pb2.DeleteOntologyResponse:
        """Deletes an ontology with its whole history. Not reversible.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)


class AsyncOntologies:
    """Ontologies. The ontology's own header (its IRI, labels, prefixes) is versioned like its
    elements: it is read as of a revision and changed by commits.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: ontology_ontology_service_pb2.CreateOntologyRequest | None = None,
        /,
        *,
        ontology_id: str = "",
        ontology: ontology_ontology_service_pb2.Ontology | Mapping[str, Any] | None = None,
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_ontology_service_pb2.CreateOntologyResponse:
        """Creates an ontology with a branch `main`. ALREADY_EXISTS when the id is taken.

        Args:
            given: The request as a message; what the others set is put on top.
            ontology_id: Last segment of the new name: 1 to 63 lowercase letters, digits and `-`.
            ontology: The ontology to create. Its `name` is ignored.
            request_id: Makes the call safe to repeat: at most 128 characters.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "ontology_id": ontology_id,
            "ontology": ontology,
            "request_id": request_id,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: ontology_ontology_service_pb2.GetOntologyRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> ontology_ontology_service_pb2.GetOntologyResponse:
        """Gets an ontology. NOT_FOUND when it is not there at that revision.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}`.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "revision": revision,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: ontology_ontology_service_pb2.ListOntologiesRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[ontology_ontology_service_pb2.Ontology, ontology_ontology_service_pb2.ListOntologiesResponse]:
        """Lists ontologies as of the head of `main`, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def update(
        self,
        given: ontology_ontology_service_pb2.UpdateOntologyRequest | None = None,
        /,
        *,
        ontology: ontology_ontology_service_pb2.Ontology | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> ontology_ontology_service_pb2.UpdateOntologyResponse:
        """Changes the fields of an ontology's header that the mask names, on a branch.

        Args:
            given: The request as a message; what the others set is put on top.
            ontology: The ontology with its new field values. `name` says which; a non-empty
                `etag` has to be its current one, otherwise the call fails with STALE_ETAG.
            update_mask: Fields to change; whole top-level fields only. Left out: every field
                that is set. `*`: every field, clearing those not set.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "ontology": ontology,
            "update_mask": update_mask,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: ontology_ontology_service_pb2.DeleteOntologyRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> ontology_ontology_service_pb2.DeleteOntologyResponse:
        """Deletes an ontology with its whole history. Not reversible.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)
