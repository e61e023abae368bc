"""The IRIs that elements have in an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.catalogue import Kinds, assign_all
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.terms import is_iri
from svc_api.domain.elements import Element

Body = Mapping[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PropertyGroup:
    """A property as one RDF resource: its body, and the elements that have exactly it."""

    iri: str
    body: Body
    holders: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """IRIs of an ontology's elements, and the ids an import would give them.

    An element without an IRI, or with one that RDF can't write or that another
    element has too, goes by a name made of its id.
    """

    header: str
    properties: tuple[PropertyGroup, ...]
    is_thing_described: bool
    _iris: Mapping[Key, str]
    _expected: KnownIds

    @classmethod
    def of(cls, header: Body, elements: Sequence[Element]) -> Names:
        """Names everything in an ontology."""
        iris: dict[Key, str] = {}
        taken: set[str] = set()
        for element in sorted(elements, key=lambda one: one.key):
            iri = element.body.get("iri", "")
            if not _is_usable(iri) or iri in taken:
                iri = f"{v.OMS_ELEMENT}{element.collection}/{element.id}"
            taken.add(iri)
            iris[element.key] = iri
        groups = tuple(_property_groups(elements, taken))
        expected = _expected_ids(iris, groups, header.get("prefixes", {}))
        own = header.get("iri", "")
        return cls(
            header=own if _is_usable(own) else f"{v.OMS_ELEMENT}ontology",
            properties=groups,
            is_thing_described=_is_thing_described(elements, iris, expected),
            _iris=iris,
            _expected=expected,
        )

    def iri(self, collection: str, element_id: str) -> str:
        """The IRI of an element."""
        return self._iris.get((collection, element_id)) or (
            f"{v.OMS_ELEMENT}{collection}/{element_id}"
        )

    def class_iri(self, element_id: str) -> str:
        """The IRI of an object type, or of the interface of that id when there is none."""
        found = self._iris.get(("objectTypes", element_id))
        return found or self.iri("interfaces", element_id)

    def has_unexpected_id(self, collection: str, element_id: str) -> bool:
        """Whether an import would call the element by another id than it has."""
        ids = {
            "objectTypes": self._expected.classes,
            "interfaces": self._expected.interfaces,
            "linkTypes": self._expected.links,
        }[collection]
        return ids[self.iri(collection, element_id)] != element_id

    def has_unexpected_property_id(self, group: PropertyGroup) -> bool:
        """Whether an import would call the property by another id than it has."""
        return self._expected.properties[group.iri] != group.body["property_id"]


def _is_usable(iri: str) -> bool:
    return is_iri(iri) and not iri.startswith((v.OMS, v.OMS_ELEMENT))


def _property_groups(elements: Sequence[Element], taken: set[str]) -> Iterator[PropertyGroup]:
    # The same property on several classes is one resource with a union as its domain.
    # Where the classes disagree about it, the first keeps the IRI.
    holders: dict[bytes, list[Key]] = {}
    bodies: dict[bytes, Body] = {}
    for element in sorted(elements, key=lambda one: one.key):
        for body in element.body.get("properties", ()):
            # Without an IRI a property is the class's own, whatever others look like.
            owner = None if body.get("iri") else element.key
            identity = orjson.dumps([owner, body], option=orjson.OPT_SORT_KEYS)
            bodies.setdefault(identity, body)
            holders.setdefault(identity, []).append(element.key)
    for identity, body in bodies.items():
        iri = body.get("iri", "")
        if not _is_usable(iri) or iri in taken:
            collection, element_id = holders[identity][0]
            iri = f"{v.OMS_ELEMENT}{collection}/{element_id}/properties/{body['property_id']}"
        taken.add(iri)
        yield PropertyGroup(iri, body, tuple(holders[identity]))


def _is_thing_described(
    elements: Sequence[Element], iris: Mapping[Key, str], expected: KnownIds
) -> bool:
    """Whether the object type for `owl:Thing` is more than where properties without domain are."""
    thing = next((one for one in elements if iris[one.key] == v.OWL_THING), None)
    if thing is None:
        return False
    fields = {name for name, value in thing.body.items() if value}
    return (
        fields != {"iri", "properties"}
        or thing.id != expected.classes[v.OWL_THING]
        or any(thing.id in _references(element) for element in elements)
    )


def _references(element: Element) -> Iterator[str]:
    yield from element.body.get("parents", ())
    yield from element.body.get("source_types", ())
    yield from element.body.get("target_types", ())
    for body in element.body.get("properties", ()):
        yield body["type"].get("object_type", "")


def _expected_ids(
    iris: Mapping[Key, str], groups: Sequence[PropertyGroup], prefixes: Mapping[str, str]
) -> KnownIds:
    by_collection: dict[str, list[str]] = {"objectTypes": [], "interfaces": [], "linkTypes": []}
    for (collection, _), iri in iris.items():
        by_collection[collection].append(iri)
    kinds = Kinds(
        by_collection["objectTypes"],
        by_collection["interfaces"],
        by_collection["linkTypes"],
        [group.iri for group in groups],
    )
    asked = {iri: iri.rpartition("/")[2] for iri in kinds.all() if iri.startswith(v.OMS_ELEMENT)}
    return assign_all(kinds, prefixes, KnownIds(), asked)
