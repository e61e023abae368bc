"""What a failed call prints, and the exit code it ends with.

0: done. 1: the server answered an error, or a check failed. 2: the command line is
wrong. 3: the server can't be reached, or does not answer in time. 130: interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

import click
import grpc
from oms_client.errors import ApiError, DeadlineExceeded, Unavailable, from_rpc

from oms_cli.text import clean

SERVER_ERROR: Final = 1
UNREACHABLE: Final = 3
INTERRUPTED: Final = 130


class CallFailed(click.ClickException):
    """A call that the server refused, or that never reached it."""

    def __init__(self, message: str, details: list[str], exit_code: int) -> None:
        super().__init__(message)
        self.details = details
        # Click reads it from the instance, though it is declared for the class.
        self.exit_code = exit_code  # pyright: ignore[reportAttributeAccessIssue]

    @classmethod
    def of(cls, error: grpc.RpcError, target: str) -> CallFailed:
        """Reads the status and the details that OMS puts into every error."""
        failed = from_rpc(error, target=target)
        if not failed.reason and isinstance(failed, Unavailable | DeadlineExceeded):
            return cls(failed.message, [], UNREACHABLE)
        message = f"{failed.message} [{failed.reason or failed.code.name}]"
        return cls(message, list(_lines(failed)), SERVER_ERROR)

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints one line for the error, then one for each violation, on standard error."""
        click.echo(f"error: {clean(self.message)}", file=file, err=file is None)
        for line in self.details:
            click.echo(f"  {clean(line)}", file=file, err=file is None)


def _lines(error: ApiError) -> Iterator[str]:
    for field in error.field_violations:
        yield f"{field.field}: {field.description}"
    for violation in error.precondition_violations:
        yield f"{violation.subject}: {violation.description}"
    if error.retry_delay_s is not None:
        yield f"try again in {round(error.retry_delay_s, 3):g} s"
    for key in ("omitted_violations", "reference"):
        if key in error.metadata:
            yield f"{key}: {error.metadata[key]}"
