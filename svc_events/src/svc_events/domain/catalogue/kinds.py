"""What documents of an ontology are told as, one row for each kind of element.

A new kind of element costs a row here: its event types, their entries in the catalogue and its
channel follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class TypedKind:
    """A kind of element.

    Args:
        document_type: Type of its documents in the kernel.
        collection: In its resource name; empty for the header, which has the ontology's own.
        entity: In its event types.
        title: What people call it.
    """

    document_type: str
    collection: str
    entity: str
    title: str

    def event_type(self, change: str) -> str:
        """The type of the event that tells a change: `created`, `updated` or `deleted`."""
        return f"oms.ontology.{self.entity}.{change}.v1"


HEADER_DOCUMENT: Final = "Ontology/header"
"""Id of the document that holds an ontology's own labels and descriptions."""
HEADER: Final = TypedKind("Ontology", "", "header", "header of an ontology")
KINDS: Final = (
    TypedKind("ObjectType", "objectTypes", "object_type", "object type"),
    TypedKind("LinkType", "linkTypes", "link_type", "link type"),
    TypedKind("Interface", "interfaces", "interface", "interface"),
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
    return (kind, element_id) if kind is not None and element_id else None
