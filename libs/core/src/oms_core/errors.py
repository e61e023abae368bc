"""Typed errors, one class for each documented reason.

A handler raises one of these; `oms_rpc` alone turns it into a `google.rpc.Status`.
`reason` is the name of a value of `oms.common.v1.ErrorReason` without its prefix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Code(Enum):
    """The canonical status codes that OMS answers with, by their gRPC number."""

    CANCELLED = 1
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A field that breaks a rule, for `google.rpc.BadRequest`."""

    field: str
    description: str


@dataclass(frozen=True, slots=True)
class PreconditionViolation:
    """A precondition that does not hold, for `google.rpc.PreconditionFailure`."""

    type: str
    subject: str
    description: str


class OmsError(Exception):
    """An error that a caller is told about, with everything the caller is told.

    Args:
        message: What failed, which value, and what to do. Free of secrets.
        metadata: Machine-readable facts, as the reason's comment in the proto lists them.
        fields: Fields at fault.
        preconditions: Preconditions at fault, at most 100.
        retry_after_s: When to try again, in seconds.
    """

    code: ClassVar[Code]
    reason: ClassVar[str]

    def __init__(
        self,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        fields: Sequence[FieldViolation] = (),
        preconditions: Sequence[PreconditionViolation] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.metadata: dict[str, str] = dict(metadata or {})
        self.fields = tuple(fields)
        self.preconditions = tuple(preconditions)
        self.retry_after_s = retry_after_s


class InvalidField(OmsError):
    """A field breaks a declared rule."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_FIELD"

    @classmethod
    def of(cls, field: str, description: str) -> InvalidField:
        """An error about a single field."""
        return cls(f"{field}: {description}", fields=[FieldViolation(field, description)])


class InvalidPageToken(OmsError):
    """A page token is damaged or belongs to another query."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"


class InvalidUpdateMask(OmsError):
    """An update mask names a field that does not exist or can't be changed."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_UPDATE_MASK"


class InvalidDocument(OmsError):
    """A document is no JSON object, or breaks a limit."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_DOCUMENT"


class ParseError(OmsError):
    """An uploaded file could not be parsed."""

    code, reason = Code.INVALID_ARGUMENT, "PARSE_ERROR"


class UploadTooLarge(OmsError):
    """An upload is larger than the server accepts."""

    code, reason = Code.INVALID_ARGUMENT, "UPLOAD_TOO_LARGE"


class UnknownReference(OmsError):
    """An element names one that does not exist."""

    code, reason = Code.INVALID_ARGUMENT, "UNKNOWN_REFERENCE"


class CyclicReference(OmsError):
    """An inheritance relation would form a cycle."""

    code, reason = Code.INVALID_ARGUMENT, "CYCLIC_REFERENCE"


class RequestIdReused(OmsError):
    """A request id was used before for another request."""

    code, reason = Code.INVALID_ARGUMENT, "REQUEST_ID_REUSED"


class InvalidEvent(OmsError):
    """An event breaks the CloudEvents specification or a limit."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_EVENT"

    @classmethod
    def of(cls, attribute: str, description: str, *, index: int | None = None) -> InvalidEvent:
        """An error about one attribute; `index` is the event's place in a batch, from 0."""
        where = "" if index is None else f"events[{index}]."
        metadata = {"attribute": attribute} | ({} if index is None else {"index": str(index)})
        return cls(
            f"{where}{attribute}: {description}",
            metadata=metadata,
            fields=[FieldViolation(f"{where}{attribute}", description)],
        )


class InvalidExpression(OmsError):
    """An expression can't be parsed."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_EXPRESSION"


class UrlRefused(OmsError):
    """A URL can't be called, or must not be."""

    code, reason = Code.INVALID_ARGUMENT, "URL_REFUSED"


class TextTooLong(OmsError):
    """A text is longer than the model reads, and was not to be cut."""

    code, reason = Code.INVALID_ARGUMENT, "TEXT_TOO_LONG"


class InvalidVector(OmsError):
    """A vector has the wrong length, is of length zero, or holds what is no finite number."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_VECTOR"


class ResourceNotFound(OmsError):
    """A named resource does not exist at that revision."""

    code, reason = Code.NOT_FOUND, "RESOURCE_NOT_FOUND"

    @classmethod
    def of(cls, resource_type: str, name: str, where: str = "") -> ResourceNotFound:
        """An error about one resource; `where` adds the revision it was looked for at."""
        return cls(
            f"{resource_type} {name!r} does not exist{' ' + where if where else ''}",
            metadata={"resource_type": resource_type, "resource_name": name},
        )


class ResourceAlreadyExists(OmsError):
    """A resource of that name exists."""

    code, reason = Code.ALREADY_EXISTS, "RESOURCE_ALREADY_EXISTS"

    @classmethod
    def of(cls, resource_type: str, name: str) -> ResourceAlreadyExists:
        """An error about one resource."""
        return cls(
            f"{resource_type} {name!r} already exists",
            metadata={"resource_type": resource_type, "resource_name": name},
        )


class StaleHead(OmsError):
    """A branch moved on since the expected head."""

    code, reason = Code.ABORTED, "STALE_HEAD"

    @classmethod
    def of(cls, branch: str, expected: str, actual: str) -> StaleHead:
        """An error that carries both heads."""
        return cls(
            f"branch {branch!r} is at {actual}, not at the expected {expected}; "
            "read again and retry",
            metadata={"branch": branch, "expected_head": expected, "actual_head": actual},
        )


class StaleEtag(OmsError):
    """A resource changed since its etag was read."""

    code, reason = Code.ABORTED, "STALE_ETAG"

    @classmethod
    def of(cls, name: str, expected: str, actual: str) -> StaleEtag:
        """An error that carries both etags."""
        return cls(
            f"{name!r} has etag {actual!r}, not the expected {expected!r}; read again and retry",
            metadata={"resource_name": name, "expected_etag": expected, "actual_etag": actual},
        )


class StaleFencingToken(OmsError):
    """A later attempt at the same work has called already."""

    code, reason = Code.FAILED_PRECONDITION, "STALE_FENCING_TOKEN"

    @classmethod
    def of(cls, work: str, given: int, largest: int) -> StaleFencingToken:
        """An error that carries both tokens."""
        return cls(
            f"a later attempt at {work!r} has called already, with fencing token {largest}; "
            f"this one has {given}, and must not go on",
            metadata={"idempotency_key": work, "given": str(given), "largest": str(largest)},
        )


class MergeConflict(OmsError):
    """Both sides changed the same documents to different contents."""

    code, reason = Code.FAILED_PRECONDITION, "MERGE_CONFLICT"


class ResourceInUse(OmsError):
    """An element is still referred to."""

    code, reason = Code.FAILED_PRECONDITION, "RESOURCE_IN_USE"


class BranchProtected(OmsError):
    """A branch that can't be deleted."""

    code, reason = Code.FAILED_PRECONDITION, "BRANCH_PROTECTED"


class UnrelatedHistories(OmsError):
    """Two revisions have no common ancestor."""

    code, reason = Code.FAILED_PRECONDITION, "UNRELATED_HISTORIES"


class InvalidSchema(OmsError):
    """A schema document breaks a rule of schemas."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_SCHEMA"


class InvalidQuery(OmsError):
    """A query is no WOQL, or an operator got what it can't work with."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_QUERY"


class InvalidPatch(OmsError):
    """A patch or a migration that can't be understood."""

    code, reason = Code.INVALID_ARGUMENT, "INVALID_PATCH"


class SchemaViolation(OmsError):
    """Documents break their schema; every violation is named."""

    code, reason = Code.FAILED_PRECONDITION, "SCHEMA_VIOLATION"


class DataVersionMismatch(OmsError):
    """A branch is not at the data version that was read."""

    code, reason = Code.FAILED_PRECONDITION, "DATA_VERSION_MISMATCH"


class PatchConflict(OmsError):
    """What a patch changes is not as it expects."""

    code, reason = Code.ABORTED, "PATCH_CONFLICT"


class RebaseConflict(OmsError):
    """A commit could not be put on top of another."""

    code, reason = Code.ABORTED, "REBASE_CONFLICT"


class MigrationRefused(OmsError):
    """Documents stand in the way of a change of the schema."""

    code, reason = Code.FAILED_PRECONDITION, "MIGRATION_REFUSED"


class Diverged(OmsError):
    """Two branches have commits of their own each."""

    code, reason = Code.FAILED_PRECONDITION, "DIVERGED"


class WrongModel(OmsError):
    """The database's model does not allow the call."""

    code, reason = Code.FAILED_PRECONDITION, "WRONG_MODEL"


class ModelUnusable(OmsError):
    """An embedding model can't be used until its configuration is mended."""

    code, reason = Code.FAILED_PRECONDITION, "MODEL_UNUSABLE"


class VectorSpaceMismatch(OmsError):
    """Vectors of different spaces can't be compared."""

    code, reason = Code.FAILED_PRECONDITION, "VECTOR_SPACE_MISMATCH"


class UnsupportedOperation(OmsError):
    """The backend can't do this."""

    code, reason = Code.UNIMPLEMENTED, "UNSUPPORTED_OPERATION"


class TokenMissing(OmsError):
    """No token was sent."""

    code, reason = Code.UNAUTHENTICATED, "TOKEN_MISSING"


class TokenInvalid(OmsError):
    """A token is malformed, wrongly signed, or of an algorithm that is not accepted."""

    code, reason = Code.UNAUTHENTICATED, "TOKEN_INVALID"


class TokenExpired(OmsError):
    """A token has expired."""

    code, reason = Code.UNAUTHENTICATED, "TOKEN_EXPIRED"


class ApiKeyInvalid(OmsError):
    """An API key is unknown."""

    code, reason = Code.UNAUTHENTICATED, "API_KEY_INVALID"


class PermissionDenied(OmsError):
    """The caller's roles do not grant the method's permission."""

    code, reason = Code.PERMISSION_DENIED, "PERMISSION_DENIED"


class LimitExceeded(OmsError):
    """A limit of the server is reached."""

    code, reason = Code.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED"


class ServiceUnavailable(OmsError):
    """A peer service or a store can't be reached."""

    code, reason = Code.UNAVAILABLE, "SERVICE_UNAVAILABLE"


class DeadlineExceeded(OmsError):
    """The call's deadline passed before it was done."""

    code, reason = Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"


class Cancelled(OmsError):
    """The caller went away."""

    code, reason = Code.CANCELLED, "CANCELLED"


class Unimplemented(OmsError):
    """The method or the asked feature is not offered."""

    code, reason = Code.UNIMPLEMENTED, "UNIMPLEMENTED"


class DataCorrupted(OmsError):
    """Stored data does not match its hash."""

    code, reason = Code.DATA_LOSS, "DATA_CORRUPTED"


class InternalError(OmsError):
    """Unforeseen; `reference` in the metadata is the id it was logged under."""

    code, reason = Code.INTERNAL, "INTERNAL"
