"""WOQL and comparisons on a TerminusDB server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, Final, cast

from oms_core.errors import InvalidPatch, InvalidQuery, OmsError

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.adapters.terminusdb.errors import foreign, translate
from svc_datakernel.adapters.terminusdb.json_slices import elements, members
from svc_datakernel.adapters.terminusdb.names import commit_of, server_commit, server_data_version
from svc_datakernel.adapters.terminusdb.part import (
    TerminusPart,
    body,
    check_draft,
    commit_info,
    condition,
    message_of,
    told,
)
from svc_datakernel.adapters.terminusdb.server import Objects, parsed, text_of
from svc_datakernel.adapters.terminusdb.transport import Answer, Request
from svc_datakernel.domain.graph.requests import WoqlAnswer, WoqlRequest
from svc_datakernel.domain.graph.store import (
    Answered,
    Body,
    Comparison,
    Source,
    Stream,
    Target,
)
from svc_datakernel.domain.graph.view import TransactionDraft

_QUERY_MESSAGE: Final = "Query"
_WRITERS: Final = frozenset(
    {
        "AddTriple",
        "DeleteTriple",
        "AddLink",
        "DeleteLink",
        "AddData",
        "DeleteData",
        "AddQuad",
        "DeleteQuad",
        "InsertDocument",
        "UpdateDocument",
        "DeleteDocument",
    }
)
_VERSIONS: Final = ("before_data_version", "after_data_version")


class TerminusQueries(TerminusPart):
    """See `GraphQueries`."""

    def is_writing(self, body: bytes) -> bool:
        """See `GraphQueries.is_writing`."""
        try:
            return _writes(json.loads(_query_of(body)))
        except (ValueError, RecursionError) as exc:
            raise InvalidQuery("a query is a JSON object, at most 1,000 levels deep") from exc

    async def query(
        self, source: Source, request: WoqlRequest, draft: TransactionDraft | None = None
    ) -> Answered:
        """See `GraphQueries.query`. Rows beyond the page can be streamed, not paged."""
        if request.after_row:
            raise refuse("query_paging")
        if draft is not None:
            check_draft(draft)
        source = await self._at(source)
        try:
            answer = await self._server.ask(self._request(source, request, draft), InvalidQuery)
        except OmsError as exc:
            target = Target(source.database, source.revision.branch)
            raise (told(exc, target, draft) if draft else exc) from exc.__cause__
        found = _answer(answer, request.page_size)
        self._saw(source.database, source.revision.branch, answer.data_version)
        is_unchanged = draft is None or not (found.inserts or found.deletes)
        return Answered(commit_of(answer.data_version), found, is_unchanged)

    async def stream_query(self, source: Source, request: WoqlRequest) -> Stream:
        """See `GraphQueries.stream_query`."""
        source = await self._at(source)
        asked = self._request(source, request, None, is_streaming=True)
        objects = await self._server.stream_objects(asked, InvalidQuery)
        return Stream(objects.commit_id, _lines(objects, request.after_row))

    async def explain(self, source: Source, request: WoqlRequest) -> Body:
        """Refused: the server does not show its plan."""
        raise refuse("explain")

    async def compare(self, database: str, comparison: Comparison) -> Body:
        """See `GraphQueries.compare`."""
        try:
            content: dict[str, str | bytes] = dict(members(comparison.body.decode()))
        except ValueError as exc:
            raise InvalidPatch("a comparison is a JSON object in UTF-8") from exc
        for name in _VERSIONS:
            if name in content:
                content[name] = json.dumps(_server_version(json.loads(content[name])))
        if comparison.skip:
            content["start"] = str(comparison.skip)
        if comparison.count is not None:
            content["count"] = str(comparison.count)
        is_stored = any(name in content for name in _VERSIONS)
        path = self._server.places.database("diff", database) if is_stored else ("diff",)
        request = Request("POST", path, body=body(content), is_read=True)
        answer = await self._server.ask(request, InvalidPatch)
        parsed(answer)
        return Body(commit_of(answer.data_version), answer.body)

    def _request(
        self,
        source: Source,
        request: WoqlRequest,
        draft: TransactionDraft | None,
        *,
        is_streaming: bool = False,
    ) -> Request:
        content: dict[str, str | bytes] = {"query": _query_of(request.body)}
        version = server_data_version(source.data_version)
        if draft is not None:
            message = message_of(draft, _QUERY_MESSAGE)
            content["commit_info"] = commit_info(draft.author, message)
            version = condition(draft) or version
        if request.all_witnesses:
            content["all_witnesses"] = "true"
        if is_streaming:
            content["streaming"] = "true"
        return Request(
            "POST",
            self._server.places.revision("woql", source.database, source.revision),
            body=body(content),
            data_version=version,
            is_read=draft is None,
            timeout_s=request.timeout_s,
        )


def _query_of(body: bytes) -> str:
    try:
        text = body.decode()
        return members(text).get("query", text)
    except (ValueError, RecursionError) as exc:
        raise InvalidQuery("a query is a JSON object in UTF-8") from exc


def _writes(value: Any) -> bool:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            found = cast("Mapping[str, Any]", item)
            type_ = found.get("@type")
            if isinstance(type_, str) and type_.rpartition("#")[2].rpartition(":")[2] in _WRITERS:
                return True
            stack.extend(found.values())
        elif isinstance(item, list):
            stack.extend(cast("list[Any]", item))
    return False


def _server_version(value: Any) -> Any:
    """A data version or a bare commit id in the server's form; other things pass."""
    if not isinstance(value, str):
        return value
    if ":" in value:
        return server_data_version(value)
    return server_commit(value) if len(value) == 64 else value


def _answer(answer: Answer, page_size: int) -> WoqlAnswer:
    try:
        found = members(text_of(answer))
        rows = [row.encode() for row in elements(found.get("bindings", "[]"))]
        names = json.loads(found.get("api:variable_names", "[]"))
        inserts, deletes = int(found.get("inserts", "0")), int(found.get("deletes", "0"))
    except ValueError as exc:
        raise foreign("its answer to a query has an unknown form", answer.status) from exc
    return WoqlAnswer(names, rows[:page_size], inserts, deletes, has_more=len(rows) > page_size)


async def _lines(objects: Objects, skip: int) -> AsyncIterator[bytes]:
    """The server's records, each a line: variables, rows, counts.

    Raises:
        OmsError: what a record tells of in the middle of the answer.
    """
    seen = 0
    async with aclosing(objects):
        async for record in objects:
            found = members(record.decode())
            kind = json.loads(found.get("@type", '""'))
            if "api:error" in found or "Error" in kind:
                raise translate(400, json.loads(record), InvalidQuery)
            seen += kind == "Binding"
            if kind != "Binding" or seen > skip:
                yield record + b"\n"
