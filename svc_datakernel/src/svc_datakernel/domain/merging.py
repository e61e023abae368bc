"""The three-way merge, document by document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from oms_core.errors import MergeConflict, PreconditionViolation

from svc_datakernel.domain.differences import NetChange
from svc_datakernel.domain.model import Commit, Difference, Revision
from svc_datakernel.domain.wording import counted

_MOST_NAMED = 100


class MergeSide(IntEnum):
    """Which side wins a conflict."""

    TARGET = 1
    SOURCE = 2


class MergeOutcome(Enum):
    """How a merge ended."""

    UP_TO_DATE = "up to date"
    MERGED = "merged"
    CONFLICTED = "conflicted"


@dataclass(frozen=True, slots=True)
class MergeDraft:
    """A merge to be made into a branch; see `CommitDraft` for the fields of that name."""

    source: Revision
    author: str
    message: str = ""
    expected_head: str = ""
    resolutions: Mapping[str, MergeSide] = field(default_factory=dict[str, MergeSide])
    default_resolution: MergeSide | None = None
    is_dry_run: bool = False
    request_id: str = ""
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A document that both sides changed differently. JSON is None where it is not there."""

    document_id: str
    type: str
    base_json: bytes | None
    target_json: bytes | None
    source_json: bytes | None


@dataclass(frozen=True, slots=True)
class MergeResult:
    """How a merge ended. `commit` is None, and the lists may be filled, for a dry run only."""

    outcome: MergeOutcome
    commit: Commit | None
    base_commit: str
    target_commit: str
    source_commit: str
    change_count: int
    conflicts: Sequence[Conflict] = ()
    changes: Sequence[Difference] = ()


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """Which documents the target takes over from the source, and which need a choice."""

    taken: Sequence[NetChange]
    conflicts: Sequence[NetChange]


def decide_merge(
    source_changes: Iterable[NetChange],
    target: Mapping[str, bytes | None],
    resolutions: Mapping[str, MergeSide],
    default: MergeSide | None,
) -> MergeDecision:
    """Decides a three-way merge.

    Only what the source changed since the base matters: where the target still has
    the base's content the source's is taken, where it has the source's already
    nothing is to be done, and anything else both sides changed differently.

    Args:
        source_changes: Net changes from the merge base to the source.
        target: Hash of what can be read on the target, for each changed document.
        resolutions: A choice for single documents; one without a conflict has no effect.
        default: The choice for every other conflict.
    """
    taken: list[NetChange] = []
    conflicts: list[NetChange] = []
    for change in source_changes:
        base, source = _hash(change.before), _hash(change.after)
        ours = target.get(change.document_id)
        if ours == source:
            continue
        side = resolutions.get(change.document_id, default)
        if ours == base or side is MergeSide.SOURCE:
            taken.append(change)
        elif side is None:
            conflicts.append(change)
    return MergeDecision(taken, conflicts)


def merge_conflict(document_ids: Sequence[str], source: str, branch: str) -> MergeConflict:
    """The error that names the documents in conflict, up to 100."""
    return MergeConflict(
        f"{counted(len(document_ids), 'document was', 'documents were')} changed differently in "
        f"{source} and on branch "
        f"{branch!r}; choose a side for each in resolutions",
        metadata={"branch": branch, "conflict_count": str(len(document_ids))},
        preconditions=[
            PreconditionViolation("MERGE_CONFLICT", document_id, "changed on both sides")
            for document_id in document_ids[:_MOST_NAMED]
        ],
    )


def _hash(name: tuple[bytes, str] | None) -> bytes | None:
    return None if name is None else name[0]
