"""Calls of `oms.datakernel.v1.TripleService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.api import httpbody_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import model_document_service_pb2 as datakernel_model_document_service_pb2
from oms.datakernel.v1 import triple_service_pb2 as datakernel_triple_service_pb2
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method

__all__ = ["AsyncKernelTriples", "KernelTriples"]

_EXPORT: Final = Method(
    "/oms.datakernel.v1.TripleService/ExportTriples",
    datakernel_triple_service_pb2.ExportTriplesRequest,
    datakernel_triple_service_pb2.ExportTriplesResponse,
    is_read_only=True,
)
_REPLACE: Final = Method(
    "/oms.datakernel.v1.TripleService/ReplaceTriples",
    datakernel_triple_service_pb2.ReplaceTriplesRequest,
    datakernel_triple_service_pb2.ReplaceTriplesResponse,
    takes_request_id=True,
)
_INSERT: Final = Method(
    "/oms.datakernel.v1.TripleService/InsertTriples",
    datakernel_triple_service_pb2.InsertTriplesRequest,
    datakernel_triple_service_pb2.InsertTriplesResponse,
    takes_request_id=True,
)


class KernelTriples:
    """A graph as RDF triples in Turtle."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def export(
        self,
        given: datakernel_triple_service_pb2.ExportTriplesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        timeout_s: float | None = None,
    ) -> Stream[datakernel_triple_service_pb2.ExportTriplesResponse]:
        """Exports a graph as Turtle, ordered by subject, in bounded memory.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "graph": graph,
        }
        return self._calls.stream(_EXPORT, given, timeout_s, fields)

    def replace(
        self,
        given: datakernel_triple_service_pb2.ReplaceTriplesRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_triple_service_pb2.ReplaceTriplesResponse:
        """Replaces a graph by the triples given, as one commit, checked as documents are.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: Turtle in UTF-8, at most 64 MiB.
            graph: Which graph. Left out: the instance graph.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "graph": graph,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_REPLACE, given, timeout_s, fields)

    def insert(
        self,
        given: datakernel_triple_service_pb2.InsertTriplesRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_triple_service_pb2.InsertTriplesResponse:
        """Adds the triples given to a graph, as one commit, checked as documents are.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: Turtle in UTF-8, at most 64 MiB.
            graph: Which graph. Left out: the instance graph.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "graph": graph,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_INSERT, given, timeout_s, fields)


class AsyncKernelTriples:
    """A graph as RDF triples in Turtle."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    def export(
        self,
        given: datakernel_triple_service_pb2.ExportTriplesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        timeout_s: float | None = None,
    ) -> AsyncStream[datakernel_triple_service_pb2.ExportTriplesResponse]:
        """Exports a graph as Turtle, ordered by subject, in bounded memory.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
            "graph": graph,
        }
        return self._calls.stream(_EXPORT, given, timeout_s, fields)

    async def replace(
        self,
        given: datakernel_triple_service_pb2.ReplaceTriplesRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_triple_service_pb2.ReplaceTriplesResponse:
        """Replaces a graph by the triples given, as one commit, checked as documents are.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: Turtle in UTF-8, at most 64 MiB.
            graph: Which graph. Left out: the instance graph.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "graph": graph,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_REPLACE, given, timeout_s, fields)

    async def insert(
        self,
        given: datakernel_triple_service_pb2.InsertTriplesRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_triple_service_pb2.InsertTriplesResponse:
        """Adds the triples given to a graph, as one commit, checked as documents are.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: Turtle in UTF-8, at most 64 MiB.
            graph: Which graph. Left out: the instance graph.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "graph": graph,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_INSERT, given, timeout_s, fields)
