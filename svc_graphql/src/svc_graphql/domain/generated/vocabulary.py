"""The names of everything in a generated schema, and what has no place in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from svc_graphql.domain.generated.naming import Names, unique_names
from svc_graphql.domain.generated.scalars import SCALARS
from svc_graphql.domain.ontology.inheritance import Hierarchy
from svc_graphql.domain.ontology.model import (
    EnumReference,
    LinkType,
    ObjectReference,
    Ontology,
    Property,
    StructReference,
)

RESERVED_FIELDS: Final = frozenset({"id", "and", "or", "not", "_key", "_meta", "_search"})
RESERVED_TYPES: Final = frozenset(
    {scalar.name for scalar in SCALARS}
    | {"Query", "Mutation", "Subscription", "String", "Int", "Float", "Boolean", "ID"}
    | {"Node", "Object", "ObjectConnection", "ObjectEdge", "ObjectFilter", "ObjectLinkFilter"}
    | {"ObjectOrder", "ObjectMeta", "OntologyInfo", "Omission", "PageInfo", "Direction"}
    | {"LocalizedText", "LocalizedTextInput", "Change", "CommitPayload", "DeletePayload"}
    | {"ObjectChangeType"}
    | {"LinkInput", "DeleteInput", "IDFilter", "StringFilter", "BooleanFilter", "IntFilter"}
    | {"FloatFilter", "PresenceFilter", *(f"{scalar.name}Filter" for scalar in SCALARS)}
)
RESERVED_VALUES: Final = frozenset({"true", "false", "null"})


@dataclass(frozen=True, slots=True)
class Omission:
    """Something of the ontology that is not in the schema, such as `objectTypes/A`, and why."""

    element: str
    reason: str


class Vocabulary:
    """Names of types and fields.

    Names of types are unique among everything that becomes a type. Fields are named once for the
    whole ontology, so that an object type has the fields of its interfaces under the same names.
    """

    def __init__(self, ontology: Ontology, hierarchy: Hierarchy) -> None:
        self.ontology = ontology
        self.hierarchy = hierarchy
        self.omissions: list[Omission] = []
        self._types = Names(RESERVED_TYPES)
        self._names = self._name_types()
        self._derived: dict[tuple[str, str], str] = {}
        properties = {one.id for id_ in self._all_types() for one in hierarchy.properties(id_)}
        fields = Names(RESERVED_FIELDS)
        self.properties = _named(fields, properties)
        self.links = _named(fields, ontology.link_types)
        backward = {f"{id_}Inverse": id_ for id_ in ontology.link_types}
        named = _named(fields, backward)
        self.inverse_links = {backward[key]: name for key, name in named.items()}
        self.struct_fields = {
            struct.id: unique_names(one.id for one in struct.fields)
            for struct in ontology.structs.values()
        }

    def _all_types(self) -> list[str]:
        return [*self.ontology.object_types, *self.ontology.interfaces]

    def _name_types(self) -> Mapping[tuple[str, str], str]:
        """Names in the order of kinds, then of ids."""
        kinds = {
            "objectTypes": self.ontology.object_types,
            "interfaces": self.ontology.interfaces,
            "structs": self.ontology.structs,
            "enums": self.ontology.enums,
        }
        return {
            (kind, id_): name
            for kind, elements in kinds.items()
            for id_, name in _named(self._types, elements).items()
        }

    def type_name(self, kind: str, id_: str) -> str:
        """The name of the type of an element, whose kind is a collection such as `objectTypes`."""
        return self._names[kind, id_]

    def derived(self, base: str, suffix: str, prefix: str = "") -> str:
        """The name of a type that belongs to another one; the same each time it is asked for."""
        key = (f"{prefix}|{base}", suffix)
        if key not in self._derived:
            self._derived[key] = self._types.take(f"{prefix}{base}{suffix}")
        return self._derived[key]

    def leave_out(self, element: str, reason: str) -> None:
        """Takes note of what is not in the schema."""
        omission = Omission(element, reason)
        if omission not in self.omissions:
            self.omissions.append(omission)

    def sorted_omissions(self) -> tuple[Omission, ...]:
        """What is not in the schema; complete once every type was made."""
        return tuple(sorted(self.omissions, key=lambda one: (one.element, one.reason)))

    def kind_of(self, id_: str) -> str:
        """The collection that an object type or an interface is in."""
        return "objectTypes" if id_ in self.ontology.object_types else "interfaces"

    def has(self, id_: str) -> bool:
        """True of an object type or an interface that exists."""
        return id_ in self.ontology.object_types or id_ in self.ontology.interfaces

    def links_of(self, id_: str) -> list[tuple[str, LinkType, bool]]:
        """Links from and to objects of a type: the field, the link type, and if it leads here."""
        outgoing = [(self.links[one.id], one, False) for one in self.hierarchy.outgoing(id_)]
        incoming = [(self.inverse_links[one.id], one, True) for one in self.hierarchy.incoming(id_)]
        return outgoing + incoming

    def single_end(self, ends: tuple[str, ...]) -> str:
        """The one type at an end of a link type; empty when it may be any or one of several."""
        return ends[0] if len(ends) == 1 and self.has(ends[0]) else ""

    def is_known(self, declared: Property) -> bool:
        """True when the type of the property's values exists."""
        match declared.type:
            case ObjectReference(id_):
                return id_ in self.ontology.object_types
            case StructReference(id_):
                struct = self.ontology.structs.get(id_)
                return struct is not None and any(
                    not isinstance(one.type, ObjectReference) for one in struct.fields
                )
            case EnumReference(id_):
                return bool(self.ontology.enums.get(id_) and self.ontology.enums[id_].values)
            case _:
                return True

    def properties_of(self, id_: str) -> list[tuple[str, Property]]:
        """Own and inherited properties with the names of their fields, without unknown types."""
        found: list[tuple[str, Property]] = []
        for one in self.hierarchy.properties(id_):
            if self.is_known(one):
                found.append((self.properties[one.id], one))
            else:
                self.leave_out(f"{self.kind_of(id_)}/{id_}#{one.id}", "its type does not exist")
        return found


def _named(names: Names, ids: Mapping[str, object] | set[str]) -> Mapping[str, str]:
    """A name for each id, out of those not in use."""
    wanted = unique_names(ids)
    free = sorted(ids, key=lambda id_: (wanted[id_] != id_, id_))
    return {id_: names.take(wanted[id_]) for id_ in free}
