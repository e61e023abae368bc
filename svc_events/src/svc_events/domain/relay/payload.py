"""The data of relayed events, as JSON text.

The contents of documents and the values of a diff are pasted in as they are, so that whoever
reads an event has the very bytes that the kernel has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from json import JSONEncoder
from typing import Final

from svc_events.domain.relay.diff import FieldDiff, field_diff
from svc_events.domain.relay.feed import Change, FeedChange, FeedCommit, FeedMove, SourceDatabase

_write: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# What is left out of an event that is too large, the largest first, until it fits.
_LEFT_OUT: Final = ((), ("before", "after"), ("before", "after", "diff"))
_MESSAGE: Final = "commit.message"


def change_data(
    database: SourceDatabase, commit: FeedCommit, change: FeedChange, name: str, *, limit: int
) -> tuple[str, bool]:
    """The data of an event about one document.

    Args:
        name: Resource name of what changed.
        limit: Most bytes. `before` and `after` are left out of larger data, then also `diff`,
            then also the commit's message; `omitted` says which.
    Returns:
        The data, and whether anything was left out.
    """
    contents = _contents(change)
    for left_out in _LEFT_OUT:
        omitted = [part for part in left_out if part in contents]
        text = _change_text(database, commit, change, name, contents=contents, omitted=omitted)
        if _fits(text, limit):
            return text, bool(omitted)
    omitted = [*contents, _MESSAGE]
    return _change_text(database, commit, change, name, contents=contents, omitted=omitted), True


def commit_data(
    database: SourceDatabase, commit: FeedCommit, counts: Mapping[Change, int], *, limit: int
) -> str:
    """The data of the event about a commit as a whole; its message is left out of larger data."""
    for omitted in ([], [_MESSAGE]):
        members = {
            "name": _write(f"{database.name}/commits/{commit.id}"),
            "branch": _write(database.branch(commit.branch)),
            "commit": _commit(commit, has_message=not omitted),
            "changes": _write({change.value: counts.get(change, 0) for change in Change}),
            "omitted": _write(omitted),
        }
        text = _object(members)
        if _fits(text, limit):
            break
    return text


def database_data(database: SourceDatabase) -> str:
    """The data of an event about a database as a whole."""
    return _write(
        {
            "name": database.name,
            "database": f"databases/{database.id}",
            "display_name": database.display_name,
            "kind": database.kind,
            "create_time": database.create_time.text,
        }
    )


def move_data(database: SourceDatabase, move: FeedMove) -> str:
    """The data of an event about a branch whose head moved."""
    heads = {"old_head": move.old_head, "new_head": move.new_head}
    return _write(
        {"name": database.branch(move.branch)}
        | {name: head for name, head in heads.items() if head}
    )


def _contents(change: FeedChange) -> dict[str, str]:
    contents: dict[str, str] = {}
    if change.before is not None:
        contents["before"] = change.before
    if change.after is not None:
        contents["after"] = change.after
    if change.change is Change.UPDATED and change.before is not None and change.after is not None:
        contents["diff"] = _diff(field_diff(change.before, change.after))
    return contents


def _change_text(
    database: SourceDatabase,
    commit: FeedCommit,
    change: FeedChange,
    name: str,
    *,
    contents: Mapping[str, str],
    omitted: list[str],
) -> str:
    document = {
        "name": f"databases/{database.id}/documents/{change.document_id}",
        "type": change.type,
        "before_etag": change.before_etag,
        "after_etag": change.after_etag,
    }
    members = {
        "name": _write(name),
        "change": _write(change.change.value),
        "branch": _write(database.branch(commit.branch)),
        "commit": _commit(commit, has_message=_MESSAGE not in omitted),
        "document": _write({key: value for key, value in document.items() if value}),
        **{part: text for part, text in contents.items() if part not in omitted},
        "omitted": _write(omitted),
    }
    return _object(members)


# The same in every event of a commit.
@lru_cache(maxsize=16)
def _commit(commit: FeedCommit, *, has_message: bool) -> str:
    fields = {
        "id": commit.id,
        "parents": commit.parents,
        "author": commit.author,
        "message": commit.message,
        "time": commit.time.text,
        "sequence": commit.sequence,
        "change_count": commit.change_count,
    }
    if not has_message:
        del fields["message"]
    return _write(fields)


def _diff(entries: Iterable[FieldDiff]) -> str:
    return f"[{','.join(_object(dict(_entry(entry))) for entry in entries)}]"


def _entry(entry: FieldDiff) -> Iterator[tuple[str, str]]:
    yield "path", _write(entry.path)
    yield "op", _write(entry.op.value)
    if entry.before is not None:
        yield "before", entry.before
    if entry.after is not None:
        yield "after", entry.after


def _object(members: Mapping[str, str]) -> str:
    return f"{{{','.join(f'{_write(name)}:{text}' for name, text in members.items())}}}"


def _fits(text: str, limit: int) -> bool:
    return len(text) * 4 <= limit or len(text.encode()) <= limit
