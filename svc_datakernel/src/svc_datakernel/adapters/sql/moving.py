"""Moves branches otherwise than by a commit on top, under the database's write lock.

A line is only ever appended to at its end. So a branch that moves gives up its line,
and its next commit begins a new one wherever the branch is by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from oms_core.errors import (
    LimitExceeded,
    PreconditionViolation,
    RebaseConflict,
    SchemaViolation,
    UnrelatedHistories,
)
from sqlalchemy import Connection, bindparam, select, update

from svc_datakernel.adapters.sql import (
    ancestry,
    answers,
    appending,
    branch_moves,
    commits,
    log,
    positions,
    transplanting,
)
from svc_datakernel.adapters.sql.appending import NewCommit
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import branches
from svc_datakernel.adapters.sql.tables import commits as commit_table
from svc_datakernel.adapters.sql.transplanting import Check, Rules, Transplant
from svc_datakernel.adapters.sql.writing import expect_head
from svc_datakernel.domain.canonical_json import write_exact
from svc_datakernel.domain.differences import net_changes
from svc_datakernel.domain.graph.data_version import check_data_version
from svc_datakernel.domain.graph.requests import Rebase
from svc_datakernel.domain.model import Commit, Revision
from svc_datakernel.domain.operations import CommitResult
from svc_datakernel.domain.transplanting import Conflict, Strictness, patch_conflict
from svc_datakernel.domain.versioning import (
    ApplyDraft,
    RebaseDraft,
    RevertDraft,
    Squash,
    SquashDraft,
)
from svc_datakernel.domain.wording import counted

MOST_REBASED: Final = 10_000
_MOST_NAMED: Final = 100
_MOST_MESSAGE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """The branch that is worked on, and how.

    Args:
        is_merging: Its documents are merged member by member.
    """

    conn: Connection
    database: str
    branch: str
    now_us: int
    is_merging: bool = False
    check: Check = transplanting.unchecked


@dataclass(frozen=True, slots=True)
class _Signature:
    """Who makes a commit, why, and for which request."""

    author: str
    message: str
    request_id: str = ""
    fingerprint: bytes = b""

    @classmethod
    def of(cls, draft: SquashDraft | RevertDraft | ApplyDraft, default: str) -> _Signature:
        message = draft.message or default[:_MOST_MESSAGE]
        return cls(draft.author, message, draft.request_id, draft.fingerprint)


_LINE = Query(select(branches.c.line).where(branches.c.name == bindparam("branch")))
_FIRST_PARENT = Query(
    select(commit_table.c.first_parent).where(commit_table.c.sequence == bindparam("sequence"))
)


def reset(place: Place, target: Revision, *, expected_head: str) -> Commit:
    """Moves the branch to any commit.

    Raises:
        StaleHead, ResourceNotFound.
    """
    head = expect_head(place.conn, place.branch, expected_head)
    at = positions.resolve(place.conn, target)
    if at.sequence != head.sequence:
        _point(place, at, line=None)
    return commits.get(place.conn, at.sequence)


def squash(place: Place, draft: SquashDraft) -> Squash:
    """Makes one commit of everything above a base.

    Raises:
        StaleHead, RequestIdReused, UnrelatedHistories, ResourceNotFound.
    """
    conn = place.conn
    earlier = commits.replay(conn, draft.request_id, draft.fingerprint)
    if earlier is not None:
        kept = answers.kept(conn, draft.request_id)
        # Requests of earlier programs kept no answer; they said the head of now.
        old_head = kept or positions.at_branch(conn, place.branch).id.hex()
        return Squash(earlier.commit, old_head)
    head = expect_head(conn, place.branch, draft.expected_head)
    base = positions.at_sequence(conn, 0)
    if draft.base is not None:
        base = positions.resolve(conn, draft.base)
    if ancestry.merge_base(conn, base, head).sequence != base.sequence:
        raise UnrelatedHistories(
            f"commit {base.id.hex()} is no ancestor of branch {place.branch!r}; squash down to one",
            metadata={"base": base.id.hex(), "target": head.id.hex()},
        )
    (line,) = _LINE.row(conn, {"branch": place.branch})
    net = log.net_between(conn, base, head)
    work = transplanting.plan(conn, base, net, head, Rules(is_merging=False))
    _point(place, base, line=None)
    commit = _append(place, base, work, _Signature.of(draft, f"Squash branch {place.branch!r}"))
    if not draft.is_moving:
        _point(place, head, line=line)
    answers.keep(conn, draft.request_id, head.id.hex())
    return Squash(commit, head.id.hex())


def revert(place: Place, draft: RevertDraft) -> CommitResult:
    """Undoes a commit by a new one.

    Raises:
        PatchConflict, StaleHead, DataVersionMismatch, RequestIdReused, UnrelatedHistories,
        ResourceNotFound.
    """
    conn = place.conn
    earlier = commits.replay(conn, draft.request_id, draft.fingerprint)
    if earlier is not None:
        return earlier
    head = _head(place, draft)
    undone = positions.at_commit(conn, draft.commit_id)
    if ancestry.merge_base(conn, undone, head).sequence != undone.sequence:
        raise UnrelatedHistories(
            f"commit {draft.commit_id} is no ancestor of branch {place.branch!r}; "
            "there is nothing of it to undo",
            metadata={"base": draft.commit_id, "target": head.id.hex()},
        )
    (parent,) = _FIRST_PARENT.row(conn, {"sequence": undone.sequence})
    before = undone if parent is None else positions.at_sequence(conn, parent)
    net = log.net_between(conn, undone, before)
    work = transplanting.plan(conn, head, net, before, Rules(place.is_merging))
    subject = commits.get(conn, undone.sequence).message
    signature = _Signature.of(draft, f"Revert {draft.commit_id[:12]}: {subject}".removesuffix(": "))
    return _commit(place, head, work, signature, f"the undoing of commit {draft.commit_id}")


def apply(place: Place, draft: ApplyDraft) -> CommitResult:
    """Makes the difference of two revisions.

    Raises:
        PatchConflict, StaleHead, DataVersionMismatch, RequestIdReused, ResourceNotFound.
    """
    conn = place.conn
    earlier = commits.replay(conn, draft.request_id, draft.fingerprint)
    if earlier is not None:
        return earlier
    head = _head(place, draft)
    before, after = (positions.resolve(conn, each) for each in (draft.before, draft.after))
    net = log.net_between(conn, before, after)
    strictness = Strictness(draft.match_final_state, skips_missing=draft.match_final_state)
    work = transplanting.plan(conn, head, net, after, Rules(place.is_merging, strictness))
    signature = _Signature.of(draft, f"Apply {draft.after} since {draft.before}")
    return _commit(place, head, work, signature, "the difference")


def rebase(place: Place, draft: RebaseDraft) -> Rebase:
    """Makes the branch's own commits anew on top of a revision.

    Raises:
        RebaseConflict, StaleHead, RequestIdReused, UnrelatedHistories, LimitExceeded,
        ResourceNotFound.
    """
    conn = place.conn
    earlier = commits.replay(conn, draft.request_id, draft.fingerprint)
    if earlier is not None:
        return _rebased_before(conn, draft, earlier.commit)
    head = expect_head(conn, place.branch, draft.expected_head)
    onto = positions.resolve(conn, draft.onto)
    base = ancestry.merge_base(conn, onto, head)
    own = [] if base.sequence == head.sequence else _own(conn, head, onto)
    rebased: list[tuple[str, str | None]] = []
    if base.sequence != onto.sequence:
        _point(place, onto, line=None)
        rebased = _replay(place, onto, own)
    tip = positions.at_branch(conn, place.branch)
    appending.record_request(
        conn,
        draft.request_id,
        draft.fingerprint,
        sequence=tip.sequence,
        is_unchanged=tip.sequence == head.sequence,
    )
    is_forward = not own and tip.sequence != head.sequence
    answers.keep(conn, draft.request_id, [base.id.hex(), rebased, is_forward])
    return Rebase(commits.get(conn, tip.sequence), base.id.hex(), rebased, is_forward)


def _rebased_before(conn: Connection, draft: RebaseDraft, head: Commit) -> Rebase:
    kept = answers.kept(conn, draft.request_id)
    if kept is not None:
        base_commit, rebased, is_forward = kept
        return Rebase(head, base_commit, [(old, new) for old, new in rebased], is_forward)
    onto = positions.resolve(conn, draft.onto)
    base = ancestry.merge_base(conn, positions.at_commit(conn, head.id), onto)
    return Rebase(head, base.id.hex())


def _own(conn: Connection, head: Position, onto: Position) -> list[Position]:
    """The branch's first parents that the other side has not, oldest first."""
    found: list[Position] = []
    at: Position | None = head
    while at is not None and ancestry.merge_base(conn, at, onto).sequence != at.sequence:
        if len(found) == MOST_REBASED:
            raise LimitExceeded(
                f"the branch has more than {MOST_REBASED} commits of its own; merge or squash it",
                metadata={"limit": "rebased_commits"},
            )
        found.append(at)
        (parent,) = _FIRST_PARENT.row(conn, {"sequence": at.sequence})
        at = None if parent is None else positions.at_sequence(conn, parent)
    return found[::-1]


def _replay(place: Place, onto: Position, own: Sequence[Position]) -> list[tuple[str, str | None]]:
    tip = onto
    rebased: list[tuple[str, str | None]] = []
    for original in own:
        commit = commits.get(place.conn, original.sequence)
        net = net_changes((), log.changes_of(place.conn, original.sequence))
        work = transplanting.plan(place.conn, tip, net, original, Rules(place.is_merging))
        if work.conflicts:
            raise _rebase_conflict(commit, work.conflicts)
        if not work.changes:
            rebased.append((commit.id, None))
            continue
        try:
            place.check(place.conn, tip, work.changes)
        except SchemaViolation as exc:
            raise _broken(commit, exc) from exc
        new = _append(place, tip, work, _Signature(commit.author, commit.message))
        tip = positions.at_sequence(place.conn, new.sequence)
        rebased.append((commit.id, new.id))
    return rebased


def _head(place: Place, draft: RevertDraft | ApplyDraft) -> Position:
    head = expect_head(place.conn, place.branch, draft.expected_head)
    check_data_version(draft.data_version, head.id.hex())
    return head


def _commit(
    place: Place, head: Position, work: Transplant, signature: _Signature, what: str
) -> CommitResult:
    """Commits what was planned; the head as it is when that is nothing."""
    if work.conflicts:
        raise patch_conflict(work.conflicts, what)
    if not work.changes:
        appending.record_request(
            place.conn,
            signature.request_id,
            signature.fingerprint,
            sequence=head.sequence,
            is_unchanged=True,
        )
        return CommitResult(commits.get(place.conn, head.sequence), is_unchanged=True)
    place.check(place.conn, head, work.changes)
    return CommitResult(_append(place, head, work, signature), is_unchanged=False)


def _append(place: Place, head: Position, work: Transplant, signature: _Signature) -> Commit:
    new = NewCommit(
        database=place.database,
        branch=place.branch,
        head=head,
        author=signature.author,
        message=signature.message,
        now_us=place.now_us,
        changes=work.changes,
        seen=work.seen,
        stored=work.stored,
        request_id=signature.request_id,
        fingerprint=signature.fingerprint,
    )
    return appending.append(place.conn, new)


def _point(place: Place, at: Position, *, line: int | None) -> None:
    before = positions.at_branch(place.conn, place.branch)
    branch_moves.record(place.conn, place.branch, old=before.id, new=at.id, now_us=place.now_us)
    place.conn.execute(
        update(branches)
        .where(branches.c.name == place.branch)
        .values(head=at.sequence, line=line, update_time_us=place.now_us)
    )


def _rebase_conflict(commit: Commit, conflicts: Sequence[Conflict]) -> RebaseConflict:
    named = conflicts[:_MOST_NAMED]
    return RebaseConflict(
        f"commit {commit.id} can't be put on top: "
        f"{counted(len(conflicts), 'document was', 'documents were')} changed there too; "
        "merge instead, or change the branch first",
        metadata={
            "commit": commit.id,
            "api_error": "api:RebaseSchemaValidationError",
            "conflicts": write_exact([dict(each.details) for each in named]).decode(),
        },
        preconditions=[
            PreconditionViolation("REBASE_CONFLICT", each.document_id, "changed on both sides")
            for each in named
        ],
    )


def _broken(commit: Commit, violation: SchemaViolation) -> RebaseConflict:
    return RebaseConflict(
        f"commit {commit.id} can't be put on top: {violation.message}",
        metadata={
            **violation.metadata,
            "commit": commit.id,
            "api_error": "api:RebaseSchemaValidationError",
        },
        preconditions=[
            PreconditionViolation("REBASE_CONFLICT", each.field, each.description)
            for each in violation.fields[:_MOST_NAMED]
        ],
    )
