"""Filters between proto and the plain form that `parse_filters` reads and that is stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from oms.event.v1 import filter_pb2 as pb

_COMPARISONS = ("exact", "prefix", "suffix")
_LISTS = ("all", "any")


def filters_to_plain(filters: Iterable[pb.Filter]) -> list[object]:
    """The plain form: `{"prefix": {"type": "com.example."}}` and the like."""
    return [_to_plain(each) for each in filters]


def filters_from_plain(plain: Iterable[object]) -> list[pb.Filter]:
    """The messages of filters in their plain form, as it was stored."""
    return [_from_plain(each) for each in plain]


def _to_plain(message: pb.Filter) -> object:
    dialect = message.WhichOneof("dialect")
    if dialect is None:
        return {}
    value: Any = getattr(message, dialect)
    if dialect in _COMPARISONS:
        return {dialect: dict(value.values)}
    if dialect in _LISTS:
        return {dialect: filters_to_plain(value.filters)}
    return {dialect: _to_plain(value) if dialect == "not" else value}


def _from_plain(plain: Any) -> pb.Filter:
    ((dialect, value),) = plain.items()
    if dialect in _COMPARISONS:
        member: Any = pb.AttributeValues(values=value)
    elif dialect in _LISTS:
        member = pb.FilterList(filters=filters_from_plain(value))
    else:
        member = _from_plain(value) if dialect == "not" else value
    fields: dict[str, Any] = {dialect: member}
    return pb.Filter(**fields)
