"""One call being served, as the stages of the chain share it."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any, cast

from oms_core.call import Call
from oms_core.errors import DeadlineExceeded, LimitExceeded, OmsError

from oms_rpc.local.context import LocalContext
from oms_rpc.method import Method

_SWEEP_S = 0.025


class Rpc:
    """State of one call. Made by the compiled handler, gone with the call.

    `code` and `reason` are the outcome, known once the stage `errors` has run.
    """

    __slots__ = (
        "authorization",
        "call",
        "code",
        "context",
        "fencing_token",
        "http_method",
        "interruption",
        "is_local",
        "is_probe",
        "last_write",
        "metadata",
        "method",
        "reason",
        "resource",
        "started",
        "task",
    )

    def __init__(self, method: Method, context: Any) -> None:
        self.method = method
        self.context = context
        self.metadata: tuple[tuple[str, Any], ...] = context.invocation_metadata() or ()
        self.is_local = type(context) is LocalContext
        self.authorization: str | None = None
        self.fencing_token: str | None = None
        self.http_method: str | None = None
        self.call = Call(method.path, "")
        self.started = perf_counter()
        self.last_write = self.started
        # grpcio and the local channel give each call a task of its own.
        self.task: asyncio.Task[Any] = cast("asyncio.Task[Any]", asyncio.current_task())
        self.interruption: OmsError | None = None
        self.is_probe = method.is_health
        self.code = "OK"
        self.reason = ""
        self.resource = ""

    def interrupt(self, error: OmsError) -> None:
        """Cancels the handler and answers `error` in its place. The first interruption counts."""
        if self.interruption is None:
            self.interruption = error
            self.task.cancel()


class InFlight:
    """The calls being served, for the limit on them and for an orderly end.

    Args:
        limit: Most calls at once. Two kinds are neither counted nor refused: probes, so
            that an overloaded server is not taken for a dead one, and local calls, which
            are part of a call that was let in.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._calls: set[Rpc] = set()
        self._uncounted: set[Rpc] = set()
        self._sweeper: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._calls)

    def enter(self, rpc: Rpc) -> None:
        """Counts a call in.

        Raises:
            LimitExceeded: as many calls as allowed are being served.
        """
        if rpc.is_local or rpc.is_probe:
            self._uncounted.add(rpc)
            return
        if len(self._calls) >= self._limit:
            raise LimitExceeded(
                f"the server is serving {self._limit} calls, its limit; try again later",
                metadata={"limit": "concurrent_calls"},
                retry_after_s=1.0,
            )
        self._calls.add(rpc)

    def leave(self, rpc: Rpc) -> None:
        """Counts a call out, also one that was refused."""
        self._calls.discard(rpc)
        self._uncounted.discard(rpc)

    def sweep_later(self, loop: asyncio.AbstractEventLoop) -> None:
        """Makes sure that calls in flight are held against their deadlines.

        The sweep may notice a deadline a few hundredths of a second late. That is exact
        enough: the caller's own half of the call watches the clock too, and exactly.
        """
        if self._sweeper is None:
            self._sweeper = loop.call_later(_SWEEP_S, self._sweep, loop)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self._sweeper = None
        now = loop.time()
        has_more = False
        for rpc in [*self._calls, *self._uncounted]:
            deadline = rpc.call.deadline
            if deadline is None:
                continue
            if deadline <= now:
                rpc.interrupt(DeadlineExceeded("the call's deadline passed before it was done"))
            else:
                has_more = True
        if has_more:
            self.sweep_later(loop)

    def interrupt_all(self, error: OmsError) -> None:
        """Ends every call but local ones, which end with the calls that they are part of."""
        for rpc in [*self._uncounted, *self._calls]:
            if not rpc.is_local:
                rpc.interrupt(error)

    def interrupt_waiting(self, error: OmsError, *, idle_s: float) -> None:
        """Ends health watches, and streams that have sent nothing for `idle_s` seconds.

        Such a stream waits for events to come; its client resumes at another server. Local
        streams are left to the worker or handler of this process that reads them.
        """
        now = perf_counter()
        for rpc in [*self._uncounted, *self._calls]:
            if rpc.is_local or not rpc.method.streams_responses:
                continue
            if rpc.is_probe or now - rpc.last_write >= idle_s:
                rpc.interrupt(error)
