"""A schema as values: classes, their properties, and how they are related."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final, NamedTuple

from svc_datakernel.domain.graph.prefixes import Context, quote_segment
from svc_datakernel.domain.values import DATATYPES, is_kind_of

SYS_JSON: Final = "sys:JSON"
SYS_UNIT: Final = "sys:Unit"
SYS_TOP: Final = "sys:Top"
BUILT_IN_RANGES: Final = frozenset({SYS_JSON, SYS_UNIT, "sys:Dictionary"})
UNBOUNDED: Final = -1


class Family(Enum):
    """How many values a property has, and how they are held."""

    REQUIRED = "Required"
    OPTIONAL = "Optional"
    SET = "Set"
    LIST = "List"
    ARRAY = "Array"
    CARDINALITY = "Cardinality"
    TABLE = "Table"


class PropertyType(NamedTuple):
    """What a property holds.

    Args:
        range: Name of a class, an enum or a datatype.
        low, high: Fewest and most values of a CARDINALITY; `UNBOUNDED` for no upper bound.
        dimensions: Of an ARRAY.
        is_unfolded: Whether references are shown as what they refer to.
    """

    family: Family
    range: str
    low: int = 0
    high: int = UNBOUNDED
    dimensions: int = 1
    is_unfolded: bool = False

    @property
    def is_single(self) -> bool:
        """Whether exactly one triple says the value: a required value or a List."""
        return self.family in (Family.REQUIRED, Family.LIST, Family.TABLE)


class Key(NamedTuple):
    """How ids of a class are made: Lexical, Hash, ValueHash or Random, empty for none said."""

    kind: str = ""
    fields: Sequence[str] = ()


NO_KEY: Final = Key()


@dataclass(frozen=True)
class ClassDefinition:
    """A document of the schema graph. Names are as in the schema, such as `Person`.

    Args:
        kind: Class, TaggedUnion, Enum, Foreign or Unit.
        base: Start of generated ids, where it is not `<name>/`.
        properties: Those the class declares itself, without those of `one_of`.
        one_of: Groups of properties of which each document has exactly one.
        values: Of an enum, in order.
        document: The whole schema document, canonical values.
    """

    name: str
    kind: str
    is_abstract: bool = False
    is_subdocument: bool = False
    is_unfoldable: bool = False
    is_shared: bool = False
    key: Key = NO_KEY
    base: str | None = None
    parents: Sequence[str] = ()
    properties: Mapping[str, PropertyType] = field(default_factory=dict[str, PropertyType])
    one_of: Sequence[Mapping[str, PropertyType]] = ()
    values: Sequence[str] = ()
    document: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Schema:
    """The schema graph of a commit.

    Args:
        kept: What others derive from the schema, for as long as it is in use.
    """

    context: Context
    classes: Mapping[str, ClassDefinition]
    _cache: dict[tuple[str, str], Any] = field(
        default_factory=dict[tuple[str, str], Any], compare=False, repr=False
    )
    kept: dict[tuple[str, str], Any] = field(
        default_factory=dict[tuple[str, str], Any], compare=False, repr=False
    )

    def is_class(self, name: str) -> bool:
        """Whether a name is that of a class whose documents have ids: no enum, no datatype."""
        found = self.classes.get(name)
        return found is not None and found.kind in ("Class", "TaggedUnion", "Foreign")

    def is_enum(self, name: str) -> bool:
        """Whether a name is that of an enum."""
        found = self.classes.get(name)
        return found is not None and found.kind == "Enum"

    def is_datatype(self, name: str) -> bool:
        """Whether a name is that of a datatype."""
        return name in DATATYPES

    def ancestors(self, name: str) -> Sequence[str]:
        """A class and those it inherits from, nearest first, each once."""
        key = ("ancestors", name)
        if key not in self._cache:
            found = [name]
            for each in found:
                above = self.classes[each].parents if each in self.classes else ()
                found += [parent for parent in above if parent not in found]
            self._cache[key] = tuple(found)
        return self._cache[key]

    def descendants(self, name: str) -> Sequence[str]:
        """A class and those that inherit from it, by name."""
        key = ("descendants", name)
        if key not in self._cache:
            below = {each for each in self.classes if name in self.ancestors(each)}
            self._cache[key] = tuple(sorted(below | {name}))
        return self._cache[key]

    def is_kind_of(self, name: str, other: str) -> bool:
        """Whether every instance of a class or datatype is one of the other."""
        if other in (name, SYS_TOP):
            return True
        if name in DATATYPES or other in DATATYPES:
            return is_kind_of(name, other)
        return other in self.ancestors(name)

    def properties(self, name: str) -> Mapping[str, PropertyType]:
        """Properties of a class with inherited ones, without those of `one_of`; of
        several declarations of one, the nearest."""
        key = ("properties", name)
        if key not in self._cache:
            found: dict[str, PropertyType] = {}
            for each in reversed(self.ancestors(name)):
                if each in self.classes:
                    found |= self.classes[each].properties
            self._cache[key] = found
        return self._cache[key]

    def choices(self, name: str) -> Sequence[Mapping[str, PropertyType]]:
        """Groups of properties of which a document has exactly one, inherited ones with them."""
        key = ("choices", name)
        if key not in self._cache:
            self._cache[key] = tuple(
                choice
                for each in self.ancestors(name)
                if each in self.classes
                for choice in self.classes[each].one_of
            )
        return self._cache[key]

    def all_properties(self, name: str) -> Mapping[str, PropertyType]:
        """Every property that a document of a class may have. Those of `one_of` are OPTIONAL
        here where they are REQUIRED in their group."""
        key = ("all", name)
        if key not in self._cache:
            found = dict(self.properties(name))
            for choice in self.choices(name):
                for prop, kind in choice.items():
                    is_required = kind.family is Family.REQUIRED
                    found[prop] = kind._replace(family=Family.OPTIONAL) if is_required else kind
            self._cache[key] = found
        return self._cache[key]

    def is_subdocument(self, name: str) -> bool:
        """Whether documents of a class are parts of others; inherited."""
        return self._has(name, "is_subdocument")

    def is_unfoldable(self, name: str) -> bool:
        """Whether documents of a class are shown where they are referred to; inherited."""
        return self._has(name, "is_unfoldable")

    def is_abstract(self, name: str) -> bool:
        """Whether a class has no documents of its own; not inherited."""
        found = self.classes.get(name)
        return found is not None and found.is_abstract

    def key_of(self, name: str) -> Key:
        """How ids of a class are made; not inherited."""
        found = self.classes.get(name)
        return found.key if found is not None else Key()

    def base_of(self, name: str) -> str:
        """What generated ids of a class start with."""
        found = self.classes.get(name)
        if found is not None and found.base is not None:
            return found.base
        return f"{self.context.shown_name(name)}/"

    def enum_values(self, name: str) -> Mapping[str, str]:
        """Values of an enum by the compact IRI of each."""
        key = ("values", name)
        if key not in self._cache:
            self._cache[key] = {enum_iri(name, value): value for value in self.classes[name].values}
        return self._cache[key]

    @cached_property
    def referring(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """For each class: the properties that may refer to its documents, with their class."""
        found: dict[str, list[tuple[str, str]]] = {}
        for name, definition in self.classes.items():
            own = [definition.properties, *definition.one_of]
            for prop, kind in ((prop, kind) for some in own for prop, kind in some.items()):
                if self.is_class(kind.range):
                    for below in self.descendants(kind.range):
                        found.setdefault(below, []).append((name, prop))
        return found

    def _has(self, name: str, flag: str) -> bool:
        key = (flag, name)
        if key not in self._cache:
            self._cache[key] = any(
                getattr(self.classes[each], flag)
                for each in self.ancestors(name)
                if each in self.classes
            )
        return self._cache[key]


def enum_iri(name: str, value: str) -> str:
    """The compact IRI of an enum's value."""
    iri = name if ":" in name else f"@schema:{name}"
    return f"{iri}/{quote_segment(value)}"
