"""Tags, the history of documents, and moves of branches that are no commits: what stores offer.

Every method may raise `ResourceNotFound`, `ServiceUnavailable` and `DataCorrupted`
as those in `store.py` do. What a graph database's schema does not allow is refused
with `SchemaViolation`, where nothing else is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from svc_datakernel.domain.graph.requests import Blame, Rebase, Tag
from svc_datakernel.domain.model import ChangeType, Commit, Revision
from svc_datakernel.domain.operations import CommitResult


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of a document; the etag is empty where it is not there afterwards."""

    commit: Commit
    change_type: ChangeType
    etag: str


@dataclass(frozen=True, slots=True)
class DocumentHistory:
    """Changes of a document, newest first; `after` is for the next page, None at the end."""

    entries: Sequence[HistoryEntry]
    after: str | None


@dataclass(frozen=True, slots=True)
class RebaseDraft:
    """A branch's own commits to be put on top of a revision; see `CommitDraft` for the rest."""

    onto: Revision
    author: str
    expected_head: str = ""
    request_id: str = ""
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class SquashDraft:
    """A branch to be made one commit above a base, None for the very first commit."""

    author: str
    base: Revision | None = None
    is_moving: bool = False
    message: str = ""
    expected_head: str = ""
    request_id: str = ""
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class Squash:
    """The commit that a squash made, and the head it stands for."""

    commit: Commit
    old_head: str


@dataclass(frozen=True, slots=True)
class RevertDraft:
    """A commit to be undone, by its id; see `CommitDraft` and `TransactionDraft` for the rest."""

    commit_id: str
    author: str
    message: str = ""
    expected_head: str = ""
    data_version: str = ""
    request_id: str = ""
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class ApplyDraft:
    """The difference of two revisions to be made on a branch.

    Args:
        match_final_state: A document that is already as it should become is no conflict.
    """

    before: Revision
    after: Revision
    author: str
    match_final_state: bool = False
    message: str = ""
    expected_head: str = ""
    data_version: str = ""
    request_id: str = ""
    fingerprint: bytes = b""


class Tags(Protocol):
    """Keeps tags."""

    async def create_tag(
        self, database: str, tag: str, target: Revision, *, author: str, message: str
    ) -> Tag:
        """Names the commit that a revision means right now.

        Raises:
            ResourceAlreadyExists: the name is taken.
        """
        ...

    async def get_tag(self, database: str, tag: str) -> Tag:
        """Gets a tag."""
        ...

    async def list_tags(self, database: str, *, after: str, limit: int) -> Sequence[Tag]:
        """Lists up to `limit` tags with a name beyond `after`."""
        ...

    async def delete_tag(self, database: str, tag: str) -> None:
        """Deletes a tag; its commit stays as long as something else reaches it."""
        ...


class DocumentHistories(Protocol):
    """Reads the history of single documents."""

    async def list_document_history(
        self,
        database: str,
        revision: Revision,
        document_id: str,
        *,
        after: str,
        limit: int,
        from_time_us: int | None = None,
        until_time_us: int | None = None,
    ) -> DocumentHistory:
        """Lists the commits that changed a document, newest first.

        A merge that brought a change is followed to the commits it came from. None for a
        document that has never been, as seen from the revision.

        Args:
            after: That of the page before; empty for the first page.
            from_time_us, until_time_us: Only commits of this time, both ends included.
        """
        ...

    async def blame(self, database: str, revision: Revision, document_id: str) -> Sequence[Blame]:
        """Says of each scalar and each empty container which commit made it what it is."""
        ...


class BranchMoves(Protocol):
    """Moves branches backwards and sideways, atomically and durably."""

    async def reset_branch(
        self, database: str, branch: str, target: Revision, *, expected_head: str
    ) -> Commit:
        """Moves a branch to any commit of the database.

        Raises:
            StaleHead: it is not at `expected_head`, when that is given.
        """
        ...

    async def rebase_branch(self, database: str, branch: str, draft: RebaseDraft) -> Rebase:
        """Makes each of a branch's own commits anew on top of a revision, with author and message.

        A merge among them is made anew as a commit of what it changed.

        Raises:
            RebaseConflict: names the commit and the documents; nothing was changed.
            StaleHead, RequestIdReused, UnrelatedHistories, LimitExceeded.
        """
        ...

    async def squash_branch(self, database: str, branch: str, draft: SquashDraft) -> Squash:
        """Makes one commit, whose parent is the base, of everything a branch holds above it.

        Without `is_moving` the branch stays, and only the answer names the new commit.

        Raises:
            StaleHead, RequestIdReused, LimitExceeded.
            UnrelatedHistories: the base is no ancestor of the branch.
        """
        ...

    async def revert_commit(self, database: str, branch: str, draft: RevertDraft) -> CommitResult:
        """Undoes a commit, which has to be an ancestor of the branch, by a new one.

        Raises:
            PatchConflict: names the documents that were changed since.
            StaleHead, DataVersionMismatch, RequestIdReused, UnrelatedHistories, LimitExceeded.
        """
        ...

    async def apply_difference(self, database: str, branch: str, draft: ApplyDraft) -> CommitResult:
        """Makes the difference of two revisions on a branch, as one commit.

        Raises:
            PatchConflict: names the documents that are not as the difference expects.
            StaleHead, DataVersionMismatch, RequestIdReused, LimitExceeded.
        """
        ...


class Versioning(Tags, DocumentHistories, BranchMoves, Protocol):
    """Everything of this page."""
