"""Elements as the domain sees them: a kind, an id, and a plain JSON body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

HEADER_DOCUMENT_ID = "Ontology/header"
HEADER_DOCUMENT_TYPE = "Ontology"


@dataclass(frozen=True, slots=True)
class Element:
    """An element of an ontology.

    `body` is the proto's JSON form with proto field names, enum values by name,
    unset fields left out, and without `name`, `etag` and the output-only fields
    (`create_time`, `update_time`, `created_by`, `updated_by`). It is what the
    kernel stores, and it is never changed in place.
    """

    collection: str
    id: str
    body: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """Identifies the element within its ontology."""
        return self.collection, self.id
