"""Whether an object's values fit its type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from svc_api.domain.objects.datatypes import shown
from svc_api.domain.objects.model import Ref, parse_ref
from svc_api.domain.objects.types import Catalogue, PropertyDef, TypeDef

REFERENCE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}/[A-Za-z0-9_][A-Za-z0-9_.:@~-]{0,199}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that does not fit: where in the object, what belongs there, what is there."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"expected {self.expected}, found {self.found}"


def faults_of(catalogue: Catalogue, type_: TypeDef, values: Mapping[str, Any]) -> Iterator[Fault]:
    """Every value that does not fit the type. That referred objects exist is not looked at."""
    for property_id, value in values.items():
        definition = type_.properties.get(property_id)
        if definition is None:
            known = ", ".join(sorted(type_.properties)) or "none"
            expected = f"no value: {type_.id} has no such property (it has {_cut(known)})"
            yield Fault(f"values[{property_id}]", expected, shown(value))
        else:
            yield from faults_of_value(catalogue, definition, value)
    for property_id, definition in type_.properties.items():
        if definition.is_required and property_id not in values:
            yield Fault(f"values[{property_id}]", f"a value ({definition.described})", "none")


def faults_of_value(catalogue: Catalogue, definition: PropertyDef, value: Any) -> Iterator[Fault]:
    """What is wrong with the value of one property."""
    path = f"values[{definition.id}]"
    if definition.is_list:
        if not isinstance(value, list):
            yield Fault(path, f"a list ({definition.described})", shown(value))
            return
        entries = cast("Sequence[Any]", value)
        if definition.is_required and not entries:
            yield Fault(path, f"at least one value ({definition.described})", "an empty list")
        for index, entry in enumerate(entries):
            yield from _faults_of_one(catalogue, definition, entry, f"{path}[{index}]")
        return
    yield from _faults_of_one(catalogue, definition, value, path)


def _faults_of_one(
    catalogue: Catalogue, definition: PropertyDef, value: Any, path: str
) -> Iterator[Fault]:
    if definition.target:
        if not isinstance(value, str) or not REFERENCE.fullmatch(value):
            yield Fault(
                path, f"{definition.data_type.expected} ({definition.described})", shown(value)
            )
        elif not catalogue.is_a(parse_ref(value).type, definition.target):
            yield Fault(path, f"an object of the type {definition.target}", shown(value))
        return
    try:
        definition.data_type.key(value)
    except ValueError:
        expected = f"{definition.data_type.expected} ({definition.data_type.name})"
        yield Fault(path, expected, shown(value))


def references_in(type_: TypeDef, values: Mapping[str, Any]) -> Iterator[tuple[str, Ref]]:
    """The objects that well-formed values refer to, each with its place."""
    for property_id, value in values.items():
        definition = type_.properties.get(property_id)
        if definition is None or not definition.target:
            continue
        entries: Sequence[Any] = (
            value if definition.is_list and isinstance(value, list) else [value]
        )
        for index, entry in enumerate(entries):
            if isinstance(entry, str) and REFERENCE.fullmatch(entry):
                suffix = f"[{index}]" if definition.is_list else ""
                yield f"values[{property_id}]{suffix}", parse_ref(entry)


def _cut(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]}…"
