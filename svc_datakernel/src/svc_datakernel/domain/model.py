"""The words of the kernel as plain values. Times are microseconds since 1970 in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

MAIN_BRANCH = "main"


class ChangeType(IntEnum):
    """What happened to a document. The numbers are part of the commit hash."""

    CREATED = 1
    UPDATED = 2
    DELETED = 3


class DatabaseModel(IntEnum):
    """How a database's documents are understood. The numbers are the protocol's."""

    JSON = 1
    GRAPH = 2


@dataclass(frozen=True, slots=True)
class Database:
    """One versioned document graph. `base_iri` and `schema_iri` are those of a graph database.

    `origin` is the database its history began in, for a copy of another kernel's: commits
    are hashed with it. Empty for the database itself.
    """

    id: str
    display_name: str
    description: str
    kind: str
    create_time_us: int
    model: DatabaseModel = DatabaseModel.JSON
    base_iri: str = ""
    schema_iri: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A named pointer into the commit graph."""

    name: str
    head: str
    create_time_us: int
    update_time_us: int


def _readable(time_us: int) -> str:
    try:
        time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)
    except OverflowError:  # outside the years 1 to 9999
        return f"{time_us} µs since 1970"
    return time.isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Revision:
    """The state to read: a commit, a tag, a branch, or a branch as it was at a time.

    `commit` and `tag` exclude the others; an empty `branch` means `main`.
    """

    branch: str = ""
    commit: str = ""
    time_us: int | None = None
    tag: str = ""

    def __str__(self) -> str:
        if self.commit:
            return f"commit {self.commit}"
        if self.tag:
            return f"tag {self.tag!r}"
        at = "" if self.time_us is None else f" at {_readable(self.time_us)}"
        return f"branch {self.branch or MAIN_BRANCH!r}{at}"


@dataclass(frozen=True, slots=True)
class Commit:
    """An atomic change of documents; `id` is its SHA-256 in hexadecimal."""

    id: str
    parents: tuple[str, ...]
    author: str
    message: str
    time_us: int
    branch: str
    sequence: int
    change_count: int
    request_id: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Audit:
    """Who did what to a document, and when. `deleted_*` are empty unless `is_deleted`."""

    created_by: str
    created_by_username: str
    created_at_us: int
    updated_by: str
    updated_by_username: str
    updated_at_us: int
    is_deleted: bool = False
    deleted_by: str = ""
    deleted_at_us: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A document as of some commit; `json` is canonical."""

    id: str
    type: str
    json: bytes
    etag: str
    audit: Audit


@dataclass(frozen=True, slots=True)
class Difference:
    """How a document differs between two commits.

    The JSON is None when the document was not there or contents were not asked
    for; the etag is empty when it was not there.
    """

    document_id: str
    type: str
    change_type: ChangeType
    before_etag: str
    after_etag: str
    before_json: bytes | None = None
    after_json: bytes | None = None


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many documents of one type differ."""

    type: str
    created: int
    updated: int
    deleted: int


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Documents in the order of ids. `after` is where the next page starts, None at the end."""

    commit_id: str
    documents: Sequence[Document]
    after: str | None


@dataclass(frozen=True, slots=True)
class DocumentBatch:
    """Documents asked for by id, as of one commit."""

    commit_id: str
    documents: Sequence[Document]
    missing_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class CommitPage:
    """Commits, newest first. `next_commit` is the first of the next page, None at the end."""

    commits: Sequence[Commit]
    next_commit: str | None


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """Differences in the order of document ids. `counts` cover all pages, on the first one only."""

    base_commit: str
    target_commit: str
    differences: Sequence[Difference]
    after: str | None
    counts: Sequence[TypeCount]


@dataclass(frozen=True, slots=True)
class ChangePart:
    """Some of a commit's changes. `next_index` is where the next part starts, None at the end."""

    differences: Sequence[Difference]
    next_index: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where stored data does not match its hash."""

    commit_id: str
    document_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the whole history found."""

    commit_count: int
    document_count: int
    faults: Sequence[Fault]


class FeedPosition(NamedTuple):
    """A place in a database's feed: what has a greater sequence or number comes after it.

    Args:
        sequence: Of the last commit before it.
        move: Number of the last move of a branch before it.
    """

    sequence: int
    move: int


@dataclass(frozen=True, slots=True)
class BranchMove:
    """A branch's head changed otherwise than by a commit on top of it.

    Args:
        number: Grows from move to move of a database.
        after_sequence: Of the last commit that was made before it.
        old_head, new_head: Commit ids; empty where there was no branch, or is none any more.
    """

    number: int
    after_sequence: int
    branch: str
    old_head: str
    new_head: str
    time_us: int
