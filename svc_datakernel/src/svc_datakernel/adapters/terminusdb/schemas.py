"""Schema graphs, and graphs as Turtle, on a TerminusDB server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Final

from oms_core.errors import (
    InvalidSchema,
    MigrationRefused,
    ParseError,
    ResourceAlreadyExists,
    SchemaViolation,
)

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.adapters.terminusdb.commits import read_commit
from svc_datakernel.adapters.terminusdb.errors import foreign
from svc_datakernel.adapters.terminusdb.names import commit_of
from svc_datakernel.adapters.terminusdb.part import (
    TerminusPart,
    body,
    check_draft,
    commit_info,
    message_of,
)
from svc_datakernel.adapters.terminusdb.server import parsed
from svc_datakernel.adapters.terminusdb.transport import Request
from svc_datakernel.domain.graph.requests import Graph, Migrated, Migration
from svc_datakernel.domain.graph.store import (
    Body,
    PrefixChange,
    Source,
    Stream,
    Target,
    TripleChange,
)
from svc_datakernel.domain.graph.view import Outcome, TransactionDraft

_MIGRATE_MESSAGE: Final = "Migrate the schema"
_TRIPLES_MESSAGE: Final = "Write triples"
_NO_CONTENT: Final = 204


class TerminusSchemas(TerminusPart):
    """See `GraphSchemas` and `GraphTriples`."""

    async def frames(
        self, source: Source, type_: str, *, compress_ids: bool, expand_abstract: bool
    ) -> Body:
        """See `GraphSchemas.frames`."""
        source = await self._at(source)
        params = {"type": type_} if type_ else {}
        if not compress_ids:
            params["compress_ids"] = "false"
        if not expand_abstract:
            params["expand_abstract"] = "false"
        return await self._body("schema", source, params)

    async def prefixes(self, source: Source) -> Body:
        """See `GraphSchemas.prefixes`."""
        return await self._body("prefixes", await self._at(source), {})

    async def set_prefix(
        self, target: Target, draft: TransactionDraft, change: PrefixChange
    ) -> Outcome[None]:
        """See `GraphSchemas.set_prefix`. The server keeps no author or message of it, and takes
        no condition: such a draft is refused.
        """
        check_draft(draft)
        _check_unconditional(draft)
        places = self._server.places.branch("prefix", target.database, target.branch)
        content = json.dumps({"uri": change.iri}).encode() if change.iri else None
        method = "PUT" if change.is_update_only else "POST"
        before = commit_of(await self._head_after(target))
        request = Request(
            method if change.iri else "DELETE", (*places, change.prefix), None, content
        )
        answer = await self._server.ask(request, InvalidSchema)
        # The server answers "no content" to a prefix that is there already.
        if change.is_create_only and answer.status == _NO_CONTENT:
            raise ResourceAlreadyExists.of("prefix", change.prefix)
        version = await self._head_after(target)
        self._saw(target.database, target.branch, version)
        commit = await read_commit(self._server, target.database, commit_of(version))
        return Outcome(commit, commit.id == before, None)

    async def migrate(
        self, target: Target, draft: TransactionDraft, migration: Migration
    ) -> Outcome[Migrated]:
        """See `GraphSchemas.migrate`."""
        if draft.request_id:
            raise refuse("request_ids")
        _check_unconditional(draft)
        message = message_of(draft, _MIGRATE_MESSAGE)
        content: dict[str, str | bytes] = {
            "author": json.dumps(draft.author, ensure_ascii=False),
            "message": json.dumps(message, ensure_ascii=False),
            "operations": migration.operations,
        }
        if draft.is_dry_run:
            content["dry_run"] = "true"
        path = self._server.places.branch("migration", target.database, target.branch)
        answer = await self._server.ask(Request("POST", path, body=body(content)), MigrationRefused)
        counts = parsed(answer)
        if not isinstance(counts, dict):
            raise foreign("its migration has no counts", answer.status)
        migrated = Migrated(
            int(counts.get("schema_operations", 0)), int(counts.get("instance_operations", 0))
        )
        version = await self._head_after(target)
        return await self._outcome(target, draft, version, migrated, message)

    async def compare_schemas(self, base: Source, other: bytes | Source) -> Body:
        """Refused: the server does not compare schemas."""
        raise refuse("schema_comparison")

    async def export_triples(self, source: Source, graph: Graph) -> Stream:
        """See `GraphTriples.export_triples`. The server sends a graph in one piece."""
        source = await self._at(source)
        path = self._server.places.graph("triples", source.database, source.revision, graph)
        answer = await self._server.ask(Request("GET", path, is_read=True))
        turtle = parsed(answer)
        if not isinstance(turtle, str):
            raise foreign("it sent no Turtle", answer.status)

        async def parts() -> AsyncIterator[bytes]:
            yield turtle.encode()

        return Stream(commit_of(answer.data_version) or source.revision.commit, parts())

    async def write_triples(
        self, target: Target, draft: TransactionDraft, change: TripleChange
    ) -> Outcome[None]:
        """See `GraphTriples.write_triples`, but the server checks less: it takes an instance
        without a required property.
        """
        check_draft(draft)
        _check_unconditional(draft)
        message = message_of(draft, _TRIPLES_MESSAGE)
        try:
            turtle = change.turtle.decode()
        except UnicodeDecodeError as exc:
            raise ParseError("Turtle is written in UTF-8") from exc
        content: dict[str, str | bytes] = {
            "commit_info": commit_info(draft.author, message),
            "turtle": json.dumps(turtle, ensure_ascii=False),
        }
        path = self._server.places.branch_in_full("triples", target.database, target.branch)
        request = Request(
            "POST" if change.is_replace else "PUT", (*path, change.graph.value), body=body(content)
        )
        await self._ask_turtle(request)
        version = await self._head_after(target)
        return await self._outcome(target, draft, version, None, message)

    async def _body(self, handler: str, source: Source, params: dict[str, str]) -> Body:
        path = self._server.places.revision(handler, source.database, source.revision)
        answer = await self._server.ask(Request("GET", path, params, is_read=True))
        parsed(answer)
        return Body(commit_of(answer.data_version) or source.revision.commit, answer.body)

    async def _ask_turtle(self, request: Request) -> None:
        try:
            await self._server.ask(request, ParseError)
        except SchemaViolation as exc:
            # What can't be parsed is reported like a violation, without naming a document.
            if "vio:ViolationWithDatatypeObject" in exc.metadata.get("witnesses", ""):
                raise ParseError("it is no Turtle", metadata=exc.metadata) from exc
            raise


def _check_unconditional(draft: TransactionDraft) -> None:
    if draft.expected_head or draft.data_version:
        raise refuse("full_commit_conditions")
