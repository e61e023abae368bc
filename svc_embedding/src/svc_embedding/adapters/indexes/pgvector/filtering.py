"""Filters as conditions of SQL on the column `metadata`, a JSON object.

A CASE decides by the type before anything is cast, since PostgreSQL may evaluate the sides of
AND in
either order. Texts compare by their code points, which is what the collation "C" does in UTF-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson

from svc_embedding.domain.indexes.filters import (
    All,
    AnyHolds,
    AnyOf,
    Compare,
    Comparison,
    Filter,
    HasKey,
    Not,
    Scalar,
)

_STRING: Final = (
    "CASE jsonb_typeof(metadata -> %s) "
    "WHEN 'string' THEN (metadata ->> %s) COLLATE \"C\" {operator} %s "
    "WHEN 'array' THEN EXISTS (SELECT FROM jsonb_array_elements_text(metadata -> %s) AS item "
    'WHERE item COLLATE "C" {operator} %s) ELSE false END'
)
_NUMBER: Final = (
    "CASE jsonb_typeof(metadata -> %s) WHEN 'number' "
    "THEN (metadata ->> %s)::float8 {operator} %s::float8 ELSE false END"
)
_BOOLEAN: Final = (
    "CASE jsonb_typeof(metadata -> %s) WHEN 'boolean' "
    "THEN (metadata ->> %s)::boolean {operator} %s ELSE false END"
)


def condition(where: Filter | None, parameters: list[Any]) -> str:  # noqa: PLR0911 - one for each kind
    """A condition, in parentheses; its parameters are added in their order."""
    match where:
        case None:
            return "(true)"
        case Compare(key, comparison, value):
            return f"({_compared(key, comparison, value, parameters)})"
        case AnyOf(key, values):
            return _joined(" OR ", [_equal(key, value, parameters) for value in values], "false")
        case HasKey(key):
            parameters.append(key)
            return "(jsonb_exists(metadata, %s))"
        case All(filters):
            return _joined(" AND ", [condition(each, parameters) for each in filters], "true")
        case AnyHolds(filters):
            return _joined(" OR ", [condition(each, parameters) for each in filters], "false")
        case Not(inner):
            return f"(NOT {condition(inner, parameters)})"


def _joined(word: str, parts: Sequence[str], empty: str) -> str:
    return f"({word.join(parts) or empty})"


def _compared(key: str, comparison: Comparison, value: Scalar, parameters: list[Any]) -> str:
    if comparison is Comparison.EQUAL:
        return _equal(key, value, parameters)
    if isinstance(value, str):
        parameters += [key, key, value, key, value]
        return _STRING.format(operator=comparison.value)
    parameters += [key, key, value]
    form = _BOOLEAN if isinstance(value, bool) else _NUMBER
    return form.format(operator=comparison.value)


def _equal(key: str, value: Scalar, parameters: list[Any]) -> str:
    parameters.append(orjson.dumps({key: value}).decode())
    if not isinstance(value, str):
        return "(metadata @> %s::jsonb)"
    parameters.append(orjson.dumps({key: [value]}).decode())
    return "(metadata @> %s::jsonb OR metadata @> %s::jsonb)"
