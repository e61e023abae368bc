"""Calls that go on while something happens to what answers them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from oms_testing.e2e_errors import ApiError

Make = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not go well."""

    kind: str
    error: ApiError
    at_s: float
    took_s: float

    def __str__(self) -> str:
        retry = "" if self.error.has_retry_info else ", without RetryInfo"
        return f"{self.kind} after {self.took_s:.2f} s: {self.error}{retry}"


@dataclass(slots=True)
class Outcomes:
    """How calls went, by kind of call."""

    succeeded: Counter[str] = field(default_factory=Counter[str])
    failures: list[Failure] = field(default_factory=list[Failure])
    slowest_s: dict[str, float] = field(default_factory=dict[str, float])
    began: float = field(default_factory=time.monotonic)
    _grew: asyncio.Event = field(default_factory=asyncio.Event)

    async def more(self, count: int = 1) -> None:
        """Waits until every kind of call has succeeded some more times."""
        wanted = {kind: done + count for kind, done in self.succeeded.items()}
        while any(self.succeeded[kind] < least for kind, least in wanted.items()):
            self._grew.clear()
            await self._grew.wait()

    def untyped(self) -> list[str]:
        """Failures that tell a caller too little about being without something for a while."""
        return [
            str(failure)
            for failure in self.failures
            if failure.error.code not in {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
            or not failure.error.reason
            or (failure.error.code == "UNAVAILABLE" and not failure.error.has_retry_info)
        ]

    async def call(self, kind: str, make: Make) -> None:
        """Makes one call and keeps how it went."""
        start = time.monotonic()
        try:
            await make()
        except (ApiError, httpx.HTTPError) as exc:
            took_s = time.monotonic() - start
            error = exc if isinstance(exc, ApiError) else _without_answer(exc)
            self.failures.append(Failure(kind, error, start - self.began, took_s))
        else:
            self.succeeded[kind] += 1
            took_s = time.monotonic() - start
            self._grew.set()
        self.slowest_s[kind] = max(took_s, self.slowest_s.get(kind, 0.0))


def _without_answer(error: httpx.HTTPError) -> ApiError:
    return ApiError(None, http_status=0, text=repr(error))


@asynccontextmanager
async def steady_calls(
    kinds: Mapping[str, Make], *, callers: int = 1, pause_s: float = 0.05
) -> AsyncGenerator[Outcomes]:
    """Makes calls of each kind, one after the other in each caller, until the block ends; then
    waits for those under way.

    Args:
        kinds: Makes a call, by the name of its kind.
        callers: Of each kind.
        pause_s: Between two calls of a caller, in seconds.
    """
    outcomes, over = Outcomes(Counter(dict.fromkeys(kinds, 0))), asyncio.Event()

    async def go_on(kind: str, make: Make) -> None:
        while not over.is_set():
            await outcomes.call(kind, make)
            await asyncio.sleep(pause_s)

    async with asyncio.TaskGroup() as group:
        for kind, make in kinds.items():
            for _ in range(callers):
                group.create_task(go_on(kind, make))
        try:
            yield outcomes
        finally:
            over.set()
