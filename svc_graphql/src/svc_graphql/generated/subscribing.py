"""Subscriptions to the objects of an ontology: their changes, and lists kept up to date.

Subscribers who asked the same with equal permissions are given the same bytes, made once for each
commit, as those of the metamodel are.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from graphql import GraphQLError, get_variable_values

from svc_graphql.domain.execution import executor
from svc_graphql.domain.execution.bindings import ChangesRead
from svc_graphql.domain.execution.plan import FieldPlan
from svc_graphql.domain.execution.requests import (
    All,
    ChangedObject,
    CommittedChanges,
    Condition,
    Find,
    Keys,
    Objects,
    Paging,
)
from svc_graphql.domain.generated.subscriptions import SINCE
from svc_graphql.execution.commits import CommitChange, Commits
from svc_graphql.execution.documents import syntax_error
from svc_graphql.execution.topics import Event
from svc_graphql.generated.schemas import ServedSchema
from svc_graphql.transport.engine import (
    Answer,
    Caller,
    OperationKind,
    OperationRequest,
    RequestRefused,
    SendNow,
)

PERMISSION: Final = "object.objects.read"
_MOST_CHANGES: Final = 1_000
Bodies = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Following:
    """What subscriptions follow: a branch of an ontology.

    Attributes:
        head: The commit that the branch is at now.
    """

    commits: Commits
    branch: str
    head: Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class GeneratedSubscription:
    """Implements `Operation`."""

    served: ServedSchema
    objects: Objects
    following: Following
    prepared: executor.Prepared
    request: OperationRequest
    caller: Caller
    name: str
    max_objects: int
    respond: executor.Respond

    @property
    def kind(self) -> OperationKind:
        """What it does."""
        return OperationKind.SUBSCRIPTION

    async def execute(self) -> Answer:
        """There is nothing to execute: it is a subscription."""
        raise AssertionError("a subscription is subscribed to")

    async def subscribe(self, send_now: SendNow) -> AsyncGenerator[bytes]:
        """Runs it."""
        field, arguments = self._field()
        if field is None:
            return
        if isinstance(field.binding, ChangesRead):
            bodies = self._changes(field.binding, arguments, send_now)
        else:
            bodies = self._live(arguments)
        async with aclosing(bodies):
            async for body in bodies:
                yield body

    def _field(self) -> tuple[FieldPlan | None, Mapping[str, Any]]:
        """The field of the root with its arguments; None when it is skipped."""
        generated, operation = self.served.generated, self.prepared.operation
        definitions = operation.variable_definitions or ()
        values = get_variable_values(generated.schema, definitions, dict(self.request.variables))
        if isinstance(values, list):
            raise RequestRefused([syntax_error(error) for error in values])
        fields = executor.plan_of(generated, self.prepared, values).root.fields
        if not fields:
            return None, {}
        try:
            return fields[0], fields[0].arguments(values)
        except GraphQLError as exc:
            raise RequestRefused([syntax_error(exc)]) from exc

    def _key(self) -> Any:
        """Equal for those who are given the same bytes."""
        identity = self.caller.identity
        return (
            self.request.document,
            self.request.operation_name,
            orjson.dumps(self.request.variables, option=orjson.OPT_SORT_KEYS).decode(),
            self.following.branch,
            # Subscribers who came before the types changed have another schema.
            self.served.documents,
            identity.permissions if identity else None,
        )

    # --- lists -----------------------------------------------------------------------------

    async def _live(self, arguments: Mapping[str, Any]) -> AsyncGenerator[bytes]:
        commit_id = self.objects.commit_id
        sent = b""
        if arguments.get(SINCE) != commit_id:
            [body] = await self._written(commit_id)
            sent = _digest(body)
            yield body
        key = self._key()
        # What is committed from here on is told whenever the shared stream is opened.
        feed = self.following.commits.feed(self._moves, after=commit_id)
        async with aclosing(feed.events(_later)) as events:
            async for event in events:
                if feed.is_behind:
                    continue
                [body] = await event.once(key, self._list_after)
                if _digest(body) != sent:
                    sent = _digest(body)
                    yield body

    def _moves(self, event: Event) -> Sequence[Event]:
        return (event,) if event.value.branch == self.following.branch else ()

    async def _list_after(self, change: CommitChange) -> Bodies:
        moved = change.commit is None
        commit_id = await self.following.head() if moved else change.commit.commit_id
        return await self._written(commit_id)

    # --- changes ---------------------------------------------------------------------------

    async def _changes(
        self, binding: ChangesRead, arguments: Mapping[str, Any], send_now: SendNow
    ) -> AsyncGenerator[bytes]:
        types = frozenset(self.served.known.hierarchy.concrete(binding.type.partition("/")[2]))
        key = (*self._key(), "changes")
        make = partial(self._changes_of, binding.type, types, arguments.get("filter"))

        def begun(change: CommitChange) -> asyncio.Future[Bodies]:
            return asyncio.ensure_future(make(change))

        at_once = partial(copy_context().run, begun)

        def pick(event: Event) -> Sequence[Event]:
            change: CommitChange = event.value
            is_here = change.commit is not None and change.branch == self.following.branch
            return (event,) if is_here and change.objects else ()

        def take(events: Sequence[Event]) -> bool:
            found = [event.ready(key, at_once) for event in events]
            bodies = [body for several in found for body in several or ()]
            return None not in found and (not bodies or send_now(bodies))

        feed = self.following.commits.feed(pick, after=arguments.get("after"))
        async with aclosing(feed.events(take)) as events:
            async for event in events:
                for body in await event.once(key, make):
                    yield body

    async def _changes_of(
        self, type_: str, types: frozenset[str], condition: Condition | None, change: CommitChange
    ) -> Bodies:
        """The messages for a commit."""
        found = [
            ChangedObject(id_, own_type, what)
            for id_, what in change.objects
            if (own_type := id_.partition("/")[0]) in types
        ]
        if condition is not None:
            found = await self._matching(type_, len(types), condition, found, change.commit)
        commit, bodies = change.commit, list[bytes]()
        for start in range(0, len(found), _MOST_CHANGES):
            part = CommittedChanges(
                commit.commit_id,
                commit.branch,
                commit.author,
                commit.message,
                commit.commit_time.ToJsonString(),
                found[start : start + _MOST_CHANGES],
            )
            bodies += await self._written(commit.commit_id, part)
        return tuple(bodies)

    async def _matching(
        self,
        type_: str,
        type_count: int,
        condition: Condition,
        found: Sequence[ChangedObject],
        commit: Any,
    ) -> list[ChangedObject]:
        """Those that meet a condition, after the commit or, when they are gone, before it."""
        kept: set[str] = set()
        before = next(iter(commit.parents), "")
        for is_gone, commit_id in ((False, commit.commit_id), (True, before)):
            ids = [one.id for one in found if (one.change == "DELETED") is is_gone]
            # Objects of several types may have one key.
            size = max(1, _MOST_CHANGES // type_count)
            for start in range(0, len(ids), size):
                keys = tuple({id_.partition("/")[2] for id_ in ids[start : start + size]})
                paging = Paging(All((Keys(keys), condition)), first=_MOST_CHANGES, properties=())
                page = await self.objects.at(commit_id).find(Find(type_, paging))
                kept.update(row.id for row in page.rows)
        return [one for one in found if one.id in kept]

    async def _written(self, commit_id: str, changes: CommittedChanges | None = None) -> Bodies:
        written = await executor.execute(
            self.served.generated,
            self.prepared,
            self.request.variables,
            objects=self.objects.at(commit_id),
            max_rows=self.max_objects,
            respond=self.respond,
            changes=changes,
        )
        return (written.body,)


def _later(_events: Sequence[Event]) -> bool:
    """Takes no event at once."""
    return False


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()
