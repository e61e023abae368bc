"""Which places of a document stayed as they were from one version to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from svc_datakernel.domain.graph.json_merge import pointer_part
from svc_datakernel.domain.graph.json_values import is_array, is_object, same
from svc_datakernel.domain.graph.subsequence import common_runs


def plain(value: Any) -> Any:
    """A document's expanded form as it reads: literals, references and lists without their
    wrappings, so that places are named as callers see them."""
    if is_array(value):
        return [plain(item) for item in value]
    if not is_object(value):
        return value
    if "@unit" in value:
        return []
    for wrapping in ("@value", "@json"):
        if wrapping in value:
            return value[wrapping]
    for wrapping in ("@list", "@array"):
        if wrapping in value:
            return plain(value[wrapping])
    is_reference = len(value) == 1 and "@id" in value
    return value["@id"] if is_reference else {key: plain(each) for key, each in value.items()}


def places(value: Any, at: str = "") -> Iterator[str]:
    """Yields a JSON pointer to each scalar and each empty container, in document order."""
    if is_object(value) and value:
        for key, member in value.items():
            yield from places(member, at + pointer_part(key))
    elif is_array(value) and value:
        for index, item in enumerate(value):
            yield from places(item, at + pointer_part(index))
    else:
        yield at


def unchanged(before: Any, after: Any) -> Mapping[str, str]:
    """Places of the later version that are as they were, each with the place it was at."""
    found: dict[str, str] = {}
    _compare(before, after, "", "", found)
    return found


def _compare(before: Any, after: Any, old_at: str, at: str, found: dict[str, str]) -> None:
    if same(before, after):
        found.update(zip(places(after, at), places(before, old_at), strict=True))
    elif is_object(before) and is_object(after):
        for key, member in after.items():
            if key in before:
                part = pointer_part(key)
                _compare(before[key], member, old_at + part, at + part, found)
    elif is_array(before) and is_array(after):
        _compare_items(before, after, old_at, at, found)


def _compare_items(before: Any, after: Any, old_at: str, at: str, found: dict[str, str]) -> None:
    end, end_after = 0, 0
    for start, start_after, length in [*common_runs(before, after), (len(before), len(after), 0)]:
        # Items between equal ones are compared one by one, as far as both sides have any.
        gap = zip(range(end, start), range(end_after, start_after), strict=False)
        same_items = zip(
            range(start, start + length), range(start_after, start_after + length), strict=True
        )
        for old, new in (*gap, *same_items):
            old_part, part = old_at + pointer_part(old), at + pointer_part(new)
            _compare(before[old], after[new], old_part, part, found)
        end, end_after = start + length, start_after + length
