"""Turtle as documents: triples are put together, checked and committed as documents are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from oms_core.errors import InvalidSchema, ParseError, UploadTooLarge

from svc_datakernel.domain import values
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.assembling import Assembled, from_triples
from svc_datakernel.domain.graph.reading.naming import Names
from svc_datakernel.domain.graph.reading.plans import Plans, plans_of
from svc_datakernel.domain.graph.requests import Graph
from svc_datakernel.domain.graph.schema_classes import CONTEXT, changes_between, properties
from svc_datakernel.domain.graph.schema_triples import schema_of_triples, triples_of_schema
from svc_datakernel.domain.graph.terms import RDF_TYPE, Literal, Node, Object, Triple
from svc_datakernel.domain.graph.turtle.parsing import RawLiteral, parse
from svc_datakernel.domain.graph.validation import check_changes
from svc_datakernel.domain.graph.view import DocumentChange, GraphView, StoredDocument, Work

MAX_BYTES: Final = 64 * 1024 * 1024
_BATCH: Final = 500


def write(view: GraphView, turtle: bytes, graph: Graph, is_replace: bool) -> Work[None]:
    """Adds triples to a graph or, with `is_replace`, puts them in its place.

    Blank nodes get ids made of the Turtle's hash, so that the same Turtle means the same.
    Relative references are relative to the base of the graph.

    Raises:
        ParseError: not Turtle; `line` says where. A literal is none of its datatype.
        UploadTooLarge: more than 64 MiB.
        SchemaViolation: the documents break the schema, or documents break the new one.
        InvalidSchema: the classes are no schema.
    """
    plans = plans_of(view)
    triples = list(_triples(plans, turtle, graph))
    if graph is Graph.SCHEMA:
        changes = _schema_changes(plans, triples, is_replace=is_replace)
    elif is_replace:
        changes = _replaced(view, plans, triples)
    else:
        changes = _added(view, plans, triples)
    check_changes(view, changes)
    return Work(changes, None)


def _triples(plans: Plans, turtle: bytes, graph: Graph) -> Iterator[Triple]:
    if len(turtle) > MAX_BYTES:
        raise UploadTooLarge(f"the Turtle has {len(turtle)} bytes, more than {MAX_BYTES}")
    try:
        text = turtle.decode()
    except UnicodeDecodeError as exc:
        raise ParseError(f"the Turtle is not UTF-8 at byte {exc.start}") from exc
    base = plans.names.schema if graph is Graph.SCHEMA else plans.names.base
    blank = f"Blank_Node/{hashlib.sha256(turtle).hexdigest()[:16]}"
    reader = _Reader(plans.names, blank)
    for subject, predicate, target in parse(text, base):
        yield Triple(reader.iri(subject), reader.iri(predicate), reader.object(target))


class _Reader:
    """Makes compact IRIs and canonical literals of what the Turtle says."""

    def __init__(self, names: Names, blank: str) -> None:
        self._names = names
        self._blank = blank
        self._compact: dict[str, str] = {}

    def iri(self, iri: str) -> str:
        found = self._compact.get(iri)
        if found is None:
            is_blank = iri.startswith("_:")
            found = f"{self._blank}_{iri[2:]}" if is_blank else self._names.compact(iri)
            self._compact[iri] = found
        return found

    def object(self, target: str | RawLiteral) -> Object:
        if isinstance(target, str):
            return Node(self.iri(target))
        datatype = self._names.compact(target.datatype)
        if target.language:
            return Literal(datatype, target.lexical, target.language)
        try:
            return Literal(datatype, values.canonical(datatype, target.lexical))
        except values.BadValue as exc:
            raise ParseError(
                f"{target.lexical!r} is no {datatype}",
                metadata={"api_error": "api:BadCast", "datatype": datatype},
            ) from exc


def _added(view: GraphView, plans: Plans, triples: list[Triple]) -> list[DocumentChange]:
    before = dict(_touched(view, {triple.subject for triple in triples}))
    known = [
        triple
        for stored in before.values()
        for triple in expanded.triples_of(stored.id, stored.type, stored.json)
    ]
    return _changed(before, _assembled(plans, _typed(plans, known + triples)))


def _replaced(view: GraphView, plans: Plans, triples: list[Triple]) -> list[DocumentChange]:
    after = _assembled(plans, _typed(plans, triples))
    kept = {document.id for document in after}
    gone = [
        DocumentChange(stored.id, stored.type, None, is_hard=True)
        for stored in view.list_documents(None)
        if stored.id not in kept
    ]
    ids = sorted(kept)
    before: dict[str, StoredDocument] = {}
    for at in range(0, len(ids), _BATCH):
        before |= view.documents(ids[at : at + _BATCH])
    return gone + _changed(before, after)


def _touched(view: GraphView, subjects: set[str]) -> Iterator[tuple[str, StoredDocument]]:
    """The documents that subjects are of, or are inside of."""
    ordered = sorted(subjects)
    for at in range(0, len(ordered), _BATCH):
        batch = ordered[at : at + _BATCH]
        owners = view.owners(batch)
        yield from view.documents(sorted({owners.get(each, each) for each in batch})).items()


def _assembled(plans: Plans, triples: Iterable[Triple]) -> list[Assembled]:
    def is_unit(kind: str, name: str) -> bool:
        declared = properties(plans.classes, kind).get(name)
        of = declared.get("@class") if isinstance(declared, Mapping) else declared
        return of == "sys:Unit"

    return from_triples(triples, plans.is_subdocument, is_unit)


def _typed(plans: Plans, triples: list[Triple]) -> list[Triple]:
    """With the type that list nodes written as `( … )` go without."""
    typed = {triple.subject for triple in triples if triple.predicate == RDF_TYPE}
    lists = {
        triple.subject
        for triple in triples
        if triple.predicate in ("rdf:first", "rdf:rest") and triple.subject not in typed
    }
    return triples + [Triple(node, RDF_TYPE, Node("rdf:List")) for node in sorted(lists)]


def _changed(
    before: Mapping[str, StoredDocument], after: Iterable[Assembled]
) -> list[DocumentChange]:
    changes: list[DocumentChange] = []
    for doc_id, kind, json in after:
        old = before.get(doc_id)
        if old is None or (old.type, old.json) != (kind, json):
            changes.append(DocumentChange(doc_id, kind, json))
    return changes


def _schema_changes(
    plans: Plans, triples: list[Triple], *, is_replace: bool
) -> list[DocumentChange]:
    known = [] if is_replace else triples_of_schema(plans.classes)
    after = schema_of_triples(_typed(plans, known + triples))
    context = plans.classes.get(CONTEXT)
    if context is not None:
        given = after.setdefault(CONTEXT, context)
        if any(given.get(key) != context.get(key) for key in ("@base", "@schema")):
            raise InvalidSchema("'@base' and '@schema' are fixed with the database")
    return changes_between(plans.classes, after)
