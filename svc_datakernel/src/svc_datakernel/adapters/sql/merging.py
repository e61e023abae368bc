"""Merges a revision into a branch: finds the base, decides by document, commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import (
    ancestry,
    appending,
    bodies,
    commits,
    log,
    positions,
    versions,
    writing,
)
from svc_datakernel.adapters.sql.appending import NewCommit
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.transplanting import Check, unchecked
from svc_datakernel.adapters.sql.versions import Version
from svc_datakernel.domain.differences import NetChange
from svc_datakernel.domain.hashing import etag_of
from svc_datakernel.domain.merging import (
    Conflict,
    MergeDecision,
    MergeDraft,
    MergeOutcome,
    MergeResult,
    decide_merge,
    merge_conflict,
)
from svc_datakernel.domain.model import ChangeType, Commit, Difference
from svc_datakernel.domain.operations import PlannedChange

MOST_CONFLICTS = 1000
MOST_CHANGES = 10_000
_MOST_CONFLICT_BYTES = 16 * 1024 * 1024


class _Plan(NamedTuple):
    """A merge thought through: the three commits, what to change, and what is unclear."""

    base: Position
    target: Position
    source: Position
    decision: MergeDecision
    changes: Sequence[PlannedChange]
    seen: Mapping[str, Version]
    taken: Mapping[str, Version]


def preview(
    conn: Connection, branch: str, draft: MergeDraft, *, check: Check = unchecked
) -> MergeResult:
    """What a merge would do. Conflicts are answered, not raised; nothing is changed.

    Raises:
        StaleHead, UnrelatedHistories; what the check raises, where there is no conflict.
    """
    plan = _plan(conn, branch, draft)
    if plan.base.sequence == plan.source.sequence:
        return _result(plan, MergeOutcome.UP_TO_DATE, None)
    conflicts = plan.decision.conflicts
    if not conflicts:
        check(conn, plan.target, plan.changes)
    outcome = MergeOutcome.CONFLICTED if conflicts else MergeOutcome.MERGED
    return _result(
        plan,
        outcome,
        None,
        conflicts=_conflicts(conn, conflicts[:MOST_CONFLICTS], plan.seen),
        changes=[_difference(change) for change in plan.changes[:MOST_CHANGES]],
    )


def merge(
    conn: Connection,
    database: str,
    branch: str,
    draft: MergeDraft,
    *,
    now_us: int,
    check: Check = unchecked,
) -> MergeResult:
    """Merges, under the database's write lock.

    Args:
        check: Looks at what the merge changes before it does.
    Raises:
        MergeConflict, StaleHead, RequestIdReused, UnrelatedHistories, and what the check raises.
    """
    earlier = commits.replay(conn, draft.request_id, draft.fingerprint)
    if earlier is not None:
        return _replayed(conn, earlier.commit, draft, is_unchanged=earlier.is_unchanged)
    plan = _plan(conn, branch, draft)
    if plan.base.sequence == plan.source.sequence:
        sequence = plan.target.sequence
        appending.record_request(
            conn, draft.request_id, draft.fingerprint, sequence=sequence, is_unchanged=True
        )
        return _result(plan, MergeOutcome.UP_TO_DATE, commits.get(conn, sequence))
    source_name = str(draft.source)
    if plan.decision.conflicts:
        ids = [change.document_id for change in plan.decision.conflicts]
        raise merge_conflict(ids, source_name, branch)
    check(conn, plan.target, plan.changes)
    new = NewCommit(
        database=database,
        branch=branch,
        head=plan.target,
        second_parent=plan.source,
        author=draft.author,
        message=draft.message or f"Merge {source_name} into {branch!r}",
        now_us=now_us,
        changes=plan.changes,
        seen=plan.seen,
        taken=plan.taken,
        request_id=draft.request_id,
        fingerprint=draft.fingerprint,
    )
    return _result(plan, MergeOutcome.MERGED, appending.append(conn, new))


def _plan(conn: Connection, branch: str, draft: MergeDraft) -> _Plan:
    target = writing.expect_head(conn, branch, draft.expected_head)
    source = positions.resolve(conn, draft.source)
    base = ancestry.merge_base(conn, source, target)
    if base.sequence == source.sequence:
        return _Plan(base, target, source, MergeDecision((), ()), (), {}, {})
    net = log.net_between(conn, base, source)
    seen = versions.by_id(conn, target, [change.document_id for change in net])
    readable = {id_: version.hash for id_, version in seen.items() if version.is_live}
    decision = decide_merge(net, readable, draft.resolutions, draft.default_resolution)
    ids = [change.document_id for change in decision.taken]
    taken = versions.by_id(conn, source, ids)
    changes = [
        _take(change, seen.get(change.document_id), taken.get(change.document_id))
        for change in decision.taken
    ]
    return _Plan(base, target, source, decision, changes, seen, taken)


def _take(change: NetChange, ours: Version | None, theirs: Version | None) -> PlannedChange:
    """The change that makes the target's document what the source's is."""
    before = ours.hash if ours is not None and ours.is_live else None
    if change.after is not None:
        change_type = ChangeType.CREATED if before is None else ChangeType.UPDATED
        hash_, type_ = change.after
        return PlannedChange(change.document_id, type_, change_type, False, before, hash_)
    # What the source deleted softly stays readable with `show_deleted` here too.
    is_soft = theirs is not None and theirs.is_there
    kept = theirs if is_soft else ours
    assert kept is not None, "a deletion is taken only where one side still has the document"
    after = kept.hash if is_soft else None
    return PlannedChange(
        change.document_id, kept.type, ChangeType.DELETED, not is_soft, before, after
    )


def _result(
    plan: _Plan,
    outcome: MergeOutcome,
    commit: Commit | None,
    *,
    conflicts: Sequence[Conflict] = (),
    changes: Sequence[Difference] = (),
) -> MergeResult:
    return MergeResult(
        outcome=outcome,
        commit=commit,
        base_commit=plan.base.id.hex(),
        target_commit=plan.target.id.hex(),
        source_commit=plan.source.id.hex(),
        change_count=len(plan.changes),
        conflicts=conflicts,
        changes=changes,
    )


def _replayed(
    conn: Connection, commit: Commit, draft: MergeDraft, *, is_unchanged: bool
) -> MergeResult:
    """The answer of an earlier run of the same request, found again from its commit."""
    if is_unchanged:
        # The branch had everything of the source: what they share is all of it.
        target = positions.at_commit(conn, commit.id)
        base = ancestry.merge_base(conn, positions.resolve(conn, draft.source), target)
        plan = _Plan(base, target, base, MergeDecision((), ()), (), {}, {})
        return _result(plan, MergeOutcome.UP_TO_DATE, commit)
    target, source = (positions.at_commit(conn, parent) for parent in commit.parents)
    base = ancestry.merge_base(conn, source, target)
    return MergeResult(
        outcome=MergeOutcome.MERGED,
        commit=commit,
        base_commit=base.id.hex(),
        target_commit=target.id.hex(),
        source_commit=source.id.hex(),
        change_count=commit.change_count,
    )


def _difference(change: PlannedChange) -> Difference:
    is_there = change.change_type is not ChangeType.DELETED
    return Difference(
        document_id=change.document_id,
        type=change.type,
        change_type=change.change_type,
        before_etag=etag_of(change.before),
        after_etag=etag_of(change.after) if is_there else "",
    )


def _conflicts(
    conn: Connection, conflicts: Sequence[NetChange], seen: Mapping[str, Version]
) -> list[Conflict]:
    found: list[Conflict] = []
    size = 0
    for change in conflicts:
        ours = seen.get(change.document_id)
        hashes = (
            change.before.hash if change.before else None,
            ours.hash if ours is not None and ours.is_live else None,
            change.after.hash if change.after else None,
        )
        loaded = bodies.load_named(conn, [hash_ for hash_ in hashes if hash_])
        json = [loaded[hash_].json if hash_ else None for hash_ in hashes]
        size += sum(len(body) for body in json if body)
        if found and size > _MOST_CONFLICT_BYTES:
            break
        found.append(Conflict(change.document_id, change.type, *json))
    return found
