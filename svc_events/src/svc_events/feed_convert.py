"""What the kernel tells, as plain values: the kernel's messages are read here only."""

from __future__ import annotations

from typing import Any, Final

from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import database_service_pb2 as database_pb2

from svc_events.domain.events import Timestamp
from svc_events.domain.relay.feed import (
    Change,
    FeedChange,
    FeedCommit,
    FeedMove,
    SourceDatabase,
)

_CHANGES: Final = {
    commit_pb2.CHANGE_TYPE_CREATED: Change.CREATED,
    commit_pb2.CHANGE_TYPE_UPDATED: Change.UPDATED,
    commit_pb2.CHANGE_TYPE_DELETED: Change.DELETED,
}


def to_database(message: database_pb2.Database) -> SourceDatabase:
    """A database."""
    return SourceDatabase(
        id=message.name.partition("/")[2],
        kind=message.kind,
        display_name=message.display_name,
        create_time=_time(message.create_time),
    )


def to_commit(message: commit_pb2.Commit) -> FeedCommit:
    """A commit."""
    return FeedCommit(
        id=message.commit_id,
        parents=tuple(message.parents),
        author=message.author,
        message=message.message,
        time=_time(message.commit_time),
        branch=message.branch,
        sequence=message.sequence,
        change_count=message.change_count,
    )


def to_change(message: commit_pb2.DocumentDiff) -> FeedChange:
    """A changed document, with its contents."""
    return FeedChange(
        document_id=message.document_id,
        type=message.type,
        change=_CHANGES[message.change_type],
        before=message.before_json.decode() if message.before_json else None,
        after=message.after_json.decode() if message.after_json else None,
        before_etag=message.before_etag,
        after_etag=message.after_etag,
    )


def to_move(message: commit_pb2.BranchMove) -> FeedMove:
    """A branch that moved otherwise than by a commit."""
    return FeedMove(
        number=message.number,
        branch=message.branch,
        old_head=message.old_head_commit,
        new_head=message.new_head_commit,
        time=_time(message.move_time),
    )


def _time(message: Any) -> Timestamp:
    return Timestamp.at(message.seconds, message.nanos)
