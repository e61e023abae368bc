"""What is run next, and with what: the queue of a model.

Not safe for threads; whoever shares one holds a lock.
Source: continuous batching by tokens as in Text Embeddings Inference,
https://github.com/huggingface/text-embeddings-inference
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from svc_embedding.domain.embedding import Priority

Payload = TypeVar("Payload")

# Of a batch that is large enough to be worth its while, padding is at most this part.
_MOST_PADDING: Final = 0.125
_WORTH_WHILE: Final = 0.25
# Where one thread serves both lanes, bulk work gets at least every fourth batch.
_BULK_TURN: Final = 4

INTERACTIVE_FIRST: Final = (Priority.INTERACTIVE, Priority.BULK)
"""Both lanes."""


class Job:
    """The texts of one call, which are answered together.

    Attributes:
        waiting: Tokens of it that wait.
        is_dropped: Whether its caller has left.
    """

    __slots__ = ("is_dropped", "lane", "waiting")

    def __init__(self, lane: Priority) -> None:
        self.lane = lane
        self.waiting = 0
        self.is_dropped = False


@dataclass(slots=True, eq=False)
class Entry(Generic[Payload]):
    """A text that waits.

    Args:
        length: Its tokens, at least 1.
    """

    job: Job
    length: int
    payload: Payload
    is_taken: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether it waits no longer."""
        return self.is_taken or self.job.is_dropped


class BatchQueue(Generic[Payload]):
    """Texts that wait for a model, and the batches they make.

    A batch begins with the text that has waited longest and takes those nearest to it in length,
    until its padded size, rows x longest row, would pass the budget, or much of it would be
    padding. A text longer than the budget is a batch of its own.

    Args:
        batch_tokens: The budget.
        queue_tokens: Most tokens that wait.
    """

    def __init__(self, *, batch_tokens: int, queue_tokens: int) -> None:
        self._lanes = {lane: _Lane[Payload](batch_tokens) for lane in Priority}
        self._queue_tokens = queue_tokens
        self._turn = 0
        self.waiting = 0

    def offer(self, job: Job, entries: Sequence[Entry[Payload]]) -> bool:
        """Adds a job's texts, all or none; says whether they were taken.

        When nothing waits they are, whatever their size.
        """
        tokens = sum(entry.length for entry in entries)
        if self.waiting and self.waiting + tokens > self._queue_tokens:
            return False
        job.waiting += tokens
        self.waiting += tokens
        for entry in entries:
            self._lanes[job.lane].add(entry)
        return True

    def drop(self, job: Job) -> None:
        """Forgets what of a job still waits. Idempotent."""
        job.is_dropped = True
        self.waiting -= job.waiting
        job.waiting = 0

    def take(self, lanes: Sequence[Priority] = INTERACTIVE_FIRST) -> list[Entry[Payload]]:
        """The next batch, the longest text first; empty when nothing waits in these lanes."""
        for lane in self._in_turn(lanes):
            batch = self._lanes[lane].take()
            for entry in batch:
                entry.job.waiting -= entry.length
                self.waiting -= entry.length
            if batch:
                return batch
        return []

    def _in_turn(self, lanes: Sequence[Priority]) -> Sequence[Priority]:
        if len(lanes) < 2:
            return lanes
        self._turn = (self._turn + 1) % _BULK_TURN
        return lanes if self._turn else tuple(reversed(lanes))


class _Lane(Generic[Payload]):
    """Texts by length, each length in the order of arrival.

    What is gone is kept no longer than what arrived before it waits.
    """

    def __init__(self, batch_tokens: int) -> None:
        self._budget = batch_tokens
        self._arrivals: deque[Entry[Payload]] = deque()
        self._buckets: dict[int, deque[Entry[Payload]]] = {}
        self._lengths: list[int] = []

    def add(self, entry: Entry[Payload]) -> None:
        self._arrivals.append(entry)
        if entry.length not in self._buckets:
            self._buckets[entry.length] = deque()
            insort(self._lengths, entry.length)
        self._buckets[entry.length].append(entry)

    def take(self) -> list[Entry[Payload]]:
        self._sweep()
        if not self._arrivals:
            return []
        batch = self._fill(self._arrivals[0])
        self._sweep()
        return sorted(batch, key=lambda entry: -entry.length)

    def _sweep(self) -> None:
        """Forgets what is gone and has nothing older before it."""
        while self._arrivals and self._arrivals[0].is_gone:
            self._without_gone(self._arrivals.popleft().length)

    def _without_gone(self, length: int) -> deque[Entry[Payload]]:
        """The texts of a length, the first of which waits; empty: there are none any more."""
        bucket = self._buckets.get(length, deque())
        while bucket and bucket[0].is_gone:
            bucket.popleft()
        if not bucket and length in self._buckets:
            self._forget(length)
        return bucket

    def _fill(self, first: Entry[Payload]) -> list[Entry[Payload]]:
        batch, tokens, longest = [first], first.length, first.length
        first.is_taken = True
        for length in self._nearest(first.length):
            top = max(longest, length)
            bucket = self._without_gone(length)
            while bucket and self._fits(len(batch) + 1, top, tokens + length):
                entry = bucket[0]
                entry.is_taken = True
                batch.append(entry)
                tokens, longest = tokens + length, top
                self._without_gone(length)
            if bucket and (len(batch) + 1) * longest > self._budget:
                break
        return batch

    def _fits(self, rows: int, longest: int, tokens: int) -> bool:
        padded = rows * longest
        if padded > self._budget:
            return False
        return padded <= self._budget * _WORTH_WHILE or padded - tokens <= padded * _MOST_PADDING

    def _nearest(self, length: int) -> list[int]:
        """The lengths that there are, the nearest first."""
        return sorted(self._lengths, key=_distance(length))

    def _forget(self, length: int) -> None:
        del self._buckets[length]
        place = bisect_left(self._lengths, length)
        del self._lengths[place]


def _distance(length: int) -> Callable[[int], int]:
    return lambda other: abs(other - length)
