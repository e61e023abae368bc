"""Reads an RDF file into statements, through rdflib.

Nothing outside the file is ever read: no remote context, no external entity, no
import. Runs in the child process only.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from typing import Any

import rdflib
from rdflib.term import BNode, Node, URIRef
from rdflib.term import Literal as RdfLiteral

from svc_api.adapters.rdf.failures import FileUnreadable
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.jsonld_reading import read_json_ld
from svc_api.adapters.rdf.statements import SetAside, Statements, usable_prefixes
from svc_api.adapters.rdf.terms import (
    XSD_STRING,
    Literal,
    Object,
    Triple,
    unfit_iri,
    unfit_literal,
)
from svc_api.adapters.rdf.text_reading import BASE, Parsed, read_n_triples, read_turtle
from svc_api.adapters.rdf.xml_reading import read_rdf_xml

# The text of a literal is data: `"01"^^xsd:integer` stays as it is written.
rdflib.NORMALIZE_LITERALS = False

# An upload has no address to resolve it against. Brick 1.1 has one such IRI.
_RELATIVE = "An IRI is relative to a base that the file does not state."
_NAMED_GRAPH = "It is in a named graph; an ontology is the default graph of a file."


def parse(data: bytes, rdf_format: RdfFormat) -> Statements:
    """Reads a file.

    Raises:
        FileUnreadable: it is empty, not UTF-8, not well-formed, or asks for something
            outside of itself.
    """
    if not data.strip():
        raise FileUnreadable("the file is empty")
    try:
        parsed = _parse(data, rdf_format)
    except FileUnreadable as exc:
        hint = _looks_like(data, rdf_format)
        raise FileUnreadable(f"{exc.message}{hint}", line=exc.line, column=exc.column) from exc
    except RecursionError as exc:
        raise FileUnreadable("it is nested too deeply") from exc
    statements = _convert(parsed)
    if not statements.count:
        raise FileUnreadable(f"it holds no RDF statement{_looks_like(data, rdf_format)}")
    return statements


def _parse(data: bytes, rdf_format: RdfFormat) -> Parsed:
    if rdf_format is RdfFormat.RDF_XML:
        return read_rdf_xml(data)
    text = _decode(data)
    if rdf_format is RdfFormat.JSON_LD:
        return read_json_ld(text)
    if rdf_format is RdfFormat.N_TRIPLES:
        return read_n_triples(text)
    return read_turtle(text)


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileUnreadable("it is UTF-16; write it in UTF-8", line=1, column=1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        message = f"byte 0x{data[exc.start]:02x} is not UTF-8; write the file in UTF-8"
        raise FileUnreadable(message, line=line) from exc


def _looks_like(data: bytes, rdf_format: RdfFormat) -> str:
    """A hint when the content seems to be of another format than it was read as."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"<?xml", b"<rdf:RDF", b"<!DOCTYPE rdf:")):
        seen = RdfFormat.RDF_XML
    elif start.startswith((b"{", b'["', b"[{")):
        seen = RdfFormat.JSON_LD
    elif start.startswith((b"@prefix", b"@base", b"PREFIX", b"BASE")):
        seen = RdfFormat.TURTLE
    else:
        return ""
    return "" if seen is rdf_format else f"; it looks like {seen.label} ({seen.value})"


def _convert(parsed: Parsed) -> Statements:
    converter = _Converter()
    triples: set[Triple] = set()
    aside: list[SetAside] = []
    for triple in parsed.graph:
        why = converter.unfit(triple)
        if why:
            subject = str(triple[0]).removeprefix(BASE) if type(triple[0]) is URIRef else ""
            aside.append(SetAside("unusable term", why, subject[:200]))
        else:
            triples.add(converter.triple(triple))
    aside.extend(
        SetAside("named graph", _NAMED_GRAPH, str(name)[:200]) for name in parsed.named_graphs
    )
    return Statements(triples, usable_prefixes(_own(parsed.prefixes)), aside)


def _own(prefixes: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((name, iri) for name, iri in prefixes if not iri.startswith(BASE))


class _Converter:
    """Turns rdflib's terms into ours, each blank node into a number."""

    def __init__(self) -> None:
        self._nodes: dict[str, int] = {}
        self._fit: dict[str, str] = {}

    def triple(self, triple: tuple[Node, Node, Node]) -> Triple:
        subject, predicate, value = triple
        return self._resource(subject), str(predicate), self._object(value)

    def _resource(self, term: Node) -> str | int:
        # Comparing types: rdflib's terms have an abstract base, which makes isinstance slow.
        if type(term) is BNode:
            return self._nodes.setdefault(str(term), len(self._nodes))
        return str(term)

    def _object(self, term: Node) -> Object:
        return _literal(term) if type(term) is RdfLiteral else self._resource(term)

    def unfit(self, triple: tuple[Node, Node, Node]) -> str:
        """Why a statement can't be stored; empty when it can."""
        subject, predicate, value = triple
        if type(subject) is RdfLiteral or type(predicate) is not URIRef:
            return "A literal as subject, or a predicate that is no IRI."
        return self._unfit(subject) or self._unfit(predicate) or self._unfit(value)

    def _unfit(self, term: Any) -> str:
        if type(term) is BNode:
            return ""
        if type(term) is RdfLiteral:
            return unfit_literal(_literal(term))
        iri = str(term)
        if iri not in self._fit:
            self._fit[iri] = _RELATIVE if iri.startswith(BASE) else unfit_iri(iri)
        return self._fit[iri]


def _literal(term: RdfLiteral) -> Literal:
    language = term.language or ""
    datatype = "" if language else str(term.datatype or "")
    return Literal(str(term), "" if datatype == XSD_STRING else datatype, language)
