"""Changes of objects and links: what they ask for, and what they come to on a commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from oms_core.errors import (
    InvalidField,
    InvalidUpdateMask,
    OmsError,
    ResourceAlreadyExists,
    ResourceNotFound,
    StaleEtag,
)

from svc_api.domain.objects.model import LinkKey, Ref, StoredObject, object_name
from svc_api.domain.objects.types import Catalogue


class Operation(Enum):
    """What a change does to its object."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One change of one object.

    Attributes:
        values: The new values; with UPDATE only those of `properties` count.
        properties: Properties that an UPDATE sets; those without a value are cleared. None: all.
        is_lenient: Of an UPDATE: an object that is not there is created.
        etag: Non-empty: the etag that the object has to have.
        delete_links: Of a DELETE: its links go with it.
        path: Field of the request that holds the object, for errors.
    """

    operation: Operation
    ref: Ref
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    properties: frozenset[str] | None = None
    is_lenient: bool = False
    etag: str = ""
    delete_links: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class LinkChange:
    """One link to make or to take away. `is_strict`: it must not be there yet."""

    link: LinkKey
    is_made: bool
    is_strict: bool
    path: str


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """What a change comes to: the object before, and its values afterwards; None is not there."""

    ref: Ref
    before: StoredObject | None
    after: Mapping[str, Any] | None
    path: str
    delete_links: bool = False

    @property
    def is_effective(self) -> bool:
        """Whether it changes anything."""
        if self.before is None or self.after is None:
            return (self.before is None) != (self.after is None)
        return not same_values(self.before.values, self.after)


def same_values(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether values say the same, spelled the same: `1.0` is not `1.00`, nor `1` true."""
    return _spelled(one) == _spelled(other)


def _spelled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _spelled(inner) for key, inner in value.items()}  # pyright: ignore[reportUnknownVariableType] - JSON
    if isinstance(value, list):
        return [_spelled(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType] - JSON
    return value if isinstance(value, str) else (type(value).__name__, str(value))


def refuse_duplicates(
    ontology: str, objects: Sequence[ObjectChange], links: Sequence[LinkChange]
) -> None:
    """Makes sure that each object and link is changed once.

    Raises:
        InvalidField: names the second change.
    """
    first: dict[Ref | LinkKey, str] = {}
    keyed: list[tuple[Ref | LinkKey, str]] = [(change.ref, change.path) for change in objects]
    keyed += [(change.link, change.path) for change in links]
    for key, path in keyed:
        if key in first:
            shown = object_name(ontology, key) if isinstance(key, Ref) else f"the link {key}"
            raise InvalidField.of(
                path, f"{shown!r} is changed by {first[key] or 'an earlier change'} too; once only"
            )
        first[key] = path


def plan_object(
    ontology: str, catalogue: Catalogue, change: ObjectChange, before: StoredObject | None
) -> PlannedObject:
    """Works out what a change comes to.

    Raises:
        ResourceAlreadyExists: an object to create is there.
        ResourceNotFound: an object to change, or its type, is not there.
        StaleEtag: the object has another etag than the change expects.
        InvalidField: the type is abstract.
        InvalidUpdateMask: a property to change does not exist.
    """
    name = object_name(ontology, change.ref)
    if change.operation is Operation.CREATE and before is not None:
        raise ResourceAlreadyExists.of("object", name)
    is_needed = change.operation is Operation.DELETE or (
        change.operation is Operation.UPDATE and not change.is_lenient
    )
    if before is None and is_needed:
        raise ResourceNotFound.of("object", name)
    actual = before.etag if before else ""
    if change.etag and change.operation is not Operation.CREATE and change.etag != actual:
        raise StaleEtag.of(name, change.etag, actual)
    if change.operation is Operation.DELETE:
        return PlannedObject(change.ref, before, None, change.path, change.delete_links)
    error = type_error(ontology, catalogue, change.ref, change.path)
    if error is not None:
        raise error
    return PlannedObject(change.ref, before, _values(catalogue, change, before), change.path)


def type_error(ontology: str, catalogue: Catalogue, ref: Ref, path: str) -> OmsError | None:
    """Why there can be no object of a type, if so."""
    type_ = catalogue.type(ref.type)
    if type_ is None:
        name = f"ontologies/{ontology}/objectTypes/{ref.type}"
        return ResourceNotFound.of("object_type", name)
    if type_.is_abstract:
        of_it = ", ".join(catalogue.concrete(("objectTypes", ref.type))[:20]) or "none"
        return InvalidField.of(
            path or "name", f"{ref.type!r} is abstract; objects are of a type below it: {of_it}"
        )
    return None


def _values(
    catalogue: Catalogue, change: ObjectChange, before: StoredObject | None
) -> Mapping[str, Any]:
    if change.operation is not Operation.UPDATE or change.properties is None:
        return change.values
    type_ = catalogue.type(change.ref.type)
    for property_id in sorted(change.properties):
        if type_ is not None and property_id not in type_.properties:
            known = ", ".join(sorted(type_.properties)) or "none"
            raise InvalidUpdateMask(
                f"update_properties: {property_id!r} is no property of {change.ref.type}, which "
                f"has {known[:300]}",
                metadata={"path": property_id},
            )
    kept = before.values if before is not None else {}
    values = {key: value for key, value in kept.items() if key not in change.properties}
    values.update((k, change.values[k]) for k in change.properties if k in change.values)
    return values
