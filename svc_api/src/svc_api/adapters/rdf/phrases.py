"""What statements about an element have in common, whatever kind it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.terms import (
    MAX_IRI_CHARS,
    MAX_TEXT_CHARS,
    Literal,
    Object,
    Triple,
    is_iri,
    is_language,
    unfit_literal,
)

Body = Mapping[str, Any]
Stated = Iterator[tuple[str, Object]]


class UnionWriter:
    """Writes unions of classes, each with blank nodes of its own.

    They are negative, so that none is mistaken for one of a file that was read.
    """

    def __init__(self) -> None:
        self._next = 0

    def _node(self) -> int:
        self._next -= 1
        return self._next

    def state(self, subject: str, predicate: str, classes: Iterable[str]) -> Iterator[Triple]:
        """A domain or range: one class, the union of several, or nothing for none."""
        members = sorted(set(classes))
        if len(members) < 2:
            yield from ((subject, predicate, member) for member in members)
            return
        union = self._node()
        yield subject, predicate, union
        yield union, v.TYPE, v.OWL_CLASS
        cells = [self._node() for _ in members]
        yield union, v.UNION_OF, cells[0]
        for cell, member, following in zip(cells, members, [*cells[1:], v.NIL], strict=True):
            yield cell, v.FIRST, member
            yield cell, v.REST, following


def describe(body: Body) -> Stated:
    """Labels, descriptions, status and annotations."""
    for predicate, texts in ((v.LABEL, "labels"), (v.COMMENT, "descriptions")):
        for text in body.get(texts, ()):
            yield predicate, Literal(text.get("text", ""), "", text.get("language", ""))
    annotations = body.get("annotations", ())
    status = body.get("status", "")
    if status in v.STATUS_LITERALS:
        yield v.OMS_STATUS, v.STATUS_LITERALS[status]
    stated = {annotation["predicate"] for annotation in annotations}
    if status == v.DEPRECATED_STATUS and v.DEPRECATED not in stated:
        yield v.DEPRECATED, v.TRUE
    for annotation in annotations:
        yield state_annotation(annotation)


def stated_types(body: Body) -> set[str]:
    """The `rdf:type` annotations of an element: how its file declared it."""
    return {
        one["iri"]
        for one in body.get("annotations", ())
        if one["predicate"] == v.TYPE and "iri" in one
    }


def state_annotation(annotation: Body) -> tuple[str, Object]:
    """The statement that an annotation is, or one that wraps it when RDF has no way to say it."""
    predicate = annotation["predicate"]
    if is_iri(predicate) and predicate != v.OMS_ANNOTATION:
        if is_iri(annotation.get("iri", "")):
            return predicate, annotation["iri"]
        if "literal" in annotation:
            parts = annotation["literal"]
            literal = Literal(
                parts.get("text", ""), parts.get("datatype", ""), parts.get("language", "")
            )
            if not unfit_literal(literal) and not (literal.datatype and literal.language):
                return predicate, literal
    wrapped = orjson.dumps(annotation, option=orjson.OPT_SORT_KEYS).decode()
    return v.OMS_ANNOTATION, Literal(wrapped)


def unwrap_annotation(literal: Literal) -> dict[str, Any] | None:
    """The annotation that `state_annotation` wrapped; None when it is none of its making."""
    try:
        found = orjson.loads(literal.text)
    except orjson.JSONDecodeError:
        return None
    if not _is_annotation(found) or state_annotation(found) != (v.OMS_ANNOTATION, literal):
        return None
    return found


def _is_annotation(found: Any) -> bool:
    if not isinstance(found, dict) or not _is_short(found.get("predicate")):
        return False
    if found.keys() == {"predicate", "iri"}:
        return _is_short(found["iri"])
    literal = found.get("literal")
    return (
        found.keys() == {"predicate", "literal"}
        and isinstance(literal, dict)
        and literal.keys() <= {"text", "datatype", "language"}
        and all(isinstance(part, str) and part for part in literal.values())
        and len(literal.get("text", "")) <= MAX_TEXT_CHARS
        and _is_short(literal.get("datatype", "-"))
        and is_language(literal.get("language", "en"))
    )


def _is_short(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text) <= MAX_IRI_CHARS
