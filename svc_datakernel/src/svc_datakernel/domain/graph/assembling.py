"""Documents made of triples: the inverse of `expanded.triples_of`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.terms import (
    RDF_FIRST,
    RDF_NIL,
    RDF_REST,
    RDF_TYPE,
    Literal,
    Node,
    Object,
    Triple,
)

_DERIVED: Final = frozenset({"rdf:List", "sys:Array", "sys:JSON"})


class Assembled(NamedTuple):
    """A document made of triples: compact id, name of its class, canonical expanded form."""

    id: str
    type: str
    json: bytes


def from_triples(
    triples: Iterable[Triple],
    is_subdocument: Callable[[str], bool],
    is_unit: Callable[[str, str], bool] = lambda kind, name: False,
) -> list[Assembled]:
    """Puts documents together from their triples, in any order; the documents come by id.

    A node of a subdocument class goes into the document that refers to it, preferring one
    whose id begins its own; nodes of lists, arrays and JSON values go where they are used.
    Whatever else is a subject is a document, without a class where no triple says one.

    Args:
        is_subdocument: Whether a class, by its name in the schema, is one of subdocuments.
        is_unit: Whether a property of a class holds a `sys:Unit` where its value is `rdf:nil`.
    """
    return _Assembly(triples, is_subdocument, is_unit).documents()


class _Assembly:
    def __init__(
        self,
        triples: Iterable[Triple],
        is_subdocument: Callable[[str], bool],
        is_unit: Callable[[str, str], bool],
    ) -> None:
        self._nodes: dict[str, dict[str, list[Object]]] = {}
        for subject, predicate, term in triples:
            values = self._nodes.setdefault(subject, {}).setdefault(predicate, [])
            if term not in values:
                values.append(term)
        self._is_subdocument = is_subdocument
        self._is_unit = is_unit
        self._parents = self._choose_parents()

    def documents(self) -> list[Assembled]:
        used = self._used()
        found: list[Assembled] = []
        for doc_id in sorted(self._nodes):
            if doc_id in used or self._parents.get(doc_id):
                continue
            kind = self._type(doc_id)
            found.append(
                Assembled(doc_id, kind, expanded.dump(self._document(doc_id, kind, (doc_id,))))
            )
        return found

    def _type(self, doc_id: str) -> str:
        classes = self._nodes[doc_id].get(RDF_TYPE, [])
        return next(
            (expanded.schema_name(each.iri) for each in classes if isinstance(each, Node)), ""
        )

    def _used(self) -> set[str]:
        """Nodes of lists, arrays and JSON values that something refers to."""
        return {
            term.iri
            for node in self._nodes.values()
            for values in node.values()
            for term in values
            if isinstance(term, Node)
            and term.iri in self._nodes
            and self._type(term.iri) in _DERIVED
        }

    def _choose_parents(self) -> dict[str, str]:
        """For each subdocument that is referred to: the node that holds it."""
        parents: dict[str, str] = {}
        for subject in sorted(self._nodes):
            for values in self._nodes[subject].values():
                for term in values:
                    if not isinstance(term, Node) or term.iri not in self._nodes:
                        continue
                    if term.iri == subject or not self._is_subdocument(self._type(term.iri)):
                        continue
                    if term.iri not in parents or term.iri.startswith(f"{subject}/"):
                        parents[term.iri] = subject
        return {
            child: parent
            for child, parent in parents.items()
            if not self._is_circular(child, parents)
        }

    def _is_circular(self, child: str, parents: dict[str, str]) -> bool:
        """Whether subdocuments hold each other, so that none would be in a document."""
        seen = {child}
        while (at := parents.get(child)) is not None:
            if at in seen:
                return True
            seen.add(at)
            child = at
        return False

    def _document(self, doc_id: str, kind: str, above: tuple[str, ...]) -> dict[str, Any]:
        if kind == expanded.JSON_DOCUMENT:
            return {"@json": self._json_members(doc_id)}
        document: dict[str, Any] = {}
        for predicate, terms in self._nodes[doc_id].items():
            if predicate == RDF_TYPE:
                continue
            name = expanded.schema_name(predicate)
            value = self._member(doc_id, kind, name, terms, above)
            if value is not None:
                document[name] = value
        return document

    def _member(
        self, doc_id: str, kind: str, name: str, terms: list[Object], above: tuple[str, ...]
    ) -> Any:
        elements = [each for each in terms if self._is_a(each, "sys:Array")]
        if elements:
            return {"@array": self._array(elements, above)}
        return expanded.gather([self._value(doc_id, kind, name, term, above) for term in terms])

    def _is_a(self, term: Object, kind: str) -> bool:
        return isinstance(term, Node) and term.iri in self._nodes and self._type(term.iri) == kind

    def _value(
        self, holder: str, kind: str, name: str, term: Object, above: tuple[str, ...]
    ) -> Any:
        if isinstance(term, Literal):
            return expanded.value_of(term)
        if term.iri == RDF_NIL:
            return {"@unit": []} if self._is_unit(kind, name) else {"@list": []}
        return self._node(holder, term.iri, above)

    def _node(self, holder: str, node: str, above: tuple[str, ...]) -> dict[str, Any]:
        kind = self._type(node) if node in self._nodes else ""
        if kind == "sys:JSON":
            return {"@json": self._json_members(node)}
        if kind == "rdf:List":
            return {"@list": self._list(node, above)}
        if self._parents.get(node) == holder and node not in above:
            return {"@id": node, "@type": kind, **self._document(node, kind, (*above, node))}
        return {"@id": node}

    def _list(self, node: str, above: tuple[str, ...]) -> list[Any]:
        return [
            self._value(cons, "rdf:List", RDF_FIRST, first, above)
            for cons, first in self._items(node)
        ]

    def _items(self, node: str) -> list[tuple[str, Object]]:
        found: list[tuple[str, Object]] = []
        seen: set[str] = set()
        while node != RDF_NIL and node in self._nodes and node not in seen:
            seen.add(node)
            cons = self._nodes[node]
            found += [(node, first) for first in cons.get(RDF_FIRST, [])[:1]]
            rest = cons.get(RDF_REST, [])
            node = rest[0].iri if rest and isinstance(rest[0], Node) else RDF_NIL
        return found

    def _array(self, elements: list[Object], above: tuple[str, ...]) -> list[Any]:
        placed: dict[tuple[int, ...], Any] = {}
        for element in elements:
            assert isinstance(element, Node)
            for term in self._nodes[element.iri].get(expanded.SYS_VALUE, [])[:1]:
                value = self._value(element.iri, "sys:Array", expanded.SYS_VALUE, term, above)
                placed[self._indexes(element.iri)] = value
        return _nested(placed, 0)

    def _indexes(self, node: str) -> tuple[int, ...]:
        members = self._nodes[node]
        found: list[int] = []
        while terms := members.get(expanded.level_of_index(len(found) + 1)):
            term = terms[0]
            found.append(int(term.lexical) if isinstance(term, Literal) else 0)
        return tuple(found) or (0,)

    def _json_members(self, node: str) -> dict[str, Any]:
        return {
            unquote(predicate.removeprefix("json:")): self._json(terms[0])
            for predicate, terms in self._nodes[node].items()
            if predicate != RDF_TYPE
        }

    def _json(self, term: Object) -> Any:
        if isinstance(term, Node):
            if term.iri == RDF_NIL:
                return []
            if self._is_a(term, "rdf:List"):
                return [self._json(first) for _, first in self._items(term.iri)]
            return self._json_members(term.iri) if term.iri in self._nodes else term.iri
        if term == expanded.JSON_NULL:
            return None
        if term.datatype in ("xsd:decimal", "xsd:integer"):
            return Number(term.lexical)
        return expanded.value_of(term) if term.datatype == "xsd:boolean" else term.lexical


def _nested(placed: dict[tuple[int, ...], Any], level: int) -> list[Any]:
    """An array of what is at each place, with None for gaps."""
    found: list[Any] = []
    for index in range(max(place[level] for place in placed) + 1 if placed else 0):
        here = {place: value for place, value in placed.items() if place[level] == index}
        if not here:
            found.append(None)
        elif any(len(place) == level + 1 for place in here):
            found.append(next(iter(here.values())))
        else:
            found.append(_nested(here, level + 1))
    return found
