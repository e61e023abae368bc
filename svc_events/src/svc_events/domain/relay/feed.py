"""What the relay is told by the kernel, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from svc_events.domain.events import Timestamp

ONTOLOGY_KIND: Final = "ontology"
"""Kind of a database that is an ontology."""


class Change(Enum):
    """What happened to a document; the words are those of event types."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class SourceDatabase:
    """A database of the kernel.

    Args:
        id: Such as `brick`.
        kind: `ontology` for an ontology.
        create_time: Tells a database from an earlier one of the same name.
    """

    id: str
    kind: str
    display_name: str
    create_time: Timestamp

    @property
    def is_ontology(self) -> bool:
        """Whether its documents are elements."""
        return self.kind == ONTOLOGY_KIND

    @property
    def incarnation(self) -> str:
        """The same for the same database, and for no other of its name."""
        return self.create_time.text

    @property
    def name(self) -> str:
        """Resource name: `ontologies/brick`, or `databases/plants` when it is no ontology."""
        return f"{'ontologies' if self.is_ontology else 'databases'}/{self.id}"

    def branch(self, branch: str) -> str:
        """Resource name of a branch."""
        return f"{self.name}/branches/{branch}"


@dataclass(frozen=True, slots=True)
class FeedCommit:
    """A commit.

    Args:
        sequence: Grows from commit to commit of a database.
        change_count: How many documents it changed.
    """

    id: str
    parents: tuple[str, ...]
    author: str
    message: str
    time: Timestamp
    branch: str
    sequence: int
    change_count: int


@dataclass(frozen=True, slots=True)
class FeedChange:
    """A changed document; `before` and `after` are its exact content, None where there is none."""

    document_id: str
    type: str
    change: Change
    before: str | None
    after: str | None
    before_etag: str
    after_etag: str


@dataclass(frozen=True, slots=True)
class FeedMove:
    """A branch whose head changed otherwise than by a commit on top of it.

    Args:
        number: Grows from move to move of a database.
        old_head: Id of a commit; empty when the branch was made.
        new_head: Id of a commit; empty when the branch was deleted.
    """

    number: int
    branch: str
    old_head: str
    new_head: str
    time: Timestamp

    @property
    def verb(self) -> str:
        """What happened to the branch: `created`, `moved` or `deleted`."""
        if not self.old_head:
            return "created"
        return "moved" if self.new_head else "deleted"
