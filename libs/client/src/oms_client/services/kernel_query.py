"""Calls of `oms.datakernel.v1.QueryService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.api import httpbody_pb2
from google.protobuf import duration_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import query_service_pb2 as datakernel_query_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method

__all__ = ["AsyncKernelQuery", "KernelQuery"]

_QUERY: Final = Method(
    "/oms.datakernel.v1.QueryService/Query",
    datakernel_query_service_pb2.QueryRequest,
    datakernel_query_service_pb2.QueryResponse,
    takes_request_id=True,
)
_STREAM: Final = Method(
    "/oms.datakernel.v1.QueryService/StreamQuery",
    datakernel_query_service_pb2.StreamQueryRequest,
    datakernel_query_service_pb2.StreamQueryResponse,
    is_read_only=True,
)
_EXPLAIN: Final = Method(
    "/oms.datakernel.v1.QueryService/ExplainQuery",
    datakernel_query_service_pb2.ExplainQueryRequest,
    datakernel_query_service_pb2.ExplainQueryResponse,
    is_read_only=True,
)


class KernelQuery:
    """Queries in WOQL, the language of TerminusDB, as JSON-LD: reading and writing. An operator
    that the backend can't do is refused by name, with UNSUPPORTED_OPERATION, before anything
    runs.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def query(
        self,
        given: datakernel_query_service_pb2.QueryRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        page_token: str = "",
        timeout: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        validate_only: bool = False,
        all_witnesses: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_query_service_pb2.QueryResponse:
        """Runs a query. Answers `{"api:variable_names": […], "bindings": […], "inserts": 0,
        "deletes": 0, "next_page_token": "", …}` as JSON. A query that writes needs
        `kernel.documents.write` too and makes one commit. INVALID_ARGUMENT with INVALID_QUERY
        for what is no query; RESOURCE_EXHAUSTED with LIMIT_EXCEEDED for one that needs too many
        rows or too much memory.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: `{"query": …}` as the official clients send it, or the query itself: WOQL in
                JSON-LD, at most 1 MiB and 200 levels deep.
            revision: What to read. For a query that writes it has to be a branch. Left out: the
                head of `main`.
            page_size: Most rows in the answer, up to 100,000. 0 means 10,000.
            page_token: `next_page_token` of an earlier answer to the same query. All pages read
                the same commit.
            timeout: Longest time it may run, up to 10 minutes. Left out: 60 s.
            validate_only: Answer for a writing query what it would do, and change nothing.
            all_witnesses: Taken as TerminusDB's clients send it. Violations are answered in full
                either way.
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
            "revision": revision,
            "page_size": page_size,
            "page_token": page_token,
            "timeout": timeout,
            "validate_only": validate_only,
            "all_witnesses": all_witnesses,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_QUERY, given, timeout_s, fields)

    def stream(
        self,
        given: datakernel_query_service_pb2.StreamQueryRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Stream[datakernel_query_service_pb2.StreamQueryResponse]:
        """Runs a query and streams the answer as JSON Lines: a line with the names of the
        variables, a line for each row, and a line with the counts. Nothing is held back, so any
        number of rows can be read. For queries that only read.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: `{"query": …}` as the official clients send it, or the query itself: WOQL in
                JSON-LD, at most 1 MiB and 200 levels deep.
            revision: What to read. For a query that writes it has to be a branch. Left out: the
                head of `main`.
            timeout: Longest time it may run, up to 10 minutes. Left out: 60 s.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "revision": revision,
            "timeout": timeout,
        }
        return self._calls.stream(_STREAM, given, timeout_s, fields)

    def explain(
        self,
        given: datakernel_query_service_pb2.ExplainQueryRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_query_service_pb2.ExplainQueryResponse:
        """Tells how a query would be run: the plan as JSON, with the SQL of each part, without
        running it.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: `{"query": …}` as the official clients send it, or the query itself: WOQL in
                JSON-LD, at most 1 MiB and 200 levels deep.
            revision: What to read. For a query that writes it has to be a branch. Left out: the
                head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "revision": revision,
        }
        return self._calls.unary(_EXPLAIN, given, timeout_s, fields)


class AsyncKernelQuery:
    """Queries in WOQL, the language of TerminusDB, as JSON-LD: reading and writing. An operator
    that the backend can't do is refused by name, with UNSUPPORTED_OPERATION, before anything
    runs.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def query(
        self,
        given: datakernel_query_service_pb2.QueryRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        page_size: int = 0,
        page_token: str = "",
        timeout: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        validate_only: bool = False,
        all_witnesses: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_query_service_pb2.QueryResponse:
        """Runs a query. Answers `{"api:variable_names": […], "bindings": […], "inserts": 0,
        "deletes": 0, "next_page_token": "", …}` as JSON. A query that writes needs
        `kernel.documents.write` too and makes one commit. INVALID_ARGUMENT with INVALID_QUERY
        for what is no query; RESOURCE_EXHAUSTED with LIMIT_EXCEEDED for one that needs too many
        rows or too much memory.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: `{"query": …}` as the official clients send it, or the query itself: WOQL in
                JSON-LD, at most 1 MiB and 200 levels deep.
            revision: What to read. For a query that writes it has to be a branch. Left out: the
                head of `main`.
            page_size: Most rows in the answer, up to 100,000. 0 means 10,000.
            page_token: `next_page_token` of an earlier answer to the same query. All pages read
                the same commit.
            timeout: Longest time it may run, up to 10 minutes. Left out: 60 s.
            validate_only: Answer for a writing query what it would do, and change nothing.
            all_witnesses: Taken as TerminusDB's clients send it. Violations are answered in full
                either way.
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
            "revision": revision,
            "page_size": page_size,
            "page_token": page_token,
            "timeout": timeout,
            "validate_only": validate_only,
            "all_witnesses": all_witnesses,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_QUERY, given, timeout_s, fields)

    def stream(
        self,
        given: datakernel_query_service_pb2.StreamQueryRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> AsyncStream[datakernel_query_service_pb2.StreamQueryResponse]:
        """Runs a query and streams the answer as JSON Lines: a line with the names of the
        variables, a line for each row, and a line with the counts. Nothing is held back, so any
        number of rows can be read. For queries that only read.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: `{"query": …}` as the official clients send it, or the query itself: WOQL in
                JSON-LD, at most 1 MiB and 200 levels deep.
            revision: What to read. For a query that writes it has to be a branch. Left out: the
                head of `main`.
            timeout: Longest time it may run, up to 10 minutes. Left out: 60 s.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "revision": revision,
            "timeout": timeout,
        }
        return self._calls.stream(_STREAM, given, timeout_s, fields)

    async def explain(
        self,
        given: datakernel_query_service_pb2.ExplainQueryRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_query_service_pb2.ExplainQueryResponse:
        """Tells how a query would be run: the plan as JSON, with the SQL of each part, without
        running it.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: `{"query": …}` as the official clients send it, or the query itself: WOQL in
                JSON-LD, at most 1 MiB and 200 levels deep.
            revision: What to read. For a query that writes it has to be a branch. Left out: the
                head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "revision": revision,
        }
        return await self._calls.unary(_EXPLAIN, given, timeout_s, fields)
