"""What a handler may know about the call it serves."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from oms_core.identity import Identity


@dataclass(slots=True)
class Call:
    """The call being served. Filled in by the interceptor chain from the outside in.

    `deadline` is on the event loop's clock (`loop.time()`), in seconds; None without one.
    """

    method: str
    request_id: str
    identity: Identity | None = None
    deadline: float | None = None


_current: ContextVar[Call | None] = ContextVar("oms_call", default=None)


def current_call() -> Call | None:
    """The call being served by this task, or None outside of one."""
    return _current.get()


def enter_call(call: Call) -> None:
    """Makes `call` current for the task that serves it. Called by the interceptor chain only."""
    _current.set(call)


def current_identity() -> Identity:
    """The verified caller.

    Raises:
        LookupError: outside of an authenticated call; a defect of the program.
    """
    call = _current.get()
    if call is None or call.identity is None:
        raise LookupError("no authenticated call is being served")
    return call.identity
