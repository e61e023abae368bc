"""Typed errors to and from the wire.

An error travels as a `google.rpc.Status` in the trailer `grpc-status-details-bin`,
as AIP-193 describes: https://google.aip.dev/193
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import grpc
import orjson
from google.protobuf import any_pb2
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2
from oms_core.errors import (
    Cancelled,
    DeadlineExceeded,
    FieldViolation,
    InternalError,
    LimitExceeded,
    OmsError,
    PreconditionViolation,
    ServiceUnavailable,
    Unimplemented,
)

DOMAIN = "oms"
STATUS_KEY = "grpc-status-details-bin"
# All that grpcio answers, CANCELLED without trailers, when a call arrives after the server has
# begun to stop and before the client has heard of that. No handler has seen such a call.
STOPPING_MESSAGE = "CANCELLED"
# Tells gRPC clients not to try again: a call's retries are the business of one of all the hops
# that it makes, the one next to what failed. https://github.com/grpc/proposal/blob/master/A6-client-retries.md
NO_RETRY: tuple[str, str] = ("grpc-retry-pushback-ms", "-1")

# Clients accept 8 KiB of trailers by default and see nothing of the error beyond
# that; base64 makes 4 bytes out of 3, and the message travels a second time.
_MAX_STATUS_BYTES = 5000
_MAX_MESSAGE_CHARACTERS = 1000
_MAX_LIST_CHARACTERS = 2000

CLASS_BY_REASON: dict[str, type[OmsError]] = {cls.reason: cls for cls in OmsError.__subclasses__()}
_STATUS_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


def status_code(error: OmsError) -> grpc.StatusCode:
    """The status code an error is answered with."""
    return _STATUS_CODES[error.code.value]


def to_status(error: OmsError) -> status_pb2.Status:
    """Builds the status that carries an error, with as many violations as a client can take.

    Violations that had to be left out are counted in the metadata `omitted_violations`.
    """
    violations = max(len(error.fields), len(error.preconditions))
    shown = violations
    while True:
        status = _build(error, shown, violations)
        if status.ByteSize() <= _MAX_STATUS_BYTES or shown == 0:
            return status
        shown = shown * 3 // 4 if shown > 1 else 0


def shorten(message: str) -> str:
    """A message cut to what fits a trailer."""
    if len(message) <= _MAX_MESSAGE_CHARACTERS:
        return message
    return message[: _MAX_MESSAGE_CHARACTERS - 1] + "…"


def _build(error: OmsError, shown: int, violations: int) -> status_pb2.Status:
    status = status_pb2.Status(code=error.code.value, message=shorten(error.message))
    metadata = {key: _shorten_fact(value) for key, value in error.metadata.items()}
    if shown < violations:
        metadata["omitted_violations"] = str(violations - shown)
    _add(
        status,
        error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=metadata),
    )
    for detail in _details(error, shown):
        _add(status, detail)
    return status


def _shorten_fact(value: str) -> str:
    """A fact cut to what fits: a JSON array after a whole item, so that it can still be read."""
    if len(value) <= _MAX_MESSAGE_CHARACTERS or not value.startswith("["):
        return shorten(value)
    try:
        items: list[object] = orjson.loads(value)
    except orjson.JSONDecodeError:
        return shorten(value)
    while len(text := orjson.dumps(items).decode()) > _MAX_LIST_CHARACTERS:
        items = items[: len(items) * 3 // 4]
    return text


def _details(error: OmsError, shown: int) -> Iterable[Message]:
    if error.fields[:shown]:
        yield error_details_pb2.BadRequest(
            field_violations=[
                error_details_pb2.BadRequest.FieldViolation(
                    field=f.field, description=shorten(f.description)
                )
                for f in error.fields[:shown]
            ]
        )
    if error.preconditions[:shown]:
        yield error_details_pb2.PreconditionFailure(
            violations=[
                error_details_pb2.PreconditionFailure.Violation(
                    type=p.type, subject=p.subject, description=shorten(p.description)
                )
                for p in error.preconditions[:shown]
            ]
        )
    if error.retry_after_s is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromNanoseconds(int(error.retry_after_s * 1e9))
        yield retry
    if "resource_name" in error.metadata:
        yield error_details_pb2.ResourceInfo(
            resource_type=error.metadata.get("resource_type", ""),
            resource_name=shorten(error.metadata["resource_name"]),
        )


def _add(status: status_pb2.Status, detail: Message) -> None:
    status.details.add().Pack(detail)


def _is(detail: any_pb2.Any, kind: type[Message]) -> bool:
    return detail.TypeName() == kind.DESCRIPTOR.full_name


def oms_status(error: grpc.aio.AioRpcError) -> bytes | None:
    """The serialised status of an error that a peer of ours sent; None for any other error."""
    raw = _raw_status(error)
    if raw is None:
        return None
    status = _parse(raw)
    return raw if status is not None and _error_info(status) is not None else None


def is_unseen(code: grpc.StatusCode, details: str, trailing: Any) -> bool:
    """Whether a call was answered by a server that was stopping, before a handler has seen it."""
    return (
        code == grpc.StatusCode.CANCELLED
        and details == STOPPING_MESSAGE
        and not tuple(trailing or ())
    )


def from_rpc_error(error: grpc.aio.AioRpcError) -> OmsError:
    """Reconstructs the typed error that a peer raised.

    Args:
        error: What a stub raised.
    Returns:
        The same reason, message, metadata and violations. An error that carries none
        becomes `ServiceUnavailable`, `DeadlineExceeded`, `Cancelled`, `LimitExceeded`,
        `Unimplemented`, or else `InternalError`.
    """
    raw = _raw_status(error)
    status = _parse(raw) if raw is not None else None
    info = _error_info(status) if status is not None else None
    if status is None or info is None or info.reason not in CLASS_BY_REASON:
        return _foreign(error)
    fields, preconditions, retry_after_s = _violations(status)
    return CLASS_BY_REASON[info.reason](
        status.message,
        metadata=info.metadata,
        fields=fields,
        preconditions=preconditions,
        retry_after_s=retry_after_s,
    )


def _violations(
    status: status_pb2.Status,
) -> tuple[list[FieldViolation], list[PreconditionViolation], float | None]:
    fields: list[FieldViolation] = []
    preconditions: list[PreconditionViolation] = []
    retry_after_s: float | None = None
    for detail in status.details:
        if _is(detail, error_details_pb2.BadRequest):
            bad = error_details_pb2.BadRequest.FromString(detail.value)
            fields += [FieldViolation(f.field, f.description) for f in bad.field_violations]
        elif _is(detail, error_details_pb2.PreconditionFailure):
            failure = error_details_pb2.PreconditionFailure.FromString(detail.value)
            preconditions += [
                PreconditionViolation(v.type, v.subject, v.description) for v in failure.violations
            ]
        elif _is(detail, error_details_pb2.RetryInfo):
            retry = error_details_pb2.RetryInfo.FromString(detail.value)
            retry_after_s = retry.retry_delay.ToNanoseconds() / 1e9
    return fields, preconditions, retry_after_s


def _foreign(error: grpc.aio.AioRpcError) -> OmsError:
    """An error that the transport made, or a server that is not ours."""
    peer: str = getattr(error, "oms_peer", "")
    who = f"service {peer!r}" if peer else "a peer service"
    code = error.code()
    is_stopping = is_unseen(code, error.details() or "", error.trailing_metadata())
    if code == grpc.StatusCode.UNAVAILABLE or is_stopping:
        return ServiceUnavailable(
            f"{who} can't be reached; try again later",
            metadata={"service": peer} if peer else {},
            retry_after_s=1.0,
        )
    if code == grpc.StatusCode.DEADLINE_EXCEEDED:
        return DeadlineExceeded(f"{who} did not answer before the call's deadline")
    if code == grpc.StatusCode.CANCELLED:
        return Cancelled(f"the call to {who} was cancelled")
    if code == grpc.StatusCode.RESOURCE_EXHAUSTED:
        return LimitExceeded(
            f"{who} refused the call because a limit is reached", metadata={"limit": "peer"}
        )
    if code == grpc.StatusCode.UNIMPLEMENTED:
        return Unimplemented(f"{who} does not offer the method")
    return InternalError(f"{who} failed with {code.name}")


def _raw_status(error: grpc.aio.AioRpcError) -> bytes | None:
    trailing: Any = error.trailing_metadata()
    value = trailing.get(STATUS_KEY) if trailing is not None else None
    return value if isinstance(value, bytes) else None


def _parse(raw: bytes) -> status_pb2.Status | None:
    try:
        return status_pb2.Status.FromString(raw)
    except DecodeError:
        return None


def _error_info(status: status_pb2.Status) -> error_details_pb2.ErrorInfo | None:
    for detail in status.details:
        if _is(detail, error_details_pb2.ErrorInfo):
            info = error_details_pb2.ErrorInfo.FromString(detail.value)
            if info.domain == DOMAIN:
                return info
    return None
