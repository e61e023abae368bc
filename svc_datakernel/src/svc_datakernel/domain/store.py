"""What a kernel store offers. The backends and the servicers meet here.

Every method but `close` may raise `ResourceNotFound` for its database, branch,
commit or revision, `ServiceUnavailable` when the store can't be reached, and
`DataCorrupted` when what it reads does not match its hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from svc_datakernel.domain.containment import Template
from svc_datakernel.domain.merging import MergeDraft, MergeResult
from svc_datakernel.domain.model import (
    Branch,
    BranchMove,
    ChangePart,
    Commit,
    CommitPage,
    Database,
    DifferencePage,
    DocumentBatch,
    DocumentPage,
    FeedPosition,
    Revision,
    Verification,
)
from svc_datakernel.domain.operations import CommitDraft, CommitResult
from svc_datakernel.domain.replication import Maintenance, Replication
from svc_datakernel.domain.versioning import Versioning

PAGE_BYTES = 1024 * 1024  # content in one page or part, unless one document alone is larger


class Databases(Protocol):
    """Keeps databases."""

    async def create_database(self, database: Database, author: str) -> Database:
        """Creates a database with a root commit and the branch `main`, all or nothing.

        Args:
            database: Its time of creation is set by the store.
            author: Author of the root commit.
        Raises:
            ResourceAlreadyExists: the id is taken.
        """
        ...

    async def get_database(self, database: str) -> Database:
        """Gets a database."""
        ...

    async def list_databases(self, *, kind: str, after: str, limit: int) -> Sequence[Database]:
        """Lists up to `limit` databases with an id beyond `after`; an empty kind means all."""
        ...

    async def update_database(self, database: str, changes: Mapping[str, str]) -> Database:
        """Changes what a database is described by.

        Args:
            changes: New values of `display_name`, `description` and `kind`; one left out stays.
        """
        ...

    async def delete_database(self, database: str) -> None:
        """Deletes a database with its whole history."""
        ...


class Branches(Protocol):
    """Keeps branches."""

    async def create_branch(self, database: str, branch: str, source: Revision) -> Branch:
        """Creates a branch at a revision, at a cost independent of the number of documents.

        Raises:
            ResourceAlreadyExists: the name is taken.
        """
        ...

    async def get_branch(self, database: str, branch: str) -> Branch:
        """Gets a branch."""
        ...

    async def list_branches(self, database: str, *, after: str, limit: int) -> Sequence[Branch]:
        """Lists up to `limit` branches with a name beyond `after`."""
        ...

    async def delete_branch(self, database: str, branch: str, *, expected_head: str) -> None:
        """Deletes a branch; its commits stay.

        Raises:
            BranchProtected: it is `main`.
            StaleHead: it is not at `expected_head`, when that is given.
        """
        ...


class Writing(Protocol):
    """Moves branches forward, atomically and durably."""

    async def create_commit(self, database: str, branch: str, draft: CommitDraft) -> CommitResult:
        """Applies a draft to a branch: all of it or nothing, durable once answered.

        Raises:
            StaleHead, StaleEtag, ResourceAlreadyExists, RequestIdReused, InvalidDocument.
            ResourceNotFound: also for an operation on a document that is not there.
            LimitExceeded: the store is full; nothing was changed.
        """
        ...

    async def merge(self, database: str, branch: str, draft: MergeDraft) -> MergeResult:
        """Merges a revision into a branch as one commit with two parents.

        Raises:
            MergeConflict: conflicts are left without a choice; never for a dry run.
            StaleHead, RequestIdReused, UnrelatedHistories, LimitExceeded.
        """
        ...


class Reading(Protocol):
    """Reads documents as of any commit."""

    async def get_documents(
        self, database: str, revision: Revision, document_ids: Sequence[str], *, show_deleted: bool
    ) -> DocumentBatch:
        """Gets documents in the order asked for.

        Raises:
            LimitExceeded: the contents together are too large for one answer.
        """
        ...

    async def list_documents(
        self,
        database: str,
        revision: Revision,
        *,
        types: Sequence[str],
        after: str,
        limit: int,
        show_deleted: bool,
    ) -> DocumentPage:
        """Lists documents with an id beyond `after`: at most `limit` or about 1 MiB."""
        ...

    async def query_documents(
        self,
        database: str,
        revision: Revision,
        *,
        type_: str,
        template: Template,
        after: str,
        limit: int,
    ) -> DocumentPage:
        """Lists documents that contain a template: at most `limit` or about 1 MiB."""
        ...


class History(Protocol):
    """Reads the commit graph."""

    async def get_commit(self, database: str, commit: str) -> Commit:
        """Gets a commit by id."""
        ...

    async def find_commit(self, database: str, request_id: str) -> Commit:
        """Finds the commit that a request made."""
        ...

    async def resolve(self, database: str, revision: Revision) -> Commit:
        """The commit that a revision means right now."""
        ...

    async def list_commits(self, database: str, revision: Revision, *, limit: int) -> CommitPage:
        """Lists a revision's commit and its first parents, newest first."""
        ...

    async def diff(
        self,
        database: str,
        base: Revision,
        target: Revision,
        *,
        types: Sequence[str],
        with_documents: bool,
        after: str,
        limit: int,
    ) -> DifferencePage:
        """Compares two revisions; counts are computed when `after` is empty."""
        ...

    async def merge_base(self, database: str, source: Revision, target: Revision) -> Commit:
        """The best common ancestor; of several, the one made last.

        Raises:
            UnrelatedHistories: there is none.
        """
        ...

    async def verify(self, database: str) -> Verification:
        """Recomputes every hash of a database's history."""
        ...


class CommitLog(Protocol):
    """Reads commits in the order they were made, across branches."""

    async def last_sequence(self, database: str) -> int:
        """Sequence of the newest commit."""
        ...

    async def read_log(
        self, database: str, *, after: int, branch: str, limit: int
    ) -> Sequence[Commit]:
        """Commits with a sequence beyond `after`; an empty branch means every one."""
        ...

    async def read_changes(
        self, database: str, commit: Commit, *, start: int, limit: int, with_documents: bool
    ) -> ChangePart:
        """A commit's changes from index `start`, by document id: `limit` or about 1 MiB."""
        ...

    async def feed_end(self, database: str) -> FeedPosition:
        """Where the feed of commits and moves ends now."""
        ...

    async def feed_position(self, database: str, sequence: int) -> FeedPosition:
        """The place right behind a commit, before all moves that came after it."""
        ...

    async def read_moves(
        self, database: str, *, after: int, upto: int, branch: str, limit: int
    ) -> Sequence[BranchMove]:
        """Moves with a number beyond `after` that came before any commit beyond `upto`; an empty
        branch means every one.

        Raises:
            UnsupportedOperation: the backend keeps no record of them.
        """
        ...

    async def wait_for_news(self, database: str, *, after: FeedPosition) -> None:
        """Returns once there is a commit or a move beyond a position, by whatever process."""
        ...


class KernelStore(
    Databases,
    Branches,
    Writing,
    Reading,
    History,
    CommitLog,
    Versioning,
    Replication,
    Maintenance,
    Protocol,
):
    """Everything a kernel backend offers."""

    async def check(self) -> None:
        """Raises when the store can't be used right now."""
        ...

    async def close(self) -> None:
        """Finishes what was begun and lets go of everything. The store can't be used again."""
        ...
