"""What a change of types means for the objects there are: what it contradicts, and migration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from oms_core.errors import InvalidField, PreconditionViolation

from svc_api.domain.changes import PlannedChange
from svc_api.domain.objects.changes import same_values
from svc_api.domain.objects.checking import faults_of
from svc_api.domain.objects.datatypes import text_of
from svc_api.domain.objects.model import LinkKey, Ref, StoredObject, object_name
from svc_api.domain.objects.soundness import too_many
from svc_api.domain.objects.types import Catalogue, PropertyDef, TypeDef
from svc_api.domain.objects.world import World

_MEANINGFUL = {
    "objectTypes": ("properties", "parents", "interfaces", "is_abstract"),
    "interfaces": ("properties", "parents"),
    "linkTypes": (
        "parents",
        "inverse",
        "source_types",
        "target_types",
        "target_cardinality",
        "source_cardinality",
        "characteristics",
    ),
}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?")
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


def may_contradict(planned: Iterable[PlannedChange]) -> bool:
    """Whether changes of elements can bear on objects at all: none of what is new, no label."""
    return any(
        change.before is not None
        and (change.after is None or _differs(change, _MEANINGFUL.get(change.key[0], ())))
        for change in planned
    )


def _differs(change: PlannedChange, fields: Sequence[str]) -> bool:
    before = change.before.body if change.before else {}
    after = change.after.body if change.after else {}
    return any(before.get(name) != after.get(name) for name in fields)


@dataclass(frozen=True, slots=True)
class Affected:
    """Object types and link types whose objects and links have to be looked at."""

    types: tuple[str, ...]
    links: tuple[str, ...]


def affected(before: Catalogue, after: Catalogue) -> Affected:
    """What the change from one catalogue to another bears on."""
    changed: set[str] = set()
    lost: set[str] = set()
    for type_id in before.all_concrete:
        was, is_ = before.type(type_id), after.type(type_id)
        assert was is not None, "it is listed"
        if is_ is None or was.properties != is_.properties or is_.is_abstract:
            changed.add(type_id)
        if is_ is None or is_.is_abstract or was.lineage - is_.lineage:
            kept = is_.lineage if is_ is not None and not is_.is_abstract else frozenset()
            lost.update(key[1] for key in was.lineage - kept)
    changed.update(
        holder
        for holder, properties in before.referring.items()
        if any(definition.target in lost for definition in properties)
    )
    links = (link for link in before.link_types if before.link_type(link) != after.link_type(link))
    return Affected(tuple(sorted(changed)), tuple(links))


def contradictions(
    ontology: str,
    world: World,
    after: Catalogue,
    found: Affected,
    overrides: Mapping[Ref, Mapping[str, Any] | None],
) -> Iterator[PreconditionViolation]:
    """The objects and links that other types would make wrong.

    Args:
        world: The objects as they are, of the types and link types that are affected.
        overrides: Values that objects will have instead; None will be gone.
    """
    for type_id in found.types:
        type_ = after.type(type_id)
        for stored in world.objects([type_id]):
            values = overrides.get(stored.ref, stored.values)
            if values is not None:
                yield from _of_object(ontology, after, type_, stored.ref, values)
    for link_type in found.links:
        yield from _of_links(ontology, world, after, link_type)


def _of_object(
    ontology: str, after: Catalogue, type_: TypeDef | None, ref: Ref, values: Mapping[str, Any]
) -> Iterator[PreconditionViolation]:
    name = object_name(ontology, ref)
    if type_ is None or type_.is_abstract:
        why = "would be abstract" if type_ is not None else "would not exist"
        yield _violation(name, f"expected no object of {ref.type}, which {why}, found this one")
        return
    for fault in faults_of(after, type_, values):
        yield _violation(name, f"{fault.path}: {fault}")


def _of_links(
    ontology: str, world: World, after: Catalogue, link_type: str
) -> Iterator[PreconditionViolation]:
    definition = after.link_type(link_type)
    links: list[LinkKey] = list(world.links[link_type].links(link_type))
    for link in links:
        name = object_name(ontology, link.source)
        if definition is None:
            yield _violation(name, f"expected no link of {link_type}, found {link}")
            continue
        for end, ref, allowed in (
            ("source", link.source, definition.sources),
            ("target", link.target, definition.targets),
        ):
            if ref.type not in allowed:
                types = ", ".join(sorted(allowed)[:20]) or "none"
                yield _violation(name, f"expected a {end} of {types} by {link_type}, found {link}")
    yield from too_many(ontology, World(after, world.types, world.links), links)


def _violation(subject: str, description: str) -> PreconditionViolation:
    return PreconditionViolation("SCHEMA_VIOLATION", subject, description)


# --- migration -----------------------------------------------------------------------------


class StepKind(Enum):
    """What a step of a migration does to the values of a property."""

    RENAME = "rename"
    REMOVE = "remove"
    FILL = "fill"
    CONVERT = "convert"


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """A step: of objects of a type and its descendants, one property.

    Attributes:
        target: Of a RENAME: the property that gets the values.
        value: Of a FILL: what objects without a value get; of a CONVERT: what those get whose
            value can't be converted, None to leave it.
    """

    kind: StepKind
    type_id: str
    property: str
    target: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Migration:
    """Steps, taken in order."""

    steps: Sequence[MigrationStep] = field(default_factory=tuple[MigrationStep, ...])

    def types(self, before: Catalogue) -> set[str]:
        """The object types whose objects it changes.

        Raises:
            InvalidField: a step is about a type that does not exist.
        """
        found: set[str] = set()
        for index, step in enumerate(self.steps):
            key = "objectTypes", step.type_id
            if not before.has(key):
                raise InvalidField.of(
                    f"steps[{index}].object_type", f"object type {step.type_id!r} does not exist"
                )
            found.update(before.concrete(key))
        return found

    def migrated(
        self, before: Catalogue, after: Catalogue, objects: Iterable[StoredObject]
    ) -> dict[Ref, Mapping[str, Any]]:
        """The values of the objects that change."""
        changed: dict[Ref, Mapping[str, Any]] = {}
        for stored in objects:
            values = dict(stored.values)
            type_ = after.type(stored.ref.type)
            for step in self.steps:
                if before.is_a(stored.ref.type, step.type_id):
                    definition = type_.properties.get(step.property) if type_ else None
                    _take(step, values, definition)
            if not same_values(values, stored.values):
                changed[stored.ref] = values
        return changed


def _take(step: MigrationStep, values: dict[str, Any], definition: PropertyDef | None) -> None:
    value = values.get(step.property)
    if step.kind is StepKind.FILL:
        if value is None:
            values[step.property] = step.value
    elif value is None:
        return
    elif step.kind is StepKind.REMOVE:
        del values[step.property]
    elif step.kind is StepKind.RENAME:
        values[step.target] = values.pop(step.property)
    elif definition is not None:
        converted = _converted(definition, value)
        if converted is None:
            converted = step.value
        if converted is not None:
            values[step.property] = converted


def _converted(definition: PropertyDef, value: Any) -> Any:
    """A value as another type writes it; None where that can't be."""
    entries: list[Any] = value if isinstance(value, list) else [value]
    if not definition.is_list:
        return converted_one(definition, entries[0]) if len(entries) == 1 else None
    found = [converted_one(definition, entry) for entry in entries]
    return None if None in found else found


def converted_one(definition: PropertyDef, value: Any) -> Any:
    """One value as the type of a property writes it; None where that can't be."""
    for candidate in _candidates(definition, value):
        try:
            definition.data_type.key(candidate)
        except ValueError:
            continue
        return candidate
    return None


def _candidates(definition: PropertyDef, value: Any) -> Iterator[Any]:
    yield value
    text = text_of(value)
    if text is None:
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    stripped = text.strip()
    if definition.data_type.is_number and _NUMBER.fullmatch(stripped):
        yield int(stripped) if stripped.lstrip("-").isdigit() else Decimal(stripped)
    if definition.data_type.name == "DATA_TYPE_BOOLEAN" and stripped.lower() in _FLAGS:
        yield _FLAGS[stripped.lower()]
    if not definition.data_type.is_number:
        yield text
        yield stripped
