"""Whether this server, and each part of it, takes calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from grpc_health.v1 import health_pb2
from grpc_health.v1.health import (
    aio as health_aio,  # pyright: ignore[reportAttributeAccessIssue] - the stub lacks it
)
from oms_core.clock import Clock
from oms_core.errors import OmsError
from oms_core.logging import get_logger

_CACHE_S = 1.0


class State(Enum):
    """State of a part, as in `oms.health.v1.HealthStatus`."""

    UNSPECIFIED = 0
    SERVING = 1
    NOT_SERVING = 2
    DEGRADED = 3


@dataclass(frozen=True, slots=True)
class ReadyCheck:
    """Raises while something is down. The name starts with the service's, as `datakernel/store`.

    Without a `check` the thing is not configured, and reported as that.
    """

    name: str
    check: Callable[[], Awaitable[None]] | None
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How a check went. `message` is empty when it passed, and free of secrets."""

    name: str
    state: State
    is_required: bool
    latency_s: float
    message: str


class HealthBoard:
    """Runs the checks and keeps the standard health service up to date.

    Args:
        clock: Tells when the server became ready.
        timeout_s: Longest time one check may take.
        interval_s: How often checks run on their own, so that watchers hear of a change.
    """

    def __init__(self, clock: Clock, *, timeout_s: float, interval_s: float) -> None:
        self.servicer = health_aio.HealthServicer()
        self.ready_time: datetime | None = None
        self.services: list[str] = []
        self._clock = clock
        self._timeout_s = timeout_s
        self._interval_s = interval_s
        self._checks: list[ReadyCheck] = []
        self._proto_services: dict[str, list[str]] = {}
        self._results: list[CheckResult] = []
        self._checked_at = float("-inf")
        self._running: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._is_draining = False

    def add_service(self, service: str) -> None:
        """Adds a hosted service under its short name."""
        self.services.append(service)
        self._proto_services[service] = []

    def add_proto_service(self, service: str, proto_service: str) -> None:
        """Adds a proto service, whose state is that of the service that brings it."""
        self._proto_services[service].append(proto_service)

    def add_check(self, check: ReadyCheck) -> None:
        """Adds a check."""
        self._checks.append(check)

    async def set_starting(self) -> None:
        """Turns every part NOT_SERVING; the standard servicer would start out SERVING."""
        await self._publish()

    async def set_started(self) -> None:
        """Lets the checks decide from now on: first those that are required, soon the others."""
        self._started.set()
        required = await asyncio.gather(
            *(self._run_check(check) for check in self._checks if check.is_required)
        )
        optional = [check for check in self._checks if not check.is_required]
        self._results = [*required, *(_unknown(check, "not checked yet") for check in optional)]
        await self._publish()
        self.ready_time = self._clock.now()

    async def set_draining(self) -> None:
        """Turns every part NOT_SERVING for good."""
        self._is_draining = True
        await self.servicer.enter_graceful_shutdown()

    async def keep_checking(self) -> None:
        """Runs the checks again and again; a worker of the server."""
        try:
            await self._started.wait()
            while True:
                await self.results()
                await asyncio.sleep(self._interval_s)
        finally:
            await self._end_checks()

    async def results(self) -> list[CheckResult]:
        """The outcome of every check, at most about a second old."""
        if self._clock.monotonic() - self._checked_at >= _CACHE_S:
            if self._running is None:
                self._running = asyncio.create_task(self._run_checks())
            # Shielded: one caller that goes away must not end the checks for the others.
            await asyncio.shield(self._running)
        return self._results

    def state(self, service: str | None = None) -> State:
        """The state of a service, or of the whole server, by the last results."""
        if self._is_draining or not self._started.is_set():
            return State.NOT_SERVING
        failed = [
            result
            for result in self._results
            if result.state is State.NOT_SERVING
            and (service is None or result.name.partition("/")[0] == service)
        ]
        if any(result.is_required for result in failed):
            return State.NOT_SERVING
        return State.DEGRADED if failed else State.SERVING

    async def _run_checks(self) -> None:
        try:
            self._results = list(await asyncio.gather(*map(self._run_check, self._checks)))
            self._checked_at = self._clock.monotonic()
            await self._publish()
        finally:
            self._running = None

    async def _end_checks(self) -> None:
        """Ends those that run: what they look at is about to be closed."""
        running = self._running
        if running is not None:
            running.cancel()
            await asyncio.wait([running])

    async def _run_check(self, check: ReadyCheck) -> CheckResult:
        if check.check is None:
            return CheckResult(
                check.name, State.UNSPECIFIED, check.is_required, 0, "not configured"
            )
        started = self._clock.monotonic()
        message = ""
        try:
            async with asyncio.timeout(self._timeout_s):
                await check.check()
        except TimeoutError:
            message = f"did not answer within {self._timeout_s:g} s"
        except OmsError as error:
            message = error.message
        except Exception as error:  # noqa: BLE001 - a check may raise what its driver raises
            # The text of a driver's error may hold an address or a password: log only.
            get_logger().warning("readiness check failed", check=check.name, exc_info=error)
            message = f"failed with {type(error).__name__}; see the log"
        state = State.NOT_SERVING if message else State.SERVING
        latency_s = self._clock.monotonic() - started
        return CheckResult(check.name, state, check.is_required, latency_s, message)

    async def _publish(self) -> None:
        await self._set("", self.state())
        for service, proto_services in self._proto_services.items():
            state = self.state(service)
            for name in (service, *proto_services):
                await self._set(name, state)

    async def _set(self, name: str, state: State) -> None:
        is_serving = state is not State.NOT_SERVING
        response: Any = health_pb2.HealthCheckResponse
        await self.servicer.set(name, response.SERVING if is_serving else response.NOT_SERVING)


def _unknown(check: ReadyCheck, message: str) -> CheckResult:
    return CheckResult(check.name, State.UNSPECIFIED, check.is_required, 0, message)
