"""The types of an ontology, compiled for objects: everything inherited is in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from svc_api.domain.elements import Element, Key
from svc_api.domain.objects.datatypes import CUSTOM, DATA_TYPES, DataType
from svc_api.domain.references import inherited_keys

Elements = Mapping[Key, Element]
_REFERENCE = DataType("reference", "a reference such as 'Country/KR'", str, has_order=False)


@dataclass(frozen=True, slots=True)
class PropertyDef:
    """A property as objects have it.

    `target` is the object type that values refer to, empty for a property with a data type.
    """

    id: str
    data_type: DataType
    target: str
    is_required: bool
    is_list: bool

    @property
    def described(self) -> str:
        """The type of a value, for people."""
        name = f"object type {self.target}" if self.target else self.data_type.name
        return f"list of {name}" if self.is_list else name


@dataclass(frozen=True, slots=True)
class TypeDef:
    """An object type: its properties by id, and the keys of all that it is, itself first."""

    id: str
    is_abstract: bool
    properties: Mapping[str, PropertyDef]
    lineage: frozenset[Key]


@dataclass(frozen=True, slots=True)
class LinkTypeDef:
    """A link type. A bound of 0 is none.

    `sources` and `targets` are ids of the object types that a link may join. `narrower` are
    the link types that specialise it and itself, `wider` those that it specialises and
    itself; `inverses` are the link types that read the other way round.
    """

    id: str
    sources: frozenset[str]
    targets: frozenset[str]
    most_targets: int
    most_sources: int
    characteristics: frozenset[str]
    narrower: tuple[str, ...]
    wider: tuple[str, ...]
    inverses: tuple[str, ...]

    def is_(self, characteristic: str) -> bool:
        """Whether it has a characteristic, such as `SYMMETRIC`."""
        return f"LINK_CHARACTERISTIC_{characteristic}" in self.characteristics

    def ends(self, *, is_outgoing: bool) -> frozenset[str]:
        """The object types at the far end."""
        if self.is_("SYMMETRIC"):
            return self.sources | self.targets
        return self.targets if is_outgoing else self.sources


class Catalogue:
    """The object types and link types of an ontology as of one commit. Compiled when asked for."""

    def __init__(self, elements: Elements) -> None:
        self._elements = elements
        self._types: dict[str, TypeDef | None] = {}
        self._links: dict[str, LinkTypeDef | None] = {}
        self._concrete: dict[Key, tuple[str, ...]] = {}

    def type(self, type_id: str) -> TypeDef | None:
        """An object type, or None."""
        if type_id not in self._types:
            element = self._elements.get(("objectTypes", type_id))
            self._types[type_id] = self._type(element) if element is not None else None
        return self._types[type_id]

    def has(self, key: Key) -> bool:
        """Whether there is an object type or interface of that key."""
        return key in self._elements

    def concrete(self, key: Key) -> tuple[str, ...]:
        """Ids, in order, of the object types below a type or interface that are not abstract."""
        if key not in self._concrete:
            found = (type_ for type_ in self._all_types if key in type_.lineage)
            self._concrete[key] = tuple(sorted(t.id for t in found if not t.is_abstract))
        return self._concrete[key]

    def is_a(self, type_id: str, ancestor: str) -> bool:
        """Whether objects of a type are of another one too."""
        type_ = self.type(type_id)
        return type_ is not None and ("objectTypes", ancestor) in type_.lineage

    def properties(self, key: Key, types: Sequence[str]) -> Mapping[str, PropertyDef]:
        """The properties to ask for among objects of several types: those of all of them."""
        found: dict[str, PropertyDef] = {}
        for type_id in types:
            type_ = self.type(type_id)
            for property_id, definition in (type_.properties if type_ else {}).items():
                found.setdefault(property_id, definition)
        # Its own ones first: they are the widest, and there when no object type is concrete.
        element = self._elements.get(key)
        return {**found, **(self._properties(element) if element is not None else {})}

    def link_type(self, link_id: str) -> LinkTypeDef | None:
        """A link type, or None."""
        if link_id not in self._links:
            element = self._elements.get(("linkTypes", link_id))
            self._links[link_id] = self._link(element) if element is not None else None
        return self._links[link_id]

    @cached_property
    def link_types(self) -> tuple[str, ...]:
        """Ids of all link types, in order."""
        return tuple(sorted(key[1] for key in self._elements if key[0] == "linkTypes"))

    @cached_property
    def all_concrete(self) -> tuple[str, ...]:
        """Ids of all object types that are not abstract, in order."""
        return tuple(sorted(type_.id for type_ in self._all_types if not type_.is_abstract))

    @cached_property
    def referring(self) -> Mapping[str, tuple[PropertyDef, ...]]:
        """By object type, the properties whose values refer to objects."""
        found: dict[str, tuple[PropertyDef, ...]] = {}
        for type_ in self._all_types:
            of_type = tuple(p for p in type_.properties.values() if p.target)
            if of_type and not type_.is_abstract:
                found[type_.id] = of_type
        return found

    @cached_property
    def _all_types(self) -> tuple[TypeDef, ...]:
        ids = (key[1] for key in self._elements if key[0] == "objectTypes")
        return tuple(type_ for type_ in map(self.type, ids) if type_ is not None)

    def _type(self, element: Element) -> TypeDef:
        lineage = frozenset(self._lineage(element.key))
        is_abstract = bool(element.body.get("is_abstract"))
        return TypeDef(element.id, is_abstract, self._properties(element), lineage)

    def _properties(self, element: Element) -> Mapping[str, PropertyDef]:
        """The nearest declaration of a property is the one that counts."""
        found: dict[str, PropertyDef] = {}
        for key in self._lineage(element.key):
            for declared in self._elements[key].body.get("properties", ()):
                property_id = declared["property_id"]
                if property_id in found:
                    earlier = found[property_id]
                    if declared.get("is_required") and not earlier.is_required:
                        found[property_id] = _required(earlier)
                else:
                    found[property_id] = _property(declared)
        return found

    def _lineage(self, key: Key) -> Iterator[Key]:
        """An element and all that it inherits from, nearest first."""
        reached = {key: None}
        queue = [key]
        for at in queue:
            yield at
            for above in inherited_keys(self._elements[at]):
                if above in self._elements and above not in reached:
                    reached[above] = None
                    queue.append(above)

    def _link(self, element: Element) -> LinkTypeDef:
        body = element.body
        wider = self._wider(element.id)
        flags = frozenset(body.get("characteristics", ()))
        is_functional = "LINK_CHARACTERISTIC_FUNCTIONAL" in flags
        is_inverse_functional = "LINK_CHARACTERISTIC_INVERSE_FUNCTIONAL" in flags
        return LinkTypeDef(
            element.id,
            self._joined(wider, "source_types"),
            self._joined(wider, "target_types"),
            1 if is_functional else body.get("target_cardinality", {}).get("max_count", 0),
            1 if is_inverse_functional else body.get("source_cardinality", {}).get("max_count", 0),
            flags,
            tuple(link for link in self.link_types if element.id in self._wider(link)),
            wider,
            self._inverses(element),
        )

    def _wider(self, link_id: str) -> tuple[str, ...]:
        reached = {link_id: None}
        queue = [link_id]
        for at in queue:
            element = self._elements.get(("linkTypes", at))
            for above in element.body.get("parents", ()) if element is not None else ():
                if ("linkTypes", above) in self._elements and above not in reached:
                    reached[above] = None
                    queue.append(above)
        return tuple(queue)

    def _joined(self, wider: Sequence[str], field: str) -> frozenset[str]:
        """The object types at one end: those that every link type it specialises allows too."""
        allowed = frozenset(self.all_concrete)
        for link_id in wider:
            named = self._elements["linkTypes", link_id].body.get(field, ())
            if named:
                of_one = (self._named(type_id) for type_id in named)
                allowed &= frozenset[str]().union(*of_one)
        return allowed

    def _named(self, type_id: str) -> frozenset[str]:
        keys = ("objectTypes", type_id), ("interfaces", type_id)
        return frozenset(t for key in keys if key in self._elements for t in self.concrete(key))

    def _inverses(self, element: Element) -> tuple[str, ...]:
        named = element.body.get("inverse", "")
        back = (
            link_id
            for link_id in self.link_types
            if self._elements["linkTypes", link_id].body.get("inverse") == element.id
        )
        return tuple(sorted({*back, *([named] if named else [])} - {element.id}))


def _property(declared: Mapping[str, Any]) -> PropertyDef:
    kind = declared.get("type", {})
    target = kind.get("object_type", "")
    data_type = _REFERENCE if target else DATA_TYPES.get(kind.get("data_type", ""), CUSTOM)
    return PropertyDef(
        declared["property_id"],
        data_type,
        target,
        bool(declared.get("is_required")),
        bool(declared.get("is_list")),
    )


def _required(definition: PropertyDef) -> PropertyDef:
    return PropertyDef(
        definition.id, definition.data_type, definition.target, True, definition.is_list
    )
