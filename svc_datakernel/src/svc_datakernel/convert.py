"""Proto ↔ domain, the only place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from google.protobuf.timestamp_pb2 import Timestamp
from oms.common.v1.revision_pb2 import Revision as RevisionMessage
from oms.datakernel.v1 import branch_service_pb2 as branch_pb2
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms_core.call import current_identity
from oms_core.errors import InvalidField, InvalidPageToken
from oms_security import author_string

from svc_datakernel.domain.graph.terms import DEFAULT_BASE_IRI, DEFAULT_SCHEMA_IRI
from svc_datakernel.domain.merging import Conflict, MergeDraft, MergeOutcome, MergeResult, MergeSide
from svc_datakernel.domain.model import (
    Audit,
    Branch,
    BranchMove,
    Commit,
    Database,
    DatabaseModel,
    Difference,
    Document,
    Revision,
    TypeCount,
)
from svc_datakernel.domain.operations import CommitDraft, Operation, OperationKind

_US: Final = 1_000_000
# The range that google.protobuf.Timestamp documents; nothing enforces it on the wire.
_EARLIEST_S: Final = -62_135_596_800
_LATEST_S: Final = 253_402_300_799
_COMMIT_ID: Final = re.compile(r"[0-9a-f]{64}")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_OUTCOMES: Final = {
    MergeOutcome.UP_TO_DATE: commit_pb2.MERGE_OUTCOME_UP_TO_DATE,
    MergeOutcome.MERGED: commit_pb2.MERGE_OUTCOME_MERGED,
    MergeOutcome.CONFLICTED: commit_pb2.MERGE_OUTCOME_CONFLICTED,
}


# --- from the caller -----------------------------------------------------------------------


def segments(name: str) -> tuple[str, str]:
    """Database and last segment of `databases/{database}/<collection>/{id}`.

    The last segment is the database itself for the name of a database.
    """
    parts = name.split("/")
    return parts[1], parts[-1]


def to_revision(message: RevisionMessage, field: str) -> Revision:
    """A revision.

    Args:
        field: The field it came in, for the error.
    Raises:
        InvalidField: a commit or a tag together with anything else; a time out of range.
    """
    has_time = message.HasField("time")
    time_us = to_time_us(message.time, f"{field}.time") if has_time else None
    if message.commit and (message.branch or has_time):
        raise InvalidField.of(f"{field}.commit", "excludes branch and time")
    if message.tag and (message.commit or message.branch or has_time):
        raise InvalidField.of(f"{field}.tag", "excludes commit, branch and time")
    return Revision(branch=message.branch, commit=message.commit, time_us=time_us, tag=message.tag)


def to_time_us(time: Timestamp, field: str) -> int:
    """A time in microseconds since 1970.

    Raises:
        InvalidField: it is out of range.
    """
    if not _EARLIEST_S <= time.seconds <= _LATEST_S:
        raise InvalidField.of(field, "is outside of the years 1 to 9999")
    return time.seconds * _US + time.nanos // 1000


def to_pinned(commit: str) -> Revision:
    """The commit that a page token names.

    Raises:
        InvalidPageToken: that is no commit's id.
    """
    if not _COMMIT_ID.fullmatch(commit):
        raise InvalidPageToken(
            "page_token is damaged; start again without one", metadata={"field": "page_token"}
        )
    return Revision(commit=commit)


def to_database(request: database_pb2.CreateDatabaseRequest) -> Database:
    """A database to be created.

    Raises:
        InvalidField: an IRI where the model has none, or one that is no prefix of IRIs.
    """
    given = request.database
    model = DatabaseModel(given.model or DatabaseModel.JSON)
    return Database(
        id=request.database_id,
        display_name=given.display_name,
        description=given.description,
        kind=given.kind,
        create_time_us=0,
        model=model,
        base_iri=_iri("base_iri", given.base_iri, model, DEFAULT_BASE_IRI),
        schema_iri=_iri("schema_iri", given.schema_iri, model, DEFAULT_SCHEMA_IRI),
    )


def _iri(field: str, given: str, model: DatabaseModel, default: str) -> str:
    if model is not DatabaseModel.GRAPH:
        if given:
            raise InvalidField.of(f"database.{field}", "needs the model DATABASE_MODEL_GRAPH")
        return ""
    if given and not _IRI.fullmatch(given):
        raise InvalidField.of(f"database.{field}", "has to be an absolute IRI")
    return given or default


def to_author(now: datetime) -> str:
    """The author string of the verified caller."""
    return author_string(current_identity(), now)


def to_commit_draft(request: commit_pb2.CreateCommitRequest, author: str) -> CommitDraft:
    """A commit to be made."""
    return CommitDraft(
        operations=[_to_operation(message) for message in request.operations],
        author=author,
        message=request.message,
        expected_head=request.expected_head,
        request_id=request.request_id,
        fingerprint=_fingerprint(request),
    )


def to_merge_draft(
    request: commit_pb2.MergeBranchRequest, source: Revision, author: str
) -> MergeDraft:
    """A merge to be made."""
    default = request.default_resolution
    return MergeDraft(
        source=source,
        author=author,
        message=request.message,
        expected_head=request.expected_head,
        resolutions={each.document_id: MergeSide(each.side) for each in request.resolutions},
        default_resolution=MergeSide(default) if default else None,
        is_dry_run=request.validate_only,
        request_id=request.request_id,
        fingerprint=_fingerprint(request),
    )


def _to_operation(message: commit_pb2.DocumentOperation) -> Operation:
    which = message.WhichOneof("operation") or ""
    if which == "delete":
        deletion = message.delete
        return Operation(
            OperationKind.DELETE, deletion.document_id, etag=deletion.etag, is_hard=deletion.hard
        )
    write: commit_pb2.DocumentWrite = getattr(message, which)
    return Operation(OperationKind(which), write.document_id, write.type, write.json, write.etag)


def _fingerprint(
    request: commit_pb2.CreateCommitRequest | commit_pb2.MergeBranchRequest,
) -> bytes:
    """The caller's own fingerprint, or one of the request; empty where nothing asks for it."""
    if not request.request_id:
        return b""
    if request.request_fingerprint:
        return request.request_fingerprint
    kind = request.DESCRIPTOR.full_name.encode()
    return hashlib.sha256(kind + b"\0" + request.SerializeToString(deterministic=True)).digest()


# --- to the caller -------------------------------------------------------------------------


def timestamp(time_us: int) -> Timestamp:
    """A time in microseconds as a message."""
    return Timestamp(seconds=time_us // _US, nanos=time_us % _US * 1000)


def from_enum(value: int) -> Any:
    """A number of an enum; the type that protobuf wants differs between its implementations."""
    return int(value)


def from_database(database: Database) -> database_pb2.Database:
    """A database."""
    return database_pb2.Database(
        name=f"databases/{database.id}",
        display_name=database.display_name,
        description=database.description,
        kind=database.kind,
        create_time=timestamp(database.create_time_us),
        model=from_enum(database.model),
        base_iri=database.base_iri,
        schema_iri=database.schema_iri,
    )


def from_branch(database: str, branch: Branch) -> branch_pb2.Branch:
    """A branch."""
    return branch_pb2.Branch(
        name=f"databases/{database}/branches/{branch.name}",
        head_commit=branch.head,
        create_time=timestamp(branch.create_time_us),
        update_time=timestamp(branch.update_time_us),
    )


def from_commit(database: str, commit: Commit) -> commit_pb2.Commit:
    """A commit."""
    return commit_pb2.Commit(
        name=f"databases/{database}/commits/{commit.id}",
        commit_id=commit.id,
        parents=commit.parents,
        author=commit.author,
        message=commit.message,
        commit_time=timestamp(commit.time_us),
        branch=commit.branch,
        sequence=commit.sequence,
        change_count=commit.change_count,
        request_id=commit.request_id,
        request_fingerprint=commit.fingerprint,
    )


def from_move(move: BranchMove) -> commit_pb2.BranchMove:
    """A move of a branch."""
    return commit_pb2.BranchMove(
        number=move.number,
        branch=move.branch,
        old_head_commit=move.old_head,
        new_head_commit=move.new_head,
        move_time=timestamp(move.time_us),
    )


def from_document(document: Document) -> document_pb2.Document:
    """A document."""
    return document_pb2.Document(
        document_id=document.id,
        type=document.type,
        json=document.json,
        etag=document.etag,
        audit=_from_audit(document.audit),
    )


def from_documents(documents: Sequence[Document]) -> list[document_pb2.Document]:
    """Documents in their order."""
    return [from_document(document) for document in documents]


def from_difference(difference: Difference) -> commit_pb2.DocumentDiff:
    """A difference."""
    return commit_pb2.DocumentDiff(
        document_id=difference.document_id,
        type=difference.type,
        change_type=from_enum(difference.change_type),
        before_json=difference.before_json or b"",
        after_json=difference.after_json or b"",
        before_etag=difference.before_etag,
        after_etag=difference.after_etag,
    )


def from_count(count: TypeCount) -> commit_pb2.TypeDiffCount:
    """The counts of one type."""
    return commit_pb2.TypeDiffCount(
        type=count.type,
        created_count=count.created,
        updated_count=count.updated,
        deleted_count=count.deleted,
    )


def from_merge(database: str, result: MergeResult) -> commit_pb2.MergeBranchResponse:
    """How a merge ended."""
    return commit_pb2.MergeBranchResponse(
        outcome=_OUTCOMES[result.outcome],
        commit=from_commit(database, result.commit) if result.commit else None,
        base_commit=result.base_commit,
        target_commit=result.target_commit,
        source_commit=result.source_commit,
        conflicts=[_from_conflict(conflict) for conflict in result.conflicts],
        changes=[from_difference(change) for change in result.changes],
        change_count=result.change_count,
    )


def _from_conflict(conflict: Conflict) -> commit_pb2.MergeConflict:
    return commit_pb2.MergeConflict(
        document_id=conflict.document_id,
        type=conflict.type,
        base_json=conflict.base_json or b"",
        target_json=conflict.target_json or b"",
        source_json=conflict.source_json or b"",
    )


def _from_audit(audit: Audit) -> document_pb2.AuditFields:
    return document_pb2.AuditFields(
        created_by=audit.created_by,
        created_by_username=audit.created_by_username,
        created_at=timestamp(audit.created_at_us),
        updated_by=audit.updated_by,
        updated_by_username=audit.updated_by_username,
        updated_at=timestamp(audit.updated_at_us),
        deleted=audit.is_deleted,
        deleted_by=audit.deleted_by,
        deleted_at=timestamp(audit.deleted_at_us) if audit.is_deleted else None,
    )
