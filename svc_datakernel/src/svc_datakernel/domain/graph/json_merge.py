"""The three-way merge of JSON values, member by member and item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from svc_datakernel.domain.graph.json_values import (
    ABSENT,
    Absent,
    is_array,
    is_object,
    key_of,
    same,
)
from svc_datakernel.domain.graph.subsequence import common_runs


@dataclass(frozen=True, slots=True)
class JsonConflict:
    """A place, as a JSON pointer, that both sides changed differently; `ABSENT` for nothing."""

    pointer: str
    base: Any
    target: Any
    source: Any


@dataclass(frozen=True, slots=True)
class JsonMerge:
    """A merged value, with the target's where there is a conflict."""

    value: Any
    conflicts: Sequence[JsonConflict]


class _Region(NamedTuple):
    """A stretch of three arrays between what all have in common."""

    base: Sequence[Any]
    target: Sequence[Any]
    source: Sequence[Any]


def merge(base: Any, target: Any, source: Any, *, are_arrays_sets: bool = False) -> JsonMerge:
    """Merges what two sides made of a value.

    Args:
        base, target, source: As `parse_exact` parses them; `ABSENT` for nothing.
        are_arrays_sets: Arrays are sets, as in the expanded form: their order means nothing,
            and objects in them with the same `@id` are the same thing.
    """
    merger = _Merger(are_arrays_sets)
    value = merger.merge(base, target, source, "")
    return JsonMerge(value, merger.conflicts)


def pointer_part(key: str | int) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return "/" + str(key).replace("~", "~0").replace("/", "~1")


@dataclass(slots=True)
class _Merger:
    are_arrays_sets: bool
    conflicts: list[JsonConflict] = field(default_factory=list[JsonConflict])

    def merge(self, base: Any, target: Any, source: Any, at: str) -> Any:
        if _same(target, source) or _same(base, source):
            return target
        if _same(base, target):
            return source
        if is_object(target) and is_object(source) and (is_object(base) or base is ABSENT):
            return self._members({} if isinstance(base, Absent) else base, target, source, at)
        if self.are_arrays_sets and (is_array(target) or is_array(source) or is_array(base)):
            return self._sets(base, target, source, at)
        if is_array(base) and is_array(target) and is_array(source):
            return self._arrays(base, target, source, at)
        return self._conflict(base, target, source, at)

    def _conflict(self, base: Any, target: Any, source: Any, at: str) -> Any:
        self.conflicts.append(JsonConflict(at, base, target, source))
        return target

    def _members(
        self, base: Mapping[str, Any], target: Mapping[str, Any], source: Mapping[str, Any], at: str
    ) -> Any:
        # A literal or a reference is one thing: half of it from each side would be neither.
        if self.are_arrays_sets and any(_is_whole(each) for each in (base, target, source)):
            return self._conflict(base or ABSENT, target, source, at)
        merged: dict[str, Any] = {}
        for key in dict.fromkeys((*target, *source)):
            sides = [each.get(key, ABSENT) for each in (base, target, source)]
            value = self._member(key, sides, at + pointer_part(key))
            if value is not ABSENT:
                merged[key] = value
        return merged

    def _member(self, key: str, sides: Sequence[Any], at: str) -> Any:
        base, target, source = sides
        if self.are_arrays_sets and key == "@list" and all(map(is_array, sides)):
            return self._arrays(base, target, source, at)
        return self.merge(base, target, source, at)

    def _sets(self, base: Any, target: Any, source: Any, at: str) -> Any:
        bases, targets, sources = (_by_name(each) for each in (base, target, source))
        merged: dict[bytes, Any] = {}
        for name in sorted({*targets, *sources}):
            old, ours, theirs = (each.get(name, ABSENT) for each in (bases, targets, sources))
            value = self.merge(old, ours, theirs, at)
            if value is not ABSENT:
                merged[name] = value
        values = sorted(merged.values(), key=key_of)
        if not values:
            return ABSENT
        return values if len(values) > 1 else values[0]

    def _arrays(
        self, base: Sequence[Any], target: Sequence[Any], source: Sequence[Any], at: str
    ) -> Any:
        merged: list[Any] = []
        for region in _regions(base, target, source):
            merged += self._region(region, at, len(merged))
        return merged

    def _region(self, region: _Region, at: str, index: int) -> Sequence[Any]:
        base, target, source = (list(side) for side in region)
        if same(target, source) or same(base, source):
            return target
        if same(base, target):
            return source
        if len(base) == len(target) == len(source):
            items = enumerate(zip(base, target, source, strict=True), index)
            return [
                self.merge(old, ours, theirs, at + pointer_part(place))
                for place, (old, ours, theirs) in items
            ]
        return self._conflict(base, target, source, at + pointer_part(index))


def _regions(
    base: Sequence[Any], target: Sequence[Any], source: Sequence[Any]
) -> Iterator[_Region]:
    """What lies between items that are in all three, and those items, in order."""
    in_target = _places(base, target)
    in_source = _places(base, source)
    start = (0, 0, 0)
    for place in range(len(base) + 1):
        is_end = place == len(base)
        if not is_end and (place not in in_target or place not in in_source):
            continue
        ends = (
            (place, len(target), len(source))
            if is_end
            else (place, in_target[place], in_source[place])
        )
        yield _Region(
            base[start[0] : ends[0]], target[start[1] : ends[1]], source[start[2] : ends[2]]
        )
        if not is_end:
            common = base[place : place + 1]
            yield _Region(common, common, common)
            start = (ends[0] + 1, ends[1] + 1, ends[2] + 1)


def _places(base: Sequence[Any], other: Sequence[Any]) -> Mapping[int, int]:
    return {
        run.before + step: run.after + step
        for run in common_runs(base, other)
        for step in range(run.length)
    }


def _same(left: Any, right: Any) -> bool:
    if left is ABSENT or right is ABSENT:
        return left is right
    return same(left, right)


def _is_whole(value: Mapping[str, Any]) -> bool:
    is_reference = "@id" in value and len(value) == 1
    return is_reference or any(key in value for key in ("@value", "@array", "@json", "@unit"))


def _by_name(value: Any) -> Mapping[bytes, Any]:
    """The members of a set by what makes them the same: their `@id` if they have one."""
    if isinstance(value, Absent):
        return {}
    members: Sequence[Any] = value if is_array(value) else [value]
    return {
        key_of(member["@id"] if is_object(member) and "@id" in member else member): member
        for member in members
    }
