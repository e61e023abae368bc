"""Recomputes the ids of a kernel's commits from what the API answers, and nothing else.

Written from the recipe in svc_datakernel/README.md, on purpose without the kernel's own code.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from typing import Any


def content_hash(type_: str, canonical_json: bytes) -> bytes:
    """The hash of a document's content."""
    return hashlib.sha256(
        _frame(b"oms-content/1") + _frame(type_.encode()) + _frame(canonical_json)
    ).digest()


def commit_id(database: str, commit: Any, changes: Iterable[Any]) -> str:
    """The id that a commit has to have.

    Args:
        database: Id of the database.
        commit: An `oms.datakernel.v1.Commit`.
        changes: Its `DocumentDiff`s with their contents in canonical form; none of a hard deletion.
    """
    entries = sorted(changes, key=lambda change: change.document_id)
    digest = hashlib.sha256(_frame(b"oms-commit/1") + _frame(database.encode()))
    digest.update(_length(len(commit.parents)))
    digest.update(b"".join(bytes.fromhex(parent) for parent in commit.parents))
    digest.update(_frame(commit.author.encode()) + _frame(commit.message.encode()))
    digest.update(struct.pack(">q", commit.commit_time.ToMicroseconds()))
    digest.update(_frame(commit.branch.encode()))
    for change in entries:
        digest.update(_frame(change.document_id.encode()) + _frame(change.type.encode()))
        digest.update(bytes((change.change_type, 0)))
        for json in (change.before_json, change.after_json):
            content = content_hash(change.type, json) if json else b""
            digest.update(bytes((len(content),)) + content)
    digest.update(_length(len(entries)))
    return digest.hexdigest()


def _length(value: int) -> bytes:
    return struct.pack(">Q", value)


def _frame(value: bytes) -> bytes:
    return _length(len(value)) + value
