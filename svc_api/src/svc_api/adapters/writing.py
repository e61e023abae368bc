"""Turns proposals into commits on a branch that others write to as well."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from weakref import WeakValueDictionary

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms_core.errors import RequestIdReused, StaleHead

from svc_api.adapters.documents import delete_operation, write_operation
from svc_api.adapters.kernel import MAIN_BRANCH, Kernel
from svc_api.adapters.snapshots import Snapshots
from svc_api.domain.changes import PlannedChange
from svc_api.domain.objects.evolution import Migration
from svc_api.domain.snapshot import Snapshot
from svc_api.domain.validation import validate

# From here on planning and validation go to a thread, so that the event loop stays
# free for other calls. A single change may affect all that inherits from it.
_MANY_CHANGES = 200
_MANY_ELEMENTS = 5000
# Up to this many changes the snapshot afterwards is made right away; after a
# larger write the next read loads it.
_FEW_CHANGES = 1000
_FIRST_PAUSE_S = 0.005

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A write that is planned on whatever the branch holds when its turn comes."""

    ontology: str
    branch: str
    plan: Callable[[Snapshot], Sequence[PlannedChange]]
    size: int
    expected_head: str
    message: str
    request_id: str
    fingerprint: bytes
    validate_only: bool
    migration: Migration | None = None


class Guard(Protocol):
    """Keeps the objects of an ontology sound when its types change."""

    async def check_types(
        self, base: Snapshot, planned: Sequence[PlannedChange], migration: Migration | None
    ) -> list[commit_pb2.DocumentOperation]:
        """Checks a change of types; answers what has to be committed with it."""
        ...

    async def check_merge(
        self,
        target: Snapshot,
        taken: Sequence[PlannedChange],
        *,
        base_commit: str,
        source_commit: str,
        sides: Mapping[str, int],
        default_side: int,
    ) -> None:
        """Checks what a merge makes of its target's objects."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """What a proposal came to. `snapshot` is None after a very large write."""

    commit_id: str
    unchanged: bool
    planned: Sequence[PlannedChange]
    snapshot: Snapshot | None
    migrated_count: int = 0


class Writer:
    """Writes to branches, one write of this process at a time for each branch.

    Other processes are met by compare-and-swap: a write that finds the branch
    moved is planned and validated anew, up to `attempts` times.
    """

    def __init__(self, kernel: Kernel, snapshots: Snapshots, *, attempts: int) -> None:
        self._kernel = kernel
        self._snapshots = snapshots
        self._attempts = attempts
        self.guard: Guard | None = None
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def in_turn(
        self,
        ontology: str,
        branch: str,
        *,
        is_pinned: bool,
        attempt: Callable[[], Awaitable[T]],
    ) -> T:
        """Runs a write, again when the branch moved and the caller did not pin its head.

        Raises:
            StaleHead: the branch moved; of an unpinned write, at every attempt.
        """
        turn = self._turns.setdefault((ontology, branch or MAIN_BRANCH), asyncio.Lock())
        async with turn:
            for earlier in range(self._attempts - 1):
                try:
                    return await attempt()
                except StaleHead:
                    if is_pinned:
                        raise
                pause_s = _FIRST_PAUSE_S * 2**earlier
                await asyncio.sleep(pause_s * (1 + secrets.randbelow(1000) / 1000))
            return await attempt()

    async def write(self, proposal: Proposal) -> Written:
        """Plans, validates and commits. Raises what planning and validation raise."""
        return await self.in_turn(
            proposal.ontology,
            proposal.branch,
            is_pinned=bool(proposal.expected_head),
            attempt=lambda: self._attempt(proposal),
        )

    async def _attempt(self, proposal: Proposal) -> Written:
        ontology = proposal.ontology
        branch = Revision(branch=proposal.branch or MAIN_BRANCH)
        # The head is read before the request id is looked for. Were the same
        # request to land in between, the kernel would answer its commit.
        head = (await self._kernel.resolve(ontology, branch)).commit_id
        if proposal.request_id and not proposal.validate_only:
            earlier = await find_earlier(
                self._kernel, ontology, proposal.request_id, proposal.fingerprint
            )
            if earlier is not None:
                return await self._repeat(proposal, earlier)
        if proposal.expected_head not in {"", head}:
            raise StaleHead.of(branch.branch, proposal.expected_head, head)
        base = await self._snapshots.get(ontology, head)
        planned, operations = await _prepare(proposal, base)
        migrated: list[commit_pb2.DocumentOperation] = []
        if self.guard is not None and (operations or proposal.migration is not None):
            migrated = await self.guard.check_types(base, planned, proposal.migration)
            operations += migrated
        if proposal.validate_only or not operations:
            return Written(head, not operations, planned, base, len(migrated))
        response = await self._kernel.create_commit(
            ontology,
            proposal.branch,
            operations,
            expected_head=head,
            message=proposal.message,
            request_id=proposal.request_id,
            fingerprint=proposal.fingerprint,
        )
        if list(response.commit.parents) != [head]:
            return await self._repeat(proposal, response.commit)
        snapshot = await self._advance(base, response.commit.commit_id, planned)
        return Written(response.commit.commit_id, False, planned, snapshot, len(migrated))

    async def _advance(
        self, base: Snapshot, commit_id: str, planned: Sequence[PlannedChange]
    ) -> Snapshot | None:
        keys = [change.key for change in planned if change.is_effective]
        if len(keys) > _FEW_CHANGES:
            return None
        # Read back for the etags, times and users that the kernel has set.
        changes = await self._snapshots.fetch(base.ontology, commit_id, keys)
        snapshot = base.advanced(commit_id, changes)
        self._snapshots.put(snapshot)
        return snapshot

    async def _repeat(self, proposal: Proposal, earlier: commit_pb2.Commit) -> Written:
        """What an earlier call with the same request id came to, worked out again."""
        base = await self._snapshots.get(proposal.ontology, earlier.parents[0])
        planned = await _unblocked(proposal, base, lambda: proposal.plan(base))
        snapshot = None
        if len(planned) <= _FEW_CHANGES:
            snapshot = await self._snapshots.get(proposal.ontology, earlier.commit_id)
        return Written(earlier.commit_id, False, planned, snapshot)


async def find_earlier(
    kernel: Kernel, ontology: str, request_id: str, fingerprint: bytes
) -> commit_pb2.Commit | None:
    """The commit that the same request made before, if it did.

    Raises:
        RequestIdReused: another request made a commit under that id.
    """
    commit = await kernel.find_commit(ontology, request_id)
    if commit is not None and commit.request_fingerprint != fingerprint:
        raise RequestIdReused(
            f"request_id {request_id!r} was used before for another request; choose a new one",
            metadata={"request_id": request_id},
        )
    return commit


async def _prepare(
    proposal: Proposal, base: Snapshot
) -> tuple[Sequence[PlannedChange], list[commit_pb2.DocumentOperation]]:
    def prepare() -> tuple[Sequence[PlannedChange], list[commit_pb2.DocumentOperation]]:
        planned = proposal.plan(base)
        validate(base, planned)
        effective = [change for change in planned if change.is_effective]
        return planned, [
            write_operation(change.after) if change.after else delete_operation(change.key)
            for change in effective
        ]

    return await _unblocked(proposal, base, prepare)


async def _unblocked(proposal: Proposal, base: Snapshot, work: Callable[[], T]) -> T:
    if proposal.size < _MANY_CHANGES and len(base.elements) < _MANY_ELEMENTS:
        return work()
    return await asyncio.to_thread(work)
