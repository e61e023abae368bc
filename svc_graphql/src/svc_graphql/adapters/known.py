"""An ontology with what is derived from it once, to ask for its objects and to read them."""

from __future__ import annotations

import json as standard_json
from collections.abc import Sequence

import orjson

from svc_graphql.adapters.values import Decode, Filters, decoder
from svc_graphql.domain.execution.requests import Layout
from svc_graphql.domain.ontology.inheritance import Hierarchy
from svc_graphql.domain.ontology.model import BaseType, Ontology, Property


class KnownOntology:
    """An ontology with what is derived from it once: filters, and what reads each property."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.hierarchy = Hierarchy(ontology)
        self.filters = Filters(ontology, self.hierarchy)
        self._decoders: dict[str, dict[str, Decode]] = {}

    def decoders(self, type_: str) -> dict[str, Decode]:
        """What reads each property of a type."""
        if type_ not in self._decoders:
            self._decoders[type_] = {one.id: decoder(one) for one in self._properties(type_)}
        return self._decoders[type_]

    def layout(self, type_: str, properties: tuple[str, ...] | None, json: bytes) -> Layout:
        """The layout of the values of a type's objects, when some properties were asked for.

        Args:
            json: The values of one of them. Where it is laid out otherwise, which it should not
                be, or every property was asked for, the layout names none.
        """
        declared = {one.id: one.type for one in self._properties(type_)}
        chosen = tuple(name for name in properties or () if name in declared)
        exact = BaseType.ANY in declared.values()
        parse = standard_json.loads if exact else orjson.loads
        return Layout(chosen if tuple(parse(json)) == chosen else (), parse)

    def _properties(self, type_: str) -> Sequence[Property]:
        return self.hierarchy.properties(type_) if type_ in self.ontology.object_types else ()
