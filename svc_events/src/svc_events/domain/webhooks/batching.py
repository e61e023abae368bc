"""How queued events are put together into requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

MAX_BATCH_BYTES: Final = 1024 * 1024
"""Largest request of several events, by the size that they have in the queue. A single
event is sent however large it is."""

_T = TypeVar("_T")


def batches(items: Iterable[_T], size_of: Callable[[_T], int], *, most: int) -> Iterator[list[_T]]:
    """Cuts items, in their order, into batches within both limits."""
    batch: list[_T] = []
    total = 0
    for item in items:
        size = size_of(item)
        if batch and (len(batch) == most or total + size > MAX_BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += size
    if batch:
        yield batch
