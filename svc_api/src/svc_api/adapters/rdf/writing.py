"""Writes statements as an RDF file, through rdflib; the same statements give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import orjson
import rdflib
from rdflib.graph import Graph
from rdflib.namespace import Namespace
from rdflib.plugins.serializers.jsonld import from_rdf
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import BNode, Node, URIRef
from rdflib.term import Literal as RdfLiteral

from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.terms import Literal, Object, Subject, Triple
from svc_api.adapters.rdf.vocabulary import OMS, OMS_PREFIX_NAME, WELL_KNOWN_PREFIXES
from svc_api.adapters.rdf.xml_writing import write_rdf_xml

rdflib.NORMALIZE_LITERALS = False

_NAMESPACE_ENDS = ("#", "/", ":", "?", "=", "&")
_TURTLE_PREFIX = re.compile(r"([A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?)?")
_PLAIN = {"boolean": re.compile(r"true|false"), "integer": re.compile(r"[+-]?[0-9]+")}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r'[\\"\n\r\t]')


def write_statements(
    triples: Collection[Triple], prefixes: Mapping[str, str], rdf_format: RdfFormat
) -> bytes:
    """Writes an RDF file in UTF-8.

    Args:
        triples: What to say.
        prefixes: Namespaces by prefix. N-Triples has none; JSON-LD keeps those that
            can't be mistaken for a scheme.
        rdf_format: How to say it.
    Raises:
        NotWritable: RDF/XML has no way to write one of the statements.
    """
    ordered = sorted(triples, key=_order)
    prefixes = _with_own(prefixes, triples)
    if rdf_format is RdfFormat.RDF_XML:
        return write_rdf_xml(ordered, prefixes)
    graph = _graph(ordered)
    if rdf_format is RdfFormat.N_TRIPLES:
        lines = graph.serialize(format="nt11", encoding="utf-8").split(b"\n")
        return b"".join(line + b"\n" for line in sorted(lines) if line)
    if rdf_format is RdfFormat.JSON_LD:
        return _json_ld(graph, ordered, prefixes)
    return _turtle(graph, prefixes)


def _with_own(prefixes: Mapping[str, str], triples: Iterable[Triple]) -> dict[str, str]:
    is_used = any(str(term).startswith(OMS) for triple in triples for term in triple[1:])
    if is_used and OMS not in prefixes.values() and OMS_PREFIX_NAME not in prefixes:
        return {**prefixes, OMS_PREFIX_NAME: OMS}
    return dict(prefixes)


def _order(triple: Triple) -> tuple[tuple[int, str], str, tuple[Any, ...]]:
    subject, predicate, value = triple
    return _resource_order(subject), predicate, _object_order(value)


def _resource_order(term: Subject) -> tuple[int, str]:
    return (1, f"{abs(term):012d}") if isinstance(term, int) else (0, term)


def _object_order(term: Object) -> tuple[Any, ...]:
    if isinstance(term, Literal):
        return 2, term.text, term.datatype, term.language
    return (*_resource_order(term), "", "")


def _graph(ordered: Sequence[Triple]) -> Graph:
    graph = Graph(bind_namespaces="none")
    for subject, predicate, value in ordered:
        graph.add((_resource(subject), URIRef(predicate), _object(value)))
    return graph


def _resource(term: Subject) -> URIRef | BNode:
    return BNode(f"b{abs(term)}") if isinstance(term, int) else URIRef(term)


def _object(term: Object) -> URIRef | BNode | RdfLiteral:
    if isinstance(term, Literal):
        datatype = URIRef(term.datatype) if term.datatype else None
        return RdfLiteral(term.text, lang=term.language or None, datatype=datatype)
    return _resource(term)


class _Turtle(TurtleSerializer):
    """rdflib's Turtle with every prefix declared, a total order, and exact literals.

    rdflib sorts literals by value, which is no total order; writes `1.50` as a
    number of Python; and breaks a text of several lines that ends in `\\"`.
    """

    declared: Mapping[str, str]

    def startDocument(self) -> None:
        self.namespaces |= {name: URIRef(iri) for name, iri in self.declared.items()}
        super().startDocument()

    def sortProperties(self, properties: Mapping[Any, list[Node]]) -> list[Any]:
        for objects in properties.values():
            objects.sort(key=_term_order)
        first = [name for name in self.predicateOrder if name in properties]
        return [*first, *sorted((one for one in properties if one not in first), key=str)]

    def label(self, node: Node, position: int) -> str:
        if not isinstance(node, RdfLiteral):
            return super().label(node, position)
        text = str(node)
        name = str(node.datatype).rpartition("#")[2] if node.datatype else ""
        plain = _PLAIN.get(name) if str(node.datatype).startswith(_XSD) else None
        if plain and plain.fullmatch(text):
            return text
        quoted = '"' + _ESCAPED.sub(lambda match: _ESCAPES[match[0]], text) + '"'
        if node.language:
            return f"{quoted}@{node.language}"
        if node.datatype:
            return f"{quoted}^^{self.get_pname(node.datatype, False) or node.datatype.n3()}"
        return quoted


_XSD = WELL_KNOWN_PREFIXES["xsd"]


def _term_order(term: Node) -> tuple[Any, ...]:
    if isinstance(term, RdfLiteral):
        return 2, str(term), str(term.datatype or ""), term.language or ""
    return (1 if isinstance(term, BNode) else 0), str(term), "", ""


def _turtle(graph: Graph, prefixes: Mapping[str, str]) -> bytes:
    fit = {name: iri for name, iri in prefixes.items() if _TURTLE_PREFIX.fullmatch(name)}
    for name, iri in fit.items():
        graph.bind(name, Namespace(iri))
    serializer = _Turtle(graph)
    serializer.declared = fit
    stream = BytesIO()
    serializer.serialize(stream, encoding="utf-8")
    return stream.getvalue()


def _json_ld(graph: Graph, ordered: Sequence[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Expanded JSON-LD with the prefixes in a context, nodes and values in order."""
    found: Any = from_rdf(graph)
    nodes: list[dict[str, Any]] = found if isinstance(found, list) else [found]
    for node in nodes:
        for values in node.values():
            if isinstance(values, list):
                values.sort(key=_json)
    nodes.sort(key=lambda node: node["@id"])
    # A prefix named like the scheme of an IRI would change what that IRI means.
    schemes = {term.partition(":")[0] for triple in ordered for term in _iris(triple)}
    context = {
        name: iri
        for name, iri in sorted(prefixes.items())
        if name and iri.endswith(_NAMESPACE_ENDS) and name not in schemes
    }
    document = {"@context": context, "@graph": nodes} if context else {"@graph": nodes}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _iris(triple: Triple) -> list[str]:
    iris = [term for term in triple if isinstance(term, str)]
    value = triple[2]
    return [*iris, value.datatype] if isinstance(value, Literal) else iris
