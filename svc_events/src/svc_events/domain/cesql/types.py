"""The three types of expressions, and how a value of one becomes one of another.

A type is Python's own: `bool`, `int` or `str`, so `type(value)` is the type of a value, and calling
a type without an argument makes its zero value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from svc_events.domain.cesql.errors import ErrorKind, fault
from svc_events.domain.events import CloudEvent, canonical
from svc_events.domain.events.faults import shown
from svc_events.domain.events.values import MAX_INTEGER, MIN_INTEGER

Primitive: TypeAlias = bool | int | str
"""A Boolean, an Integer of 32 bits or a String."""

Type: TypeAlias = type[bool] | type[int] | type[str]

TYPE_NAMES: Final[Mapping[Type, str]] = {bool: "Boolean", int: "Integer", str: "String"}

# Without its leading zeros an integer of 32 bits has ten digits at most.
_INTEGER: Final = re.compile(r"([+-]?)0*+([0-9]{0,10})", re.ASCII)


def values_of(event: CloudEvent) -> dict[str, Primitive]:
    """The attributes of an event by name; other types than the three are their canonical texts."""
    return {
        name: value if isinstance(value, bool | int) else canonical(value)
        for name, value in event.attributes.items()
    }


def to_text(value: Primitive) -> str:
    """The String of a value; this cast never fails."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def to_integer(value: Primitive, at: int) -> int:
    """The Integer of a value.

    Args:
        value: Of any type.
        at: Where the cast is asked for, for the error.
    Raises:
        EvaluationFault: CAST, for a String that is no integer of 32 bits.
    """
    if type(value) is int:
        return value
    if not isinstance(value, str):
        return int(value)
    found = _INTEGER.fullmatch(value)
    if found is not None and value[-1:].isdecimal():
        number = int(f"{found[1]}{found[2] or '0'}")
        if MIN_INTEGER <= number <= MAX_INTEGER:
            return number
    raise fault(ErrorKind.CAST, f"{shown(value)} is no Integer of 32 bits", at)


def to_boolean(value: Primitive, at: int) -> bool:
    """The Boolean of a value: of an Integer whether it is other than zero.

    Raises:
        EvaluationFault: CAST, for a String other than `true` and `false` in any case.
    """
    if not isinstance(value, str):
        return bool(value)
    lower = value.lower()
    if lower == "true":
        return True
    if lower == "false":
        return False
    raise fault(ErrorKind.CAST, f"{shown(value)} is neither true nor false", at)


def cast(value: Primitive, wanted: Type, at: int) -> Primitive:
    """A value of the wanted type.

    Raises:
        EvaluationFault: CAST.
    """
    if type(value) is wanted:
        return value
    if wanted is str:
        return to_text(value)
    return to_integer(value, at) if wanted is int else to_boolean(value, at)
