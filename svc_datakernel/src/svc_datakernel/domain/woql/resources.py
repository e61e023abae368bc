"""Databases, branches and commits by the names that queries have for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oms_core.errors import ResourceNotFound

from svc_datakernel.domain.graph.terms import Pattern
from svc_datakernel.domain.model import Revision
from svc_datakernel.domain.woql import errors
from svc_datakernel.domain.woql.capabilities import OtherCommits
from svc_datakernel.domain.woql.commits_view import CommitsView
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.goals.goal import Goal
from svc_datakernel.domain.woql.graphs import Graphs, TripleSource, parse_graphs
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Term

_ANY = Pattern()


def using_context(context: Context, collection: str) -> tuple[Context, bool]:
    """What `Using` reads, and whether it is the commit that is queried anyway.

    Args:
        collection: `organization/database[/local[/branch/<name> | /commit/<id>]]`, parts of
            it that begin with `branch` or `commit`, or `_commits`.
    Raises:
        InvalidQuery: no such name, or another database.
        UnsupportedOperation: the backend can't read other commits in a query.
    """
    steps = _local_steps(context, collection)
    if steps == ["_commits"]:
        return Context.of(CommitsView(context.view, _others(context, collection))), False
    if not steps:
        return context, True
    return _at(context, collection, steps)


def _at(context: Context, collection: str, steps: list[str]) -> tuple[Context, bool]:
    kind, name = steps
    revision = Revision(branch=name) if kind == "branch" else Revision(commit=name)
    try:
        view = _others(context, collection).view_at(revision)
    except ResourceNotFound as exc:
        raise errors.unresolvable(collection) from exc
    if view.commit_id == context.view.commit_id:
        return context, True
    return Context.of(view), False


def _others(context: Context, collection: str) -> OtherCommits:
    if isinstance(context.view, OtherCommits):
        return context.view
    raise errors.unsupported(
        "Using", f"this backend reads one commit at a time, not {collection!r}"
    )


def _local_steps(context: Context, collection: str) -> list[str]:
    """What a name says within the database: nothing, `_commits`, or a kind and which."""
    parts = [part for part in collection.strip("/").split("/") if part]
    if parts and parts[0] in ("_commits", "branch", "commit"):
        local = parts
    elif parts and parts[0] == "local" and len(parts) > 1:
        local = parts[1:]
    else:
        local = _after_database(context, collection, parts)
    if local in ([], ["_commits"]):
        return local
    if len(local) == 2 and local[0] in ("branch", "commit"):
        return local
    raise errors.bad_descriptor(collection)


def _after_database(context: Context, collection: str, parts: list[str]) -> list[str]:
    if len(parts) < 2 or len(parts) > 5 or "_meta" in parts or "_system" in parts:
        raise errors.bad_descriptor(collection)
    if len(parts) > 2 and parts[2] != "local":
        raise errors.unresolvable(collection)
    if parts[1] != context.view.database.id:
        raise errors.unresolvable("/".join((*parts, "local", "branch", "main")[:5]))
    return parts[3:]


class ResourceSize:
    """How many triples a resource has, or how many bytes they take."""

    def __init__(
        self, context: Context, source: TripleSource, result: Term, *, is_count: bool, is_all: bool
    ) -> None:
        self._context = context
        self._source = source
        self._result = result
        self._is_count = is_count
        self._is_all = is_all

    def solve(self, run: Run) -> Iterator[None]:
        mark = run.mark()
        if run.give_number(self._number(run), self._result):
            yield
        run.undo(mark)

    def _number(self, run: Run) -> int:
        if not self._is_count:
            return self._bytes(run)
        run.check_deadline()
        found = self._source.count(_ANY, 2**62)
        # TerminusDB counts the schema twice when it counts a whole branch.
        return found + (len(self._source.schema()) if self._is_all else 0)

    def _bytes(self, run: Run) -> int:
        total = 0
        for triple in self._source.triples(_ANY):
            run.step()
            total += sum(len(part.encode()) for part in (*triple[:2], *triple.object))
        return total

    def explain(self) -> dict[str, Any]:
        return {"step": "TripleCount" if self._is_count else "Size"}


def size_goal(context: Context, resource: str, result: Term, *, is_count: bool) -> Goal:
    """The goal of `TripleCount` or `Size`: of a branch's or commit's graph by default the
    instance graph, of a database both graphs.

    Raises:
        InvalidQuery: no such resource.
    """
    parts = resource.strip("/").split("/")
    graphs = Graphs.INSTANCE
    if len(parts) > 5:
        graphs = parse_graphs(parts[5])
        resource = "/".join(parts[:5])
    is_all = len(parts) <= 3
    if is_all:
        graphs = Graphs.INSTANCE | Graphs.SCHEMA
    found, _ = using_context(context, resource)
    source = TripleSource(found.view, graphs)
    return ResourceSize(found, source, result, is_count=is_count, is_all=is_all)
