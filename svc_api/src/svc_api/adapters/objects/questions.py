"""Questions about objects: what has to be loaded is loaded, then they are answered in memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from oms_core.errors import InvalidField, ResourceNotFound

from svc_api.adapters.objects.store import ObjectStore
from svc_api.domain.elements import Key
from svc_api.domain.objects.conditions import Compiler, Condition, Scope
from svc_api.domain.objects.filters import Filter, Order
from svc_api.domain.objects.model import Ref, StoredObject
from svc_api.domain.objects.querying import (
    Aggregate,
    Group,
    aggregated,
    check_aggregates,
    matching,
    ordered,
    sort_keys,
)
from svc_api.domain.objects.types import Catalogue, LinkTypeDef
from svc_api.domain.objects.world import World, followed

# From here on a question goes to a thread, so that other calls go on meanwhile.
_MANY_OBJECTS = 500
# Results kept for the pages that follow.
_MOST_RESULTS = 32
_MOST_RESULT_OBJECTS = 1_000_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """Which objects, as of which commit. `key` is an object type or an interface."""

    ontology: str
    commit_id: str
    key: Key
    filter: Filter | None = None
    orders: Sequence[Order] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step along links."""

    link_type: str
    is_outgoing: bool


class Questions:
    """Answers questions about objects. Keeps the last results, for their next pages."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._results: OrderedDict[tuple[str, ...], list[StoredObject]] = OrderedDict()

    async def find(self, question: Question, identity: tuple[str, ...]) -> list[StoredObject]:
        """The objects that are asked for, in order.

        Args:
            identity: Tells the question from others, for its next pages.
        Raises:
            ResourceNotFound: there is no such type.
            InvalidField: the filter or order makes no sense.
            LimitExceeded: too much would have to be looked at.
        """
        at = (question.commit_id, *identity)
        found = self._results.get(at)
        if found is None:
            found = await self._find(question)
            self._keep(at, found)
        else:
            self._results.move_to_end(at)
        return found

    async def _find(self, question: Question) -> list[StoredObject]:
        scope, condition, world = await self._prepared(question, question.orders)
        keys = sort_keys(scope, question.orders)
        return await self._run(
            world, scope, lambda: ordered(matching(world, scope, condition), keys)
        )

    def _keep(self, at: tuple[str, ...], found: list[StoredObject]) -> None:
        self._results[at] = found
        while len(self._results) > 1 and (
            len(self._results) > _MOST_RESULTS
            or sum(map(len, self._results.values())) > _MOST_RESULT_OBJECTS
        ):
            self._results.popitem(last=False)

    async def aggregate(
        self, question: Question, group_by: Sequence[str], aggregates: Sequence[Aggregate]
    ) -> tuple[Scope, list[Group]]:
        """Figures about the objects that are asked for, in groups."""
        catalogue = await self._store.catalogue(question.ontology, question.commit_id)
        check_aggregates(self._scope(catalogue, question), group_by, aggregates)
        scope, condition, world = await self._prepared(question, ())
        return scope, await self._run(
            world,
            scope,
            lambda: aggregated(matching(world, scope, condition), scope, group_by, aggregates),
        )

    async def traverse(
        self,
        ontology: str,
        commit_id: str,
        sources: Sequence[Ref],
        steps: Sequence[Step],
        *,
        filter_: Filter | None,
        orders: Sequence[Order],
    ) -> Mapping[Ref, Sequence[Ref]]:
        """Follows links from each of several objects; what is reached in the end, in order.

        Raises:
            InvalidField: a link type does not exist, or the filter or order makes no sense.
        """
        catalogue = await self._store.catalogue(ontology, commit_id)
        path = [self._link_type(catalogue, step, index) for index, step in enumerate(steps)]
        compiler = Compiler(catalogue)
        last, is_outgoing = path[-1]
        scope = Scope.of_types(
            catalogue, f"what {last.id} leads to", last.ends(is_outgoing=is_outgoing)
        )
        condition = compiler.compile(filter_, scope, "filter") if filter_ is not None else None
        keys = sort_keys(scope, orders)
        followed_types = {
            link for step, way in path for link, _ in followed(catalogue, step, is_outgoing=way)
        }
        types = {*compiler.types, *(scope.types if condition or keys else ())}
        world = await self._store.world(
            ontology,
            commit_id,
            types=sorted(types),
            links=sorted({*compiler.links, *followed_types}),
        )

        def reached() -> Mapping[Ref, Sequence[Ref]]:
            return {source: _reached(world, source, path, condition, keys) for source in sources}

        return await asyncio.to_thread(reached)

    @staticmethod
    def _link_type(catalogue: Catalogue, step: Step, index: int) -> tuple[LinkTypeDef, bool]:
        definition = catalogue.link_type(step.link_type)
        if definition is None:
            raise InvalidField.of(
                f"steps[{index}].link_type", f"link type {step.link_type!r} does not exist"
            )
        return definition, step.is_outgoing

    async def _prepared(
        self, question: Question, orders: Sequence[Order]
    ) -> tuple[Scope, Condition | None, World]:
        catalogue = await self._store.catalogue(question.ontology, question.commit_id)
        scope = self._scope(catalogue, question)
        sort_keys(scope, orders)  # refused before anything is loaded
        compiler = Compiler(catalogue)
        condition = None
        if question.filter is not None:
            condition = compiler.compile(question.filter, scope, "filter")
        world = await self._store.world(
            question.ontology,
            question.commit_id,
            types=[*scope.types, *sorted(compiler.types)],
            links=sorted(compiler.links),
        )
        return scope, condition, world

    @staticmethod
    def _scope(catalogue: Catalogue, question: Question) -> Scope:
        if not catalogue.has(question.key):
            noun = "object_type" if question.key[0] == "objectTypes" else "interface"
            name = f"ontologies/{question.ontology}/{question.key[0]}/{question.key[1]}"
            raise ResourceNotFound.of(noun, name, f"at commit {question.commit_id}")
        return Scope.of(catalogue, question.key)

    @staticmethod
    async def _run(world: World, scope: Scope, work: Callable[[], T]) -> T:
        if world.count(scope.types) < _MANY_OBJECTS:
            return work()
        return await asyncio.to_thread(work)


def _reached(
    world: World,
    source: Ref,
    path: Sequence[tuple[LinkTypeDef, bool]],
    condition: Condition | None,
    keys: Sequence[tuple[Callable[[StoredObject], object], bool]],
) -> Sequence[Ref]:
    here: Sequence[Ref] = [source]
    for definition, is_outgoing in path:
        there = {
            ref for at in here for ref in world.far_ends(definition, at, is_outgoing=is_outgoing)
        }
        here = sorted(there)
    if condition is None and not keys:
        return here
    objects = [found for ref in here if (found := world.get(ref)) is not None]
    if condition is not None:
        objects = [stored for stored in objects if condition(world, stored)]
    return [stored.ref for stored in ordered(objects, keys)]
