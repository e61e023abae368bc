"""What filters mean: compiled against the types, into functions of an object.

Compiling refuses what makes no sense, and collects what has to be loaded to decide it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from oms_core.errors import InvalidField

from svc_api.domain.elements import Key
from svc_api.domain.objects.datatypes import DataType, shown, text_of
from svc_api.domain.objects.filters import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    AllOf,
    AnyOf,
    Comparator,
    Compare,
    Filter,
    Ids,
    IsNull,
    Linked,
    Not,
    OneOf,
    Referenced,
    Search,
    TextMatch,
    TextOperator,
)
from svc_api.domain.objects.model import Ref, StoredObject
from svc_api.domain.objects.types import Catalogue, PropertyDef
from svc_api.domain.objects.world import World, followed

Condition = Callable[[World, StoredObject], bool]

_REGEX_MEMORY_BYTES: Final = 2 * 1024 * 1024
_COMPARE: Final[Mapping[Comparator, Callable[[Any, Any], bool]]] = {
    Comparator.EQUAL: operator.eq,
    Comparator.NOT_EQUAL: operator.ne,
    Comparator.LESS: operator.lt,
    Comparator.LESS_OR_EQUAL: operator.le,
    Comparator.GREATER: operator.gt,
    Comparator.GREATER_OR_EQUAL: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which objects a filter is about: ids of their types, and the properties they may have."""

    noun: str
    types: tuple[str, ...]
    properties: Mapping[str, PropertyDef]

    @classmethod
    def of(cls, catalogue: Catalogue, key: Key) -> Scope:
        """The objects of an object type and its descendants, or of an interface."""
        types = catalogue.concrete(key)
        return cls(key[1], types, catalogue.properties(key, types))

    @classmethod
    def of_types(cls, catalogue: Catalogue, noun: str, types: frozenset[str]) -> Scope:
        """The objects of some types."""
        ordered = tuple(sorted(types))
        return cls(noun, ordered, catalogue.properties(("", ""), ordered))

    def require(self, property_id: str, field: str) -> PropertyDef:
        """A property of theirs.

        Raises:
            InvalidField: names `field`; there is none of that id.
        """
        found = self.properties.get(property_id)
        if found is None:
            known = ", ".join(sorted(self.properties)) or "none"
            raise InvalidField.of(
                field, f"{property_id!r} is no property of {self.noun}, which has {known[:300]}"
            )
        return found


class Compiler:
    """Compiles one filter.

    Attributes:
        types, links: Ids of the object types and link types that have to be loaded beside
            the scope's own.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._count = 0
        self.types: set[str] = set()
        self.links: set[str] = set()
        self._compilers: Mapping[type, Callable[[Any, Scope, str, int], Condition]] = {
            Compare: self._compare,
            OneOf: self._one_of,
            IsNull: self._is_null,
            TextMatch: self._text,
            AllOf: self._all,
            AnyOf: self._any,
            Not: self._not,
            Linked: self._linked,
            Referenced: self._referenced,
            Search: self._search,
            Ids: self._ids,
        }

    def compile(self, filter_: Filter, scope: Scope, path: str, depth: int = 1) -> Condition:
        """The condition that a filter states.

        Args:
            path: Field of the request that holds the filter, for errors.
        Raises:
            InvalidField: names the place of what makes no sense.
        """
        self._count += 1
        if depth > MAX_DEPTH:
            raise InvalidField.of(path, f"is nested more than {MAX_DEPTH} levels deep")
        if self._count > MAX_CONDITIONS:
            raise InvalidField.of(path, f"has more than {MAX_CONDITIONS} conditions")
        return self._compilers[type(filter_)](filter_, scope, path, depth)

    def _is_null(self, asked: IsNull, scope: Scope, path: str, depth: int) -> Condition:
        property_id = asked.property
        name = "is_not_null" if asked.is_negated else "is_null"
        scope.require(property_id, f"{path}.{name}")
        if asked.is_negated:
            return lambda world, stored: property_id in stored.values
        return lambda world, stored: property_id not in stored.values

    def _all(self, asked: AllOf, scope: Scope, path: str, depth: int) -> Condition:
        conditions = self._several(asked.filters, scope, f"{path}.all", depth)
        return lambda world, stored: all(condition(world, stored) for condition in conditions)

    def _any(self, asked: AnyOf, scope: Scope, path: str, depth: int) -> Condition:
        conditions = self._several(asked.filters, scope, f"{path}.any", depth)
        return lambda world, stored: any(condition(world, stored) for condition in conditions)

    def _not(self, asked: Not, scope: Scope, path: str, depth: int) -> Condition:
        inner = self.compile(asked.filter, scope, f"{path}.not", depth + 1)
        return lambda world, stored: not inner(world, stored)

    def _ids(self, asked: Ids, scope: Scope, path: str, depth: int) -> Condition:
        return lambda world, stored: stored.ref.id in asked.ids

    def _several(
        self, filters: Sequence[Filter], scope: Scope, path: str, depth: int
    ) -> list[Condition]:
        return [
            self.compile(inner, scope, f"{path}.filters[{index}]", depth + 1)
            for index, inner in enumerate(filters)
        ]

    def _compare(self, asked: Compare, scope: Scope, path: str, depth: int) -> Condition:
        path = f"{path}.compare"
        definition = scope.require(asked.property, f"{path}.property")
        is_ordering = asked.comparator not in {Comparator.EQUAL, Comparator.NOT_EQUAL}
        if is_ordering and not definition.data_type.has_order:
            raise InvalidField.of(
                f"{path}.operator",
                f"{asked.property!r} has no order: its type is {definition.described}",
            )
        key, wanted = _keyed(definition, asked.value, f"{path}.value")
        compare = _COMPARE[asked.comparator]
        return _on_values(definition, lambda value: compare(key(value), wanted))

    def _one_of(self, asked: OneOf, scope: Scope, path: str, depth: int) -> Condition:
        path = f"{path}.one_of"
        definition = scope.require(asked.property, f"{path}.property")
        keyed = [
            _keyed(definition, value, f"{path}.values[{index}]")
            for index, value in enumerate(asked.values)
        ]
        by_key: dict[int, tuple[Callable[[Any], Any], set[Any]]] = {}
        for key, wanted in keyed:
            by_key.setdefault(id(key), (key, set()))[1].add(wanted)
        tests = list(by_key.values())
        return _on_values(
            definition, lambda value: any(key(value) in wanted for key, wanted in tests)
        )

    def _text(self, asked: TextMatch, scope: Scope, path: str, depth: int) -> Condition:
        path = f"{path}.text"
        definition = scope.require(asked.property, f"{path}.property")
        if not definition.data_type.is_text and definition.data_type.name != "DATA_TYPE_ANY":
            raise InvalidField.of(
                f"{path}.property", f"{asked.property!r} is no text: it is {definition.described}"
            )
        matches = _text_test(asked, f"{path}.pattern")

        def test(value: Any) -> bool:
            text = text_of(value)
            return text is not None and matches(text)

        return _on_values(definition, test)

    def _search(self, asked: Search, scope: Scope, path: str, depth: int) -> Condition:
        words = asked.text.casefold().split()
        searched = [p.id for p in scope.properties.values() if _has_text(p.data_type)]

        def condition(world: World, stored: StoredObject) -> bool:
            texts = [
                found.casefold()
                for property_id in searched
                for value in _values(property_id, stored)
                if (found := text_of(value)) is not None
            ]
            return all(any(word in found for found in texts) for word in words)

        return condition

    def _linked(self, asked: Linked, scope: Scope, path: str, depth: int) -> Condition:
        path = f"{path}.linked"
        definition = self._catalogue.link_type(asked.link_type)
        if definition is None:
            raise InvalidField.of(
                f"{path}.link_type", f"link type {asked.link_type!r} does not exist"
            )
        is_outgoing = asked.is_outgoing
        self.links.update(
            link for link, _ in followed(self._catalogue, definition, is_outgoing=is_outgoing)
        )
        if asked.filter is None:
            return lambda world, stored: bool(
                world.far_ends(definition, stored.ref, is_outgoing=is_outgoing)
            )
        far = Scope.of_types(
            self._catalogue,
            f"what {definition.id} leads to",
            definition.ends(is_outgoing=is_outgoing),
        )
        self.types.update(far.types)
        inner = _remembered(self.compile(asked.filter, far, f"{path}.filter", depth + 1))
        return lambda world, stored: any(
            inner(world, ref)
            for ref in world.far_ends(definition, stored.ref, is_outgoing=is_outgoing)
        )

    def _referenced(self, asked: Referenced, scope: Scope, path: str, depth: int) -> Condition:
        path = f"{path}.referenced"
        definition = scope.require(asked.property, f"{path}.property")
        if not definition.target:
            raise InvalidField.of(
                f"{path}.property",
                f"{asked.property!r} refers to no object: it is {definition.described}",
            )
        far = Scope.of(self._catalogue, ("objectTypes", definition.target))
        self.types.update(far.types)
        inner = _remembered(self.compile(asked.filter, far, f"{path}.filter", depth + 1))

        def condition(world: World, stored: StoredObject) -> bool:
            return any(
                (found := world.of_text(value)) is not None and inner(world, found.ref)
                for value in _values(definition.id, stored)
            )

        return condition


def _keyed(definition: PropertyDef, value: Any, field: str) -> tuple[Callable[[Any], Any], Any]:
    """How values of a property are compared with one, and what that one is compared by."""
    key = definition.data_type.key
    if definition.data_type.name == "DATA_TYPE_LANG_STRING" and isinstance(value, str):
        # A bare text asks about the text, whatever the language.
        key = text_of
    if definition.target and not isinstance(value, str):
        raise InvalidField.of(
            field, f"expected {definition.data_type.expected}, found {shown(value)}"
        )
    try:
        return key, key(value)
    except ValueError:
        raise InvalidField.of(
            field,
            f"expected {definition.data_type.expected} ({definition.data_type.name}), as "
            f"{definition.id!r} is, found {shown(value)}",
        ) from None


def _values(property_id: str, stored: StoredObject) -> Sequence[Any]:
    value = stored.values.get(property_id)
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)  # pyright: ignore[reportUnknownVariableType] - JSON


def _on_values(definition: PropertyDef, test: Callable[[Any], bool]) -> Condition:
    property_id = definition.id

    def condition(world: World, stored: StoredObject) -> bool:
        value = stored.values.get(property_id)
        if value is None:
            return False
        try:
            if isinstance(value, list):
                return any(map(test, value))  # pyright: ignore[reportUnknownArgumentType] - JSON
            return test(value)
        except ValueError:
            return False  # another type's property of the same id

    return condition


def _remembered(condition: Condition) -> Callable[[World, Ref], bool]:
    """Decides each object at a far end once, however many lead to it. For one question only."""
    known: dict[Ref, bool] = {}

    def decide(world: World, ref: Ref) -> bool:
        found = known.get(ref)
        if found is None:
            stored = world.get(ref)
            found = known[ref] = stored is not None and condition(world, stored)
        return found

    return decide


def _has_text(data_type: DataType) -> bool:
    return data_type.is_text or data_type.name == "DATA_TYPE_ANY"


def _text_test(asked: TextMatch, field: str) -> Callable[[str], bool]:
    if asked.operator is TextOperator.REGEX:
        expression = _regex(asked.pattern, asked.ignore_case, field)
        return lambda text: expression.search(text) is not None
    pattern = asked.pattern.casefold() if asked.ignore_case else asked.pattern
    fold: Callable[[str], str] = str.casefold if asked.ignore_case else str
    if asked.operator is TextOperator.CONTAINS:
        return lambda text: pattern in fold(text)
    if asked.operator is TextOperator.PREFIX:
        return lambda text: fold(text).startswith(pattern)
    return lambda text: fold(text).endswith(pattern)


def _regex(pattern: str, ignore_case: bool, field: str) -> Any:
    error, compiled = _compiled(pattern, ignore_case)
    if compiled is None:
        raise InvalidField.of(field, f"{pattern!r} is no regular expression of RE2: {error}")
    return compiled


@lru_cache(maxsize=128)
def _compiled(pattern: str, ignore_case: bool) -> tuple[str, Any]:
    # RE2 never backtracks: its time is in proportion to the text, its memory bounded. It is
    # imported where it is first used, since it takes a while.
    import re2

    engine: Any = re2
    options: Any = engine.Options()
    options.log_errors = False
    options.max_mem = _REGEX_MEMORY_BYTES
    options.case_sensitive = not ignore_case
    try:
        return "", engine.compile(pattern, options)
    except engine.error as exc:
        told: Any = exc.args[0] if exc.args else "it can't be read"
        return told.decode() if isinstance(told, bytes) else str(told), None
