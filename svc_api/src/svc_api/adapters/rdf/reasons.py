"""Why constructs of RDF files have no place in the model, in sentences for people."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from svc_api.adapters.rdf import vocabulary as v

NO_PLACE: Final = "The model has no place for this statement."
NAMELESS: Final = "It has no IRI and nothing refers to it, so no element can hold it."
UNDECLARED: Final = (
    "It is about a resource that the file does not declare as a class, a property or the ontology."
)

_INDIVIDUAL: Final = "An individual: an ontology holds types of things, not things."
_SHAPE: Final = "A SHACL shape or rule: constraints on data are not part of the model."

# By how much they tell; a resource of several types goes by the first of them.
_BY_TYPE: Final = {
    v.OWL_ONTOLOGY: "A further ontology header: the fullest one of the file became the ontology's.",
    v.OWL + "Axiom": "An annotated axiom: a statement about a statement has no place in the model.",
    v.OWL + "Annotation": "A statement about an annotation has no place in the model.",
    v.OWL + "AllDisjointClasses": "The model does not state that classes exclude each other.",
    v.OWL + "AllDisjointProperties": "The model does not state that links exclude each other.",
    v.OWL + "AllDifferent": "It is about individuals, which an ontology does not hold.",
    v.OWL + "NegativePropertyAssertion": "It is about individuals, which are not held.",
    v.OWL + "AnnotationProperty": (
        "Its uses are kept as annotations; the declaration of an annotation property is not."
    ),
    v.RDFS
    + "Datatype": "A datatype of its own: properties name it by IRI, its definition is not kept.",
    v.OWL + "DataRange": "A datatype of its own: its definition is not kept.",
    v.OWL + "Restriction": "A restriction is an anonymous class; the model holds named ones.",
    v.SHACL + "NodeShape": _SHAPE,
    v.SHACL + "PropertyShape": _SHAPE,
    v.SHACL + "TripleRule": _SHAPE,
    v.SHACL + "SPARQLRule": _SHAPE,
    v.SHACL + "SPARQLTarget": _SHAPE,
    v.SHACL + "SPARQLConstraint": _SHAPE,
    v.RDF + "Statement": "A statement about a statement has no place in the model.",
}
_RANK: Final = {kind: rank for rank, kind in enumerate(_BY_TYPE)}

_BY_CONSTRUCT: Final = {
    "owl:Restriction": _BY_TYPE[v.OWL + "Restriction"],
    "owl:unionOf": (
        "A union that is not the only domain or range, is used twice, or has members that are"
        " no classes of the file."
    ),
    "owl:intersectionOf": "An intersection is an anonymous class; the model holds named ones.",
    "owl:complementOf": "A complement is an anonymous class; the model holds named ones.",
    "owl:oneOf": "An enumeration is an anonymous class or datatype; the model holds named ones.",
    "owl:onDatatype": "A restricted datatype has no name; properties name datatypes by IRI.",
    "owl:inverseOf": "The inverse has no name; the model holds named link types.",
    "owl:propertyChainAxiom": "The model does not derive links from chains of links.",
    "owl:hasKey": "The model has no keys.",
    "rdfs:Datatype": _BY_TYPE[v.RDFS + "Datatype"],
}


def notable_type(types: Collection[str]) -> str:
    """The type that tells the most about a resource; empty without one."""
    telling = set(types) - {v.OWL + "NamedIndividual"} or set(types)
    return min(telling, key=lambda kind: (_RANK.get(kind, len(_RANK)), kind), default="")


def individual_reason(kind: str) -> str:
    """Why a named resource of a type was left out."""
    return _BY_TYPE.get(kind, _INDIVIDUAL)


def nested_reason(construct: str) -> str:
    """Why a blank node that an element refers to was left out, by its construct."""
    if construct in _BY_CONSTRUCT:
        return _BY_CONSTRUCT[construct]
    if construct.startswith("sh:"):
        return _SHAPE
    return "It has no IRI; annotations hold IRIs and literals."
