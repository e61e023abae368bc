"""The `owl:Ontology` of a file as an ontology's header."""

from __future__ import annotations

from typing import Any

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.drafting import (
    Context,
    Pair,
    annotation_order,
    describe,
    element_iri,
)
from svc_api.adapters.rdf.terms import Literal, is_iri

MAX_VERSION_CHARS = 200
MAX_IMPORTS = 1000


def header_body(context: Context) -> dict[str, Any]:
    """The header in the JSON form of `oms.ontology.v1.Ontology`; prefixes alone without one."""
    iri = context.catalogue.ontology
    body: dict[str, Any] = {}
    if iri:
        body = _body(context, iri)
    if context.statements.prefixes:
        body["prefixes"] = context.statements.prefixes
    return body


def _body(context: Context, iri: str) -> dict[str, Any]:
    # An IRI that is a class as well is described by the class; the header only names it.
    pairs = [pair for pair in context.pairs(iri) if pair != (v.TYPE, v.OWL_ONTOLOGY)]
    body: dict[str, Any] = {}
    own_iri = element_iri(context.statements, iri)
    if own_iri:
        body["iri"] = own_iri
    version = _take_version(pairs)
    if version:
        body["version"] = version
    imports = _take_imports(pairs)
    if imports:
        body["imports"] = imports
    return body | describe(context, iri, pairs)


def _take_version(pairs: list[Pair]) -> str:
    versions = sorted(
        value.text
        for predicate, value in pairs
        if predicate == v.VERSION_INFO
        and isinstance(value, Literal)
        and not (value.datatype or value.language)
        and 0 < len(value.text) <= MAX_VERSION_CHARS
    )
    if not versions:
        return ""
    pairs.remove((v.VERSION_INFO, Literal(versions[0])))
    return versions[0]


def _take_imports(pairs: list[Pair]) -> list[str]:
    stated = sorted(filter(_is_import, pairs), key=annotation_order)[:MAX_IMPORTS]
    for pair in stated:
        pairs.remove(pair)
    return sorted(value.text if isinstance(value, Literal) else str(value) for _, value in stated)


def _is_import(pair: Pair) -> bool:
    predicate, value = pair
    if predicate == v.IMPORTS:
        return isinstance(value, str)
    # An import that is no IRI, as an export writes it.
    return predicate == v.OMS_IMPORTS and isinstance(value, Literal) and not is_iri(value.text)
