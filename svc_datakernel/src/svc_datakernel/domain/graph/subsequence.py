"""The longest common subsequence of two arrays, as runs of equal items."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from svc_datakernel.domain.graph.json_values import key_of

_MOST_CELLS: Final = 1_000_000


class Run(NamedTuple):
    """So many items that are the same, from `before` in one array and `after` in the other."""

    before: int
    after: int
    length: int


def common_runs(before: Sequence[Any], after: Sequence[Any]) -> list[Run]:
    """Runs in order, with one of no items at the start where none is; exact up to a million
    pairs of items, beyond that a good one, in time that stays bounded."""
    left, right = _numbered(before, after)
    start = _equal_items(left, right)
    end = _equal_items(left[start:][::-1], right[start:][::-1])
    middle_left, middle_right = left[start : len(left) - end], right[start : len(right) - end]
    pairs = [(index, index) for index in range(start)]
    pairs += [(start + old, start + new) for old, new in _pairs(middle_left, middle_right)]
    pairs += [(len(left) - rest, len(right) - rest) for rest in range(end, 0, -1)]
    return _runs(pairs)


def _numbered(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[int], list[int]]:
    """Items by number: equal ones have equal numbers."""
    numbers: dict[bytes, int] = {}
    left = [numbers.setdefault(key_of(item), len(numbers)) for item in before]
    right = [numbers.setdefault(key_of(item), len(numbers)) for item in after]
    return left, right


def _equal_items(left: Sequence[int], right: Sequence[int]) -> int:
    shorter = min(len(left), len(right))
    pairs = enumerate(zip(left, right, strict=False))
    return next((index for index, (old, new) in pairs if old != new), shorter)


def _pairs(left: list[int], right: list[int]) -> list[tuple[int, int]]:
    if len(left) * len(right) > _MOST_CELLS:
        return _pairs_of_many(left, right)
    # lengths[i][j]: of the longest common subsequence of left[i:] and right[j:].
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        row, below = lengths[i], lengths[i + 1]
        for j in range(len(right) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if left[i] == right[j] else max(below[j], row[j + 1])
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] == right[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _pairs_of_many(left: list[int], right: list[int]) -> list[tuple[int, int]]:
    # Only items that are once on each side: what is rare tells most. Their longest common
    # subsequence is the longest rising one of their places on the other side.
    rare = _once(left) & _once(right)
    places = {item: index for index, item in enumerate(right) if item in rare}
    candidates = [(index, places[item]) for index, item in enumerate(left) if item in rare]
    return _longest_rise(candidates)


def _longest_rise(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs whose second numbers rise."""
    ends: list[int] = []  # the smallest last number of a rise of each length
    holders: list[int] = []
    earlier: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        earlier.append(holders[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        holders[length : length + 1] = [index]
    found: list[tuple[int, int]] = []
    index = holders[-1] if holders else -1
    while index >= 0:
        found.append(pairs[index])
        index = earlier[index]
    return found[::-1]


def _once(items: Sequence[int]) -> set[int]:
    seen: set[int] = set()
    twice: set[int] = set()
    for item in items:
        (twice if item in seen else seen).add(item)
    return seen - twice


def _runs(pairs: Sequence[tuple[int, int]]) -> list[Run]:
    runs = [Run(0, 0, 0)]
    for old, new in pairs:
        last = runs[-1]
        if (old, new) == (last.before + last.length, last.after + last.length):
            runs[-1] = Run(last.before, last.after, last.length + 1)
        else:
            runs.append(Run(old, new, 1))
    return runs
