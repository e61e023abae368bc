"""Subscriptions to what changes: commits, elements, and lists that are kept up to date.

They come out of the kernel's commits (`WatchCommits`), one shared stream for each ontology.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)
from oms.common.v1 import revision_pb2
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms_core.errors import InvalidField

from svc_graphql.execution.context import Context
from svc_graphql.execution.topics import Event, Feed, Listener, Pick
from svc_graphql.schema.contract import Rpc
from svc_graphql.schema.permissions import check
from svc_graphql.schema.reading import Reading
from svc_graphql.schema.resolving import attribute, itself, reads
from svc_graphql.schema.resources import Resources
from svc_graphql.schema.scalars import DATE_TIME

PERMISSION: Final = "ontology.revisions.read"
# Type of a document, the collection it is in, the message it becomes.
KINDS: Final = {
    "ObjectType": ("objectTypes", "oms.ontology.v1.ObjectType"),
    "LinkType": ("linkTypes", "oms.ontology.v1.LinkType"),
    "Interface": ("interfaces", "oms.ontology.v1.Interface"),
}
_WATCH: Final = "/oms.datakernel.v1.CommitService/WatchCommits"
_CHANGES: Final = {1: "CREATED", 2: "UPDATED", 3: "DELETED"}
_MAX_IDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class ElementChange:
    """An element that a commit changed. `kind` is a key of `KINDS`."""

    ontology: str
    kind: str
    element_id: str
    change: str
    commit: Any

    @property
    def name(self) -> str:
        """The element's resource name."""
        return f"ontologies/{self.ontology}/{KINDS[self.kind][0]}/{self.element_id}"


@dataclass(frozen=True, slots=True)
class CommitChange:
    """A commit with all that it changed; `commit` is None for a branch that moved without one."""

    ontology: str
    commit: Any
    branch: str
    changes: tuple[ElementChange, ...]


class Changes:
    """The sources and the types.

    Args:
        watch: The kernel's method.
        resources: Finds elements by name.
        node: What an element is shown as.
    """

    def __init__(self, watch: Rpc, resources: Resources, node: GraphQLInterfaceType) -> None:
        self._watch = watch
        self._resources = resources
        self._kind = GraphQLEnumType(
            "ChangedElementKind", {_constant(name): GraphQLEnumValue(name) for name in KINDS}
        )
        self._element = self._element_type(node)
        self._commit = self._commit_type()

    @property
    def fields(self) -> dict[str, GraphQLField]:
        """`commitAdded` and `elementChanged`."""
        text = GraphQLNonNull(GraphQLString)
        shared = {
            "ontology": GraphQLArgument(text, description="Id of the ontology."),
            "branch": GraphQLArgument(GraphQLString, description="Left out: every branch."),
            "after": GraphQLArgument(
                GraphQLString,
                description="Id of a commit: first come those after it. Left out: new ones only.",
            ),
        }
        kinds = GraphQLList(GraphQLNonNull(self._kind))
        ids = GraphQLList(GraphQLNonNull(GraphQLString))
        needs = f" Needs `{PERMISSION}`."
        return {
            "commitAdded": GraphQLField(
                GraphQLNonNull(self._commit),
                args=shared,
                subscribe=self.commits,
                resolve=itself,
                description="Each commit to an ontology, in the order they are made." + needs,
            ),
            "elementChanged": GraphQLField(
                GraphQLNonNull(self._element),
                args={
                    **shared,
                    "kinds": GraphQLArgument(kinds, description="Left out: every kind."),
                    "ids": GraphQLArgument(ids, description="Left out: every element."),
                },
                subscribe=self.elements,
                resolve=itself,
                description="Each change of an element of an ontology." + needs,
            ),
        }

    # Sources

    def commits(self, _source: Any, info: Any, *, ontology: str, **given: Any) -> Feed:
        """Commits, those of one branch if one is given."""
        branch = given.get("branch") or None

        def pick(event: Event) -> Sequence[Event]:
            change: CommitChange = event.value
            return (event,) if _is_of(change, branch) else ()

        return self.follow(info.context, ontology, pick, after=given.get("after"))

    def elements(self, _source: Any, info: Any, *, ontology: str, **given: Any) -> Feed:
        """Changed elements, those of some kinds, ids or of one branch if they are given."""
        branch = given.get("branch") or None
        kinds = frozenset[str](given.get("kinds") or KINDS)
        ids = frozenset[str](given.get("ids") or ())
        if len(ids) > _MAX_IDS:
            raise InvalidField.of("ids", f"has {len(ids)} ids, more than {_MAX_IDS}")

        def chosen(event: Event) -> Sequence[Event]:
            if not _is_of(event.value, branch):
                return ()
            each = event.derived("elements", _each_change)
            return [one for one in each if _is_wanted(one.value, kinds, ids)]

        key = (branch, kinds, ids)

        def pick(event: Event) -> Sequence[Event]:
            return event.derived(key, chosen)

        return self.follow(info.context, ontology, pick, after=given.get("after"))

    def follow(
        self, context: Context, ontology: str, pick: Pick, *, after: str | None = None
    ) -> Feed:
        """Commits and moves of branches of an ontology, those after a commit first.

        Those who go on after a commit read a stream of their own, until it has reached what the
        shared one tells.

        Raises:
            PermissionDenied: the caller may not read revisions.
        """
        check(context.caller.identity, PERMISSION)
        listener: Listener = context.topics.join(
            (self._watch.path, ontology), lambda last: self._open(context, ontology, last)
        )
        before = self._catch_up(context, ontology, after, listener) if after else None
        return Feed(listener, pick, before)

    async def follow_latest(self, context: Context, ontology: str) -> AsyncGenerator[None]:
        """Yields at once and then after each change; what comes meanwhile counts as one."""
        check(context.caller.identity, PERMISSION)
        listener: Listener = context.topics.join(
            (self._watch.path, ontology), lambda last: self._open(context, ontology, last)
        )
        try:
            while True:
                yield
                await listener.next()
                listener.clear()
        finally:
            listener.close()

    async def _catch_up(
        self, context: Context, ontology: str, after: str, listener: Listener
    ) -> AsyncGenerator[Event]:
        request = commit_pb2.WatchCommitsRequest(parent=f"databases/{ontology}", from_commit=after)
        async with aclosing(self._read(context, ontology, request)) as changes:
            async for change in changes:
                yield Event(change)
                if _skip_to(listener, change):
                    return

    async def _open(
        self, context: Context, ontology: str, last: Event | None
    ) -> AsyncGenerator[CommitChange]:
        request = commit_pb2.WatchCommitsRequest(parent=f"databases/{ontology}")
        request.include_branch_moves = True
        commit = last.value.commit if last is not None else None
        if commit is not None:
            request.from_commit = commit.commit_id
        else:
            request.from_now = True
        async with aclosing(self._read(context, ontology, request)) as changes:
            async for change in changes:
                yield change

    async def _read(
        self, context: Context, ontology: str, request: Any
    ) -> AsyncGenerator[CommitChange]:
        parts: list[Any] = []
        stream: AsyncIterator[Any] = self._watch.stream_as_service(context.channel, request)
        async for part in stream:
            if part.HasField("branch_move"):
                yield CommitChange(ontology, None, part.branch_move.branch, ())
                continue
            parts.extend(part.changes)
            if part.is_last_part:
                yield _commit_change(ontology, part.commit, parts)
                parts = []

    # Types

    def _element_type(self, node: GraphQLInterfaceType) -> GraphQLObjectType:
        text = GraphQLNonNull(GraphQLString)
        change = GraphQLEnumType(
            "ElementChangeType", {name: GraphQLEnumValue(name) for name in _CHANGES.values()}
        )
        return GraphQLObjectType(
            "ElementChange",
            {
                "change": GraphQLField(GraphQLNonNull(change), resolve=attribute("change")),
                "kind": GraphQLField(GraphQLNonNull(self._kind), resolve=attribute("kind")),
                "name": GraphQLField(text, resolve=attribute("name")),
                "elementId": GraphQLField(text, resolve=attribute("element_id")),
                "commitId": GraphQLField(text, resolve=attribute("commit.commit_id")),
                "branch": GraphQLField(text, resolve=attribute("commit.branch")),
                "author": GraphQLField(text, resolve=attribute("commit.author")),
                "element": GraphQLField(
                    node,
                    resolve=self._element_of,
                    description="As of that commit; null when it was deleted.",
                ),
            },
        )

    async def _element_of(self, change: ElementChange, info: Any) -> Any:
        if change.change == "DELETED":
            return None
        resource = self._resources.by_message[KINDS[change.kind][1]]
        at = revision_pb2.Revision(commit=change.commit.commit_id)
        return await Reading.of(info.context).load(resource, change.name, at)

    def _commit_type(self) -> GraphQLObjectType:
        text = GraphQLNonNull(GraphQLString)
        many = GraphQLNonNull(GraphQLList(GraphQLNonNull(self._element)))
        return GraphQLObjectType(
            "CommitAdded",
            {
                "commitId": GraphQLField(text, resolve=attribute("commit.commit_id")),
                "branch": GraphQLField(text, resolve=attribute("branch")),
                "author": GraphQLField(text, resolve=attribute("commit.author")),
                "message": GraphQLField(text, resolve=attribute("commit.message")),
                "commitTime": GraphQLField(
                    DATE_TIME, resolve=reads(lambda c: c.commit.commit_time.ToJsonString())
                ),
                "parents": GraphQLField(
                    GraphQLNonNull(GraphQLList(text)),
                    resolve=reads(lambda c: list(c.commit.parents)),
                ),
                "changes": GraphQLField(many, resolve=reads(lambda c: list(c.changes))),
            },
        )


def _constant(name: str) -> str:
    return "".join(f"_{c}" if c.isupper() else c.upper() for c in name).lstrip("_")


def _commit_change(ontology: str, commit: Any, parts: Sequence[Any]) -> CommitChange:
    changes = []
    for each in parts:
        kind, _, element_id = each.document_id.partition("/")
        if kind in KINDS and element_id:
            change = _CHANGES.get(each.change_type, "UPDATED")
            changes.append(ElementChange(ontology, kind, element_id, change, commit))
    return CommitChange(ontology, commit, commit.branch, tuple(changes))


def _is_of(change: CommitChange, branch: str | None) -> bool:
    return change.commit is not None and branch in (None, change.branch)


def _is_wanted(change: ElementChange, kinds: frozenset[str], ids: frozenset[str]) -> bool:
    return change.kind in kinds and (not ids or change.element_id in ids)


def _each_change(event: Event) -> list[Event]:
    return [Event(change) for change in event.value.changes]


def _skip_to(listener: Listener, change: CommitChange) -> bool:
    """Whether the shared stream has told of a commit too; if so, all up to it is left out."""

    def is_same(other: CommitChange) -> bool:
        return other.commit is not None and other.commit.commit_id == change.commit.commit_id

    return listener.skip_to(is_same)
