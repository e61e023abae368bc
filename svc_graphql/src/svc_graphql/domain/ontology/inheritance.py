"""What an object type has from its ancestors, and who its descendants are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from svc_graphql.domain.ontology.model import LinkType, Ontology, Property


class Hierarchy:
    """Ancestors, descendants and inherited properties of an ontology's types.

    An id stands for an object type or an interface; where both have it, for the object type.
    """

    def __init__(self, ontology: Ontology) -> None:
        self._ontology = ontology
        self._properties: dict[str, Mapping[str, Property]] = {}

    @cached_property
    def _above(self) -> Mapping[str, tuple[str, ...]]:
        """The parents and interfaces of each type."""
        of_interfaces = {one.id: one.parents for one in self._ontology.interfaces.values()}
        of_types = {
            one.id: (*one.parents, *one.interfaces) for one in self._ontology.object_types.values()
        }
        return of_interfaces | of_types

    @cached_property
    def _ancestors(self) -> Mapping[str, tuple[str, ...]]:
        return {id_: tuple(self._reached(id_)) for id_ in self._above}

    def _reached(self, id_: str) -> Sequence[str]:
        """What stands above a type, nearest first, each once."""
        seen: dict[str, None] = {}
        waiting = list(self._above[id_])
        for one in waiting:
            if one != id_ and one not in seen and one in self._above:
                seen[one] = None
                waiting.extend(self._above[one])
        return list(seen)

    @cached_property
    def _concrete(self) -> Mapping[str, tuple[str, ...]]:
        below: dict[str, list[str]] = defaultdict(list)
        for one in sorted(self._ontology.object_types.values(), key=lambda one: one.id):
            if not one.is_abstract:
                for ancestor in (one.id, *self._ancestors[one.id]):
                    below[ancestor].append(one.id)
        return {id_: tuple(ids) for id_, ids in below.items()}

    @cached_property
    def _links(self) -> tuple[Mapping[str, list[LinkType]], Mapping[str, list[LinkType]]]:
        forward: dict[str, list[LinkType]] = defaultdict(list)
        backward: dict[str, list[LinkType]] = defaultdict(list)
        for link in sorted(self._ontology.link_types.values(), key=lambda one: one.id):
            for ends, of in ((link.sources, forward), (link.targets, backward)):
                for end in ends or ("",):
                    of[end].append(link)
        return forward, backward

    def ancestors(self, id_: str) -> tuple[str, ...]:
        """Every type and interface above a type, nearest first."""
        return self._ancestors[id_]

    def concrete(self, id_: str) -> tuple[str, ...]:
        """Ids of the object types whose objects are of this type, itself among them, in order."""
        return self._concrete.get(id_, ())

    def below(self, id_: str) -> tuple[str, ...]:
        """Ids of every object type and interface below a type, without itself, in order."""
        return self._below.get(id_, ())

    @cached_property
    def _below(self) -> Mapping[str, tuple[str, ...]]:
        below: dict[str, list[str]] = defaultdict(list)
        for id_ in sorted(self._above):
            for ancestor in self._ancestors[id_]:
                below[ancestor].append(id_)
        return {id_: tuple(ids) for id_, ids in below.items()}

    def concrete_of(self, ids: Iterable[str]) -> tuple[str, ...]:
        """As `concrete`, of several types. None: every object type that is not abstract."""
        wanted = tuple(ids)
        if not wanted:
            types = self._ontology.object_types.values()
            return tuple(sorted(one.id for one in types if not one.is_abstract))
        return tuple(sorted({one for id_ in wanted for one in self.concrete(id_)}))

    def properties(self, id_: str) -> Sequence[Property]:
        """Own and inherited properties, ordered by id. The nearest declaration counts."""
        return list(self._inherited(id_).values())

    def property_of(self, id_: str, property_id: str) -> Property | None:
        """An own or inherited property, None when the type has none of that id."""
        return self._inherited(id_).get(property_id)

    def _inherited(self, id_: str) -> Mapping[str, Property]:
        if id_ not in self._properties:
            found: dict[str, Property] = {}
            for one in (id_, *self._ancestors[id_]):
                for declared in self._declared(one):
                    found.setdefault(declared.id, declared)
            self._properties[id_] = {key: found[key] for key in sorted(found)}
        return self._properties[id_]

    def _declared(self, id_: str) -> tuple[Property, ...]:
        if id_ in self._ontology.object_types:
            return self._ontology.object_types[id_].properties
        return self._ontology.interfaces[id_].properties

    def outgoing(self, id_: str) -> Sequence[LinkType]:
        """Link types that may start from an object of a type, ordered by id."""
        return self._ending(self._links[0], id_)

    def incoming(self, id_: str) -> Sequence[LinkType]:
        """Link types that may lead to an object of a type, ordered by id."""
        return self._ending(self._links[1], id_)

    def _ending(self, links: Mapping[str, list[LinkType]], id_: str) -> Sequence[LinkType]:
        ends = ("", id_, *self._ancestors[id_])
        found = {link.id: link for end in ends for link in links.get(end, ())}
        return [found[key] for key in sorted(found)]
