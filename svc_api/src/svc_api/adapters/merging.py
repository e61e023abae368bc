"""Merges a revision into a branch and keeps the result sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms_core.errors import MergeConflict, PreconditionViolation, StaleHead

from svc_api.adapters.documents import document_id, key_of_document
from svc_api.adapters.kernel import MAIN_BRANCH, Kernel, branch_name
from svc_api.adapters.objects.documents import ref_of_document
from svc_api.adapters.snapshots import Snapshots
from svc_api.adapters.writing import Guard, find_earlier
from svc_api.domain.changes import PlannedChange
from svc_api.domain.elements import Key
from svc_api.domain.names import element_name
from svc_api.domain.objects.model import object_name
from svc_api.domain.snapshot import Snapshot
from svc_api.domain.validation import validate

_MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class MergeDraft:
    """A merge to be made. Sides are `oms.datakernel.v1.MergeSide` values, 0 for no choice."""

    ontology: str
    branch: str
    source: Revision
    expected_head: str
    message: str
    resolutions: Mapping[Key, int]
    default_resolution: int
    validate_only: bool
    request_id: str
    fingerprint: bytes
    object_resolutions: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Merged:
    """How a merge ended. `outcome` is an `oms.datakernel.v1.MergeOutcome`."""

    outcome: int
    commit_id: str
    base_commit: str
    conflicts: Sequence[commit_pb2.MergeConflict]
    change_count: int


async def merge_branch(
    kernel: Kernel, snapshots: Snapshots, draft: MergeDraft, guard: Guard | None = None
) -> Merged:
    """Merges once: works the merge out, validates what it comes to, then makes it.

    The merge that is made is the one that was validated: both sides are pinned to
    the commits that were seen.

    Raises:
        MergeConflict: names the elements that need a choice; never with `validate_only`.
        StaleHead: the branch moved on since `expected_head`, or since it was read.
        UnrelatedHistories: there is no merge base.
        InvalidField, UnknownReference, CyclicReference, ResourceInUse: the merged
            ontology would not be sound.
    """
    if draft.request_id and not draft.validate_only:
        earlier = await find_earlier(kernel, draft.ontology, draft.request_id, draft.fingerprint)
        if earlier is not None:
            return _merged(await kernel.merge(draft.ontology, _request(draft)))
    trial = _request(draft)
    trial.validate_only = True
    trial.request_id = ""
    seen = await kernel.merge(draft.ontology, trial)
    if draft.expected_head not in {"", seen.target_commit}:
        raise StaleHead.of(draft.branch, draft.expected_head, seen.target_commit)
    if seen.outcome == commit_pb2.MERGE_OUTCOME_CONFLICTED and not draft.validate_only:
        raise _conflict(draft, seen.conflicts)
    if seen.outcome == commit_pb2.MERGE_OUTCOME_MERGED:
        await _check(kernel, snapshots, draft, seen, guard)
    if draft.validate_only or seen.outcome != commit_pb2.MERGE_OUTCOME_MERGED:
        return _merged(seen)
    request = _request(draft)
    request.expected_head = seen.target_commit
    request.source.CopyFrom(Revision(commit=seen.source_commit))
    return _merged(await kernel.merge(draft.ontology, request))


def _merged(response: commit_pb2.MergeBranchResponse) -> Merged:
    return Merged(
        response.outcome,
        response.commit.commit_id or response.target_commit,
        response.base_commit,
        response.conflicts,
        response.change_count,
    )


def _request(draft: MergeDraft) -> commit_pb2.MergeBranchRequest:
    return commit_pb2.MergeBranchRequest(
        name=branch_name(draft.ontology, draft.branch),
        source=draft.source,
        expected_head=draft.expected_head,
        message=draft.message or _default_message(draft),
        resolutions=[
            commit_pb2.MergeResolution(document_id=document_id(key), side=_side(side))
            for key, side in draft.resolutions.items()
        ]
        + [
            commit_pb2.MergeResolution(document_id=document, side=_side(side))
            for document, side in draft.object_resolutions.items()
        ],
        default_resolution=_side(draft.default_resolution),
        request_id=draft.request_id,
        request_fingerprint=draft.fingerprint,
    )


def _side(side: int) -> str:
    return commit_pb2.MergeSide.Name(side)


def _default_message(draft: MergeDraft) -> str:
    # Made here: the kernel is given the source as a commit.
    source = draft.source.commit or draft.source.branch or MAIN_BRANCH
    return f"Merge {source} into {draft.branch}"


def _conflict(draft: MergeDraft, conflicts: Sequence[commit_pb2.MergeConflict]) -> MergeConflict:
    names = [_name(draft.ontology, conflict.document_id) for conflict in conflicts]
    return MergeConflict(
        f"{len(names)} elements were changed differently on both sides, {names[0]!r} among them; "
        "choose a side for each in resolutions",
        metadata={"branch": draft.branch, "conflict_count": str(len(names))},
        preconditions=[
            PreconditionViolation("MERGE_CONFLICT", name, "changed on both sides")
            for name in names[:_MOST_NAMED]
        ],
    )


def _name(ontology: str, document: str) -> str:
    key = key_of_document(document)
    if key is not None:
        return element_name(ontology, key)
    ref = ref_of_document(document)
    return object_name(ontology, ref) if ref is not None else document


async def _check(
    kernel: Kernel,
    snapshots: Snapshots,
    draft: MergeDraft,
    seen: commit_pb2.MergeBranchResponse,
    guard: Guard | None,
) -> None:
    """Validates the ontology that the merge would make of its target."""
    target = await snapshots.get(draft.ontology, seen.target_commit)
    source = await snapshots.get(draft.ontology, seen.source_commit)
    taken: list[PlannedChange] = []
    async for page in kernel.diff(draft.ontology, seen.base_commit, seen.source_commit):
        taken += _taken(draft, target, source, page.diffs)
    validate(target, taken)
    if guard is not None:
        await guard.check_merge(
            target,
            taken,
            base_commit=seen.base_commit,
            source_commit=seen.source_commit,
            sides=draft.object_resolutions,
            default_side=draft.default_resolution,
        )


def _taken(
    draft: MergeDraft,
    target: Snapshot,
    source: Snapshot,
    diffs: Sequence[commit_pb2.DocumentDiff],
) -> list[PlannedChange]:
    """What the target takes over from the source, of some documents that the source changed."""
    taken: list[PlannedChange] = []
    for diff in diffs:
        key = key_of_document(diff.document_id)
        if key is None:
            continue
        ours, theirs = target.get(key), source.get(key)
        is_untouched = (ours.etag if ours else "") == diff.before_etag
        side = draft.resolutions.get(key, draft.default_resolution)
        if is_untouched or side == commit_pb2.MERGE_SIDE_SOURCE:
            taken.append(PlannedChange(key, ours, theirs, ""))
    return taken
