"""Calls to services with what an attempt lends, and what their errors mean for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import grpc
from oms_core.errors import OmsError
from oms_rpc.errors import from_rpc_error, oms_status

from svc_scheduler.domain.targets.attempts import Attempt, AttemptFailed

OpenChannel = Callable[[str], grpc.aio.Channel]
"""Gives the channel to a service by its name, as `ServiceContext.channel` does."""

LONGEST_CALL_S: Final = 86_400.0
"""Whoever runs an attempt ends it in time; without a deadline a channel would set a short one."""

_FINAL: Final = frozenset(
    {
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "UNAUTHENTICATED",
        "FAILED_PRECONDITION",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
    }
)


def is_final(code: str) -> bool:
    """Whether what failed with a status code would fail again; see `RetryPolicy` in the proto."""
    return code in _FINAL


def metadata_of(attempt: Attempt) -> tuple[tuple[str, str], ...]:
    """What every call of an attempt carries."""
    return (
        ("authorization", f"Bearer {attempt.token}"),
        ("x-idempotency-key", attempt.idempotency_key),
        ("x-fencing-token", str(attempt.fencing_token)),
    )


def failed_call(error: grpc.aio.AioRpcError) -> AttemptFailed:
    """What a call that failed makes of its attempt.

    Only an error of OMS is quoted: the transport's own name addresses of the network inside.
    """
    code, typed = error.code().name, from_rpc_error(error)
    reason = typed.reason if oms_status(error) is not None else ""
    return _failed(typed, code, reason)


def failed(error: OmsError) -> AttemptFailed:
    """What an error that was raised here makes of its attempt."""
    return _failed(error, error.code.name, error.reason)


def _failed(error: OmsError, code: str, reason: str) -> AttemptFailed:
    return AttemptFailed(
        code,
        error.message,
        reason=reason,
        is_final=is_final(code),
        asked_s=error.retry_after_s,
    )
