"""Makes commits out of drafts, under the database's write lock."""

from __future__ import annotations

from collections.abc import Sequence

from oms_core.errors import StaleHead
from sqlalchemy import Connection

from svc_datakernel.adapters.sql import appending, commits, positions, versions
from svc_datakernel.adapters.sql.appending import NewCommit
from svc_datakernel.adapters.sql.forecasts import Forecast
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.domain.operations import (
    CommitDraft,
    CommitResult,
    PreparedOperation,
    plan_changes,
)


def create_commit(
    conn: Connection,
    database: str,
    branch: str,
    draft: CommitDraft,
    operations: Sequence[PreparedOperation],
    *,
    now_us: int,
) -> CommitResult:
    """Applies a draft to a branch.

    Args:
        operations: The draft's operations, prepared before the lock was taken.
    Raises:
        StaleHead, StaleEtag, ResourceAlreadyExists, ResourceNotFound, RequestIdReused.
    """
    # Asked first: a repeated request names a head that its own first run moved away.
    earlier = commits.replay(conn, draft.request_id, draft.fingerprint)
    if earlier is not None:
        return earlier
    head = expect_head(conn, branch, draft.expected_head)
    seen = versions.by_id(conn, head, [operation.document_id for operation in operations])
    states = {id_: version.state for id_, version in seen.items()}
    planned = plan_changes(operations, {id_: state for id_, state in states.items() if state})
    if not planned:
        appending.record_request(
            conn, draft.request_id, draft.fingerprint, sequence=head.sequence, is_unchanged=True
        )
        return CommitResult(commits.get(conn, head.sequence), is_unchanged=True)
    new = NewCommit(
        database=database,
        branch=branch,
        head=head,
        author=draft.author,
        message=draft.message,
        now_us=now_us,
        changes=planned,
        seen=seen,
        request_id=draft.request_id,
        fingerprint=draft.fingerprint,
    )
    return CommitResult(appending.append(conn, new), is_unchanged=False)


def foresee(branch: str, draft: CommitDraft, operations: Sequence[PreparedOperation]) -> Forecast:
    """What making the commit will ask."""
    return Forecast(
        branch,
        [operation.document_id for operation in operations],
        [operation.content.hash for operation in operations if operation.content],
        draft.request_id,
    )


def expect_head(conn: Connection, branch: str, expected: str) -> Position:
    """A branch's head, checked against what the caller expects; empty expects anything.

    Raises:
        ResourceNotFound: there is no such branch.
        StaleHead: it is elsewhere.
    """
    head = positions.at_branch(conn, branch)
    check_head(head, branch, expected)
    return head


def check_head(head: Position, branch: str, expected: str) -> None:
    """Checks a branch's head against what the caller expects; empty expects anything.

    Raises:
        StaleHead: it is elsewhere.
    """
    if expected and head.id.hex() != expected:
        raise StaleHead.of(branch, expected, head.id.hex())
