"""Calls of `oms.ontology.v1.TransferService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, Final

from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.ontology.v1 import transfer_service_pb2 as ontology_transfer_service_pb2
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method

__all__ = ["AsyncTransfer", "Transfer"]

_IMPORT_ONTOLOGY: Final = Method(
    "/oms.ontology.v1.TransferService/ImportOntology",
    ontology_transfer_service_pb2.ImportOntologyRequest,
    ontology_transfer_service_pb2.ImportOntologyResponse,
)
_EXPORT_ONTOLOGY: Final = Method(
    "/oms.ontology.v1.TransferService/ExportOntology",
    ontology_transfer_service_pb2.ExportOntologyRequest,
    ontology_transfer_service_pb2.ExportOntologyResponse,
    is_read_only=True,
)


class Transfer:
    """Moves whole ontologies in and out as RDF."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def import_ontology(
        self,
        requests: Iterable[ontology_transfer_service_pb2.ImportOntologyRequest],
        *,
        timeout_s: float | None = None,
    ) -> ontology_transfer_service_pb2.ImportOntologyResponse:
        """Reads an RDF file into a branch as one commit, all of it or none.

        OWL and RDFS classes become object types, object properties link types, datatype
        properties properties; labels and comments are kept in every language. What has no place
        in the model is left out and reported.

        The first message carries every field and may carry the first part of the file; the
        following ones carry `body` alone. Over REST the request body is the file itself and the
        other fields are query parameters.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return self._calls.upload(_IMPORT_ONTOLOGY, requests, timeout_s)

    def export_ontology(
        self,
        given: ontology_transfer_service_pb2.ExportOntologyRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        format: ontology_transfer_service_pb2.RdfFormat | str | None = None,
        timeout_s: float | None = None,
    ) -> Stream[ontology_transfer_service_pb2.ExportOntologyResponse]:
        """Writes an ontology as RDF, in parts of at most 1 MiB. Over REST the response body is the
        file itself.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}`.
            revision: As of when. Left out: the head of `main`.
            format: How to write it.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "revision": revision,
            "format": format,
        }
        return self._calls.stream(_EXPORT_ONTOLOGY, given, timeout_s, fields)


class AsyncTransfer:
    """Moves whole ontologies in and out as RDF."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def import_ontology(
        self,
        requests: AsyncIterable[ontology_transfer_service_pb2.ImportOntologyRequest] | Iterable[ontology_transfer_service_pb2.ImportOntologyRequest],
        *,
        timeout_s: float | None = None,
    ) -> ontology_transfer_service_pb2.ImportOntologyResponse:
        """Reads an RDF file into a branch as one commit, all of it or none.

        OWL and RDFS classes become object types, object properties link types, datatype
        properties properties; labels and comments are kept in every language. What has no place
        in the model is left out and reported.

        The first message carries every field and may carry the first part of the file; the
        following ones carry `body` alone. Over REST the request body is the file itself and the
        other fields are query parameters.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return await self._calls.upload(_IMPORT_ONTOLOGY, requests, timeout_s)

    def export_ontology(
        self,
        given: ontology_transfer_service_pb2.ExportOntologyRequest | None = None,
        /,
        *,
        name: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        format: ontology_transfer_service_pb2.RdfFormat | str | None = None,
        timeout_s: float | None = None,
    ) -> AsyncStream[ontology_transfer_service_pb2.ExportOntologyResponse]:
        """Writes an ontology as RDF, in parts of at most 1 MiB. Over REST the response body is the
        file itself.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `ontologies/{ontology}`.
            revision: As of when. Left out: the head of `main`.
            format: How to write it.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "revision": revision,
            "format": format,
        }
        return self._calls.stream(_EXPORT_ONTOLOGY, given, timeout_s, fields)
