"""JSON values as differences see them: exact, comparable, and of a size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeGuard

from svc_datakernel.domain.canonical_json import Number, write_exact


class Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
"""Stands for a member that an object does not have."""


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether a value is a JSON array."""
    return isinstance(value, list)


def key_of(value: Any) -> bytes:
    """Equal for two values only if they are the same, to the last digit as it was written."""
    return write_exact(value)


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same, to the last digit as it was written."""
    if type(left) is not type(right):
        return False
    if is_object(left):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if is_array(left):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def equal(left: Any, right: Any) -> bool:
    """Whether two values are equal; `1.5` and `1.50` are, `1` and `"1"` are not."""
    if type(left) is not type(right):
        return False
    if is_object(left):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if is_array(left):
        return len(left) == len(right) and all(map(equal, left, right))
    return left == right or (isinstance(left, Number) and _amount(left) == _amount(right))


def size_of(value: Any) -> int:
    """How much there is to a value: a measure for the cost of a difference."""
    if is_object(value):
        return sum(size_of(member) + 1 for member in value.values())
    if is_array(value):
        return sum(size_of(item) + 1 for item in value)
    return 1


def _amount(number: Number) -> Decimal | str:
    try:
        return Decimal(number)
    except InvalidOperation:  # an exponent beyond 10^18: equal only if written alike
        return str(number)
