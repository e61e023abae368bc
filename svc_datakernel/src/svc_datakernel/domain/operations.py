"""From what a caller asks to what a commit changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from oms_core.errors import InvalidField, ResourceAlreadyExists, ResourceNotFound, StaleEtag

from svc_datakernel.domain.canonical_json import canonicalise
from svc_datakernel.domain.graph.flat import Flat
from svc_datakernel.domain.hashing import Content, etag_of
from svc_datakernel.domain.model import ChangeType, Commit


class OperationKind(Enum):
    """What to do with a document."""

    INSERT = "insert"
    REPLACE = "replace"
    UPSERT = "upsert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Operation:
    """One document operation. `json` and `type` are empty for a delete."""

    kind: OperationKind
    document_id: str
    type: str = ""
    json: bytes = b""
    etag: str = ""
    is_hard: bool = False


@dataclass(frozen=True, slots=True)
class CommitDraft:
    """A commit to be made.

    Args:
        operations: At least one, at most one for each document.
        author: As `oms_security.author_string` writes it.
        expected_head: Id of the commit that has to be the head; empty for any.
        request_id: Makes the draft safe to repeat; empty for none.
        fingerprint: Tells whether a repeated request id means the same request.
    """

    operations: Sequence[Operation]
    author: str
    message: str = ""
    expected_head: str = ""
    request_id: str = ""
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class CommitResult:
    """How a draft ended. `is_unchanged`: nothing would have changed, `commit` is the head."""

    commit: Commit
    is_unchanged: bool


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """An operation whose content is checked, canonical and hashed."""

    kind: OperationKind
    document_id: str
    content: Content | None
    etag: str
    is_hard: bool


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What is there under a document's id, softly deleted or not."""

    content: bytes
    type: str
    is_deleted: bool

    @property
    def etag(self) -> str:
        """The etag that the state is read with."""
        return etag_of(self.content, is_deleted=self.is_deleted)


class PlannedChange(NamedTuple):
    """One document change of a commit.

    Args:
        before, after: Hashes as in `HashedChange`.
        new_content: What has to be stored; None when it is stored already or there is none.
        flat: The triples of `new_content`, where they are known without parsing it.
    """

    document_id: str
    type: str
    change_type: ChangeType
    is_hard: bool
    before: bytes | None
    after: bytes | None
    new_content: Content | None = None
    flat: Flat | None = None


def prepare(operations: Sequence[Operation]) -> list[PreparedOperation]:
    """Checks, canonicalises and hashes every operation's content.

    Raises:
        InvalidDocument: a content breaks a rule of documents.
        InvalidField: a document appears twice.
    """
    seen: set[str] = set()
    for operation in operations:
        if operation.document_id in seen:
            raise InvalidField.of(
                "operations", f"document {operation.document_id!r} appears more than once"
            )
        seen.add(operation.document_id)
    return [_prepare(operation) for operation in operations]


def plan_changes(
    operations: Sequence[PreparedOperation], states: Mapping[str, DocumentState]
) -> list[PlannedChange]:
    """What the operations change, operations without effect left out.

    Args:
        states: What is there for each document that is there, deleted or not.
    Raises:
        ResourceAlreadyExists, ResourceNotFound, StaleEtag: an operation does not fit.
    """
    planned = (_plan(operation, states.get(operation.document_id)) for operation in operations)
    return [change for change in planned if change is not None]


def _prepare(operation: Operation) -> PreparedOperation:
    content = None
    if operation.kind is not OperationKind.DELETE:
        json = canonicalise(operation.json, document_id=operation.document_id)
        content = Content.of(operation.type, json)
    return PreparedOperation(
        operation.kind, operation.document_id, content, operation.etag, operation.is_hard
    )


def _plan(operation: PreparedOperation, state: DocumentState | None) -> PlannedChange | None:
    is_live = state is not None and not state.is_deleted
    _check_presence(operation, state, is_live=is_live)
    if operation.etag:
        actual = state.etag if state is not None else ""
        if operation.etag != actual:
            raise StaleEtag.of(operation.document_id, operation.etag, actual)
    if operation.content is None:
        return _plan_delete(operation, state)
    before = state.content if state is not None and is_live else None
    if before == operation.content.hash:
        return None
    return PlannedChange(
        document_id=operation.document_id,
        type=operation.content.type,
        change_type=ChangeType.CREATED if before is None else ChangeType.UPDATED,
        is_hard=False,
        before=before,
        after=operation.content.hash,
        new_content=operation.content,
    )


def _check_presence(
    operation: PreparedOperation, state: DocumentState | None, *, is_live: bool
) -> None:
    kind = operation.kind
    if kind is OperationKind.INSERT and is_live:
        raise ResourceAlreadyExists.of("document", operation.document_id)
    if kind is OperationKind.REPLACE and not is_live:
        raise ResourceNotFound.of("document", operation.document_id)
    # A softly deleted document may still be purged, but not deleted softly once more.
    is_purge = operation.is_hard and state is not None
    if kind is OperationKind.DELETE and not is_live and not is_purge:
        raise ResourceNotFound.of("document", operation.document_id)


def _plan_delete(operation: PreparedOperation, state: DocumentState | None) -> PlannedChange:
    assert state is not None, "a delete of nothing was refused before"
    return PlannedChange(
        document_id=operation.document_id,
        type=state.type,
        change_type=ChangeType.DELETED,
        is_hard=operation.is_hard,
        before=None if state.is_deleted else state.content,
        after=None if operation.is_hard else state.content,
    )
