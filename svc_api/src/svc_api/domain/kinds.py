"""The kinds of elements, one row each.

A new kind costs its proto file, a line in `Element`, and a row here.
"""

from __future__ import annotations

from dataclasses import dataclass

from svc_api.domain.elements import HEADER_KEY, Key


@dataclass(frozen=True, slots=True)
class Reference:
    """A field of an element that names other elements by id.

    `path` is dotted; `[]` marks a repeated step, as in `properties[].type.object_type`.
    The id has to exist in one of `collections`. Along an `is_acyclic` reference no
    element reaches itself; along an `inherits_properties` one an element has the
    properties of what it names.
    """

    path: str
    collections: tuple[str, ...]
    is_acyclic: bool = False
    inherits_properties: bool = False

    @property
    def top_level_field(self) -> str:
        """The field of the element's body that holds the reference."""
        return self.path.partition(".")[0].removesuffix("[]")


@dataclass(frozen=True, slots=True)
class ElementKind:
    """A kind of element: how it is named, stored, and what it refers to.

    `inverse` is the field that names the element that reads the other way round.
    `keyed_lists` are the repeated fields whose entries have an id of their own,
    each with the field of that id.
    """

    collection: str
    field: str
    document_type: str
    references: tuple[Reference, ...]
    inverse: str = ""
    keyed_lists: tuple[tuple[str, str], ...] = ()
    cardinalities: tuple[str, ...] = ()


KINDS: tuple[ElementKind, ...] = (
    ElementKind(
        collection="objectTypes",
        field="object_type",
        document_type="ObjectType",
        references=(
            Reference("parents[]", ("objectTypes",), is_acyclic=True, inherits_properties=True),
            Reference("interfaces[]", ("interfaces",), inherits_properties=True),
            Reference("properties[].type.object_type", ("objectTypes",)),
        ),
        keyed_lists=(("properties", "property_id"),),
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
        inverse="inverse",
        cardinalities=("target_cardinality", "source_cardinality"),
    ),
    ElementKind(
        collection="interfaces",
        field="interface",
        document_type="Interface",
        references=(
            Reference("parents[]", ("interfaces",), is_acyclic=True, inherits_properties=True),
            Reference("properties[].type.object_type", ("objectTypes",)),
        ),
        keyed_lists=(("properties", "property_id"),),
    ),
)

# The ontology's own header is stored and compared like an element, but it is
# nobody's target and no member of a change set.
HEADER_KIND = ElementKind(
    collection="ontologies", field="ontology", document_type="Ontology", references=()
)

BY_COLLECTION = {kind.collection: kind for kind in KINDS}
BY_DOCUMENT_TYPE = {kind.document_type: kind for kind in KINDS}
# In the order of resource names: `ontologies/x`, then `ontologies/x/interfaces/…`.
EVERY_KIND = (HEADER_KIND, *sorted(KINDS, key=lambda kind: kind.collection))


def kind_of(key: Key) -> ElementKind:
    """The kind of an element, or of the header."""
    return HEADER_KIND if key == HEADER_KEY else BY_COLLECTION[key[0]]
