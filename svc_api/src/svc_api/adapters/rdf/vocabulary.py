"""IRIs with a meaning for the mapping, and the tables between them and the model."""

from __future__ import annotations

from typing import Final

from svc_api.adapters.rdf.terms import Literal

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SHACL: Final = "http://www.w3.org/ns/shacl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
# What the model says and OWL does not. See docs/architecture/rdf-mapping.md.
OMS: Final = "urn:oms:vocab:"
# IRIs of elements that have none of their own.
OMS_ELEMENT: Final = "urn:oms:element:"

TYPE: Final = RDF + "type"
FIRST: Final = RDF + "first"
REST: Final = RDF + "rest"
NIL: Final = RDF + "nil"
LABEL: Final = RDFS + "label"
COMMENT: Final = RDFS + "comment"
DOMAIN: Final = RDFS + "domain"
RANGE: Final = RDFS + "range"
SUB_CLASS_OF: Final = RDFS + "subClassOf"
SUB_PROPERTY_OF: Final = RDFS + "subPropertyOf"
OWL_CLASS: Final = OWL + "Class"
OWL_THING: Final = OWL + "Thing"
OWL_ONTOLOGY: Final = OWL + "Ontology"
OBJECT_PROPERTY: Final = OWL + "ObjectProperty"
DATATYPE_PROPERTY: Final = OWL + "DatatypeProperty"
FUNCTIONAL_PROPERTY: Final = OWL + "FunctionalProperty"
RDF_PROPERTY: Final = RDF + "Property"
INVERSE_OF: Final = OWL + "inverseOf"
UNION_OF: Final = OWL + "unionOf"
DEPRECATED: Final = OWL + "deprecated"
VERSION_INFO: Final = OWL + "versionInfo"
IMPORTS: Final = OWL + "imports"
RDFS_LITERAL: Final = RDFS + "Literal"

OMS_OBJECT_TYPE: Final = OMS + "ObjectType"
OMS_INTERFACE: Final = OMS + "Interface"
OMS_IMPLEMENTS: Final = OMS + "implements"
OMS_ID: Final = OMS + "id"
OMS_IRI: Final = OMS + "iri"
OMS_STATUS: Final = OMS + "status"
OMS_IS_ABSTRACT: Final = OMS + "isAbstract"
OMS_IS_REQUIRED: Final = OMS + "isRequired"
OMS_IS_PROPERTY: Final = OMS + "isProperty"
OMS_DATATYPE: Final = OMS + "datatype"
OMS_IMPORTS: Final = OMS + "imports"
OMS_ANNOTATION: Final = OMS + "annotation"
OMS_PREFIX_NAME: Final = "oms"

TRUE: Final = Literal("true", XSD + "boolean")
TRUTHS: Final = frozenset({TRUE, Literal("1", XSD + "boolean"), Literal("true")})

# Types that declare an element. An element whose file states other ones than the
# default keeps those as annotations, so that an export states the same.
CLASS_TYPES: Final = frozenset({OWL_CLASS, RDFS + "Class"})
BASE_PROPERTY_TYPES: Final = frozenset({OBJECT_PROPERTY, DATATYPE_PROPERTY, RDF_PROPERTY})

CHARACTERISTICS: Final = {
    FUNCTIONAL_PROPERTY: "LINK_CHARACTERISTIC_FUNCTIONAL",
    OWL + "InverseFunctionalProperty": "LINK_CHARACTERISTIC_INVERSE_FUNCTIONAL",
    OWL + "TransitiveProperty": "LINK_CHARACTERISTIC_TRANSITIVE",
    OWL + "SymmetricProperty": "LINK_CHARACTERISTIC_SYMMETRIC",
    OWL + "AsymmetricProperty": "LINK_CHARACTERISTIC_ASYMMETRIC",
    OWL + "ReflexiveProperty": "LINK_CHARACTERISTIC_REFLEXIVE",
    OWL + "IrreflexiveProperty": "LINK_CHARACTERISTIC_IRREFLEXIVE",
}
CHARACTERISTIC_TYPES: Final = {name: iri for iri, name in CHARACTERISTICS.items()}
# Only an object property can be these (OWL 2 structural specification, section 9.2).
LINK_ONLY_TYPES: Final = frozenset(CHARACTERISTICS.keys() - {FUNCTIONAL_PROPERTY})
PROPERTY_TYPES: Final = frozenset({*BASE_PROPERTY_TYPES, *CHARACTERISTICS})

DATA_TYPES: Final = {
    XSD + "string": "DATA_TYPE_STRING",
    RDF + "langString": "DATA_TYPE_LANG_STRING",
    XSD + "boolean": "DATA_TYPE_BOOLEAN",
    XSD + "integer": "DATA_TYPE_INTEGER",
    XSD + "long": "DATA_TYPE_LONG",
    XSD + "int": "DATA_TYPE_INT",
    XSD + "nonNegativeInteger": "DATA_TYPE_NON_NEGATIVE_INTEGER",
    XSD + "positiveInteger": "DATA_TYPE_POSITIVE_INTEGER",
    XSD + "decimal": "DATA_TYPE_DECIMAL",
    XSD + "float": "DATA_TYPE_FLOAT",
    XSD + "double": "DATA_TYPE_DOUBLE",
    XSD + "date": "DATA_TYPE_DATE",
    XSD + "time": "DATA_TYPE_TIME",
    XSD + "dateTime": "DATA_TYPE_DATE_TIME",
    XSD + "duration": "DATA_TYPE_DURATION",
    XSD + "gYear": "DATA_TYPE_YEAR",
    XSD + "anyURI": "DATA_TYPE_URI",
    XSD + "base64Binary": "DATA_TYPE_BINARY",
}
DATATYPE_IRIS: Final = {name: iri for iri, name in DATA_TYPES.items()}
ANY: Final = "DATA_TYPE_ANY"

# Statement of a cardinality's bound: link type field, field of `Cardinality`.
CARDINALITIES: Final = {
    OMS + "minTargetCount": ("target_cardinality", "min_count"),
    OMS + "maxTargetCount": ("target_cardinality", "max_count"),
    OMS + "minSourceCount": ("source_cardinality", "min_count"),
    OMS + "maxSourceCount": ("source_cardinality", "max_count"),
}

DEPRECATED_STATUS: Final = "LIFECYCLE_STATUS_DEPRECATED"
STATUSES: Final = {
    Literal("experimental"): "LIFECYCLE_STATUS_EXPERIMENTAL",
    Literal("active"): "LIFECYCLE_STATUS_ACTIVE",
}
STATUS_LITERALS: Final = {name: literal for literal, name in STATUSES.items()}

WELL_KNOWN_PREFIXES: Final = {
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "sh": SHACL,
    "skos": SKOS,
}
