"""The expanded form: how a document of a graph database is stored.

A JSON object that says by itself what every value is, so that triples follow from
it without the schema, and old values keep their types when the schema changes. Ids
and types are compact IRIs (see `terms.py`); the document's own id and class are not
in the object but beside it.

    member        a property; the key is its name in the schema (`name`, meaning `@schema:name`)
                  or, where it has a colon, a compact IRI
    "text"        an xsd:string
    17            an xsd:integer       1.5   an xsd:decimal       true   an xsd:boolean
                  (a whole decimal is written out, as the next)
    {"@type": "xsd:date", "@value": "2024-01-02"}   any other literal, the canonical lexical form
                  as a string; `"@language"` beside an rdf:langString
    {"@id": "Person/bob"}                           a reference; an enum's value is
                                                    {"@id": "@schema:Color/red"}
    {"@id": "Person/a/home/Address/x", "@type": "Address", "street": …}   a subdocument
    [ … ]         several values of one property: a Set. Without repetition, ordered by their
                  canonical JSON. A single value stands alone, an empty set is left out.
    {"@list": [ … ]}                                a List, in order
    {"@array": [ … ]}                               an Array, nested for more dimensions;
                                                    null for a gap, none at the end
    {"@json": … }                                   a sys:JSON value
    {"@unit": []}                                   a sys:Unit

A document inserted with `raw_json` has the class `sys:JSONDocument` and the member `@json` alone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import orjson

from svc_datakernel.domain.canonical_json import Number, parse_exact, write_exact
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

JSON_DOCUMENT: Final = "sys:JSONDocument"
SYS_VALUE: Final = "sys:value"
SYS_INDEX: Final = "sys:index"
JSON_NULL: Final = Literal("xsd:token", "null")
_JSON_NODES: Final = "terminusdb:///json/"


class _Inexact(Exception):
    """A number that the fast parser rounds."""


def parse(json: bytes) -> dict[str, Any]:
    """The expanded form with numbers as `Number`, digits as they are stored."""
    return parse_exact(json.decode())


def dump(value: dict[str, Any]) -> bytes:
    """The canonical bytes of an expanded form; numbers are `Number` or int."""
    return write_exact(value)


def schema_iri(name: str) -> str:
    """The compact IRI of a class or property, from its name in the schema."""
    return name if ":" in name else f"@schema:{name}"


def schema_name(iri: str) -> str:
    """The name in the schema of a class or property: the inverse of `schema_iri`."""
    return iri[8:] if iri.startswith("@schema:") else iri


def level_of_index(dimension: int) -> str:
    """The predicate that holds an array element's index in a dimension, counted from 1."""
    return SYS_INDEX if dimension == 1 else f"{SYS_INDEX}{dimension}"


def is_subdocument(value: Any) -> bool:
    """Whether an expanded value is a subdocument."""
    return isinstance(value, dict) and "@id" in value and "@type" in value


def is_reference(value: Any) -> bool:
    """Whether an expanded value is a reference, or an enum's value."""
    return isinstance(value, dict) and "@id" in value and "@type" not in value


def literal_of(value: Any) -> Literal | None:
    """The literal that an expanded value is; None for references, subdocuments and containers."""
    if isinstance(value, bool):
        return Literal("xsd:boolean", "true" if value else "false")
    if isinstance(value, Number):
        return Literal("xsd:decimal" if "." in value else "xsd:integer", str(value))
    if isinstance(value, str):
        return Literal("xsd:string", value)
    if isinstance(value, int):
        return Literal("xsd:integer", str(value))
    if isinstance(value, float):
        raise _Inexact
    if isinstance(value, dict) and "@value" in value:
        return Literal(value["@type"], value["@value"], value.get("@language", ""))
    return None


def value_of(literal: Literal) -> Any:
    """The expanded value of a literal: the inverse of `literal_of`."""
    datatype, lexical, language = literal
    if datatype == "xsd:string":
        return lexical
    if datatype == "xsd:integer":
        return Number(lexical)
    if datatype == "xsd:decimal" and "." in lexical:
        return Number(lexical)
    if datatype == "xsd:boolean":
        return lexical == "true"
    written = {"@type": datatype, "@value": lexical}
    return {**written, "@language": language} if language else written


def values_of(value: Any) -> list[Any]:
    """The values of a member: those of a Set, or the one there is."""
    return value if isinstance(value, list) else [value]


def gather(values: list[Any]) -> Any:
    """Several values as one member: without repetition, in canonical order; None for none."""
    if len(values) < 2:
        return values[0] if values else None
    found = {write_exact(value): value for value in values}
    ordered = [found[key] for key in sorted(found)]
    return ordered[0] if len(ordered) == 1 else ordered


def subdocuments_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every subdocument in an expanded document or value, however deep, parents first."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pending += reversed(each)
        elif isinstance(each, dict) and "@json" not in each:
            if each is not value and "@id" in each and "@type" in each:
                yield each
            pending += [member for key, member in each.items() if key not in _NO_MEMBERS]


def placed_subdocuments(value: Any, path: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Every subdocument as `subdocuments_of` yields them, each with the way to it: names of
    properties and places in a List or Array, `lines.0.parts`."""
    for key, member in value.items():
        if key not in _NO_MEMBERS and key != "@json":
            yield from _placed(member, f"{path}.{key}".lstrip("."))


def _placed(value: Any, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, list):
        for item in value:
            yield from _placed(item, path)
    elif isinstance(value, dict):
        if "@id" in value and "@type" in value:
            yield value, path
            yield from placed_subdocuments(value, path)
        for container in ("@list", "@array"):
            for place, item in enumerate(value.get(container, ())):
                yield from _placed(item, f"{path}.{place}")


def owned_ids(json: bytes) -> list[str]:
    """Ids of the subdocuments that a stored document holds."""
    if b'"@id"' not in json:
        return []
    return [each["@id"] for each in subdocuments_of(parse(json))]


def references_of(value: Any) -> Iterator[tuple[str, str]]:
    """Every reference in an expanded document or subdocument, however deep: the member's
    name and the id referred to. Subdocuments are passed through, not named."""
    for key, member in value.items():
        if key in _NO_MEMBERS or key == "@json":
            continue
        pending = [member]
        while pending:
            each = pending.pop()
            if isinstance(each, list):
                pending += each
            elif isinstance(each, dict):
                if "@id" not in each:
                    pending += [each[name] for name in ("@list", "@array") if name in each]
                elif "@type" in each:
                    yield from references_of(each)
                else:
                    yield key, each["@id"]


def triples_of(doc_id: str, kind: str, json: bytes) -> list[Triple]:
    """The triples of a stored document, those of its subdocuments, lists and arrays with it.

    Nodes of lists, arrays and JSON values have ids that follow from their place, so that
    equal documents have equal triples.
    """
    found: list[Triple] = []
    try:
        _document(doc_id, kind, orjson.loads(json), found)
    except _Inexact:
        found = []
        _document(doc_id, kind, parse(json), found)
    return found


_NO_MEMBERS: Final = frozenset({"@id", "@type", "@value", "@language", "@unit"})


def _document(doc_id: str, kind: str, document: dict[str, Any], found: list[Triple]) -> None:
    if kind:
        found.append(Triple(doc_id, RDF_TYPE, Node(schema_iri(kind))))
    if kind == JSON_DOCUMENT:
        _json_members(doc_id, document["@json"], found)
        return
    for key, member in document.items():
        if key in _NO_MEMBERS:
            continue
        predicate = key if ":" in key else f"@schema:{key}"
        kind = member.__class__
        if kind is str:
            found.append(Triple(doc_id, predicate, Literal("xsd:string", member)))
        elif kind is int:
            found.append(Triple(doc_id, predicate, Literal("xsd:integer", str(member))))
        elif kind is list:
            for each in member:
                _value(doc_id, predicate, each, found)
        else:
            _value(doc_id, predicate, member, found)


def _value(subject: str, predicate: str, value: Any, found: list[Triple]) -> None:
    if isinstance(value, dict):
        if "@list" in value:
            _list(subject, predicate, value["@list"], found)
            return
        if "@array" in value:
            _array(subject, predicate, value["@array"], (), found)
            return
    found.append(Triple(subject, predicate, _object(subject, predicate, value, found)))


def _object(subject: str, predicate: str, value: Any, found: list[Triple]) -> Object:
    literal = literal_of(value)
    if literal is not None:
        return literal
    if "@json" in value:
        return _json(subject, predicate, value["@json"], found)
    if "@unit" in value:
        return Node(RDF_NIL)
    if "@type" in value:
        _document(value["@id"], value["@type"], value, found)
    return Node(value["@id"])


def _derived(prefix: str, *parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode()).digest()[:12]
    return prefix + base64.urlsafe_b64encode(digest).decode()


def _list(subject: str, predicate: str, items: list[Any], found: list[Triple]) -> None:
    at, link = subject, predicate
    for index, item in enumerate(items):
        node = _derived("Cons/", subject, predicate, str(index))
        found.append(Triple(at, link, Node(node)))
        found.append(Triple(node, RDF_TYPE, Node("rdf:List")))
        found.append(Triple(node, RDF_FIRST, _object(node, RDF_FIRST, item, found)))
        at, link = node, RDF_REST
    found.append(Triple(at, link, Node(RDF_NIL)))


def _array(
    subject: str, predicate: str, items: list[Any], place: tuple[int, ...], found: list[Triple]
) -> None:
    for index, item in enumerate(items):
        here = (*place, index)
        if isinstance(item, list):
            _array(subject, predicate, item, here, found)
        elif item is not None:
            node = _derived("Array_", subject, predicate, *map(str, here))
            found.append(Triple(subject, predicate, Node(node)))
            found.append(Triple(node, RDF_TYPE, Node("sys:Array")))
            found.append(Triple(node, SYS_VALUE, _object(node, SYS_VALUE, item, found)))
            for dimension, number in enumerate(here, 1):
                index_of = Literal("xsd:nonNegativeInteger", str(number))
                found.append(Triple(node, level_of_index(dimension), index_of))


def _json(subject: str, predicate: str, value: Any, found: list[Triple]) -> Object:
    """The object that a JSON value is; its own triples are added."""
    if isinstance(value, dict):
        digest = hashlib.sha1(_place(subject, predicate, value), usedforsecurity=False)
        node = f"{_JSON_NODES}JSON/SHA1/{digest.hexdigest()}"
        found.append(Triple(node, RDF_TYPE, Node("sys:JSON")))
        _json_members(node, value, found)
        return Node(node)
    if isinstance(value, list):
        return _json_list(subject, predicate, value, found)
    if value is None:
        return JSON_NULL
    if isinstance(value, int | Number) and not isinstance(value, bool):
        return Literal("xsd:decimal", str(value))
    literal = literal_of(value)
    assert literal is not None
    return literal


def _json_members(node: str, value: dict[str, Any], found: list[Triple]) -> None:
    for key, member in value.items():
        predicate = f"json:{quote(key, safe=_SEGMENT)}"
        found.append(Triple(node, predicate, _json(node, predicate, member, found)))


def _json_list(subject: str, predicate: str, items: list[Any], found: list[Triple]) -> Object:
    nodes = [
        _JSON_NODES
        + "Cons/SHA1/"
        + hashlib.sha1(
            f"{subject}\0{predicate}\0{index}".encode(), usedforsecurity=False
        ).hexdigest()
        for index in range(len(items))
    ]
    for node, item, rest in zip(nodes, items, [*nodes[1:], RDF_NIL], strict=False):
        found.append(Triple(node, RDF_TYPE, Node("rdf:List")))
        found.append(Triple(node, RDF_FIRST, _json(node, RDF_FIRST, item, found)))
        found.append(Triple(node, RDF_REST, Node(rest)))
    return Node(nodes[0] if nodes else RDF_NIL)


def _place(subject: str, predicate: str, value: Any) -> bytes:
    return f"{subject}\0{predicate}\0".encode() + write_exact(_exact(value))


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _exact(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    if isinstance(value, float):
        raise _Inexact
    if isinstance(value, int) and not isinstance(value, bool):
        return Number(value)
    return value


_SEGMENT: Final = "!$&'()*+,;=:@-._~"
