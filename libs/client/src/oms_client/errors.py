"""What calls raise: one class for each status code of gRPC, with the details that OMS sends.

An error travels as a `google.rpc.Status`, as https://google.aip.dev/193 describes. `reason` is a
value of `oms.common.v1.ErrorReason` without its prefix, and stable: branch on it, or on the class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

_DETAILS_KEY: Final = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A field of the request that breaks a rule."""

    field: str
    description: str


@dataclass(frozen=True, slots=True)
class PreconditionViolation:
    """A precondition that does not hold: an element in use, a conflict, a violated schema."""

    type: str
    subject: str
    description: str


@dataclass(frozen=True, slots=True)
class Details:
    """What a status carries beside its code and message; empty without a `google.rpc.Status`.

    Attributes:
        reason: A value of `ErrorReason` without its prefix, such as `STALE_HEAD`.
        domain: `oms` for every error of OMS; empty for one that the transport made.
        metadata: Facts, as the comment of the reason lists them.
        field_violations: Fields at fault, of `google.rpc.BadRequest`.
        precondition_violations: Of `google.rpc.PreconditionFailure`.
        retry_delay_s: When to try again, of `google.rpc.RetryInfo`; None when it does not say.
    """

    reason: str = ""
    domain: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    field_violations: Sequence[FieldViolation] = ()
    precondition_violations: Sequence[PreconditionViolation] = ()
    retry_delay_s: float | None = None


class ClientError(Exception):
    """Everything that this package raises on its own."""


class CredentialsError(ClientError):
    """A file with credentials can't be read, or holds none."""


class ApiError(ClientError):
    """A call that failed.

    Attributes:
        code: The status code.
        message: What failed, which value, and what to do.
        details: What the server said besides; its parts are attributes of the error too.
        method: `/package.Service/Method`.
        target: `host:port` that was called.
    """

    code: grpc.StatusCode = grpc.StatusCode.UNKNOWN

    def __init__(
        self,
        message: str,
        *,
        code: grpc.StatusCode | None = None,
        details: Details | None = None,
        method: str = "",
        target: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details = details or Details()
        self.method = method
        self.target = target

    @property
    def reason(self) -> str:
        """The documented reason; empty when the transport failed."""
        return self.details.reason

    @property
    def domain(self) -> str:
        """`oms` when the server answered; empty when the transport failed."""
        return self.details.domain

    @property
    def metadata(self) -> Mapping[str, str]:
        """Facts about the error by name."""
        return self.details.metadata

    @property
    def field_violations(self) -> Sequence[FieldViolation]:
        """Fields at fault."""
        return self.details.field_violations

    @property
    def precondition_violations(self) -> Sequence[PreconditionViolation]:
        """Preconditions at fault."""
        return self.details.precondition_violations

    @property
    def retry_delay_s(self) -> float | None:
        """When the server wants to be asked again, in seconds; None when it does not say."""
        return self.details.retry_delay_s

    @property
    def reference(self) -> str:
        """The id under which the server logged an unforeseen error; else empty."""
        return self.metadata.get("reference", "")

    def __str__(self) -> str:
        head = f"{self.code.name} [{self.reason}]" if self.reason else self.code.name
        where = self.method.rpartition("/")[2]
        text = f"{where}: {head} {self.message}" if where else f"{head} {self.message}"
        named = [f"{v.field}: {v.description}" for v in self.field_violations]
        named += [f"{v.subject}: {v.description}" for v in self.precondition_violations]
        # An error about one field says the same twice.
        lines = [text, *(line for line in named if line != self.message)]
        return "\n  ".join([*lines, *([f"reference: {self.reference}"] if self.reference else [])])


class Cancelled(ApiError):
    """The call was cancelled."""

    code = grpc.StatusCode.CANCELLED


class Unknown(ApiError):
    """Something between the client and the server failed in a way of its own."""

    code = grpc.StatusCode.UNKNOWN


class InvalidArgument(ApiError):
    """The request breaks a rule; `field_violations` names the fields."""

    code = grpc.StatusCode.INVALID_ARGUMENT


class DeadlineExceeded(ApiError):
    """There was no answer in time. What a change has done is unknown unless it had a request id."""

    code = grpc.StatusCode.DEADLINE_EXCEEDED


class NotFound(ApiError):
    """What is named does not exist, at that revision."""

    code = grpc.StatusCode.NOT_FOUND


class AlreadyExists(ApiError):
    """The name is taken."""

    code = grpc.StatusCode.ALREADY_EXISTS


class PermissionDenied(ApiError):
    """The caller's roles do not grant the permission; `metadata` names it."""

    code = grpc.StatusCode.PERMISSION_DENIED


class ResourceExhausted(ApiError):
    """A limit is reached; `retry_delay_s` says when to try again."""

    code = grpc.StatusCode.RESOURCE_EXHAUSTED


class FailedPrecondition(ApiError):
    """The state does not allow it; `precondition_violations` says what stands in the way."""

    code = grpc.StatusCode.FAILED_PRECONDITION


class Aborted(ApiError):
    """Something else changed in between (`STALE_HEAD`, `STALE_ETAG`): read again, then retry."""

    code = grpc.StatusCode.ABORTED


class OutOfRange(ApiError):
    """A position lies outside what there is."""

    code = grpc.StatusCode.OUT_OF_RANGE


class Unimplemented(ApiError):
    """The server does not offer it."""

    code = grpc.StatusCode.UNIMPLEMENTED


class Internal(ApiError):
    """Unforeseen; `reference` is the id under which the server logged it."""

    code = grpc.StatusCode.INTERNAL


class Unavailable(ApiError):
    """The server, or one behind it, can't be reached."""

    code = grpc.StatusCode.UNAVAILABLE


class DataLoss(ApiError):
    """Stored data does not match its hash."""

    code = grpc.StatusCode.DATA_LOSS


class Unauthenticated(ApiError):
    """There was no token, or the server does not take it."""

    code = grpc.StatusCode.UNAUTHENTICATED


_CLASSES: Final[Mapping[grpc.StatusCode, type[ApiError]]] = {
    cls.code: cls for cls in ApiError.__subclasses__()
}
_READABLE: Final[Mapping[grpc.StatusCode, str]] = {
    grpc.StatusCode.UNAVAILABLE: "can't be reached",
    grpc.StatusCode.DEADLINE_EXCEEDED: "did not answer in time",
}


def from_rpc(error: grpc.RpcError, *, method: str = "", target: str = "") -> ApiError:
    """The typed error of what grpcio raised, synchronously or not."""
    call: Any = error
    code: grpc.StatusCode = call.code()
    details = _details(call)
    message: str = call.details() or ""
    if not details.domain and code in _READABLE:
        message = f"{target or 'the server'} {_READABLE[code]}: {message}"
    kind = _CLASSES.get(code, ApiError)
    return kind(message, code=code, details=details, method=method, target=target)


def _details(call: Any) -> Details:
    raw = dict(call.trailing_metadata() or ()).get(_DETAILS_KEY)
    if not isinstance(raw, bytes):
        return Details()
    try:
        return _parse(status_pb2.Status.FromString(raw))
    except DecodeError:
        return Details()


def _parse(status: status_pb2.Status) -> Details:
    info = error_details_pb2.ErrorInfo()
    bad = error_details_pb2.BadRequest()
    failure = error_details_pb2.PreconditionFailure()
    retry = error_details_pb2.RetryInfo()
    unpacked = {
        known.DESCRIPTOR.full_name
        for detail in status.details
        for known in (info, bad, failure, retry)
        if detail.Unpack(known)
    }
    has_delay = retry.DESCRIPTOR.full_name in unpacked
    return Details(
        reason=info.reason,
        domain=info.domain,
        metadata=dict(info.metadata),
        field_violations=[FieldViolation(v.field, v.description) for v in bad.field_violations],
        precondition_violations=[
            PreconditionViolation(v.type, v.subject, v.description) for v in failure.violations
        ],
        retry_delay_s=retry.retry_delay.ToNanoseconds() / 1e9 if has_delay else None,
    )
