"""Which fields of elements name other elements by their ids: each gets a field beside it that
has the elements themselves, read at the same commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reference:
    """A field of ids.

    Attributes:
        field: Name of the proto field, with one id or several.
        shown: Name of the GraphQL field.
        target: Full name of the message that is referred to.
        collection: Segment before the id in the names of those.
    """

    field: str
    shown: str
    target: str
    collection: str


def _object_types(field: str, shown: str) -> Reference:
    return Reference(field, shown, "oms.ontology.v1.ObjectType", "objectTypes")


def _interfaces(field: str, shown: str) -> Reference:
    return Reference(field, shown, "oms.ontology.v1.Interface", "interfaces")


def _link_types(field: str, shown: str) -> Reference:
    return Reference(field, shown, "oms.ontology.v1.LinkType", "linkTypes")


REFERENCES: Final[Mapping[str, tuple[Reference, ...]]] = {
    "oms.ontology.v1.ObjectType": (
        _object_types("parents", "parentTypes"),
        _interfaces("interfaces", "interfaceElements"),
    ),
    "oms.ontology.v1.LinkType": (
        _link_types("parents", "parentLinkTypes"),
        _object_types("source_types", "sourceObjectTypes"),
        _object_types("target_types", "targetObjectTypes"),
    ),
    "oms.ontology.v1.Interface": (_interfaces("parents", "parentInterfaces"),),
    "oms.ontology.v1.PropertyType": (_object_types("object_type", "objectTypeElement"),),
}
"""By the full name of the message that has the field."""
