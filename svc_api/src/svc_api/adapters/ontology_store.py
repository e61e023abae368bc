"""Ontologies in the data kernel: read as snapshots, written as change sets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from oms.common.v1.revision_pb2 import Revision
from oms_core.clock import Clock, SystemClock
from oms_core.errors import InvalidField, ResourceNotFound
from oms_kernel import HeadCache, KernelClient

from svc_api.adapters.kernel import DATABASE_KIND, Kernel
from svc_api.adapters.merging import Merged, MergeDraft, merge_branch
from svc_api.adapters.snapshots import Snapshots
from svc_api.adapters.writing import Guard, Proposal, Writer, Written
from svc_api.domain.changes import ChangePlan, PlannedChange, plan_changes
from svc_api.domain.imports import ImportedOntology, ImportOutcome
from svc_api.domain.names import ontology_name
from svc_api.domain.objects.evolution import Migration
from svc_api.domain.replacement import count_import, plan_import
from svc_api.domain.snapshot import Snapshot

_KNOWN_FOR_S = 60.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Applied:
    """What a change set came to.

    Args:
        commit_id: The commit made; the head when nothing changed or nothing was to
            be written.
        unchanged: True when every element was left as it was.
        planned: Each change with its element before and after, in order.
        snapshot: The ontology afterwards; None for a very large change set.
    """

    commit_id: str
    unchanged: bool
    planned: Sequence[PlannedChange]
    snapshot: Snapshot | None
    migrated_count: int = 0


class OntologyStore:
    """Reads and writes ontologies. Shared by every servicer; safe to use concurrently.

    Args:
        max_cached_elements: Bound of the snapshots kept in memory.
        write_attempts: How often a write is planned anew when the branch moves
            under it, 1 or more.
        client, heads: Caches in front of the kernel; see `Kernel`.
    """

    def __init__(
        self,
        channel: Any,
        *,
        max_cached_elements: int = 200_000,
        write_attempts: int = 8,
        clock: Clock | None = None,
        client: KernelClient | None = None,
        heads: HeadCache | None = None,
    ) -> None:
        self.kernel = Kernel(channel, client=client, heads=heads)
        self.snapshots = Snapshots(self.kernel, max_elements=max_cached_elements)
        self._writer = Writer(self.kernel, self.snapshots, attempts=write_attempts)
        self._clock = clock or SystemClock()
        self._known: dict[str, float] = {}

    def guard_by(self, guard: Guard) -> None:
        """Has the objects of ontologies kept sound. Called once, before anything is written."""
        self._writer.guard = guard

    async def require(self, ontology: str) -> None:
        """Makes sure that a kernel database is an ontology, before anything else is done.

        Callers of this service may not touch other databases, so this guards every
        method that takes the id of an ontology.

        Raises:
            ResourceNotFound: there is no such ontology.
        """
        now = self._clock.monotonic()
        if self._known.get(ontology, 0.0) > now:
            return
        database = await self.kernel.get_database(ontology)
        if database.kind != DATABASE_KIND:
            raise ResourceNotFound.of("ontology", ontology_name(ontology))
        self._known[ontology] = now + _KNOWN_FOR_S

    def forget(self, ontology: str) -> None:
        """Drops what is remembered of an ontology that was deleted."""
        self._known.pop(ontology, None)
        self.snapshots.forget(ontology)
        self.kernel.forget(ontology)

    async def resolve(self, ontology: str, revision: Revision | None) -> str:
        """The id of the commit that a revision means; None is the head of `main`.

        A commit whose snapshot is kept needs no call.

        Raises:
            ResourceNotFound: the ontology, branch or commit does not exist.
            InvalidField: the revision names a commit and something else.
        """
        await self.require(ontology)
        if revision is not None and revision.commit:
            if revision.branch or revision.tag or revision.HasField("time"):
                raise InvalidField.of("revision.commit", "excludes branch, tag and time")
            if self.snapshots.find(ontology, revision.commit) is not None:
                return revision.commit
        branch = revision.branch if revision is not None else ""
        if revision is None or revision == Revision(branch=branch):
            return await self.kernel.head(ontology, branch)
        return (await self.kernel.resolve(ontology, revision)).commit_id

    async def snapshot(self, ontology: str, revision: Revision | None) -> Snapshot:
        """The ontology as of a revision; None is the head of `main`.

        Raises:
            ResourceNotFound: the ontology, branch or commit does not exist.
            InvalidField: the revision names a commit and something else.
        """
        commit_id = await self.resolve(ontology, revision)
        return await self.snapshots.get(ontology, commit_id)

    async def apply(
        self,
        ontology: str,
        branch: str,
        plan: ChangePlan,
        *,
        expected_head: str,
        message: str,
        request_id: str,
        fingerprint: bytes,
        validate_only: bool = False,
        migration: Migration | None = None,
    ) -> Applied:
        """Applies a change set to a branch as one commit, all of it or nothing.

        Without an `expected_head` it is planned anew when the branch moves in
        between. A repeated `request_id` answers what the first call did.

        Args:
            branch: Empty: `main`.
            fingerprint: Identifies the caller's request, for `request_id`.
            validate_only: Check everything and write nothing.
            migration: What happens to objects, in the same commit.
        Raises:
            SchemaViolation: objects contradict the result.
            ResourceNotFound: the ontology, the branch, or an element to change.
            ResourceAlreadyExists: an element to create.
            StaleHead, StaleEtag: something moved on.
            RequestIdReused: the request id made another commit.
            InvalidField, UnknownReference, CyclicReference, ResourceInUse: the
                result would not be sound.
        """
        written = await self._write(
            Proposal(
                ontology,
                branch,
                lambda snapshot: plan_changes(snapshot, plan),
                size=len(plan.changes),
                expected_head=expected_head,
                message=message,
                request_id=request_id,
                fingerprint=fingerprint,
                validate_only=validate_only,
                migration=migration,
            )
        )
        return Applied(
            written.commit_id,
            written.unchanged,
            written.planned,
            written.snapshot,
            written.migrated_count,
        )

    async def replace(
        self,
        ontology: str,
        branch: str,
        imported: ImportedOntology,
        *,
        delete_missing: bool,
        expected_head: str,
        message: str,
        request_id: str,
        fingerprint: bytes,
        validate_only: bool,
    ) -> ImportOutcome:
        """Makes a branch hold what a file says, as one commit, all of it or nothing.

        Args:
            delete_missing: Delete the elements that the file does not hold, and replace
                the header. Otherwise they stay, and the file's header fields are
                added to the header.
        Raises:
            As for `apply`.
        """
        written = await self._write(
            Proposal(
                ontology,
                branch,
                lambda snapshot: plan_import(snapshot, imported, delete_missing=delete_missing),
                size=len(imported.elements),
                expected_head=expected_head,
                message=message,
                request_id=request_id,
                fingerprint=fingerprint,
                validate_only=validate_only,
            )
        )
        counts = await asyncio.to_thread(count_import, imported, written.planned)
        return ImportOutcome(written.commit_id, written.unchanged, counts)

    async def in_turn(
        self,
        ontology: str,
        branch: str,
        *,
        is_pinned: bool,
        attempt: Callable[[], Awaitable[T]],
    ) -> T:
        """Runs a write of a branch when its turn comes; see `Writer.in_turn`."""
        return await self._writer.in_turn(ontology, branch, is_pinned=is_pinned, attempt=attempt)

    async def merge(self, draft: MergeDraft) -> Merged:
        """Merges a revision into a branch; see `merge_branch`."""
        await self.require(draft.ontology)
        return await self._writer.in_turn(
            draft.ontology,
            draft.branch,
            is_pinned=bool(draft.expected_head),
            attempt=lambda: merge_branch(self.kernel, self.snapshots, draft, self._writer.guard),
        )

    async def _write(self, proposal: Proposal) -> Written:
        await self.require(proposal.ontology)
        return await self._writer.write(proposal)
