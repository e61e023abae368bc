"""What documents of an ontology are told as, one row for each kind of element, objects and links.

A new kind costs a row here: its event types, their entries in the catalogue and its channel
follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class TypedKind:
    """A kind of element, or what stands below an element.

    Args:
        document_type: Type of its documents in the kernel.
        collection: In its resource name; empty for the header, which has the ontology's own.
        entity: In its event types.
        title: What people call it.
        area: In its event types: that of the contract.
        below: The collection below an element that it is in; its id begins with the element's.
        is_readable: Whether there is a REST path of its name.
    """

    document_type: str
    collection: str
    entity: str
    title: str
    area: str = "ontology"
    below: str = ""
    is_readable: bool = True

    def event_type(self, change: str) -> str:
        """The type of the event that tells a change: `created`, `updated` or `deleted`."""
        return f"oms.{self.area}.{self.entity}.{change}.v1"

    def name(self, parent: str, id_: str) -> str:
        """The resource name of one, in the ontology `parent`."""
        if not self.collection:
            return parent
        if not self.below:
            return f"{parent}/{self.collection}/{id_}"
        element_id, _, own = id_.partition("/")
        return f"{parent}/{self.collection}/{element_id}/{self.below}/{own}"


HEADER_DOCUMENT: Final = "Ontology/header"
"""Id of the document that holds an ontology's own labels and descriptions."""
HEADER: Final = TypedKind("Ontology", "", "header", "header of an ontology")
OBJECT: Final = TypedKind(
    "Object", "objectTypes", "object", "object", area="object", below="objects"
)
LINK: Final = TypedKind(
    "Link", "linkTypes", "link", "link", area="object", below="links", is_readable=False
)
KINDS: Final = (
    TypedKind("ObjectType", "objectTypes", "object_type", "object type"),
    TypedKind("LinkType", "linkTypes", "link_type", "link type"),
    TypedKind("Interface", "interfaces", "interface", "interface"),
    OBJECT,
    LINK,
)
_BY_DOCUMENT_TYPE: Final = {kind.document_type: kind for kind in KINDS}


def kind_of_document(document_id: str) -> tuple[TypedKind, str] | None:
    """The kind and the id of the element that a document of an ontology holds.

    None for a document that is no part of an ontology.
    """
    if document_id == HEADER_DOCUMENT:
        return HEADER, ""
    document_type, _, element_id = document_id.partition("/")
    kind = _BY_DOCUMENT_TYPE.get(document_type)
    if kind is None or not element_id or (kind.below and not element_id.partition("/")[2]):
        return None
    return kind, element_id
