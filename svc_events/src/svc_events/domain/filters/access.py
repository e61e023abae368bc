"""What has to hold of an event for a filter to be true, in conditions that an index can look up.

A cover of a filter is a set of keys, one of which holds whenever the filter is true. The index
looks at a filter only when one does, so a cover may say too much, never too little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from svc_events.domain.cesql import Primitive
from svc_events.domain.events import REQUIRED

MAX_FIXED_LENGTH: Final = 64
"""Characters of a prefix or suffix that the index looks up; what is longer is cut."""


class KeyKind(Enum):
    """Which condition."""

    TEXT = auto()
    """The attribute's canonical text is the value."""
    INTEGER = auto()
    """The attribute, cast to Integer, is the value."""
    BOOLEAN = auto()
    """The attribute, cast to Boolean, is the value."""
    PREFIX = auto()
    """The attribute's text begins with the value."""
    SUFFIX = auto()
    """The attribute's text ends with the value."""
    PRESENT = auto()
    """The attribute is there; the value says nothing."""


@dataclass(frozen=True, slots=True)
class Key:
    """A condition on one attribute."""

    kind: KeyKind
    attribute: str
    value: Primitive = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """Keys, one of which holds whenever a filter is true.

    Args:
        keys: None if nothing is known: the filter may be true of any event.
        is_exact: The filter is true whenever one of the keys holds, too.
    """

    keys: frozenset[Key] | None
    is_exact: bool = False


Load: TypeAlias = Callable[[Key], int]
"""How many filters are already found by a key."""

ANY: Final = Cover(None)
EVERY: Final = Cover(None, is_exact=True)
NONE: Final = Cover(frozenset(), is_exact=True)

_NO_KEYS: Final = float("inf")
_MOST_FIXED_WEIGHT: Final = 20


def key(kind: KeyKind, attribute: str, value: Primitive = "", *, is_exact: bool = False) -> Cover:
    """The cover of one key."""
    return Cover(frozenset((Key(kind, attribute, value),)), is_exact)


def prefix(attribute: str, text: str) -> Cover:
    """The cover of a prefix that is not empty."""
    is_whole = len(text) <= MAX_FIXED_LENGTH
    return key(KeyKind.PREFIX, attribute, text[:MAX_FIXED_LENGTH], is_exact=is_whole)


def suffix(attribute: str, text: str) -> Cover:
    """The cover of a suffix that is not empty."""
    is_whole = len(text) <= MAX_FIXED_LENGTH
    return key(KeyKind.SUFFIX, attribute, text[-MAX_FIXED_LENGTH:], is_exact=is_whole)


def present(attribute: str) -> Cover:
    """The cover of an attribute being there; of those that every event has it says nothing."""
    return EVERY if attribute in REQUIRED else key(KeyKind.PRESENT, attribute, is_exact=True)


def either(covers: Iterable[Cover]) -> Cover:
    """The cover of filters one of which has to be true."""
    keys: set[Key] = set()
    is_exact = True
    for cover in covers:
        if cover.keys is None:
            return EVERY if cover.is_exact else ANY
        keys |= cover.keys
        is_exact &= cover.is_exact
    return Cover(frozenset(keys), is_exact)


def both(covers: Iterable[Cover], load: Load) -> Cover:
    """The cover of filters all of which have to be true: the one that fewest events are under."""
    several = [cover for cover in covers if cover != EVERY]
    if not several:
        return EVERY
    if len(several) == 1:
        return several[0]
    best = min(several, key=lambda cover: _cost(cover, load))
    return Cover(best.keys, is_exact=best == NONE)


def _cost(cover: Cover, load: Load) -> float:
    """A guess of how many events are under a cover, to compare it with another one's.

    What many subscriptions ask for, many events are likely to be.
    """
    if cover.keys is None:
        return _NO_KEYS
    return sum(_weight(each) * (1 + load(each).bit_length()) for each in cover.keys)


def _weight(wanted: Key) -> int:
    match wanted.kind:
        case KeyKind.TEXT:
            # Of version there is one only.
            return 1 if wanted.attribute != "specversion" else 1000
        case KeyKind.INTEGER:
            return 1
        case KeyKind.PREFIX | KeyKind.SUFFIX:
            return max(_MOST_FIXED_WEIGHT - len(str(wanted.value)), 2)
        case KeyKind.BOOLEAN:
            return 25
        case KeyKind.PRESENT:
            return 50
