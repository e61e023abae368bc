"""An ontology as of one commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from svc_api.domain.element_index import ElementIndex
from svc_api.domain.elements import HEADER_KEY, Key, StoredElement


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything an ontology says as of a commit. Never changes.

    `header` is None in an ontology whose creation has not been finished.
    """

    ontology: str
    commit_id: str
    header: StoredElement | None
    elements: ElementIndex[StoredElement]

    @classmethod
    def of(cls, ontology: str, commit_id: str, stored: Iterable[StoredElement]) -> Snapshot:
        """Builds a snapshot from everything stored, the header among it."""
        header: StoredElement | None = None
        elements: list[StoredElement] = []
        for element in stored:
            if element.key == HEADER_KEY:
                header = element
            else:
                elements.append(element)
        return cls(ontology, commit_id, header, ElementIndex.of(elements))

    def get(self, key: Key) -> StoredElement | None:
        """The element or header of a key, or None."""
        return self.header if key == HEADER_KEY else self.elements.get(key)

    def advanced(self, commit_id: str, changes: Mapping[Key, StoredElement | None]) -> Snapshot:
        """The snapshot of another commit, given what differs; None is gone there."""
        elements = {key: element for key, element in changes.items() if key != HEADER_KEY}
        return Snapshot(
            self.ontology,
            commit_id,
            changes.get(HEADER_KEY, self.header),
            self.elements.with_changes(elements) if elements else self.elements,
        )
