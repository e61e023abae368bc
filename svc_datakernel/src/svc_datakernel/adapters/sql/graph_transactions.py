"""Runs work on the head of a branch of a graph database and commits what it decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar, cast

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import (
    answers,
    appending,
    commits,
    graph_index,
    positions,
    versions,
    writing,
)
from svc_datakernel.adapters.sql.appending import NewCommit
from svc_datakernel.adapters.sql.foreseeing import Foreseen
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.graph_view import SqlGraphView
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.domain.graph.data_version import check_data_version
from svc_datakernel.domain.graph.kept_answers import from_json, to_json
from svc_datakernel.domain.graph.view import DocumentChange, Outcome, TransactionDraft, Work
from svc_datakernel.domain.hashing import Content
from svc_datakernel.domain.model import ChangeType, Database
from svc_datakernel.domain.operations import (
    OperationKind,
    PlannedChange,
    PreparedOperation,
    plan_changes,
)

_T = TypeVar("_T")


class Target(NamedTuple):
    """The branch that work is for, in a graph database."""

    database: Database
    branch: str
    schema_keys: SchemaKeys


def preview(
    conn: Connection,
    target: Target,
    draft: TransactionDraft,
    work: Callable[[SqlGraphView], Work[_T]],
) -> Outcome[_T]:
    """Runs work as `transact` would, and commits nothing.

    Raises:
        StaleHead, DataVersionMismatch, ResourceNotFound, and whatever the work raises.
    """
    head = _head(conn, target, draft)
    done = work(SqlGraphView(conn, target.database, head, target.schema_keys))
    planned, _ = _plan(conn, head, done.changes)
    return Outcome(commits.get(conn, head.sequence), not planned, done.answer)


def transact(
    conn: Connection,
    target: Target,
    draft: TransactionDraft,
    work: Callable[[SqlGraphView], Work[_T]],
    *,
    now_us: int,
    foreseen: Foreseen[_T] | None = None,
) -> Outcome[_T]:
    """Runs work on the head, then commits its changes with their triples, under the write lock.

    Args:
        foreseen: What it came to before its turn.
    Raises:
        StaleHead, DataVersionMismatch, RequestIdReused, ResourceNotFound, and whatever the
        work raises.
    """
    earlier = commits.replay(conn, draft.request_id, draft.fingerprint)
    if earlier is not None:
        # The fingerprint says that it is the same request, so its answer is of the same type.
        answer = cast("_T | None", from_json(answers.kept(conn, draft.request_id)))
        return Outcome(earlier.commit, earlier.is_unchanged, answer, is_repeated=True)
    head = _head(conn, target, draft)
    done = foreseen.done if foreseen and foreseen.holds(conn, head, target.schema_keys) else None
    if done is None:
        done = work(SqlGraphView(conn, target.database, head, target.schema_keys))
    planned, seen = _plan(conn, head, done.changes)
    if not planned:
        appending.record_request(
            conn, draft.request_id, draft.fingerprint, sequence=head.sequence, is_unchanged=True
        )
        _keep(conn, draft, done.answer)
        return Outcome(commits.get(conn, head.sequence), True, done.answer)
    new = NewCommit(
        database=target.database.id,
        branch=target.branch,
        head=head,
        author=draft.author,
        message=draft.message,
        now_us=now_us,
        changes=planned,
        seen=seen,
        request_id=draft.request_id,
        fingerprint=draft.fingerprint,
    )
    commit = appending.append(conn, new)
    _keep(conn, draft, done.answer)
    if not any(graph_index.is_schema(change.document_id) for change in planned):
        target.schema_keys.carry_over(head.id, bytes.fromhex(commit.id))
    return Outcome(commit, False, done.answer)


def _keep(conn: Connection, draft: TransactionDraft, answer: object) -> None:
    if draft.request_id and draft.keeps_answer:
        answers.keep(conn, draft.request_id, to_json(answer))


def _head(conn: Connection, target: Target, draft: TransactionDraft) -> Position:
    head = positions.at_branch(conn, target.branch)
    check_data_version(draft.data_version, head.id.hex())
    writing.check_head(head, target.branch, draft.expected_head)
    return head


def _plan(
    conn: Connection, head: Position, changes: Sequence[DocumentChange]
) -> tuple[list[PlannedChange], dict[str, versions.Version]]:
    """What the changes come to, and the versions they meet."""
    latest = {change.id: change for change in changes}
    seen = dict(versions.by_id(conn, head, list(latest)))
    created: list[PlannedChange] = []
    operations: list[PreparedOperation] = []
    for change in latest.values():
        version = seen.get(change.id)
        if version is None and change.json is not None:
            # There may be many thousands of these.
            created.append(_creation(change, Content.of(change.type, change.json)))
        elif change.json is not None or _is_deletable(change, version):
            operations.append(_operation(change))
    states = {id_: state for id_, version in seen.items() if (state := version.state)}
    return created + plan_changes(operations, states), seen


def _creation(change: DocumentChange, content: Content) -> PlannedChange:
    id_, type_, _, _, flat = change
    return PlannedChange(id_, type_, ChangeType.CREATED, False, None, content.hash, content, flat)


def _is_deletable(change: DocumentChange, version: versions.Version | None) -> bool:
    """Whether there is something left to delete: what is deleted softly can go for good."""
    return version is not None and (version.is_live or (change.is_hard and version.is_there))


def _operation(change: DocumentChange) -> PreparedOperation:
    if change.json is None:
        return PreparedOperation(OperationKind.DELETE, change.id, None, "", change.is_hard)
    content = Content.of(change.type, change.json)
    return PreparedOperation(OperationKind.UPSERT, change.id, content, "", False)
