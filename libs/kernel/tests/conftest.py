from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from oms_devstack import Stack, starting_stack

_START = datetime(2026, 1, 1, tzinfo=UTC)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self._seconds = 1000.0

    def now(self) -> datetime:
        return _START + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        self._seconds += seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncGenerator[Stack]:
    """A stack with Valkey alone."""
    async with starting_stack(tmp_path / "data", only={"valkey"}, is_durable=False) as stack:
        await stack.ready()
        yield stack
