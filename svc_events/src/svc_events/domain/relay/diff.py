"""How two versions of a document differ, field by field.

The entries are in the order in which they turn one version into the other, as in JSON Patch
(RFC 6902); values are cut out of the documents, so no number loses a digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from svc_events.domain.relay.slices import items, members


class DiffOp(Enum):
    """What happened to a field; the words are those of JSON Patch."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that differs.

    Args:
        path: JSON Pointer (RFC 6901) into the document, at the moment this entry is applied.
        before: JSON of the value it had; None for `add`.
        after: JSON of the value it has; None for `remove`.
    """

    path: str
    op: DiffOp
    before: str | None
    after: str | None


def field_diff(before: str, after: str) -> Iterator[FieldDiff]:
    """What turns one JSON value into another, entry by entry.

    Args:
        before: Sound JSON. Members may be in any order; numbers are compared as written.
        after: Sound JSON.
    """
    return _differences("", before, after)


def _differences(path: str, before: str, after: str) -> Iterator[FieldDiff]:
    if before == after:
        return
    old, new = members(before), members(after)
    if old is not None and new is not None:
        yield from _of_objects(path, old, new)
        return
    old_items, new_items = items(before), items(after)
    if old_items is not None and new_items is not None:
        yield from _of_arrays(path, old_items, new_items)
        return
    yield FieldDiff(path, DiffOp.REPLACE, before, after)


def _of_objects(path: str, before: dict[str, str], after: dict[str, str]) -> Iterator[FieldDiff]:
    for name in sorted(before.keys() | after.keys()):
        place = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
        old, new = before.get(name), after.get(name)
        if old is None:
            yield FieldDiff(place, DiffOp.ADD, None, new)
        elif new is None:
            yield FieldDiff(place, DiffOp.REMOVE, old, None)
        else:
            yield from _differences(place, old, new)


def _of_arrays(path: str, before: list[str], after: list[str]) -> Iterator[FieldDiff]:
    """What is the same at both ends stays; in between, items are compared one by one."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    for index, (was, now) in enumerate(zip(old, new, strict=False), start):
        yield from _differences(f"{path}/{index}", was, now)
    # From the back, so that no removal moves what another one names.
    for index in range(len(old) - 1, len(new) - 1, -1):
        yield FieldDiff(f"{path}/{start + index}", DiffOp.REMOVE, old[index], None)
    for index in range(len(old), len(new)):
        yield FieldDiff(f"{path}/{start + index}", DiffOp.ADD, None, new[index])


def _common(one: list[str], other: list[str]) -> int:
    """How many items two lists begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
