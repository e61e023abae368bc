"""What every element's body has in common, read out of its statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.catalogue import Catalogue, is_used_id
from svc_api.adapters.rdf.phrases import unwrap_annotation
from svc_api.adapters.rdf.statements import Statements, first_text
from svc_api.adapters.rdf.terms import Literal, Object, Triple
from svc_api.adapters.rdf.unions import read_union

Pair = tuple[str, Object]

MAX_TEXTS = 500
MAX_TEXT_CHARS = 20_000
MAX_ANNOTATIONS = 2000
MAX_REFERENCES = 1000


@dataclass(frozen=True, slots=True)
class Note:
    """Why a statement about an element was left out."""

    construct: str
    reason: str


@dataclass(slots=True)
class Context:
    """One import under way: the file, its elements, and what is found out while mapping.

    `notes` says why single statements were left out; `unions` holds the statements of
    anonymous classes that were carried.
    """

    statements: Statements
    catalogue: Catalogue
    notes: dict[Triple, Note] = field(default_factory=dict[Triple, Note])
    unions: set[Triple] = field(default_factory=set[Triple])

    def pairs(self, iri: str) -> list[Pair]:
        """The statements about an element, without those that name it in our vocabulary."""
        named = {v.OMS_IRI} if iri.startswith(v.OMS_ELEMENT) else set[str]()
        element_id = (
            self.catalogue.class_id(iri)
            or self.catalogue.links.get(iri)
            or self.catalogue.properties.get(iri)
        )
        if element_id and is_used_id(self.statements, iri, element_id):
            named.add(v.OMS_ID)
        return [pair for pair in self.statements.about.get(iri, ()) if pair[0] not in named]

    def note(self, triple: Triple, reason: str) -> None:
        """Records why a statement is left out."""
        self.notes[triple] = Note(self.statements.qname(triple[1]), reason)

    def references(self, iri: str, predicate: str, ids: Iterable[str]) -> list[str]:
        """Sorted ids for a repeated reference, cut at what a field holds."""
        found = sorted(set(ids))
        if len(found) > MAX_REFERENCES:
            reason = f"An element names at most {MAX_REFERENCES:,} others in one field."
            dropped = set(found[MAX_REFERENCES:])
            for value in self.statements.objects(iri, predicate):
                if isinstance(value, str) and self._id(value) in dropped:
                    self.note((iri, predicate, value), reason)
        return found[:MAX_REFERENCES]

    def _id(self, iri: str) -> str | None:
        return self.catalogue.class_id(iri) or self.catalogue.links.get(iri)

    def ends(self, iri: str, predicate: str, *, thing: str = "") -> Ends:
        """The classes that a domain or range names: one class, or a union of classes.

        Several statements of one predicate mean an intersection, for which the model
        has no word: none is understood, and those that name a class stay as annotations.

        Args:
            iri: The property.
            predicate: `rdfs:domain` or `rdfs:range`.
            thing: An undeclared class that may be a member of a union all the same.
        """
        stated = self.statements.objects(iri, predicate)
        if len(stated) != 1:
            return Ends()
        value = stated[0]
        if isinstance(value, str) and self.catalogue.class_id(value):
            return Ends((value,), frozenset({(iri, predicate, value)}))
        union = read_union(self.statements, value) if isinstance(value, int) else None
        if union is None or len(union.members) > MAX_REFERENCES:
            return Ends()
        if not all(self.catalogue.class_id(one) or one == thing for one in union.members):
            return Ends()
        return Ends(tuple(sorted(union.members)), union.triples | {(iri, predicate, value)})


@dataclass(frozen=True, slots=True)
class Ends:
    """Classes that a property starts from or leads to, and the statements that say so."""

    classes: tuple[str, ...] = ()
    triples: frozenset[Triple] = frozenset()

    def without(self, iri: str, pairs: Iterable[Pair]) -> list[Pair]:
        """The statements about a property that say something else."""
        return [pair for pair in pairs if (iri, *pair) not in self.triples]


def element_iri(statements: Statements, iri: str) -> str:
    """The IRI that an element has in the model; empty when it has none of its own."""
    if iri.startswith(v.OMS_ELEMENT):
        return first_text(statements.objects(iri, v.OMS_IRI))
    return iri


def describe(context: Context, iri: str, pairs: Iterable[Pair]) -> dict[str, Any]:
    """Labels, descriptions, status and annotations out of the statements nothing else used."""
    labels: list[Literal] = []
    comments: list[Literal] = []
    deprecations: list[Pair] = []
    others: list[Pair] = []
    body: dict[str, Any] = {}
    for predicate, value in sorted(pairs, key=annotation_order):
        texts = {v.LABEL: labels, v.COMMENT: comments}.get(predicate)
        if texts is not None and isinstance(value, Literal) and _is_text(value, texts):
            texts.append(value)
        elif predicate == v.DEPRECATED and value in v.TRUTHS:
            deprecations.append((predicate, value))
        elif predicate == v.OMS_STATUS and value in v.STATUSES and isinstance(value, Literal):
            body.setdefault("status", v.STATUSES[value])
        elif not isinstance(value, int):
            others.append((predicate, value))
    if deprecations:
        body["status"] = v.DEPRECATED_STATUS
    if deprecations != [(v.DEPRECATED, v.TRUE)]:
        # Another way to write true is kept as it is written.
        others.extend(deprecations)
    if labels:
        body["labels"] = _texts(labels)
    if comments:
        body["descriptions"] = _texts(comments)
    annotations = _annotations(context, iri, others)
    if annotations:
        body["annotations"] = annotations
    return body


def _is_text(value: Literal, so_far: list[Literal]) -> bool:
    return not value.datatype and len(value.text) <= MAX_TEXT_CHARS and len(so_far) < MAX_TEXTS


def _texts(literals: list[Literal]) -> list[dict[str, str]]:
    ordered = sorted(literals, key=lambda literal: (literal.language, literal.text))
    return [
        {key: value for key, value in (("language", one.language), ("text", one.text)) if value}
        for one in ordered
    ]


def annotation_order(pair: Pair) -> tuple[str, bool, str, str, str]:
    """Sorts annotations: by predicate, IRIs first, then by value."""
    predicate, value = pair
    if isinstance(value, Literal):
        return predicate, True, value.text, value.datatype, value.language
    return predicate, False, str(value), "", ""


def _annotations(context: Context, iri: str, pairs: list[Pair]) -> list[dict[str, Any]]:
    ordered = sorted(pairs, key=annotation_order)
    for predicate, value in ordered[MAX_ANNOTATIONS:]:
        context.note(
            (iri, predicate, value), f"An element holds at most {MAX_ANNOTATIONS:,} annotations."
        )
    return [_annotation(predicate, value) for predicate, value in ordered[:MAX_ANNOTATIONS]]


def _annotation(predicate: str, value: Object) -> dict[str, Any]:
    """An annotation in the JSON form of `oms.ontology.v1.Annotation`."""
    if predicate == v.OMS_ANNOTATION and isinstance(value, Literal):
        unwrapped = unwrap_annotation(value)
        if unwrapped is not None:
            return unwrapped
    if not isinstance(value, Literal):
        return {"predicate": predicate, "iri": value}
    return {
        "predicate": predicate,
        "literal": {name: text for name, text in value._asdict().items() if text},
    }
