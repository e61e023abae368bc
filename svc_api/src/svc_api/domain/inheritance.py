"""Inherited properties and how an element may redeclare them.

An element has the properties of everything it inherits from. It may declare one
of them again under the same id; then the type stays the same or becomes
narrower, so that what is true of the ancestor's objects stays true of its own.
Two properties whose IRIs are both given and differ are different properties,
whatever their ids. What two ancestors declare independently is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from svc_api.domain.changes import PlannedChange
from svc_api.domain.element_index import ElementIndex
from svc_api.domain.elements import Element, Key
from svc_api.domain.kinds import BY_COLLECTION
from svc_api.domain.references import inherited_keys, references_of

# Each built-in type and the one it is derived from. Source: XML Schema 1.1 part 2, section 3.
_DERIVED_FROM = {
    "DATA_TYPE_INTEGER": "DATA_TYPE_DECIMAL",
    "DATA_TYPE_LONG": "DATA_TYPE_INTEGER",
    "DATA_TYPE_INT": "DATA_TYPE_LONG",
    "DATA_TYPE_NON_NEGATIVE_INTEGER": "DATA_TYPE_INTEGER",
    "DATA_TYPE_POSITIVE_INTEGER": "DATA_TYPE_NON_NEGATIVE_INTEGER",
}


@dataclass(frozen=True, slots=True)
class PropertyClash:
    """A property redeclared with a type that is not narrower than the inherited one."""

    key: Key
    path: str
    property_id: str
    own: str
    ancestor: Key
    inherited: str


def check_redeclared_properties(
    elements: ElementIndex[Element], changed: Mapping[Key, PlannedChange]
) -> Iterator[PropertyClash]:
    """Finds the clashes that a change may have caused, in the elements it affects."""
    hierarchy = _Hierarchy(elements)
    for key in _affected(hierarchy, changed):
        element = elements[key]
        if not element.body.get("properties"):
            continue
        for ancestor in hierarchy.ancestors(key):
            yield from _clashes(hierarchy, element, elements[ancestor])


def _clashes(hierarchy: _Hierarchy, element: Element, ancestor: Element) -> Iterator[PropertyClash]:
    inherited = hierarchy.properties(ancestor)
    if not inherited:
        return
    for index, own in enumerate(element.body["properties"]):
        wide = inherited.get(own["property_id"])
        if wide is None or _are_distinct(own, wide):
            continue
        if not hierarchy.is_narrower(own.get("type", {}), wide.get("type", {})):
            yield PropertyClash(
                element.key,
                f"properties[{index}]",
                own["property_id"],
                _describe(own.get("type", {})),
                ancestor.key,
                _describe(wide.get("type", {})),
            )


def _are_distinct(own: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    one, other = own.get("iri"), wide.get("iri")
    return bool(one and other and one != other)


def _describe(property_type: Mapping[str, Any]) -> str:
    return next((f"{kind} {value}" for kind, value in property_type.items()), "of no type")


def _affected(hierarchy: _Hierarchy, changed: Mapping[Key, PlannedChange]) -> dict[Key, None]:
    """The elements whose redeclarations a change may have made wrong, in a stable order."""
    affected: dict[Key, None] = {}
    moved: dict[Key, None] = {}
    for key, change in changed.items():
        fields = _inheriting_fields(key)
        if not fields or not _differs(change, (*fields, "properties")):
            continue
        below = [key, *hierarchy.descendants(key)]
        affected.update(dict.fromkeys(below))
        if _differs(change, fields):
            moved.update(dict.fromkeys(below))
    for key in moved:
        # A narrower object type may no longer be one after a move in the hierarchy.
        affected.update(dict.fromkeys(hierarchy.users_as_value_type(key)))
    return affected


def _inheriting_fields(key: Key) -> tuple[str, ...]:
    kind = BY_COLLECTION.get(key[0])
    references = kind.references if kind else ()
    return tuple(ref.top_level_field for ref in references if ref.inherits_properties)


def _differs(change: PlannedChange, fields: tuple[str, ...]) -> bool:
    before = change.before.body if change.before else {}
    after = change.after.body if change.after else {}
    return any(before.get(field) != after.get(field) for field in fields)


class _Hierarchy:
    """Who inherits from whom, walked through an index."""

    def __init__(self, elements: ElementIndex[Element]) -> None:
        self._elements = elements
        self._ancestors: dict[Key, list[Key]] = {}
        self._properties: dict[Key, dict[str, Any]] = {}

    def ancestors(self, key: Key) -> list[Key]:
        """Everything an element inherits from, nearest first, without itself."""
        known = self._ancestors.get(key)
        if known is None:
            known = self._ancestors[key] = self._reach(key, self._parents)
        return known

    def descendants(self, key: Key) -> list[Key]:
        """Everything that inherits from an element, without itself."""
        return self._reach(key, self._children)

    def users_as_value_type(self, key: Key) -> list[Key]:
        """The elements with a property whose values are objects of a type."""
        return [
            referrer
            for referrer in self._elements.referrers(key)
            if any(
                key in found.targets and found.reference.top_level_field == "properties"
                for found in references_of(self._elements[referrer])
            )
        ]

    def properties(self, element: Element) -> Mapping[str, Any]:
        """The properties that an element declares itself, by id."""
        known = self._properties.get(element.key)
        if known is None:
            entries = element.body.get("properties", ())
            known = self._properties[element.key] = {e["property_id"]: e for e in entries}
        return known

    def is_narrower(self, own: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
        """Whether every value of one type is one of the other too."""
        if own == wide or wide.get("data_type") == "DATA_TYPE_ANY":
            return True
        if "data_type" in own and "data_type" in wide:
            derived = _DERIVED_FROM.get(own["data_type"])
            while derived is not None and derived != wide["data_type"]:
                derived = _DERIVED_FROM.get(derived)
            return derived is not None
        if "object_type" in own and "object_type" in wide:
            key = ("objectTypes", own["object_type"])
            # One that does not exist is reported as such, not as a clash.
            return key not in self._elements or (
                ("objectTypes", wide["object_type"]) in self.ancestors(key)
            )
        return False

    def _parents(self, key: Key) -> Iterator[Key]:
        return (
            target for target in inherited_keys(self._elements[key]) if target in self._elements
        )

    def _children(self, key: Key) -> Iterator[Key]:
        for referrer in self._elements.referrers(key):
            if key in inherited_keys(self._elements[referrer]):
                yield referrer

    def _reach(self, start: Key, step: Any) -> list[Key]:
        reached = {start: None}
        queue = [start]
        for key in queue:
            for following in step(key):
                if following not in reached:
                    reached[following] = None
                    queue.append(following)
        return queue[1:]
