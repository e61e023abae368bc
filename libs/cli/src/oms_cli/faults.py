"""What a failed call prints, and the exit code it ends with.

0: done. 1: the server answered an error, or a check failed. 2: the command line is
wrong. 3: the server can't be reached, or does not answer in time. 130: interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

import click
import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

from oms_cli.text import clean

SERVER_ERROR: Final = 1
UNREACHABLE: Final = 3
INTERRUPTED: Final = 130
_DETAILS_KEY: Final = "grpc-status-details-bin"
_SILENT_CODES: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


class CallFailed(click.ClickException):
    """A call that the server refused, or that never reached it."""

    def __init__(self, message: str, details: list[str], exit_code: int, reason: str) -> None:
        super().__init__(message)
        self.details = details
        # Click reads it from the instance, though it is declared for the class.
        self.exit_code = exit_code  # pyright: ignore[reportAttributeAccessIssue]
        self.reason = reason

    @classmethod
    def of(cls, error: grpc.RpcError, target: str) -> CallFailed:
        """Reads the status and the details that OMS puts into every error."""
        call: Any = error
        code: grpc.StatusCode = call.code()
        messages = _details(call)
        info = next((m for m in messages if isinstance(m, error_details_pb2.ErrorInfo)), None)
        if info is None and code in _SILENT_CODES:
            return cls(f"{target} {_silence(code)}: {call.details()}", [], UNREACHABLE, code.name)
        reason = info.reason if info else code.name
        lines = [line for message in messages for line in _lines(message)]
        return cls(f"{call.details()} [{reason}]", lines, SERVER_ERROR, reason)

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints one line for the error, then one for each violation, on standard error."""
        click.echo(f"error: {clean(self.message)}", file=file, err=file is None)
        for line in self.details:
            click.echo(f"  {clean(line)}", file=file, err=file is None)


def reason_of(error: grpc.RpcError) -> str:
    """The documented reason of an error, or the name of its status code."""
    return CallFailed.of(error, "").reason


def _silence(code: grpc.StatusCode) -> str:
    unreachable = code == grpc.StatusCode.UNAVAILABLE
    return "can't be reached" if unreachable else "did not answer in time"


def _details(call: Any) -> list[Message]:
    known = (
        error_details_pb2.ErrorInfo,
        error_details_pb2.BadRequest,
        error_details_pb2.PreconditionFailure,
        error_details_pb2.RetryInfo,
    )
    raw = dict(call.trailing_metadata() or ()).get(_DETAILS_KEY, b"")
    try:
        status = status_pb2.Status.FromString(raw)
        return [
            cls.FromString(detail.value)
            for detail in status.details
            for cls in known
            if detail.TypeName() == cls.DESCRIPTOR.full_name
        ]
    except DecodeError:
        return []


def _lines(message: Message) -> Iterator[str]:
    if isinstance(message, error_details_pb2.BadRequest):
        for field in message.field_violations:
            yield f"{field.field}: {field.description}"
    elif isinstance(message, error_details_pb2.PreconditionFailure):
        for violation in message.violations:
            yield f"{violation.subject}: {violation.description}"
    elif isinstance(message, error_details_pb2.RetryInfo):
        yield f"try again in {message.retry_delay.ToMilliseconds() / 1000:g} s"
    elif isinstance(message, error_details_pb2.ErrorInfo):
        for key in ("omitted_violations", "reference"):
            if key in message.metadata:
                yield f"{key}: {message.metadata[key]}"
