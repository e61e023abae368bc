"""RDF terms as the kernel holds them.

An IRI is held *compact*, by rules that never change for a database:

* `Person/jane`: the database's `base_iri` in front of it,
* `@schema:name`: its `schema_iri` in front,
* `rdf:type`, `rdfs:label`, `xsd:string`, `owl:Class`, `sys:JSON`: one of `STANDARD_PREFIXES`,
* anything else in full, such as `http://example.org/x`.

Without a colon it is always relative to the base. Prefixes that users add to the
context only matter for what comes in and what goes out.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

DEFAULT_BASE_IRI: Final = "terminusdb:///data/"
DEFAULT_SCHEMA_IRI: Final = "terminusdb:///schema#"
STANDARD_PREFIXES: Final = MappingProxyType(
    {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "xdd": "http://terminusdb.com/schema/xdd#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "sys": "http://terminusdb.com/schema/sys#",
        "json": "http://terminusdb.com/schema/json#",
    }
)

RDF_TYPE: Final = "rdf:type"
RDF_FIRST: Final = "rdf:first"
RDF_REST: Final = "rdf:rest"
RDF_NIL: Final = "rdf:nil"


class Node(NamedTuple):
    """A node, named by its compact IRI."""

    iri: str


class Literal(NamedTuple):
    """A literal.

    Args:
        datatype: Compact IRI, such as `xsd:integer`; `rdf:langString` has a `language`.
        lexical: Canonical lexical form: equal values of one datatype have equal forms,
            also decimals of different scale (`1.5`, never `1.50`).
        language: Language tag of an `rdf:langString`.
    """

    datatype: str
    lexical: str
    language: str = ""


Object: TypeAlias = Node | Literal


class Triple(NamedTuple):
    """A statement; subject and predicate are compact IRIs."""

    subject: str
    predicate: str
    object: Object


class Pattern(NamedTuple):
    """What triples to look for; None matches anything."""

    subject: str | None = None
    predicate: str | None = None
    object: Object | None = None
