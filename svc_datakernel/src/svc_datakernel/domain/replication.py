"""Histories on their way between stores, as plain parts, and the care of databases.

A bundle is a header and then commits, each after its parents, each with its changes
in order: exactly what its hash covers, so that a receiver believes nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from svc_datakernel.domain.hashing import HashedChange
from svc_datakernel.domain.model import Commit


@dataclass(frozen=True, slots=True)
class HistoryHeader:
    """What a bundle is of.

    Args:
        origin_database: Id of the database the commits were made in: part of their hashes.
        branches, tags: Names with commit ids.
        model: Number of a `DatabaseModel`.
    """

    origin_database: str
    display_name: str
    description: str
    kind: str
    model: int
    branches: Mapping[str, str]
    tags: Mapping[str, str]
    base_iri: str = ""
    schema_iri: str = ""


@dataclass(frozen=True, slots=True)
class BundledChange:
    """A change as the hash covers it, with the content afterwards.

    The content is None where there is none, and for a soft deletion, which leaves one that
    was there before.
    """

    change: HashedChange
    after_json: bytes | None


@dataclass(frozen=True, slots=True)
class HistoryPart:
    """A header (the first part only), or a commit or a part of a large one."""

    header: HistoryHeader | None = None
    commit: Commit | None = None
    changes: Sequence[BundledChange] = ()
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """Where a bundle goes.

    Args:
        database: Id of the database, which has to be there, or must not be with `is_creating`.
        expected_heads: Commit ids that branches have to be at when they are moved. One left
            out must not be there, or its head must be an ancestor of the new one.
        author: Who makes the tags and, with `is_creating`, the database.
    """

    database: str
    author: str
    is_creating: bool = False
    expected_heads: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Imported:
    """How many commits were new, and the branches that moved with their heads now."""

    commit_count: int
    moved_branches: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compaction:
    """What a compaction removed, or would."""

    removed_commits: int
    removed_contents: int
    size_before_bytes: int
    size_after_bytes: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Sizes and counts; `disk_size_bytes` is 0 where the backend does not tell."""

    commits: int
    branches: int
    documents: int
    contents: int
    content_size_bytes: int
    disk_size_bytes: int


class Replication(Protocol):
    """Sends and receives whole histories."""

    def export_history(
        self, database: str, *, branches: Sequence[str], have: Sequence[str]
    ) -> AsyncIterator[HistoryPart]:
        """Streams what branches reach and the receiver lacks, in bounded memory.

        Args:
            branches: Empty for all, with all tags.
            have: Commit ids the receiver has, with their ancestors; unknown ones do not matter.
        """
        ...

    async def import_history(
        self, target: ImportTarget, parts: AsyncIterator[HistoryPart]
    ) -> Imported:
        """Takes a bundle in, then moves its branches, all of them or none.

        What arrived before the stream broke stays unreachable and is not sent for nothing:
        the same commits arriving again are passed over. `compact` removes it.

        Raises:
            DataCorrupted: a commit or content does not match its hash.
            StaleHead, Diverged: a branch is not where it has to be; no branch was moved.
            ResourceAlreadyExists: the database is there and was to be created.
            WrongModel, UnrelatedHistories: the bundle is of another database's history.
        """
        ...


class Maintenance(Protocol):
    """Takes care of databases that are in use."""

    async def compact(self, database: str, *, is_dry_run: bool) -> Compaction:
        """Removes commits and contents that no branch and no tag reaches, and gives back space."""
        ...

    def backup(self, database: str) -> AsyncIterator[bytes]:
        """Streams a consistent copy, as the backend backs up, cut anywhere."""
        ...

    async def check_database(self, database: str) -> Sequence[str]:
        """What is wrong with the store itself, up to 1,000 faults; none when all is well."""
        ...

    async def statistics(self, database: str) -> Statistics:
        """Sizes and counts."""
        ...
