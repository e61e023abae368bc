"""Triples of flat documents by columns: what many documents of one class have alike is said once.

Whoever writes a flat document knows its triples already; this hands them on to a store's
index, which would have to parse the document again. `expanded.triples_of` says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Shape:
    """What the triples of some flat documents have alike. Equal only to itself.

    Args:
        class_iri: Compact IRI of their class.
        predicates: Compact IRIs of the properties, each once.
        datatypes: Of the literal of each property; empty where it is a node.
    """

    __slots__ = ("class_iri", "datatypes", "predicates")

    def __init__(self, class_iri: str, predicates: Sequence[str], datatypes: Sequence[str]) -> None:
        self.class_iri = class_iri
        self.predicates = tuple(predicates)
        self.datatypes = tuple(datatypes)


class Flat(NamedTuple):
    """The triples of a document beside that of its class.

    Args:
        terms: For each property of the shape the lexical form, or the compact IRI of a node.
    """

    shape: Shape
    terms: Sequence[str]
