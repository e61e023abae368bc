"""Results written column by column: a field of all objects of a list at a time.

Whatever is not plainly right, such as a null where none may be or a number out of range, raises
`Irregular`. graphql-core then writes the whole result out of what was fetched, so errors and
the nulls that they leave are its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from types import NoneType
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    is_composite_type,
)
from orjson import Fragment

from svc_graphql.domain.execution.bindings import Fetch
from svc_graphql.domain.execution.fetching import Fetched
from svc_graphql.domain.execution.plan import Below, FieldPlan, ObjectPlan, Passing
from svc_graphql.domain.execution.requests import Row

Column = list[Any]
Complete = Callable[[Column], Column]
_TEXTS: Final = frozenset(
    {"String", "ID", "Decimal", "BigInt", "Date", "Time", "DateTime", "Duration", "URI", "Base64"}
)
_TEXT_TYPES: Final = frozenset((str, NoneType))
_INT_TYPES: Final = frozenset((int, NoneType))
_BOOL_TYPES: Final = frozenset((bool, NoneType))
_MAX_INT: Final = 2**31 - 1


_IRREGULAR: Final = (
    AttributeError,
    GraphQLError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)


class Irregular(Exception):
    """A value that graphql-core has to judge."""


class Writer:
    """Writes one result out of what was fetched."""

    def __init__(self, fetched: Fetched, type_names: Mapping[str, str]) -> None:
        self._fetched = fetched
        self._type_names = type_names

    def write(self, plan: ObjectPlan, source: Any) -> dict[str, Any]:
        """The data of a response.

        Raises:
            Irregular: graphql-core has to write it.
        """
        if self._fetched.has_failures:
            raise Irregular
        try:
            return self._objects(plan, [source])[0]
        except _IRREGULAR as exc:
            raise Irregular from exc

    def _objects(self, plan: ObjectPlan, sources: Column) -> Column:
        if plan.needs_reference:
            raise Irregular
        if not plan.fields:
            return [{} for _ in sources]
        if plan.passing is not None and _is_passing(plan.passing, sources):
            begin = plan.passing.begin
            return [Fragment(begin(row).encode() + row.json[1:]) for row in sources]
        columns = [self._column(plan, field, sources) for field in plan.fields]
        keys = plan.keys
        return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]

    def _column(self, plan: ObjectPlan, field: FieldPlan, sources: Column) -> Column:
        if field.is_typename:
            return [plan.type.name] * len(sources)
        if isinstance(field.binding, Fetch):
            found = self._fetched.values[field.node_key]
            values = [found[id(source)] for source in sources]
        else:
            assert field.binding is not None
            values = field.binding.column(sources)
        if field.write is None:
            field.write = leaf_writer(field.type)
        if field.write is not None:
            return field.write(values)
        return self._complete(field.type, field.below, values)

    def _complete(self, type_: Any, below: Below | None, values: Column) -> Column:
        """A column of lists or objects."""
        if isinstance(type_, GraphQLNonNull):
            if None in values:
                raise Irregular
            return self._complete(type_.of_type, below, values)
        if isinstance(type_, GraphQLList):
            inner = type_.of_type
            return _in_lists(values, lambda flat: self._complete(inner, below, flat))
        assert below is not None
        return self._composite(below, values)

    def _composite(self, below: Below, values: Column) -> Column:
        there = [one for one in values if one is not None]
        if below.is_abstract:
            written = self._by_type(below, there)
        else:
            written = self._objects(below.only, there)
        if len(there) == len(values):
            return list(written)
        following = iter(written)
        return [None if one is None else next(following) for one in values]

    def _by_type(self, below: Below, values: Column) -> Column:
        places: dict[str, list[int]] = {}
        for index, one in enumerate(values):
            places.setdefault(one.type, []).append(index)
        written: Column = [None] * len(values)
        for type_id, indexes in places.items():
            plan = below.of(self._type_names[type_id])
            done = self._objects(plan, [values[index] for index in indexes])
            for index, one in zip(indexes, done, strict=True):
                written[index] = one
        return written


def _is_passing(passing: Passing, rows: Sequence[Row]) -> bool:
    """Whether the values of rows can be written as they came."""
    layouts = {id(row.layout): row.layout for row in rows}
    if any(one is None or one.properties != passing.properties for one in layouts.values()):
        return False
    # Also true of a text with that in it; then its values are looked at one by one.
    return not passing.has_required or not any(b":null" in row.json for row in rows)


def leaf_writer(type_: Any) -> Complete | None:
    """What completes a column of leaves, in lists or not; None of what is composite."""
    if isinstance(type_, GraphQLNonNull):
        inner = leaf_writer(type_.of_type)
        return inner and _required(inner)
    if isinstance(type_, GraphQLList):
        inner = leaf_writer(type_.of_type)
        return inner and _listed(inner)
    if isinstance(type_, GraphQLEnumType):
        names = {one.value: name for name, one in type_.values.items()}
        return _enumerated({None: None, **names})
    if isinstance(type_, GraphQLScalarType):
        return _scalar(type_)
    assert is_composite_type(type_)
    return None


def _required(inner: Complete) -> Complete:
    def complete(values: Column) -> Column:
        if None in values:
            raise Irregular
        return inner(values)

    return complete


def _listed(inner: Complete) -> Complete:
    return lambda values: _in_lists(values, inner)


def _in_lists(values: Column, complete: Complete) -> Column:
    """Completes what lies in lists as one column, and puts it back."""
    flat: Column = []
    for one in values:
        if one is None:
            continue
        if not isinstance(one, list | tuple):
            raise Irregular
        flat.extend(one)
    done = complete(flat)
    written: Column = []
    start = 0
    for one in values:
        if one is None:
            written.append(None)
        else:
            written.append(done[start : start + len(one)])
            start += len(one)
    return written


def _enumerated(names: Mapping[Any, str | None]) -> Complete:
    return lambda values: [names[one] for one in values]


def _scalar(type_: GraphQLScalarType) -> Complete:
    if type_.name in _TEXTS:
        return _texts
    known: Mapping[str, Complete] = {"Int": _ints, "Float": _floats, "Boolean": _booleans}
    return known.get(type_.name) or _any_scalar(type_)


def _texts(values: Column) -> Column:
    if not _TEXT_TYPES.issuperset(map(type, values)):
        raise Irregular
    return values


def _ints(values: Column) -> Column:
    if not _INT_TYPES.issuperset(map(type, values)):
        raise Irregular
    there = [one for one in values if one is not None]
    if there and (min(there) < -_MAX_INT - 1 or max(there) > _MAX_INT):
        raise Irregular
    return values


def _floats(values: Column) -> Column:
    types = set(map(type, values))
    if not types <= {float, NoneType} or not all(
        isfinite(one) for one in values if one is not None
    ):
        raise Irregular
    return values


def _booleans(values: Column) -> Column:
    if not _BOOL_TYPES.issuperset(map(type, values)):
        raise Irregular
    return values


def _any_scalar(type_: GraphQLScalarType) -> Complete:
    coerce = type_.coerce_output_value

    def complete(values: Column) -> Column:
        # None out of something is an error to graphql-core.
        done = [None if one is None else coerce(one) for one in values]
        if any(new is None and old is not None for new, old in zip(done, values, strict=True)):
            raise Irregular
        return done

    return complete
