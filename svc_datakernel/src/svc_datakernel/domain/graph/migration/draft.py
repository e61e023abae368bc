"""Documents as a migration leaves them so far, over the commit it started from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, TypeAlias

from oms_core.errors import LimitExceeded

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.terms import RDF_TYPE, Node, Pattern
from svc_datakernel.domain.graph.view import DocumentChange, GraphView

Body: TypeAlias = dict[str, Any]
"""The expanded form of a document or subdocument, numbers as they were written."""

EditNode: TypeAlias = Callable[[str, Body], bool]
"""Changes a document or subdocument of a class in place; whether it did."""

MOST_DOCUMENTS: Final = 500_000
"""Most documents that one migration changes: they are held in memory until it is committed."""

_BATCH = 500


class Draft:
    """Reads documents through what has been changed. Sees what operations before did."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._changed: dict[str, tuple[str, Body | None]] = {}

    @property
    def view(self) -> GraphView:
        """The commit the migration starts from."""
        return self._view

    def changes(self) -> list[DocumentChange]:
        """What to store."""
        return [
            DocumentChange(
                id=document_id,
                type=type_name,
                json=None if body is None else expanded.dump(body),
                is_hard=body is None,
            )
            for document_id, (type_name, body) in self._changed.items()
        ]

    def put(self, document_id: str, type_name: str, body: Body) -> None:
        """Stores a document.

        Raises:
            LimitExceeded: it would be one more than a migration may change.
        """
        self._set(document_id, type_name, body)

    def remove(self, document_id: str, type_name: str) -> None:
        """Deletes a document."""
        self._set(document_id, type_name, None)

    def _set(self, document_id: str, type_name: str, body: Body | None) -> None:
        self._changed[document_id] = (type_name, body)
        if len(self._changed) > MOST_DOCUMENTS:
            raise LimitExceeded(
                f"the migration changes more than {MOST_DOCUMENTS} documents, which is the most in "
                "one commit; export them, change them and import them",
                metadata={"limit": "migrated_documents", "maximum": str(MOST_DOCUMENTS)},
            )

    def documents(self, ids: Collection[str]) -> Iterator[tuple[str, str, Body]]:
        """Documents by id that are there: id, class and a copy of the expanded form."""
        unread = [each for each in ids if each not in self._changed]
        for each in ids:
            type_name, body = self._changed.get(each, ("", None))
            if body is not None:
                yield each, type_name, expanded.parse(expanded.dump(body))
        for at in range(0, len(unread), _BATCH):
            found = self._view.documents(unread[at : at + _BATCH])
            for each, stored in found.items():
                yield each, stored.type, expanded.parse(stored.json)

    def of_classes(self, names: Collection[str]) -> list[str]:
        """Ids of the documents of exactly these classes."""
        stored = [
            found.id
            for found in self._view.list_documents(sorted(names))
            if found.id not in self._changed
        ]
        return stored + [
            each
            for each, (type_name, body) in self._changed.items()
            if type_name in names and body is not None
        ]

    def holding(self, names: Collection[str]) -> list[str]:
        """Ids of the documents that are of these classes or have subdocuments that are."""
        found = dict.fromkeys(self.of_classes(names))
        for name in sorted(names):
            of_class = Pattern(predicate=RDF_TYPE, object=Node(expanded.schema_iri(name)))
            found |= dict.fromkeys(
                self._owning([at.subject for at in self._view.triples(of_class)])
            )
        for each, (type_name, body) in self._changed.items():
            if body is not None and any(of in names for of, _ in nodes(type_name, body)):
                found[each] = None
        return [each for each in found if self._is_there(each)]

    def referring(self, ids: Collection[str]) -> list[str]:
        """Ids of the documents that refer to any of these ids."""
        subjects = [
            triple.subject
            for each in ids
            for triple in self._view.triples(Pattern(object=Node(each)))
        ]
        found = dict.fromkeys(self._owning(subjects))
        wanted = set(ids)
        for each, (_, body) in self._changed.items():
            if body is not None and any(iri in wanted for _, iri in expanded.references_of(body)):
                found[each] = None
        return [each for each in found if self._is_there(each)]

    def edit(self, names: Collection[str], edit: EditNode) -> int:
        """Edits every document and subdocument of some classes; answers how many it changed."""
        count = 0
        for document_id, type_name, body in self.documents(self.holding(names)):
            edited = sum(edit(of, node) for of, node in nodes(type_name, body) if of in names)
            if edited:
                self.put(document_id, type_name, body)
            count += edited
        return count

    def rename(self, new_ids: Mapping[str, str]) -> None:
        """Has every reference to an id refer to its new one."""
        for document_id, type_name, body in self.documents(self.referring(new_ids)):
            self.put(document_id, type_name, renamed(body, new_ids))

    def _is_there(self, document_id: str) -> bool:
        return document_id not in self._changed or self._changed[document_id][1] is not None

    def _owning(self, subjects: list[str]) -> Iterator[str]:
        for at in range(0, len(subjects), _BATCH):
            batch = subjects[at : at + _BATCH]
            owners = self._view.owners(batch)
            yield from (owners.get(each, each) for each in batch)


def nodes(type_name: str, body: Body) -> Iterator[tuple[str, Body]]:
    """A document and its subdocuments with their classes, outer ones first."""
    yield type_name, body
    for each in expanded.subdocuments_of(body):
        yield each["@type"], each


def renamed(value: Any, new_ids: Mapping[str, str]) -> Any:
    """An expanded value with references replaced, values of a property in canonical order again."""
    if isinstance(value, list):
        return [renamed(item, new_ids) for item in value]
    if not isinstance(value, dict) or "@json" in value or "@value" in value:
        return value
    if expanded.is_reference(value):
        return {"@id": new_ids.get(value["@id"], value["@id"])}
    return {
        key: member
        if key in ("@id", "@type", "@unit")
        else renamed(member, new_ids)
        if key in ("@list", "@array")
        else _gathered(renamed(member, new_ids))
        for key, member in value.items()
    }


def _gathered(value: Any) -> Any:
    return expanded.gather(value) if isinstance(value, list) else value
