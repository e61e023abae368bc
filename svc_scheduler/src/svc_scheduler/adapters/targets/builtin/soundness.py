"""Whether the elements of an ontology fit together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, NamedTuple

from google.protobuf.message import Message
from oms_rpc.stages.validation import field_violations

MAX_FAULTS: Final = 1000
"""Faults that are kept; more are counted."""


class Element(NamedTuple):
    """What is called by an id in a collection."""

    collection: str
    id: str


class _Reference(NamedTuple):
    source: Element
    field: str
    targets: tuple[Element, ...]
    """One of them has to exist."""


@dataclass(slots=True)
class Soundness:
    """Takes elements one by one and says what is wrong with them; keeps ids and references only.

    Rules: each element keeps the rules of its proto, has no property twice, names only elements
    that exist, inherits from itself by no way, and agrees with its inverse.
    """

    faults: list[str] = field(default_factory=list[str])
    fault_count: int = 0
    _elements: set[Element] = field(default_factory=set[Element])
    _references: list[_Reference] = field(default_factory=list[_Reference])
    _inverses: dict[str, str] = field(default_factory=dict[str, str])
    _iris: dict[str, Element] = field(default_factory=dict[str, Element])

    @property
    def element_count(self) -> int:
        """How many elements were taken."""
        return len(self._elements)

    def add(self, collection: str, message: Any) -> None:
        """Takes an element as its service lists it."""
        element = Element(collection, message.name.rpartition("/")[2])
        self._elements.add(element)
        for violation in field_violations(message):
            self._fault(element, violation.field, violation.description)
        if message.iri:
            other = self._iris.setdefault(message.iri, element)
            if other != element:
                self._fault(element, "iri", f"is that of {other.collection}/{other.id} too")
        self._check_properties(element, message)
        self._references += _references(element, message)
        if collection == "linkTypes" and message.inverse:
            self._inverses[element.id] = message.inverse

    def finish(self) -> None:
        """Looks at what can be said of all elements together alone."""
        for reference in self._references:
            if not any(target in self._elements for target in reference.targets):
                missing = reference.targets[0].id
                self._fault(reference.source, reference.field, f"{missing!r} does not exist")
        for one, other in self._inverses.items():
            back = self._inverses.get(other, one)
            if back != one:
                what = f"is {other!r}, which names {back!r} as its inverse"
                self._fault(Element("linkTypes", one), "inverse", what)
        self._check_cycles()

    def _check_properties(self, element: Element, message: Message) -> None:
        seen: set[str] = set()
        for index, entry in enumerate(getattr(message, "properties", ())):
            if entry.property_id in seen:
                what = f"the id {entry.property_id!r} is there twice"
                self._fault(element, f"properties[{index}]", what)
            seen.add(entry.property_id)

    def _check_cycles(self) -> None:
        parents: dict[Element, list[Element]] = defaultdict(list)
        for reference in self._references:
            if reference.field.startswith("parents["):
                parents[reference.source] += reference.targets
        for cycle in _cycles(parents):
            ring = " → ".join(element.id for element in cycle)
            self._fault(cycle[0], "parents", f"inherits from itself: {ring}")

    def _fault(self, element: Element, where: str, what: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(f"{element.collection}/{element.id}.{where}: {what}")


def _references(element: Element, message: Any) -> Iterator[_Reference]:
    for index, parent in enumerate(message.parents):
        yield _Reference(element, f"parents[{index}]", (Element(element.collection, parent),))
    if element.collection == "linkTypes":
        for end in ("source_types", "target_types"):
            for index, id_ in enumerate(getattr(message, end)):
                targets = (Element("objectTypes", id_), Element("interfaces", id_))
                yield _Reference(element, f"{end}[{index}]", targets)
        if message.inverse:
            yield _Reference(element, "inverse", (Element("linkTypes", message.inverse),))
        return
    for index, id_ in enumerate(getattr(message, "interfaces", ())):
        yield _Reference(element, f"interfaces[{index}]", (Element("interfaces", id_),))
    for index, entry in enumerate(message.properties):
        if entry.type.object_type:
            target = Element("objectTypes", entry.type.object_type)
            yield _Reference(element, f"properties[{index}].type.object_type", (target,))


def _cycles(parents: Mapping[Element, Iterable[Element]]) -> Iterator[list[Element]]:
    """One cycle of each knot; an element that lies on it is taken away to find the next."""
    graph = {element: set(targets) for element, targets in parents.items()}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as exc:
            cycle: list[Element] = exc.args[1]
            graph.pop(cycle[0])
            yield cycle
        else:
            return
