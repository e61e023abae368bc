"""Subscriptions to what changes: commits, elements, and lists that are kept up to date.

They come out of the kernel's commits (`WatchCommits`), one shared stream for each ontology.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from functools import partial
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
from oms_core.errors import InvalidField

from svc_graphql.execution.commits import (
    CHANGE_NAMES,
    KINDS,
    PERMISSION,
    CommitChange,
    Commits,
    ElementChange,
)
from svc_graphql.execution.context import Context
from svc_graphql.execution.topics import Event, Feed, Pick
from svc_graphql.schema.contract import Rpc
from svc_graphql.schema.permissions import check
from svc_graphql.schema.reading import Reading
from svc_graphql.schema.resolving import attribute, itself, reads
from svc_graphql.schema.resources import Resources
from svc_graphql.schema.scalars import DATE_TIME

_MAX_IDS: Final = 1_000


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
        """Commits and moves of branches of an ontology; see `Commits.feed`.

        Raises:
            PermissionDenied: the caller may not read revisions.
        """
        check(context.caller.identity, PERMISSION)
        return self._of(context, ontology).feed(pick, after=after)

    async def follow_latest(self, context: Context, ontology: str) -> AsyncGenerator[None]:
        """Yields at once and then after each change; what comes meanwhile counts as one."""
        check(context.caller.identity, PERMISSION)
        listener = self._of(context, ontology).join()
        try:
            while True:
                yield
                await listener.next()
                listener.clear()
        finally:
            listener.close()

    def _of(self, context: Context, ontology: str) -> Commits:
        watch = partial(self._watch.stream_as_service, context.channel)
        return Commits(watch, context.topics, ontology)

    # Types

    def _element_type(self, node: GraphQLInterfaceType) -> GraphQLObjectType:
        text = GraphQLNonNull(GraphQLString)
        change = GraphQLEnumType(
            "ElementChangeType", {name: GraphQLEnumValue(name) for name in CHANGE_NAMES}
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


def _is_of(change: CommitChange, branch: str | None) -> bool:
    return change.commit is not None and branch in (None, change.branch)


def _is_wanted(change: ElementChange, kinds: frozenset[str], ids: frozenset[str]) -> bool:
    return change.kind in kinds and (not ids or change.element_id in ids)


def _each_change(event: Event) -> list[Event]:
    return [Event(change) for change in event.value.changes]
