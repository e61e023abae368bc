"""The triples of a document as the index keeps them: plain strings, quickly made.

Most documents are flat, and thousands of them may be in one commit. So what
`expanded.triples_of` says of a flat document is worked out here again, without an
object for each term; everything else goes through it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, TypeAlias

import orjson

from svc_datakernel.adapters.sql.graph_terms import datatype_name
from svc_datakernel.domain.graph.expanded import JSON_DOCUMENT, schema_iri, triples_of
from svc_datakernel.domain.graph.terms import RDF_TYPE, Node, Triple

# Subject, predicate, lexical form, node, datatype with language: of the last three a
# literal has the outer ones and a node the middle one, the others are empty.
Statement: TypeAlias = tuple[str, str, str, str, str]

_STRING: Final = "xsd:string"
_INTEGER: Final = "xsd:integer"
_DECIMAL: Final = "xsd:decimal"
_BOOLEAN: Final = "xsd:boolean"


def statements_of(document_id: str, type_: str, json: bytes) -> list[Statement]:
    """What `expanded.triples_of` answers, each triple once."""
    found = _flat(document_id, type_, json)
    if found is not None:
        return found
    plain = (_statement(triple) for triple in triples_of(document_id, type_, json))
    return list(dict.fromkeys(plain))


def _statement(triple: Triple) -> Statement:
    subject, predicate, term = triple
    if isinstance(term, Node):
        return subject, predicate, "", term.iri, ""
    return subject, predicate, term.lexical, "", datatype_name(term)


def _flat(id_: str, type_: str, json: bytes) -> list[Statement] | None:
    """The statements of a document without subdocuments and the like; None for any other."""
    if not type_ or type_ == JSON_DOCUMENT:
        return None
    found: list[Statement] = [(id_, RDF_TYPE, "", _class_iri(type_), "")]
    members: dict[str, Any] = orjson.loads(json)
    has_several = False
    for key, value in members.items():
        if key.startswith("@"):
            return None
        predicate = _predicate_iri(key)
        if value.__class__ is str:
            found.append((id_, predicate, value, "", _STRING))
            continue
        if value.__class__ is list:
            has_several = True
        for each in value if value.__class__ is list else (value,):
            term = _term(key, each, json)
            if term is None:
                return None
            lexical, node, datatype = term
            found.append((id_, predicate, lexical, node, datatype))
    is_each_once = len(found) == len(members) + 1 and not has_several
    return found if is_each_once else list(dict.fromkeys(found))


def _term(key: str, value: Any, json: bytes) -> tuple[str, str, str] | None:
    kind = value.__class__
    if kind is int:
        return str(value), "", _INTEGER
    if kind is str:
        return value, "", _STRING
    if kind is dict:
        return _written_out(value)
    if kind is float:
        # Floats are not exact. Where the shortest text of this one stands in the document,
        # it is what was written; inside a string its quotes would have backslashes.
        text = repr(value)
        _, found, rest = json.partition(f'"{key}":{text}'.encode())
        return (text, "", _DECIMAL) if found and rest[0] in b",}" else None
    if kind is bool:
        return ("true" if value else "false"), "", _BOOLEAN
    return None


def _written_out(value: dict[str, Any]) -> tuple[str, str, str] | None:
    # Compared one by one: sets of names would take twice as long.
    if len(value) == 2 and "@value" in value and "@type" in value:
        return value["@value"], "", value["@type"]
    if len(value) == 1 and "@id" in value:
        return "", value["@id"], ""
    return None


@lru_cache(maxsize=4096)
def _class_iri(name: str) -> str:
    return schema_iri(name)


@lru_cache(maxsize=4096)
def _predicate_iri(key: str) -> str:
    return key if ":" in key else f"@schema:{key}"
