"""Fetching what an operation needs, level by level: what is asked alike is asked once.

All objects of a level are known before the next one is asked for. So a link that is followed
from every object of a list costs one call, not one for each object.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError
from graphql.execution.values import VariableValues
from oms_core.errors import LimitExceeded, OmsError

from svc_graphql.domain.execution.bindings import Fetch, Reading
from svc_graphql.domain.execution.plan import Below, FieldPlan, NodeKey, ObjectPlan
from svc_graphql.domain.execution.requests import (
    Aggregate,
    Ask,
    Commit,
    Committed,
    Find,
    Follow,
    Get,
    Objects,
    Page,
    Row,
)


class Failure:
    """What went wrong in place of a value."""

    __slots__ = ("error",)

    def __init__(self, error: OmsError | GraphQLError) -> None:
        self.error = error

    def raised(self) -> Exception:
        """An error of its own for each place that it is raised at."""
        return copy(self.error).with_traceback(None)


@dataclass(slots=True)
class Fetched:
    """What was fetched, by field of the document and by source."""

    values: dict[NodeKey, dict[int, Any]] = field(default_factory=dict[NodeKey, dict[int, Any]])
    has_failures: bool = False
    # Sources are told apart by `id()`, so they have to live as long as this does.
    kept: list[Any] = field(default_factory=list[Any])

    def value(self, node_key: NodeKey, source: Any) -> Any:
        """What was fetched for a source, or its failure."""
        return self.values[node_key][id(source)]


@dataclass(slots=True)
class _Wanted:
    """A field that is to be fetched, for some sources."""

    plan: FieldPlan
    binding: Fetch
    ask: Ask
    sources: list[Any]


class Fetcher:
    """Fetches for one execution."""

    def __init__(
        self,
        objects: Objects,
        type_names: Mapping[str, str],
        variables: VariableValues,
        *,
        max_rows: int,
    ) -> None:
        """Asks nothing yet.

        Args:
            max_rows: Most objects that a response may hold, each counted as often as it is there.
        """
        self._objects = objects
        self._type_names = type_names
        self._variables = variables
        self._max_rows = max_rows
        self._rows = 0
        self.fetched = Fetched()

    async def run(self, root: ObjectPlan, source: Any, *, is_serial: bool) -> Fetched:
        """Fetches everything below a root.

        Args:
            is_serial: Fields of the root are fetched one after another, each with all below it.
        Raises:
            LimitExceeded: the response would hold too many objects.
        """
        self.fetched.kept.append(source)
        if is_serial:
            for one in root.fetching:
                await self._levels(ObjectPlan(root.type, [one]), source)
        else:
            await self._levels(root, source)
        return self.fetched

    async def _levels(self, root: ObjectPlan, source: Any) -> None:
        level = [(root, [source])]
        while level:
            wanted: list[_Wanted] = []
            for plan, sources in level:
                self._gather(plan, sources, wanted)
            level = await self._level(wanted)

    def _gather(self, plan: ObjectPlan, sources: list[Any], wanted: list[_Wanted]) -> None:
        """Adds what is to be fetched of sources, and of what lies in them."""
        for one in plan.fetching:
            if isinstance(one.binding, Fetch):
                self._want(one, one.binding, sources, wanted)
            elif isinstance(one.binding, Reading) and one.below is not None:
                inner = flat(one.binding.column(sources))
                for below, group in self._by_plan(one.below, inner):
                    self._gather(below, group, wanted)

    def _want(
        self, plan: FieldPlan, binding: Fetch, sources: list[Any], wanted: list[_Wanted]
    ) -> None:
        known = self.fetched.values.setdefault(plan.node_key, {})
        missing = list({id(one): one for one in sources if id(one) not in known}.values())
        assert plan.selection is not None
        try:
            ask = binding.ask(plan.arguments(self._variables), plan.selection)
        except (GraphQLError, OmsError) as exc:
            self._fail(plan, missing, Failure(exc))
        else:
            wanted.append(_Wanted(plan, binding, ask, missing))

    async def _level(self, wanted: list[_Wanted]) -> list[tuple[ObjectPlan, list[Any]]]:
        """Fetches a level; answers the next one."""
        groups = _alike(wanted)
        if len(groups) == 1:
            await self._call(groups[0])
        elif groups:
            async with asyncio.TaskGroup() as calls:
                for group in groups:
                    calls.create_task(self._call(group))
        level: list[tuple[ObjectPlan, list[Any]]] = []
        for one in wanted:
            values = self.fetched.values[one.plan.node_key]
            level.extend(self._next(one.plan, [values[id(source)] for source in one.sources]))
        return level

    def _next(self, plan: FieldPlan, values: list[Any]) -> list[tuple[ObjectPlan, list[Any]]]:
        inner = [one for one in flat(values) if not isinstance(one, Failure)]
        self._count(inner)
        if plan.below is None:
            return []
        return [
            (below, group) for below, group in self._by_plan(plan.below, inner) if below.fetching
        ]

    def _count(self, values: Sequence[Any]) -> None:
        pages = [len(one.rows) for one in values if isinstance(one, Page | Committed)]
        self._rows += sum(pages) + len(values) - len(pages)
        if self._rows > self._max_rows:
            raise LimitExceeded(
                f"the response would hold more than {self._max_rows} objects; ask for fewer",
                metadata={"limit": str(self._max_rows)},
            )

    async def _call(self, group: list[_Wanted]) -> None:
        """One question, and its answer for every field and source that asked it."""
        try:
            answer = await self._answer(group)
        except OmsError as exc:
            for one in group:
                self._fail(one.plan, one.sources, Failure(exc))
            return
        for one in group:
            values = self.fetched.values[one.plan.node_key]
            for source in one.sources:
                values[id(source)] = value = one.binding.value(source, answer)
                self.fetched.kept.append(value)

    async def _answer(self, group: list[_Wanted]) -> Any:
        ask = group[0].ask
        match ask:
            case Find():
                return await self._objects.find(ask)
            case Get():
                ids = ask.ids or _keys(group)
                found = await self._objects.get(ids, ask.properties) if ids else {}
                return {id_: found.get(id_) for id_ in ids} if ask.is_ordered else found
            case Follow():
                ids = _keys(group)
                return await self._objects.follow(ask, ids) if ids else {}
            case Aggregate():
                return await self._objects.aggregate(ask)
            case Commit():
                done = await self._objects.commit(ask)
                self._objects = self._objects.at(done.commit_id)
                return done

    def _fail(self, plan: FieldPlan, sources: Sequence[Any], failure: Failure) -> None:
        self.fetched.has_failures = True
        values = self.fetched.values[plan.node_key]
        values.update((id(source), failure) for source in sources)

    def _by_plan(self, below: Below, values: Sequence[Any]) -> list[tuple[ObjectPlan, list[Any]]]:
        """Values with the plan of the type of each, groups in the order of their first values."""
        if not values:
            return []
        if not below.is_abstract:
            return [(below.only, list(values))]
        groups: dict[str, list[Any]] = {}
        for one in values:
            # What is of an unknown type, or no object, is an error where it is written.
            name = self._type_names.get(one.type, "") if isinstance(one, Row) else ""
            if name in below.possible:
                groups.setdefault(name, []).append(one)
        return [(below.of(name), group) for name, group in groups.items()]


def flat(values: Sequence[Any]) -> list[Any]:
    """What lies in lists within lists, without nulls."""
    found: list[Any] = []
    for one in values:
        if isinstance(one, list | tuple):
            found.extend(flat(one))
        elif one is not None:
            found.append(one)
    return found


def _alike(wanted: Sequence[_Wanted]) -> list[list[_Wanted]]:
    """Fields that ask the same, together. Each commit is one of its own."""
    groups: dict[Any, list[_Wanted]] = {}
    for one in wanted:
        key = one.ask
        try:
            hash(key)
        except TypeError:  # a filter with a JSON value in it
            key = repr(one.ask)
        if isinstance(one.ask, Commit):
            key = id(one)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _keys(group: Sequence[_Wanted]) -> list[str]:
    """The ids that all sources ask for, each once, in their order."""
    keys: dict[str, None] = {}
    for wanted in group:
        for source in wanted.sources:
            keys.update(dict.fromkeys(wanted.binding.keys(source)))
    return list(keys)
