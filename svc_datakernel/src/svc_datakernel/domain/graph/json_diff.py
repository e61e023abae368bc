"""Differences of two JSON values as patches in TerminusDB's form.

    {"@op": "SwapValue", "@before": …, "@after": …}   one value for another, null for none
    {"name": <patch>, …}        an object: members that differ, what was asked to be kept, and `@id`
    {"@op": "KeepList"}                                           the rest of an array stays
    {"@op": "CopyList", "@to": n, "@rest": <patch>}               n items stay
    {"@op": "SwapList", "@before": […], "@after": […], "@rest": <patch>}    items for others
    {"@op": "PatchList", "@patch": [<patch>, …], "@rest": <patch>}          items changed in place
    [<patch>, …]                                                  each item changed in place

An array's patch is found by the longest common subsequence of its items and then
by a search for one that costs less, in bounded time; whatever is found is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from oms_core.errors import FieldViolation, InvalidField

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph.json_values import ABSENT, is_array, is_object, same, size_of
from svc_datakernel.domain.graph.subsequence import common_runs

Patch: TypeAlias = Any

_MOST_STEPS: Final = 20_000  # of the search for a cheaper patch, over one comparison
_MOST_SEARCHED: Final = 64  # items of an array that is searched
_MOST_RUNS: Final = 100  # each is a level of the patch


class _Found(NamedTuple):
    """A patch and what it costs; None for values that are the same."""

    patch: Patch | None
    cost: int


@dataclass(slots=True)
class _Search:
    copy_value: bool
    steps: int = field(default=_MOST_STEPS)


class _TooCostly(Exception):
    """A search can't get below what was found already."""


def diff(
    before: Any, after: Any, *, keep: Mapping[str, Any] | None = None, copy_value: bool = False
) -> Patch:
    """The patch that makes one value of another; `{}` for objects that are the same.

    Args:
        before, after: As `parse_exact` parses them.
        keep: Members to copy into the patch (`{"name": true}`), which must not differ.
        copy_value: Also write what stays in arrays, as `@value`.
    Raises:
        InvalidField: a member to keep, or the document's `@id`, differs.
    """
    search = _Search(copy_value)
    if is_object(before) and is_object(after):
        return _object(before, after, keep or {}, search, is_inner=False).patch
    found = _value(before, after, keep or {}, search)
    return {} if found.patch is None else found.patch


def is_empty(patch: Patch) -> bool:
    """Whether a patch changes nothing."""
    if is_array(patch):
        return all(is_empty(item) for item in patch)
    if not is_object(patch):
        return True
    if "@op" in patch:
        return patch["@op"] == "KeepList"
    return all(is_empty(member) for member in patch.values())


def _value(before: Any, after: Any, keep: Mapping[str, Any], search: _Search) -> _Found:
    if is_object(before) and is_object(after):
        return _object(before, after, keep, search, is_inner=True)
    if is_array(before) and is_array(after):
        return _array(before, after, search)
    if same(before, after):
        return _Found(None, 0)
    return _Found({"@op": "SwapValue", "@before": before, "@after": after}, 1)


def _object(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    keep: Mapping[str, Any],
    search: _Search,
    *,
    is_inner: bool,
) -> _Found:
    patch: dict[str, Patch] = {}
    cost = 0
    for key in (*before, *(key for key in after if key not in before)):
        old, new = before.get(key, ABSENT), after.get(key, ABSENT)
        if keep.get(key) is True or (key == "@id" and not is_inner):
            patch[key] = _kept(key, old, new)
            continue
        if key == "@id":
            continue
        inner = keep.get(key)
        found = _member(old, new, inner if is_object(inner) else {}, search)
        cost += found.cost
        if found.patch is not None and not _keeps_list(found.patch):
            patch[key] = found.patch
    return _Found(patch, cost)


def _member(old: Any, new: Any, keep: Mapping[str, Any], search: _Search) -> _Found:
    if old is ABSENT:
        return _Found({"@op": "SwapValue", "@before": None, "@after": new}, 1)
    if new is ABSENT:
        return _Found({"@op": "SwapValue", "@before": old, "@after": None}, 1)
    found = _value(old, new, keep, search)
    # An object without a difference needs no place in the patch, unless something is kept.
    return _Found(None, found.cost) if found.patch == {} else found


def _kept(key: str, old: Any, new: Any) -> Any:
    if old is ABSENT or new is ABSENT or not same(old, new):
        why = f"{key!r} has to stay as it is and differs between the two documents"
        raise InvalidField(
            f"keep: {why}",
            metadata={"api_error": "api:ExplicitlyCopiedKeyError", "key": key},
            fields=[FieldViolation("keep", why)],
        )
    return new


def _keeps_list(patch: Patch) -> bool:
    return is_object(patch) and patch.get("@op") == "KeepList"


def _array(before: Sequence[Any], after: Sequence[Any], search: _Search) -> _Found:
    runs = _along_runs(before, after, search)
    try:
        return _cheaper(before, after, runs.cost, search)
    except _TooCostly:
        return runs


def _along_runs(before: Sequence[Any], after: Sequence[Any], search: _Search) -> _Found:
    """The patch that keeps the longest common subsequence."""
    patch, cost = _keep_list((), search), 1
    end_before, end_after = len(before), len(after)
    is_tail = True
    found = common_runs(before, after)
    # What lies between the first and the last difference is then swapped as one.
    runs = found if len(found) <= _MOST_RUNS else [found[0], found[-1]]
    for start, start_after, count in reversed(runs):
        gap_before = before[start + count : end_before]
        gap_after = after[start_after + count : end_after]
        if gap_after:
            patch, cost = _swap([], gap_after, patch), cost + size_of(gap_after) + 1
        if gap_before:
            patch, cost = _swap(gap_before, [], patch), cost + size_of(gap_before) + 1
        kept = before[start : start + count]
        if kept and is_tail and not gap_before and not gap_after:
            patch = _keep_list(kept, search)
        elif kept:
            patch, cost = _copy_list(kept, patch, search), cost + 1
        is_tail = False
        end_before, end_after = start, start_after
    return _Found(patch, cost)


def _cheaper(before: Sequence[Any], after: Sequence[Any], bound: int, search: _Search) -> _Found:
    """The first patch of the search that costs less than the bound.

    Raises:
        _TooCostly: there is none, or it would take too long.
    """
    search.steps -= 1
    if bound <= 1 or search.steps < 0:
        raise _TooCostly
    whole = _whole(before, after, bound, search)
    if whole is not None:
        if is_object(whole.patch) and whole.patch["@op"] == "SwapList":
            return _Found({**whole.patch, "@rest": _keep_list((), search)}, whole.cost)
        return whole
    if max(len(before), len(after)) > _MOST_SEARCHED:
        raise _TooCostly
    common = _common_prefix(before, after)
    for count in range(len(before), -1, -1):
        for count_after in range(len(after), -1, -1):
            if count == count_after and count <= common and count > 0:
                found = _copied(before, after, count, bound, search)
            elif count != count_after and count and count_after:
                continue  # there is no patch of so many items to so many others
            elif (count, count_after) in ((0, 0), (len(before), len(after))):
                continue
            else:
                found = _replaced(before, after, (count, count_after), bound, search)
            if found is not None:
                return found
    raise _TooCostly


def _copied(
    before: Sequence[Any], after: Sequence[Any], count: int, bound: int, search: _Search
) -> _Found | None:
    try:
        rest = _cheaper(before[count:], after[count:], bound - 1, search)
    except _TooCostly:
        return None
    return _Found(_copy_list(before[:count], rest.patch, search), rest.cost + 1)


def _replaced(
    before: Sequence[Any],
    after: Sequence[Any],
    counts: tuple[int, int],
    bound: int,
    search: _Search,
) -> _Found | None:
    head = _whole(before[: counts[0]], after[: counts[1]], bound - 3, search)
    if head is None:
        return None
    try:
        rest = _cheaper(before[counts[0] :], after[counts[1] :], bound - head.cost - 2, search)
    except _TooCostly:
        return None
    if is_array(head.patch):
        patch = {"@op": "PatchList", "@patch": head.patch, "@rest": rest.patch}
    else:
        patch = {**(head.patch or {}), "@rest": rest.patch}
    return _Found(patch, head.cost + rest.cost + 2)


def _whole(
    before: Sequence[Any], after: Sequence[Any], bound: int, search: _Search
) -> _Found | None:
    """The patch of two arrays taken as one piece, without its rest; None where there is none."""
    found: _Found | None = None
    if not before or not after:
        is_same = len(before) == len(after)
        cost = 1 if is_same else size_of(before or after) + 1
        patch = _keep_list((), search) if is_same else _swap(before, after, None)
        found = _Found(patch, cost)
    elif len(before) == len(after):
        found = (
            _Found(_keep_list(before, search), 1)
            if same(before, after)
            else _item_by_item(before, after, bound, search)
        )
    return found if found is not None and found.cost < bound else None


def _item_by_item(
    before: Sequence[Any], after: Sequence[Any], bound: int, search: _Search
) -> _Found | None:
    patches: list[Patch] = []
    cost = 0
    for old, new in zip(before, after, strict=True):
        search.steps -= 1
        # Items that stay are told by CopyList: a patch of items has one for each.
        is_other = (
            is_object(old)
            and is_object(new)
            and not same(old.get("@id", ABSENT), new.get("@id", ABSENT))
        )
        found = _value(old, new, {}, search)
        cost += found.cost
        if is_other or found.patch is None or cost >= bound or search.steps < 0:
            return None
        patches.append(found.patch)
    return _Found(patches, cost)


def _common_prefix(before: Sequence[Any], after: Sequence[Any]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    shorter = min(len(before), len(after))
    return next((index for index, (old, new) in pairs if not same(old, new)), shorter)


def _keep_list(items: Sequence[Any], search: _Search) -> dict[str, Any]:
    kept: dict[str, Any] = {"@op": "KeepList"}
    return kept | {"@value": list(items)} if search.copy_value else kept


def _copy_list(items: Sequence[Any], rest: Patch, search: _Search) -> dict[str, Any]:
    copied: dict[str, Any] = {"@op": "CopyList", "@to": Number(str(len(items)))}
    copied["@rest"] = rest
    return copied | {"@value": list(items)} if search.copy_value else copied


def _swap(before: Sequence[Any], after: Sequence[Any], rest: Patch | None) -> dict[str, Any]:
    swapped: dict[str, Any] = {"@op": "SwapList", "@before": list(before), "@after": list(after)}
    return swapped if rest is None else swapped | {"@rest": rest}
