"""Applies patches in TerminusDB's form to JSON values; `json_diff.py` says what they look like.

A place that is not as the patch expects is a conflict, `{"@op": "Conflict",
"@expected": …, "@found": …}`; the conflicts of an object are an object of its members,
those of an array an array with null where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oms_core.errors import InvalidPatch

from svc_datakernel.domain.graph.json_values import equal, is_array, is_object


@dataclass(frozen=True, slots=True)
class Patched:
    """What became of a value: `conflict` is None when the patch fitted."""

    value: Any
    conflict: Any = None


def patch(value: Any, change: Any, *, match_final_state: bool = False) -> Patched:
    """Applies a patch.

    Args:
        value, change: As `parse_exact` parses them. null stands for a member that is not there.
        match_final_state: A place that is already as the patch leaves it is no conflict.
    Raises:
        InvalidPatch: it is no patch.
    """
    return _Patcher(match_final_state).apply(change, value)


@dataclass(frozen=True, slots=True)
class _Patcher:
    is_final_fine: bool

    def apply(self, change: Any, value: Any) -> Patched:
        if is_array(change):
            return self._items(change, value)
        if not is_object(change):
            return self._swap_value(value, change, change)
        if "@op" in change:
            return self._operation(change, value)
        if is_object(value):
            return self._members(change, value)
        if value is None:
            return self._members(change, {})
        return _conflict(change, value)

    def _members(self, change: Mapping[str, Any], value: Mapping[str, Any]) -> Patched:
        members: dict[str, Any] = dict(value)
        conflicts: dict[str, Any] = {}
        for key, inner in change.items():
            patched = self.apply(inner, value.get(key))
            members[key] = patched.value
            if patched.conflict is not None:
                conflicts[key] = patched.conflict
        return Patched(members, conflicts or None)

    def _items(self, changes: Sequence[Any], value: Any) -> Patched:
        if not is_array(value) or len(value) < len(changes):
            return _conflict(changes, value)
        patched = [self.apply(one, item) for one, item in zip(changes, value, strict=False)]
        kept = [Patched(item) for item in value[len(changes) :]]
        return _together(patched + kept)

    def _operation(self, change: Mapping[str, Any], value: Any) -> Patched:
        operation = change["@op"]
        if operation == "SwapValue":
            return self._swap_value(value, _part(change, "@before"), _part(change, "@after"))
        if operation == "ForceValue":
            return Patched(_part(change, "@after"))
        if operation == "KeepList":
            return Patched(value)
        if operation in ("CopyList", "SwapList", "PatchList"):
            if not is_array(value):
                return _conflict(change, value)
            return self._list(operation, change, value)
        raise _invalid(f"{operation!r} is no operation of a patch")

    def _list(self, operation: str, change: Mapping[str, Any], value: Sequence[Any]) -> Patched:
        if operation == "CopyList":
            count = _count(change)
            head = Patched(list(value[:count]))
            is_short = len(value) < count
        elif operation == "PatchList":
            changes = _array(change, "@patch")
            count = len(changes)
            is_short = len(value) < count
            head = _conflict(changes, value) if is_short else self._items(changes, value[:count])
        else:
            before, after = _array(change, "@before"), _array(change, "@after")
            count, head = self._swap_list(value, before, after)
            is_short = False
        if is_short:
            return _conflict(change, value)
        rest = self.apply(change.get("@rest", {"@op": "KeepList"}), list(value[count:]))
        return _joined(head, rest)

    def _swap_value(self, value: Any, before: Any, after: Any) -> Patched:
        if equal(value, before) or (self.is_final_fine and equal(value, after)):
            return Patched(after)
        return Patched(value, {"@op": "Conflict", "@expected": before, "@found": value})

    def _swap_list(
        self, value: Sequence[Any], before: Sequence[Any], after: Sequence[Any]
    ) -> tuple[int, Patched]:
        """How many items were looked at, and what became of them."""
        found = list(value[: len(before)])
        if equal(found, list(before)):
            return len(before), Patched(list(after))
        if self.is_final_fine and equal(list(value[: len(after)]), list(after)):
            return len(after), Patched(list(after))
        if len(found) < len(before):
            return len(found), _conflict(list(before), found)
        conflicts = [
            None if equal(one, other) else _conflict(other, one).conflict
            for one, other in zip(found, before, strict=True)
        ]
        return len(before), Patched(found, conflicts)


def _together(patched: Sequence[Patched]) -> Patched:
    values = [one.value for one in patched]
    if all(one.conflict is None for one in patched):
        return Patched(values)
    return Patched(values, [one.conflict for one in patched])


def _joined(head: Patched, rest: Patched) -> Patched:
    if not is_array(rest.value):
        return rest
    values = [*head.value, *rest.value]
    if head.conflict is None and rest.conflict is None:
        return Patched(values)
    return Patched(values, [*_conflicts(head), *_conflicts(rest)])


def _conflicts(patched: Patched) -> Sequence[Any]:
    if patched.conflict is None:
        return [None] * len(patched.value)
    return patched.conflict if is_array(patched.conflict) else [patched.conflict]


def _conflict(expected: Any, found: Any) -> Patched:
    return Patched(found, {"@op": "Conflict", "@expected": expected, "@found": found})


def _part(change: Mapping[str, Any], name: str) -> Any:
    if name not in change:
        raise _invalid(f"a {change['@op']} needs {name}")
    return change[name]


def _array(change: Mapping[str, Any], name: str) -> Sequence[Any]:
    part = _part(change, name)
    if not is_array(part):
        raise _invalid(f"{name} of a {change['@op']} is an array")
    return part


def _count(change: Mapping[str, Any]) -> int:
    text = str(_part(change, "@to"))
    if not text.isdecimal():
        raise _invalid(f"@to of a {change['@op']} is a number of items")
    return int(text)


def _invalid(why: str) -> InvalidPatch:
    return InvalidPatch(f"the patch can't be understood: {why}")
