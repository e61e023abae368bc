"""The values of objects as JSON: see `ValueFormat` in the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

import orjson

from svc_api.domain.objects.types import PropertyDef, TypeDef

Convert = Callable[[Any], Any]
_WHOLE: Final = frozenset({"DATA_TYPE_INT", "DATA_TYPE_YEAR"})
_FLOATING: Final = frozenset({"DATA_TYPE_FLOAT", "DATA_TYPE_DOUBLE"})


class JsonValues:
    """Writes the values of objects of one type.

    Args:
        type_: The type, None of one that is gone.
        chosen: Ids of the properties to write, in order; without any all that have a value.
    """

    def __init__(self, type_: TypeDef | None, chosen: Sequence[str]) -> None:
        properties = type_.properties if type_ is not None else {}
        self._converts = {name: _convert(each) for name, each in properties.items()}
        self._chosen = [name for name in dict.fromkeys(chosen) if name in properties]
        self._are_chosen = bool(chosen)

    def write(self, values: Mapping[str, Any]) -> bytes:
        """The values of one object."""
        names = self._chosen if self._are_chosen else values
        found: dict[str, Any] = {}
        for name in names:
            value = values.get(name)
            convert = self._converts.get(name, _exact)
            found[name] = value if convert is None or value is None else convert(value)
        return orjson.dumps(found)


def _convert(definition: PropertyDef) -> Convert | None:
    one = _single(definition)
    if one is None or not definition.is_list:
        return one
    return lambda value: [one(each) for each in value] if isinstance(value, list) else one(value)


def _single(definition: PropertyDef) -> Convert | None:
    """What turns a stored value into what is written; None where that is the same."""
    type_ = definition.data_type
    if definition.target or not (type_.is_number or type_.name == "DATA_TYPE_ANY"):
        return None
    if type_.name in _WHOLE:
        return _whole
    if type_.name in _FLOATING:
        return _floating
    return _digits if type_.is_number else _exact


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _whole(value: Any) -> Any:
    return int(value) if _is_number(value) else _exact(value)


def _floating(value: Any) -> Any:
    return float(value) if _is_number(value) else _exact(value)


def _digits(value: Any) -> Any:
    return str(value) if _is_number(value) else _exact(value)


def _exact(value: Any) -> Any:
    """A value whose numbers are written with the digits that they have."""
    if _is_number(value):
        return orjson.Fragment(str(value))
    if isinstance(value, list):
        return [_exact(each) for each in cast("list[Any]", value)]
    return value
