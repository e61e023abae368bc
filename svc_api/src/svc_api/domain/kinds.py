"""The kinds of elements, one row each.

A new kind costs its proto file, a line in `Element`, and a row here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A field of an element that names other elements by id.

    `path` is dotted; `[]` marks a repeated step, as in `properties[].type.object_type`.
    """

    path: str
    collections: tuple[str, ...]
    is_acyclic: bool = False


@dataclass(frozen=True, slots=True)
class ElementKind:
    """A kind of element: how it is named, stored, and what it refers to."""

    collection: str
    field: str
    document_type: str
    references: tuple[Reference, ...]


KINDS: tuple[ElementKind, ...] = (
    ElementKind(
        collection="objectTypes",
        field="object_type",
        document_type="ObjectType",
        references=(
            Reference("parents[]", ("objectTypes",), is_acyclic=True),
            Reference("interfaces[]", ("interfaces",)),
            Reference("properties[].type.object_type", ("objectTypes",)),
        ),
    ),
    ElementKind(
        collection="linkTypes",
        field="link_type",
        document_type="LinkType",
        references=(
            Reference("parents[]", ("linkTypes",), is_acyclic=True),
            Reference("source_types[]", ("objectTypes", "interfaces")),
            Reference("target_types[]", ("objectTypes", "interfaces")),
            Reference("inverse", ("linkTypes",)),
        ),
    ),
    ElementKind(
        collection="interfaces",
        field="interface",
        document_type="Interface",
        references=(
            Reference("parents[]", ("interfaces",), is_acyclic=True),
            Reference("properties[].type.object_type", ("objectTypes",)),
        ),
    ),
)

BY_COLLECTION = {kind.collection: kind for kind in KINDS}
BY_DOCUMENT_TYPE = {kind.document_type: kind for kind in KINDS}
