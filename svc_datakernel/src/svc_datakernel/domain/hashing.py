"""The hashes that history is verified by. The recipe is part of the file format: see README.md."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from svc_datakernel.domain.model import ChangeType

COMMIT_TAG = b"oms-commit/1"
CONTENT_TAG = b"oms-content/1"
_length = struct.Struct(">Q").pack
_signed = struct.Struct(">q").pack
_CONTENT_PREFIX = _length(len(CONTENT_TAG)) + CONTENT_TAG


class Content(NamedTuple):
    """What a document says: its type and canonical JSON, named by their hash."""

    hash: bytes
    type: str
    json: bytes

    @classmethod
    def of(cls, type_: str, json: bytes) -> Content:
        """Content with its hash computed."""
        return cls(content_hash(type_, json), type_, json)


class HashedChange(NamedTuple):
    """What a commit's hash covers of one change. `before` and `after` are content
    hashes; `before` is of what could be read before, so None over a deleted document."""

    document_id: str
    type: str
    change_type: ChangeType
    is_hard: bool
    before: bytes | None
    after: bytes | None


HashedFields: TypeAlias = tuple[str, str, ChangeType, bool, bytes | None, bytes | None]
"""The fields of a `HashedChange`."""


def content_hash(type_: str, json: bytes) -> bytes:
    """The SHA-256 of a document's type and canonical JSON."""
    name = type_.encode()
    prefix = _CONTENT_PREFIX + _length(len(name)) + name + _length(len(json))
    return hashlib.sha256(prefix + json).digest()


def etag_of(content: bytes | None, *, is_deleted: bool = False) -> str:
    """The etag of a document with this content hash; empty when there is no document."""
    if content is None:
        return ""
    return content.hex()[:32] + ("d" if is_deleted else "")


def commit_hash(
    *,
    database: str,
    parents: Sequence[bytes],
    author: str,
    message: str,
    time_us: int,
    branch: str,
    changes: Iterable[HashedFields],
) -> bytes:
    """The id of a commit.

    Args:
        changes: The fields of each `HashedChange`, in the order of document ids by code point.
    """
    digest = hashlib.sha256(
        b"".join(
            (
                _frame(COMMIT_TAG),
                _frame(database.encode()),
                _length(len(parents)),
                *parents,
                _frame(author.encode()),
                _frame(message.encode()),
                _signed(time_us),
                _frame(branch.encode()),
            )
        )
    )
    count = 0
    for count, change in enumerate(changes, 1):  # noqa: B007 - the last one is the count
        digest.update(_encode_change(change))
    digest.update(_length(count))
    return digest.digest()


def _frame(value: bytes) -> bytes:
    return _length(len(value)) + value


def _encode_change(change: HashedFields) -> bytes:
    document_id, type_name, change_type, is_hard, before, after = change
    document, type_ = document_id.encode(), type_name.encode()
    before, after = before or b"", after or b""
    return b"".join(
        (
            _length(len(document)),
            document,
            _length(len(type_)),
            type_,
            bytes((change_type, is_hard, len(before))),
            before,
            bytes((len(after),)),
            after,
        )
    )
