"""Databases and branches on a TerminusDB server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from oms_core.errors import BranchProtected, ResourceNotFound

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.adapters.terminusdb.commits import read_log
from svc_datakernel.adapters.terminusdb.part import TerminusPart, strings
from svc_datakernel.adapters.terminusdb.transport import Request
from svc_datakernel.domain.model import MAIN_BRANCH, Branch, Database, DatabaseModel, Revision

_MICROSECONDS = 1_000_000
_VERBOSE = {"branches": "true", "verbose": "true"}


class TerminusDirectory(TerminusPart):
    """See `Databases` and `Branches`."""

    async def create_database(self, database: Database, author: str) -> Database:
        """See `Databases.create_database`. Graph databases only; the server writes its first
        commit itself and does not take its author.
        """
        if database.model is not DatabaseModel.GRAPH:
            raise refuse("json_databases")
        if database.kind:
            raise refuse("database_kind")
        content: dict[str, Any] = {
            "label": database.display_name or database.id,
            "comment": database.description,
            "schema": True,
        }
        prefixes = {"@base": database.base_iri, "@schema": database.schema_iri}
        if given := {name: iri for name, iri in prefixes.items() if iri}:
            content["prefixes"] = given
        path = self._server.places.database("db", database.id)
        await self._server.ask(Request("POST", path, body=json.dumps(content).encode()))
        return await self.get_database(database.id)

    async def get_database(self, database: str) -> Database:
        """See `Databases.get_database`."""
        path = self._server.places.database("db", database)
        request = Request("GET", path, _VERBOSE, is_read=True)
        try:
            entry = await self._server.ask_json(request)
        except ResourceNotFound as exc:
            raise ResourceNotFound.of("database", database) from exc
        path = self._server.places.database("prefixes", database)
        prefixes = await self._server.ask_json(Request("GET", path, is_read=True))
        return _database(database, entry, prefixes)

    async def list_databases(self, *, kind: str, after: str, limit: int) -> Sequence[Database]:
        """See `Databases.list_databases`. Their prefixes are not in the list."""
        if kind:
            return []
        request = Request("GET", ("db",), _VERBOSE, is_read=True)
        entries = await self._server.ask_json(request)
        start = f"{self._server.organization}/"
        named = {
            str(entry.get("path", "")).removeprefix(start): entry
            for entry in cast("Sequence[Mapping[str, Any]]", entries)
            if str(entry.get("path", "")).startswith(start)
        }
        chosen = sorted(name for name in named if name > after)[:limit]
        return [_database(name, named[name], {}) for name in chosen]

    async def update_database(self, database: str, changes: Mapping[str, str]) -> Database:
        """See `Databases.update_database`. The server keeps no kind."""
        if changes.get("kind"):
            raise refuse("database_kind")
        names = {"display_name": "label", "description": "comment"}
        content = {names[name]: value for name, value in changes.items() if name in names}
        path = self._server.places.database("db", database)
        await self._server.ask(Request("PUT", path, body=json.dumps(content).encode()))
        return await self.get_database(database)

    async def delete_database(self, database: str) -> None:
        """See `Databases.delete_database`."""
        await self._server.ask(Request("DELETE", self._server.places.database("db", database)))
        for key in [key for key in self._heads if key[0] == database]:
            del self._heads[key]

    async def create_branch(self, database: str, branch: str, source: Revision) -> Branch:
        """See `Branches.create_branch`."""
        if source.time_us is not None:
            source = Revision(commit=(await self._commit_at(database, source)).id)
        origin = self._server.places.descriptor(database, source)
        path = self._server.places.branch_in_full("branch", database, branch)
        content = json.dumps({"origin": origin}).encode()
        await self._server.ask(Request("POST", path, body=content))
        return await self.get_branch(database, branch)

    async def get_branch(self, database: str, branch: str) -> Branch:
        """See `Branches.get_branch`. The server does not know when it was created."""
        log = await read_log(self._server, database, Revision(branch=branch), count=1)
        if not log:
            raise ResourceNotFound.of("branch", branch)
        return Branch(branch, log[0].id, 0, log[0].time_us)

    async def list_branches(self, database: str, *, after: str, limit: int) -> Sequence[Branch]:
        """See `Branches.list_branches`."""
        names = sorted(name for name in await self._branch_names(database) if name > after)
        return [await self.get_branch(database, name) for name in names[:limit]]

    async def delete_branch(self, database: str, branch: str, *, expected_head: str) -> None:
        """See `Branches.delete_branch`. The server takes no expected head."""
        if branch == MAIN_BRANCH:
            raise BranchProtected("branch 'main' can't be deleted", metadata={"branch": branch})
        if expected_head:
            raise refuse("conditional_head_moves")
        path = self._server.places.branch_in_full("branch", database, branch)
        await self._server.ask(Request("DELETE", path))
        self._heads.pop((database, branch), None)

    async def _branch_names(self, database: str) -> Sequence[str]:
        path = self._server.places.database("db", database)
        request = Request("GET", path, {"branches": "true"}, is_read=True)
        entry = await self._server.ask_json(request)
        return strings(entry.get("branches")) if isinstance(entry, dict) else []


def _database(name: str, entry: Any, prefixes: Any) -> Database:
    found = cast("Mapping[str, Any]", entry) if isinstance(entry, dict) else {}
    context = cast("Mapping[str, Any]", prefixes) if isinstance(prefixes, dict) else {}
    created = found.get("creation_date")
    return Database(
        id=name,
        display_name=str(found.get("label", "")),
        description=str(found.get("comment", "")),
        kind="",
        create_time_us=round(created * _MICROSECONDS) if isinstance(created, int | float) else 0,
        model=DatabaseModel.GRAPH,
        base_iri=str(context.get("@base", "")),
        schema_iri=str(context.get("@schema", "")),
    )
