"""Checks of a schema as a whole: references between classes, inheritance, keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from svc_datakernel.domain.graph.schema.faults import Fault
from svc_datakernel.domain.graph.schema.model import (
    BUILT_IN_RANGES,
    ClassDefinition,
    Family,
    PropertyType,
    Schema,
    enum_iri,
)


def check(schema: Schema) -> list[Fault]:
    """Everything that is wrong with a schema whose documents are each in order."""
    circles = list(_circles(schema))
    if circles:
        return circles
    return [
        fault for name in sorted(schema.classes) for fault in _class(schema, schema.classes[name])
    ]


def _class(schema: Schema, definition: ClassDefinition) -> Iterator[Fault]:
    yield from _documentation(schema, definition)
    if definition.kind in ("Enum", "Unit", "Foreign"):
        return
    yield from _ranges(schema, definition)
    yield from _parents(schema, definition)
    yield from _key(schema, definition)
    yield from _annotations(schema, definition)
    yield from _diamonds(schema, definition)


def _documentation(schema: Schema, definition: ClassDefinition) -> Iterator[Fault]:
    """Properties and values that are documented and not there."""
    written: Any = definition.document.get("@documentation", {})
    for each in written if isinstance(written, list) else [written]:
        if definition.kind == "Enum":
            yield from _enum_documentation(schema, definition, each)
            continue
        for name in _members(each, "@properties"):
            if name not in schema.all_properties(definition.name):
                witness = {
                    "@type": "invalid_property_in_property_documentation_object",
                    "class": _iri(schema, definition.name),
                    "predicate": _iri(schema, name),
                }
                why = f"documents the property {name!r}, which the class does not have"
                yield Fault(definition.name, why, witness, "@documentation")


def _enum_documentation(
    schema: Schema, definition: ClassDefinition, written: Any
) -> Iterator[Fault]:
    iri = _iri(schema, definition.name)
    if _members(written, "@properties"):
        witness = {"@type": "enum_has_no_properties", "class": iri}
        why = "an enum has no properties to document"
        yield Fault(definition.name, why, witness, "@documentation")
    for value in _members(written, "@values"):
        if value not in definition.values:
            witness = {
                "@type": "invalid_enum_in_documentation_object",
                "class": iri,
                "value": schema.context.full(enum_iri(definition.name, value)),
            }
            why = f"documents the value {value!r}, which the enum does not have"
            yield Fault(definition.name, why, witness, "@documentation")


def _members(written: Any, key: str) -> list[str]:
    members = written.get(key)
    return list(members) if isinstance(members, dict) else []


def _circles(schema: Schema) -> Iterator[Fault]:
    for name, definition in schema.classes.items():
        for parent in definition.parents:
            if name in schema.ancestors(parent):
                witness = {
                    "@type": "cycle_in_class",
                    "from_class": _iri(schema, name),
                    "to_class": _iri(schema, parent),
                    "path": [_iri(schema, each) for each in (name, *_path(schema, parent, name))],
                }
                yield Fault(name, "inherits from itself", witness, "@inherits")


def _path(schema: Schema, start: str, end: str) -> list[str]:
    """The shortest way up from one class to another."""
    ways = [[start]]
    for way in ways:
        if way[-1] == end:
            return way
        if len(way) <= len(schema.classes):
            above = schema.classes[way[-1]].parents if way[-1] in schema.classes else ()
            ways += [[*way, parent] for parent in above if parent not in way]
    return [start]


def _ranges(schema: Schema, definition: ClassDefinition) -> Iterator[Fault]:
    for some in (definition.properties, *definition.one_of):
        for prop, kind in some.items():
            name = kind.range
            if name in schema.classes or schema.is_datatype(name) or name in BUILT_IN_RANGES:
                continue
            witness = {"@type": "not_a_class_or_base_type", "class": _iri(schema, name)}
            yield Fault(definition.name, f"{prop}: there is no class {name!r}", witness, prop)


def _parents(schema: Schema, definition: ClassDefinition) -> Iterator[Fault]:
    for parent in definition.parents:
        found = schema.classes.get(parent)
        if found is not None and found.kind in ("Class", "TaggedUnion"):
            continue
        kind = (
            "inherits_from_non_existent_class"
            if found is None
            else "inherits_from_invalid_super_class"
        )
        witness = {
            "@type": kind,
            "class": _iri(schema, definition.name),
            "super": _iri(schema, parent),
        }
        yield Fault(
            definition.name, f"inherits from {parent!r}, which is no class", witness, "@inherits"
        )


def _key(schema: Schema, definition: ClassDefinition) -> Iterator[Fault]:
    known = schema.all_properties(definition.name)
    key = definition.key
    for each in key.fields:
        if each in known:
            continue
        place = "+".join(key.fields)
        witness = {
            "@type": "key_field_does_not_exist",
            "field": _iri(schema, each),
            "class": _iri(schema, definition.name),
            "key": f"{_iri(schema, definition.name)}/key/{key.kind}/{place}",
            "type": f"http://terminusdb.com/schema/sys#{key.kind}",
        }
        why = f"the key has the field {each!r}, which the class does not have"
        yield Fault(definition.name, why, witness, "@key")


def _annotations(schema: Schema, definition: ClassDefinition) -> Iterator[Fault]:
    name = definition.name
    above = [each for each in schema.ancestors(name) if each in schema.classes]
    shared = next((each for each in above if schema.classes[each].is_shared), None)
    sub = next((each for each in above if schema.classes[each].is_subdocument), None)
    if shared is None or sub is None:
        return
    witness = {
        "@type": "incompatible_class_annotations",
        "class": _iri(schema, name),
        "annotations": ["shared", "subdocument"],
        "shared_ancestor": _iri(schema, shared),
        "subdocument_ancestor": _iri(schema, sub),
    }
    yield Fault(name, "can't be both '@shared' and '@subdocument'", witness, "@shared")


def _diamonds(schema: Schema, definition: ClassDefinition) -> Iterator[Fault]:
    """Properties that come from several parents and don't agree."""
    found: dict[str, PropertyType] = {}
    own = set(definition.properties)
    for parent in definition.parents:
        for prop, kind in schema.properties(parent).items():
            before = found.setdefault(prop, kind)
            if prop in own or before == kind or _refines(schema, before, kind):
                continue
            if _refines(schema, kind, before):
                found[prop] = kind
                continue
            yield Fault(
                definition.name, _DIAMOND.format(prop), _diamond(schema, definition, prop), prop
            )
    for prop in sorted(own & found.keys()):
        if not _refines(schema, definition.properties[prop], found[prop]):
            yield Fault(
                definition.name, _DIAMOND.format(prop), _diamond(schema, definition, prop), prop
            )


_STRICTNESS: Final = {Family.REQUIRED: 1, Family.OPTIONAL: 2, Family.SET: 3}
_DIAMOND: Final = "the property {!r} is declared in two ways that don't agree"


def _diamond(schema: Schema, definition: ClassDefinition, prop: str) -> dict[str, Any]:
    return {
        "@type": "violation_of_diamond_property",
        "class": _iri(schema, definition.name),
        "predicate": schema.context.shown_name(prop),
    }


def _refines(schema: Schema, kind: PropertyType, other: PropertyType) -> bool:
    """Whether whatever one declaration allows the other allows too."""
    if not schema.is_kind_of(kind.range, other.range):
        return False
    if kind.family in _STRICTNESS and other.family in _STRICTNESS:
        return _STRICTNESS[kind.family] <= _STRICTNESS[other.family]
    return kind._replace(range="") == other._replace(range="")


def _iri(schema: Schema, name: str) -> str:
    return schema.context.full_name(name)
