"""RDF/XML.

Not rdflib's serialiser: it leaves `&` in namespaces and datatypes unescaped, keeps
control characters that no XML may hold, and numbers its prefixes by hash order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from svc_api.adapters.rdf.failures import NotWritable
from svc_api.adapters.rdf.terms import Literal, Object, Subject, Triple
from svc_api.adapters.rdf.vocabulary import RDF

_LOCAL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*$")
_PREFIX = re.compile(r"(?!xml)[A-Za-z_][A-Za-z0-9_.-]*", re.IGNORECASE)
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# White space that an XML parser would turn into something else.
_TEXT_ESCAPES = {"\r": "&#13;"}
# Names of rdf: that mean syntax and can't be predicates (RDF 1.1 XML Syntax, section 7.2.5).
_SYNTAX = frozenset(
    {
        *("RDF", "Description", "ID", "about", "nodeID", "resource", "datatype", "parseType"),
        *("aboutEach", "aboutEachPrefix", "bagID", "li"),
    }
)


def write_rdf_xml(ordered: Sequence[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Writes RDF/XML in UTF-8.

    Args:
        ordered: The statements, those of one subject together.
        prefixes: Namespaces by prefix.
    Raises:
        NotWritable: a predicate has no local name that XML allows, or a text holds a
            control character.
    """
    names = _QNames(prefixes, {predicate for _, predicate, _ in ordered})
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF']
    parts += [f"\n    xmlns:{name}={quoteattr(iri)}" for name, iri in names.declared.items()]
    parts.append(">\n")
    for subject, triples in groupby(ordered, key=lambda triple: triple[0]):
        parts.append(f"  <rdf:Description {_subject(subject)}>\n")
        parts += [_statement(names[predicate], value) for _, predicate, value in triples]
        parts.append("  </rdf:Description>\n")
    parts.append("</rdf:RDF>\n")
    return "".join(parts).encode()


class _QNames:
    """Element names for predicates."""

    def __init__(self, prefixes: Mapping[str, str], predicates: Iterable[str]) -> None:
        self.declared = {name: iri for name, iri in prefixes.items() if _PREFIX.fullmatch(name)}
        if self.declared.get("rdf", RDF) != RDF:
            del self.declared["rdf"]
        self.declared = {"rdf": RDF, **self.declared}
        by_iri = {iri: name for name, iri in reversed(self.declared.items())}
        self._names: dict[str, str] = {}
        for predicate in sorted(predicates):
            namespace, local = _split(predicate)
            if namespace not in by_iri:
                by_iri[namespace] = self._free_name()
                self.declared[by_iri[namespace]] = namespace
            self._names[predicate] = f"{by_iri[namespace]}:{local}"

    def __getitem__(self, predicate: str) -> str:
        return self._names[predicate]

    def _free_name(self) -> str:
        number = 1
        while f"ns{number}" in self.declared:
            number += 1
        return f"ns{number}"


def _split(predicate: str) -> tuple[str, str]:
    match = _LOCAL_NAME.search(predicate)
    if not match or match.start() == 0 or (predicate.startswith(RDF) and match[0] in _SYNTAX):
        raise NotWritable(
            f"RDF/XML can't name the predicate <{predicate}>; use Turtle or N-Triples"
        )
    return predicate[: match.start()], match[0]


def _subject(subject: Subject) -> str:
    if isinstance(subject, int):
        return f'rdf:nodeID="b{abs(subject)}"'
    return f"rdf:about={_attribute(subject)}"


def _statement(name: str, value: Object) -> str:
    if isinstance(value, int):
        return f'    <{name} rdf:nodeID="b{abs(value)}"/>\n'
    if isinstance(value, str):
        return f"    <{name} rdf:resource={_attribute(value)}/>\n"
    return f"    <{name}{_kind(value)}>{escape(_checked(value.text), _TEXT_ESCAPES)}</{name}>\n"


def _kind(literal: Literal) -> str:
    if literal.language:
        return f" xml:lang={_attribute(literal.language)}"
    return f" rdf:datatype={_attribute(literal.datatype)}" if literal.datatype else ""


def _attribute(text: str) -> str:
    return quoteattr(_checked(text))


def _checked(text: str) -> str:
    found = _NOT_XML.search(text)
    if found:
        raise NotWritable(
            f"XML can't hold the character U+{ord(found[0]):04X}, which a text has;"
            " use Turtle or N-Triples"
        )
    return text
