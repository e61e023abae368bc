"""The commits of an ontology, as one shared stream, with the elements and objects they changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from oms.datakernel.v1 import commit_service_pb2 as commit_pb2

from svc_graphql.execution.topics import Event, Feed, Listener, Pick, Topics

PERMISSION: Final = "ontology.revisions.read"
"""What a caller needs to follow commits: the stream itself is opened as the service."""

# Type of a document, the collection it is in, the message it becomes.
KINDS: Final = {
    "ObjectType": ("objectTypes", "oms.ontology.v1.ObjectType"),
    "LinkType": ("linkTypes", "oms.ontology.v1.LinkType"),
    "Interface": ("interfaces", "oms.ontology.v1.Interface"),
}
_OBJECT: Final = "Object"
_CHANGES: Final = {1: "CREATED", 2: "UPDATED", 3: "DELETED"}
CHANGE_NAMES: Final = tuple(_CHANGES.values())
Watch = Callable[[Any], AsyncIterator[Any]]
"""Calls `WatchCommits` as the service."""


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
    """A commit with all that it changed; `commit` is None for a branch that moved without one.

    `objects` are the ids of objects, each `{type}/{key}`, with what became of them.
    """

    ontology: str
    commit: Any
    branch: str
    changes: tuple[ElementChange, ...]
    objects: tuple[tuple[str, str], ...] = ()


class Commits:
    """Follows the commits of one ontology.

    Args:
        watch: Opens streams of commits.
        topics: What subscriptions share.
    """

    def __init__(self, watch: Watch, topics: Topics, ontology: str) -> None:
        self._watch = watch
        self._topics = topics
        self._ontology = ontology

    def feed(self, pick: Pick, *, after: str | None = None) -> Feed:
        """Commits and moves of branches of an ontology, those after a commit first.

        Those who go on after a commit read a stream of their own, until it has reached what the
        shared one tells.
        """
        listener = self.join()
        return Feed(listener, pick, self._catch_up(after, listener) if after else None)

    def join(self) -> Listener:
        """A place in the shared stream; closed by who asked for it."""
        return self._topics.join(("commits", self._ontology), self._open)

    async def _catch_up(self, after: str, listener: Listener) -> AsyncGenerator[Event]:
        request = commit_pb2.WatchCommitsRequest(parent=self._parent, from_commit=after)
        async with aclosing(self._read(request)) as changes:
            async for change in changes:
                yield Event(change)
                if _skip_to(listener, change):
                    return

    @property
    def _parent(self) -> str:
        return f"databases/{self._ontology}"

    async def _open(self, last: Event | None) -> AsyncGenerator[CommitChange]:
        request = commit_pb2.WatchCommitsRequest(parent=self._parent)
        request.include_branch_moves = True
        commit = last.value.commit if last is not None else None
        if commit is not None:
            request.from_commit = commit.commit_id
        else:
            request.from_now = True
        async with aclosing(self._read(request)) as changes:
            async for change in changes:
                yield change

    async def _read(self, request: Any) -> AsyncGenerator[CommitChange]:
        parts: list[Any] = []
        async for part in self._watch(request):
            if part.HasField("branch_move"):
                yield CommitChange(self._ontology, None, part.branch_move.branch, ())
                continue
            parts.extend(part.changes)
            if part.is_last_part:
                yield _commit_change(self._ontology, part.commit, parts)
                parts = []


def _commit_change(ontology: str, commit: Any, parts: Sequence[Any]) -> CommitChange:
    changes: list[ElementChange] = []
    objects: list[tuple[str, str]] = []
    for each in parts:
        kind, _, element_id = each.document_id.partition("/")
        change = _CHANGES.get(each.change_type, "UPDATED")
        if kind == _OBJECT:
            objects.append((element_id, change))
        elif kind in KINDS and element_id:
            changes.append(ElementChange(ontology, kind, element_id, change, commit))
    return CommitChange(ontology, commit, commit.branch, tuple(changes), tuple(objects))


def _skip_to(listener: Listener, change: CommitChange) -> bool:
    """Whether the shared stream has told of a commit too; if so, all up to it is left out."""

    def is_same(other: CommitChange) -> bool:
        return other.commit is not None and other.commit.commit_id == change.commit.commit_id

    return listener.skip_to(is_same)
