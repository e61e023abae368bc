"""Stopping a thread at a certain place, to look at what others see meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

PATIENCE_S = 60.0


@contextmanager
def held(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, after: bool = False
) -> Iterator[threading.Event]:
    """Holds the first call of a function until the block ends; the event says that it is held.

    Args:
        after: Once it has done its work, and not before.
    """
    reached, let_go = threading.Event(), threading.Event()
    original = getattr(owner, name)

    def hold() -> None:
        if not reached.is_set():
            reached.set()
            assert let_go.wait(PATIENCE_S)

    def call(*args: Any, **options: Any) -> Any:
        if not after:
            hold()
        found = original(*args, **options)
        if after:
            hold()
        return found

    monkeypatch.setattr(owner, name, call)
    try:
        yield reached
    finally:
        let_go.set()
