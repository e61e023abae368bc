"""What a query wants written, gathered while it runs and made into changes at its end.

Nothing that was gathered is seen by the query itself: it reads its commit throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from oms_core.errors import ResourceNotFound, SchemaViolation

from svc_datakernel.domain.canonical_json import write_exact
from svc_datakernel.domain.graph import documents, expanded
from svc_datakernel.domain.graph.assembling import Assembled, from_triples
from svc_datakernel.domain.graph.reading.plans import plans_of
from svc_datakernel.domain.graph.requests import Deletion, Insertion
from svc_datakernel.domain.graph.schema_classes import changes_between, classes_of, properties
from svc_datakernel.domain.graph.schema_triples import schema_of_triples, triples_of_schema
from svc_datakernel.domain.graph.terms import Literal, Pattern, Triple
from svc_datakernel.domain.graph.validation import check_changes
from svc_datakernel.domain.graph.view import DocumentChange, GraphView, StoredDocument
from svc_datakernel.domain.woql import errors
from svc_datakernel.domain.woql.names import Names
from svc_datakernel.domain.woql.native import full_iri
from svc_datakernel.domain.woql.run import Run

_CHUNK: Final = 500
_SCHEMA_FAILURE: Final = "api:WOQLSchemaCheckFailure"


class Written(NamedTuple):
    """What a query comes to: changes, and how many triples they add and take away."""

    changes: Sequence[DocumentChange]
    inserts: int
    deletes: int


class _Edits:
    """Triples to add to a graph and to take away: the last word on each counts."""

    def __init__(self) -> None:
        self.added: dict[Triple, None] = {}
        self.removed: dict[Triple, None] = {}

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    def change(self, triple: Triple, *, is_addition: bool, is_there: bool) -> None:
        """Notes an addition or a removal.

        Args:
            is_there: Whether the commit has the triple.
        """
        gained, lost = (self.added, self.removed) if is_addition else (self.removed, self.added)
        if triple in lost:
            del lost[triple]
        elif is_there != is_addition:
            gained[triple] = None

    def applied(self, triples: Iterable[Triple]) -> list[Triple]:
        """Triples with the edits applied."""
        kept = [triple for triple in triples if triple not in self.removed]
        return list(dict.fromkeys([*kept, *self.added]))


class Writer:
    """Gathers the writes of one query."""

    def __init__(self, view: GraphView, names: Names) -> None:
        self._view = view
        self._names = names
        self._instance = _Edits()
        self._schema = _Edits()
        self._schema_triples: set[Triple] | None = None
        self._inserted: dict[bytes, None] = {}
        self._replaced: dict[bytes, None] = {}
        self._deleted: dict[str, None] = {}
        self._by_body: dict[tuple[bytes, bool], str] = {}
        self._changes: dict[str, DocumentChange] = {}

    def change_triple(
        self, run: Run, triple: Triple, *, is_addition: bool, is_schema: bool
    ) -> None:
        """Adds a triple to a graph, or takes it away."""
        run.hold(4)
        if is_schema:
            self._check_schema_triple(triple)
            edits, is_there = self._schema, triple in self._known_schema()
        else:
            pattern = Pattern(*triple)
            edits, is_there = self._instance, next(self._view.triples(pattern), None) is not None
        edits.change(triple, is_addition=is_addition, is_there=is_there)

    def _check_schema_triple(self, triple: Triple) -> None:
        thing = triple.object
        if isinstance(thing, Literal) and not triple.predicate.startswith("sys:"):
            shown = f"\"{thing.lexical}\"^^'{full_iri(thing.datatype)}'"
            raise errors.type_error(shown, "atom")

    def _known_schema(self) -> set[Triple]:
        if self._schema_triples is None:
            self._schema_triples = set(triples_of_schema(classes_of(self._view)))
        return self._schema_triples

    def write_document(
        self, run: Run, body: Any, *, is_replacement: bool, needs_id: bool
    ) -> str | None:
        """Inserts or replaces a document.

        Returns:
            Its compact id if that is needed; otherwise it is written with the others at the end.
        """
        raw = write_exact(body)
        run.hold(len(raw) // 64 + 4)
        if not needs_id:
            (self._replaced if is_replacement else self._inserted)[raw] = None
            return None
        key = (raw, is_replacement)
        if key not in self._by_body:
            self._by_body[key] = self._insert([raw], is_replacement=is_replacement)
        return self._by_body[key]

    def delete_document(self, run: Run, document_id: str) -> None:
        """Deletes a document.

        Raises:
            ResourceNotFound: it is not there.
        """
        if document_id not in self._view.documents([document_id]):
            full = self._names.full(document_id)
            error = ResourceNotFound.of("document", full)
            error.metadata["api_error"] = "api:DocumentNotFound"
            raise error
        run.hold(2)
        self._deleted[document_id] = None

    def _insert(self, bodies: Sequence[bytes], *, is_replacement: bool) -> str:
        insertion = Insertion(body=b"[" + b",".join(bodies) + b"]", is_replace=is_replacement)
        work = documents.insert(self._view, insertion)
        self._changes.update((change.id, change) for change in work.changes)
        return self._names.compact(work.answer.ids[0]) if work.answer.ids else ""

    def finish(self) -> Written:
        """The changes, checked against the schema.

        Raises:
            SchemaViolation, InvalidSchema, ResourceNotFound, ResourceAlreadyExists.
        """
        try:
            return self._finished()
        except SchemaViolation as exc:
            exc.metadata["api_error"] = _SCHEMA_FAILURE
            raise

    def _finished(self) -> Written:
        for bodies, is_replacement in ((self._inserted, False), (self._replaced, True)):
            if bodies:
                self._insert(list(bodies), is_replacement=is_replacement)
        if self._deleted:
            ids = [self._names.full(document_id) for document_id in self._deleted]
            work = documents.delete(self._view, Deletion(ids=ids))
            self._changes.update((change.id, change) for change in work.changes)
        if self._instance:
            self._apply_triples()
        schema = self._schema_changes()
        if self._instance or schema:
            check_changes(self._view, [*self._changes.values(), *schema])
        added, removed = self._difference()
        return Written(
            [*self._changes.values(), *schema],
            added + len(self._schema.added),
            removed + len(self._schema.removed),
        )

    def _apply_triples(self) -> None:
        """Puts the documents together anew whose triples are edited."""
        subjects = {t.subject for t in (*self._instance.added, *self._instance.removed)}
        before = self._touched(sorted(subjects))
        known = [triple for stored in before.values() for triple in _triples_of(stored)]
        after = {each.id: each for each in self._assembled(self._instance.applied(known))}
        for document_id, stored in before.items():
            if document_id not in after:
                self._changes[document_id] = DocumentChange(document_id, stored.type, None)
        for document_id, found in after.items():
            stored = before.get(document_id)
            if stored is None or (stored.type, stored.json) != (found.type, found.json):
                self._changes[document_id] = DocumentChange(document_id, found.type, found.json)

    def _touched(self, subjects: Sequence[str]) -> Mapping[str, StoredDocument]:
        """The documents that subjects are of or inside of, as the query has them by now."""
        found: dict[str, StoredDocument] = {}
        for at in range(0, len(subjects), _CHUNK):
            batch = subjects[at : at + _CHUNK]
            owners = self._view.owners(batch)
            ids = sorted({owners.get(each, each) for each in batch})
            found.update(self._view.documents(ids))
            for document_id in ids:
                change = self._changes.get(document_id)
                if change is not None and change.json is not None:
                    found[document_id] = StoredDocument(change.id, change.type, change.json)
                elif change is not None:
                    found.pop(document_id, None)
        return found

    def _assembled(self, triples: Iterable[Triple]) -> list[Assembled]:
        plans = plans_of(self._view)

        def is_unit(kind: str, name: str) -> bool:
            declared = properties(plans.classes, kind).get(name)
            of = declared.get("@class") if isinstance(declared, Mapping) else declared
            return of == "sys:Unit"

        return from_triples(triples, plans.is_subdocument, is_unit)

    def _schema_changes(self) -> list[DocumentChange]:
        if not self._schema:
            return []
        before = classes_of(self._view)
        after = schema_of_triples(self._schema.applied(triples_of_schema(before)))
        return changes_between(before, after)

    def _difference(self) -> tuple[int, int]:
        """How many triples the changes of documents add and take away."""
        added = removed = 0
        ids = list(self._changes)
        for at in range(0, len(ids), _CHUNK):
            batch = ids[at : at + _CHUNK]
            before = self._view.documents(batch)
            for document_id in batch:
                change = self._changes[document_id]
                old = set(_triples_of(before[document_id]) if document_id in before else ())
                new: set[Triple] = set()
                if change.json is not None:
                    new = set(expanded.triples_of(change.id, change.type, change.json))
                added += len(new - old)
                removed += len(old - new)
        return added, removed


def _triples_of(stored: StoredDocument) -> list[Triple]:
    return expanded.triples_of(stored.id, stored.type, stored.json)
