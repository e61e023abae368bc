"""How alike two strings are.

Source: G. Stoilos, G. Stamou, S. Kollias, "A String Metric for Ontology Alignment", ISWC
2005, with Winkler's bonus for a common beginning.
"""

from __future__ import annotations

from collections.abc import Callable

_HAMACHER = 0.6
_SHORTEST_COMMON = 3
_PREFIX_MOST = 4
_PREFIX_WEIGHT = 0.1


def similarity(left: str, right: str, step: Callable[[], None]) -> float:
    """From 0 for nothing in common to 1 for equal, without regard to case, `.`, `_` and space.

    Args:
        step: Called as it goes on, so that it can be stopped.
    """
    first, second = _normalised(left), _normalised(right)
    if not first and not second:
        return 1.0
    if not first or not second:
        return 0.0
    common = _common_length(first, second, step)
    commonality = 2.0 * common / (len(first) + len(second))
    bonus = _prefix_length(first, second) * _PREFIX_WEIGHT * (1 - commonality)
    return (commonality - _difference(first, second, common) + bonus + 1) / 2


def _normalised(text: str) -> str:
    return "".join(c for c in text.lower() if c not in "._ ")


def _difference(first: str, second: str, common: int) -> float:
    rest_first = (len(first) - common) / len(first)
    rest_second = (len(second) - common) / len(second)
    total, product = rest_first + rest_second, rest_first * rest_second
    if total == product:
        return 0.0
    return product / (_HAMACHER + (1 - _HAMACHER) * (total - product))


def _prefix_length(first: str, second: str) -> int:
    length = 0
    while length < min(_PREFIX_MOST, len(first), len(second)) and first[length] == second[length]:
        length += 1
    return length


def _common_length(first: str, second: str, step: Callable[[], None]) -> int:
    """The total of the longest common substrings, each taken out before the next is looked for."""
    common = 0
    while first and second:
        start, other, size = _longest_common(first, second, step)
        if size < _SHORTEST_COMMON:
            return common
        common += size
        first = first[:start] + first[start + size :]
        second = second[:other] + second[other + size :]
    return common


def _longest_common(first: str, second: str, step: Callable[[], None]) -> tuple[int, int, int]:
    """Where the first longest common substring starts in both, and its length."""
    best = (0, 0, 0)
    previous = [0] * (len(second) + 1)
    for end, char in enumerate(first, 1):
        current = [0] * (len(second) + 1)
        for other, candidate in enumerate(second, 1):
            if char == candidate:
                size = current[other] = previous[other - 1] + 1
                if size > best[2]:
                    best = (end - size, other - size, size)
        previous = current
        step()
    return best
