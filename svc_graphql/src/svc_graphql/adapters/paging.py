"""Pages of objects: how many, in what order, and from where to where."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from oms.object.v1 import filter_pb2, object_pb2
from oms_core.errors import InvalidField

from svc_graphql.domain.execution.requests import Paging

MAX_PAGE: Final = 1_000
_DEFAULT_PAGE: Final = 100
_MAX_INDEX: Final = 1_000_000


def orders(paging: Paging) -> list[filter_pb2.Order]:
    """The order, as the request has it."""
    return [
        filter_pb2.Order(property=one.property, descending=one.is_descending)
        for one in paging.order
    ]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a list: `count` objects from the one with index `start` on.

    With `is_from_end` the last `count` ones, but none before `start`. `commit_id` is the commit
    that cursors name, empty without one.
    """

    start: int
    count: int
    is_from_end: bool
    commit_id: str


def span_of(
    *, first: int | None, after: str, last: int | None, before: str, default: int = _DEFAULT_PAGE
) -> Span:
    """The part that the arguments of a connection ask for.

    Args:
        default: How many without `first` and `last`.
    Raises:
        InvalidField: more than there may be, from both ends at once, or a cursor is none.
    """
    if first is not None and last is not None:
        raise InvalidField.of("last", "can't be used together with first; ask for one of them")
    start, after_commit = _parsed(after, "after") if after else (0, "")
    stop, before_commit = _parsed(before, "before") if before else (None, "")
    if after_commit and before_commit and after_commit != before_commit:
        raise InvalidField.of("before", "is a cursor of another commit than after")
    commit_id = after_commit or before_commit
    room = MAX_PAGE if stop is None else max(0, stop - 1 - start)
    if last is None:
        wanted = default if first is None else _checked(first, "first")
        return Span(start, min(wanted, room), False, commit_id)
    count = min(_checked(last, "last"), room)
    if stop is None:
        return Span(start, count, True, commit_id)
    return Span(stop - 1 - count, count, False, commit_id)


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a list.

    Attributes:
        objects: The objects of the span, in order.
        start: How many there are before them.
        total: How many there are in all.
        answer: The last answer.
    """

    objects: list[object_pb2.Object]
    start: int
    total: int
    answer: Any

    @property
    def has_next(self) -> bool:
        """Whether there are more after them."""
        return self.start + len(self.objects) < self.total


async def read_span(asked: Any, span: Span, call: Callable[[Any], Awaitable[Any]]) -> Found:
    """Reads a span by as many calls as it takes: an answer holds at most 1 MiB.

    Args:
        asked: Of `ListObjects` or `SearchObjects`.
        call: Calls it.
    """
    found: list[object_pb2.Object] = []
    asked.from_end = span.is_from_end
    while True:
        asked.skip = len(found) + (0 if span.is_from_end else span.start)
        asked.page_size = max(1, span.count - len(found))
        answer = await call(asked)
        total, there = answer.total_size, list(answer.objects)
        found = there + found if span.is_from_end else found + there
        if not there or len(found) >= min(span.count, total - span.start):
            break
    if not span.is_from_end:
        return Found(found[: span.count], min(span.start, total), total, answer)
    start = min(total, max(span.start, total - min(span.count, len(found))))
    kept = found[len(found) - (total - start) :] if start < total else []
    return Found(kept, start, total, answer)


def _checked(count: int, field: str) -> int:
    if not 0 <= count <= MAX_PAGE:
        raise InvalidField.of(field, f"{count} is not within 0 and {MAX_PAGE}")
    return count


def cursors_at(start: int, count: int, commit_id: str) -> list[str]:
    """Cursors of objects from an index on: each tells how many there are up to its own."""
    return [
        base64.urlsafe_b64encode(f"{index}:{commit_id}".encode()).decode().rstrip("=")
        for index in range(start + 1, start + count + 1)
    ]


def _parsed(cursor: str, field: str) -> tuple[int, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        index, _, commit_id = text.partition(":")
        count = int(index)
    except (ValueError, binascii.Error) as exc:
        raise _no_cursor(field) from exc
    is_commit = len(commit_id) in (0, 64) and set(commit_id) <= set("0123456789abcdef")
    if not 1 <= count <= _MAX_INDEX or not is_commit:
        raise _no_cursor(field)
    return count, commit_id


def _no_cursor(field: str) -> InvalidField:
    return InvalidField.of(field, "no cursor of this connection")
