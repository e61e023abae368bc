"""Bundles: proto ↔ domain, the only place."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import replication_service_pb2 as pb
from oms_core.errors import InvalidField

from svc_datakernel import convert
from svc_datakernel.domain.hashing import HashedChange
from svc_datakernel.domain.model import ChangeType, Commit, DatabaseModel
from svc_datakernel.domain.replication import BundledChange, HistoryHeader, HistoryPart

_COMMIT_ID: Final = re.compile("[0-9a-f]{64}")
_HASH_BYTES: Final = 32
_MOST_ID: Final = 2048


def from_part(database: str, part: HistoryPart) -> pb.HistoryPart:
    """A part of a bundle.

    Args:
        database: Id of the database it is sent from, for the names of commits.
    """
    return pb.HistoryPart(
        header=None if part.header is None else _from_header(part.header),
        commit=None if part.commit is None else convert.from_commit(database, part.commit),
        changes=[
            pb.HistoryChange(
                document_id=each.change.document_id,
                type=each.change.type,
                change_type=cast("Any", each.change.change_type.value),
                is_hard=each.change.is_hard,
                before_hash=each.change.before or b"",
                after_hash=each.change.after or b"",
                after_json=each.after_json or b"",
            )
            for each in part.changes
        ],
        is_last_part=part.is_last,
    )


def to_part(message: pb.HistoryPart) -> HistoryPart:
    """A part of a bundle.

    Raises:
        InvalidField: it can't be one.
    """
    return HistoryPart(
        header=_to_header(message.header) if message.HasField("header") else None,
        commit=_to_commit(message.commit) if message.HasField("commit") else None,
        changes=[_to_change(each) for each in message.changes],
        is_last=message.is_last_part,
    )


def _from_header(header: HistoryHeader) -> pb.HistoryHeader:
    return pb.HistoryHeader(
        origin_database=header.origin_database,
        display_name=header.display_name,
        description=header.description,
        kind=header.kind,
        model=header.model,
        branches=header.branches,
        tags=header.tags,
        base_iri=header.base_iri,
        schema_iri=header.schema_iri,
    )


def _to_header(message: pb.HistoryHeader) -> HistoryHeader:
    if message.model not in {model.value for model in DatabaseModel}:
        raise InvalidField.of("part.header.model", f"{message.model} is no model of a database")
    return HistoryHeader(
        origin_database=message.origin_database,
        display_name=message.display_name,
        description=message.description,
        kind=message.kind,
        model=message.model,
        branches=dict(message.branches),
        tags=dict(message.tags),
        base_iri=message.base_iri,
        schema_iri=message.schema_iri,
    )


def _to_commit(message: commit_pb2.Commit) -> Commit:
    for id_ in (message.commit_id, *message.parents):
        if not _COMMIT_ID.fullmatch(id_):
            raise InvalidField.of("part.commit", f"{id_!r} is no id of a commit")
    return Commit(
        id=message.commit_id,
        parents=tuple(message.parents),
        author=message.author,
        message=message.message,
        time_us=convert.to_time_us(message.commit_time, "part.commit.commit_time"),
        branch=message.branch,
        sequence=message.sequence,
        change_count=message.change_count,
        request_id="",
        fingerprint=b"",
    )


def _to_change(message: pb.HistoryChange) -> BundledChange:
    hashes = (message.before_hash, message.after_hash)
    is_known = message.change_type in {kind.value for kind in ChangeType}
    if not is_known or any(len(each) not in (0, _HASH_BYTES) for each in hashes):
        raise InvalidField.of("part.changes", f"that of {message.document_id!r} is none")
    if not 0 < len(message.document_id) <= _MOST_ID:
        raise InvalidField.of("part.changes", f"an id has 1 to {_MOST_ID} characters")
    change = HashedChange(
        message.document_id,
        message.type,
        ChangeType(message.change_type),
        message.is_hard,
        message.before_hash or None,
        message.after_hash or None,
    )
    return BundledChange(change, message.after_json or None)
