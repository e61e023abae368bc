"""Elements as the domain sees them: a kind, an id, and a plain JSON body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

HEADER_DOCUMENT_ID = "Ontology/header"
HEADER_DOCUMENT_TYPE = "Ontology"

Key = tuple[str, str]
HEADER_KEY: Key = ("ontologies", "header")


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
    def key(self) -> Key:
        """Identifies the element within its ontology."""
        return self.collection, self.id


@dataclass(frozen=True, slots=True)
class StoredElement(Element):
    """An element as the kernel keeps it, with who changed it and when (UTC).

    The header is one too, under `HEADER_KEY`.
    """

    etag: str = ""
    create_time: datetime | None = None
    update_time: datetime | None = None
    created_by: str = ""
    updated_by: str = ""
