"""Documents on a TerminusDB server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Final

from oms_core.errors import (
    InvalidDocument,
    InvalidPatch,
    InvalidQuery,
    InvalidSchema,
    OmsError,
    ResourceNotFound,
)

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.adapters.terminusdb.json_slices import members
from svc_datakernel.adapters.terminusdb.names import commit_of, server_data_version
from svc_datakernel.adapters.terminusdb.part import (
    TerminusPart,
    body,
    check_draft,
    condition,
    flags,
    message_of,
    strings,
    told,
)
from svc_datakernel.adapters.terminusdb.server import parsed
from svc_datakernel.adapters.terminusdb.transport import Answer, Request
from svc_datakernel.domain.graph.requests import (
    Deletion,
    Form,
    Graph,
    Insertion,
    Selection,
    Written,
)
from svc_datakernel.domain.graph.store import (
    Count,
    PatchRequest,
    Presence,
    Source,
    Stream,
    Target,
)
from svc_datakernel.domain.graph.view import Outcome, TransactionDraft

_WRITE_MESSAGE: Final = "Write documents"
_DELETE_MESSAGE: Final = "Delete documents"
_PATCH_MESSAGE: Final = "Patch documents"


class TerminusDocuments(TerminusPart):
    """See `GraphDocuments`."""

    async def write(
        self, target: Target, draft: TransactionDraft, insertion: Insertion
    ) -> Outcome[Written]:
        """See `GraphDocuments.write`."""
        check_draft(draft)
        message = message_of(draft, _WRITE_MESSAGE)
        params = self._who(draft, message, insertion.graph) | flags(
            {
                "full_replace": insertion.full_replace,
                "raw_json": insertion.raw_json,
                "merge_repeats": insertion.merge_repeats,
                "overwrite": insertion.overwrite,
                "create": insertion.create,
                "require_migration": insertion.require_migration,
                "allow_destructive_migration": insertion.allow_destructive_migration,
            }
        )
        request = Request(
            "PUT" if insertion.is_replace else "POST",
            self._server.places.branch("document", target.database, target.branch),
            params,
            insertion.body,
            data_version=condition(draft),
        )
        is_schema = insertion.graph is Graph.SCHEMA
        answer = await self._write(
            target, draft, request, InvalidSchema if is_schema else InvalidDocument
        )
        written = Written(strings(parsed(answer)))
        return await self._outcome(target, draft, answer.data_version, written, message)

    async def delete(
        self, target: Target, draft: TransactionDraft, deletion: Deletion
    ) -> Outcome[Written]:
        """See `GraphDocuments.delete`. Only hard: the server keeps no mark of what was there."""
        check_draft(draft)
        if not deletion.is_hard:
            raise refuse("soft_delete")
        message = message_of(draft, _DELETE_MESSAGE)
        params = self._who(draft, message, deletion.graph) | flags({"nuke": deletion.nuke})
        ids = list(deletion.ids)
        if deletion.type:
            params["type"] = deletion.type
        elif len(ids) == 1:
            params["id"] = ids[0]
        request = Request(
            "DELETE",
            self._server.places.branch("document", target.database, target.branch),
            params,
            json.dumps(ids).encode() if len(ids) > 1 else None,
            data_version=condition(draft),
        )
        answer = await self._write(target, draft, request, InvalidDocument)
        return await self._outcome(target, draft, answer.data_version, Written(ids), message)

    async def patch(
        self, target: Target, draft: TransactionDraft, patch: PatchRequest
    ) -> Outcome[Written]:
        """See `GraphDocuments.patch`."""
        check_draft(draft)
        message = message_of(draft, _PATCH_MESSAGE)
        content: dict[str, str | bytes] = {
            "patch": patch.body,
            "author": json.dumps(draft.author, ensure_ascii=False),
            "message": json.dumps(message, ensure_ascii=False),
        }
        if not patch.match_final_state:
            content["match_final_state"] = "false"
        path = self._server.places.branch("patch", target.database, target.branch)
        request = Request("POST", path, body=body(content), data_version=condition(draft))
        answer = await self._write(target, draft, request, InvalidPatch)
        version = answer.data_version or await self._head_after(target)
        written = Written(strings(parsed(answer)))
        return await self._outcome(target, draft, version, written, message)

    async def read(self, source: Source, selection: Selection, form: Form) -> Stream:
        """See `GraphDocuments.read`. One id after another, when there are several."""
        _check_selection(selection, form)
        source = await self._at(source)
        if len(selection.ids) > 1 and selection.template is None:
            return await self._read_each(source, selection, form)
        objects = await self._server.stream_objects(
            self._read_request(source, selection, form), InvalidQuery
        )
        return Stream(objects.commit_id, objects)

    async def count(self, source: Source, selection: Selection) -> Count:
        """See `GraphDocuments.count`. The server does not count: they are read and passed over."""
        stream = await self.read(source, selection, Form(unfold=False))
        async with aclosing(stream.parts) as parts:  # type: ignore[type-var]
            count = 0
            async for _ in parts:
                count += 1
        return Count(stream.commit_id, count)

    async def check_presence(self, source: Source, ids: Sequence[str], graph: Graph) -> Presence:
        """See `GraphDocuments.check_presence`: a request for each, as many at once as allowed."""
        source = await self._at(source)
        turns = asyncio.Semaphore(self._server.pool_size)

        async def look(id_: str) -> str | None:
            async with turns:
                return await self._commit_if_there(source, id_, graph)

        commits = await asyncio.gather(*(look(id_) for id_ in ids))
        found = [id_ for id_, commit in zip(ids, commits, strict=True) if commit is not None]
        missing = [id_ for id_, commit in zip(ids, commits, strict=True) if commit is None]
        seen = next((commit for commit in commits if commit), source.revision.commit)
        return Presence(seen, found, missing)

    async def _commit_if_there(self, source: Source, id_: str, graph: Graph) -> str | None:
        request = self._read_request(source, Selection((id_,), graph=graph), Form(unfold=False))
        try:
            answer = await self._server.ask(request, InvalidQuery)
        except ResourceNotFound as exc:
            if exc.metadata.get("api_error") != "api:DocumentNotFound":
                raise
            return None
        return commit_of(answer.data_version)

    async def _read_each(self, source: Source, selection: Selection, form: Form) -> Stream:
        wanted = list(selection.ids)[selection.skip :][: selection.count]
        first = self._read_request(source, Selection(wanted[:1], graph=selection.graph), form)
        answer = await self._server.ask(first, InvalidQuery)
        commit = commit_of(answer.data_version)
        # The others are read at the commit that the first was read at.
        fixed = Source(source.database, type(source.revision)(commit=commit))

        async def each() -> AsyncIterator[bytes]:
            yield answer.body.strip()
            for id_ in wanted[1:]:
                one = self._read_request(fixed, Selection((id_,), graph=selection.graph), form)
                yield (await self._server.ask(one, InvalidQuery)).body.strip()

        return Stream(commit, each())

    def _read_request(self, source: Source, selection: Selection, form: Form) -> Request:
        path = self._server.places.revision("document", source.database, source.revision)
        params: dict[str, str] = {}
        if selection.graph is Graph.SCHEMA:
            params["graph_type"] = "schema"
        if selection.ids:
            params["id"] = selection.ids[0]
        params |= _shape(form)
        version = server_data_version(source.data_version)
        if selection.template is not None:
            content = _template(selection)
            return Request("POST", path, params, content, version, override="GET", is_read=True)
        if selection.types:
            params["type"] = selection.types[0]
        if selection.skip:
            params["skip"] = str(selection.skip)
        if selection.count is not None and not selection.ids:
            params["count"] = str(selection.count)
        return Request("GET", path, params, data_version=version, is_read=True)

    def _who(self, draft: TransactionDraft, message: str, graph: Graph) -> dict[str, str]:
        params = {"author": draft.author, "message": message}
        if graph is Graph.SCHEMA:
            params["graph_type"] = "schema"
        return params

    async def _write(
        self, target: Target, draft: TransactionDraft, request: Request, otherwise: type[OmsError]
    ) -> Answer:
        try:
            return await self._server.ask(request, otherwise)
        except OmsError as exc:
            raise told(exc, target, draft) from exc.__cause__


def _check_selection(selection: Selection, form: Form) -> None:
    if selection.with_deleted:
        raise refuse("show_deleted")
    if selection.after:
        raise refuse("resume_after")
    if len(selection.types) > 1:
        raise refuse("several_types")
    if form.prefixed and form.compress_ids:
        raise refuse("prefixed_names")


def _shape(form: Form) -> dict[str, str]:
    shown = {
        "unfold": form.unfold,
        "minimized": form.minimized,
        "compress_ids": form.compress_ids,
    }
    return {name: "false" for name, value in shown.items() if not value}


def _template(selection: Selection) -> bytes:
    template = selection.template or b"{}"
    try:
        members(template.decode())
    except ValueError as exc:
        raise InvalidQuery("a template is a JSON object in UTF-8") from exc
    content: dict[str, str | bytes] = {"query": template}
    if selection.types:
        content["type"] = json.dumps(selection.types[0])
    if selection.skip:
        content["skip"] = str(selection.skip)
    if selection.count is not None:
        content["count"] = str(selection.count)
    return body(content)
