"""Limits of what one operation may ask for, found before it is validated.

A fragment is counted wherever it is used. Its own size is counted once and remembered, so that
fragments which use each other many times can't make the counting itself expensive; one that
uses itself is refused here already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from oms_core.errors import InvalidQuery, LimitExceeded

_MAX_SAME_FIELD: Final = 50
_INTROSPECTION: Final = frozenset({"__schema", "__type"})
_PAGING: Final = ("first", "last")
_DEFAULT_PAGE: Final = 20
# Whoever asks for the schema gets it whole; what the standard query asks for is deep.
_INTROSPECTION_DEPTH: Final = 25


@dataclass(frozen=True, slots=True)
class Limits:
    """See `GraphqlSettings`."""

    max_tokens: int
    max_depth: int
    max_aliases: int
    max_cost: int


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection comes to.

    Attributes:
        depth: How deeply its fields are nested.
        aliases: How many of them have an alias.
        cost: 1 for each field; what is below a list counts once for each entry that is asked for.
        looks_at_schema: Whether it asks for the schema.
    """

    depth: int = 0
    aliases: int = 0
    cost: int = 0
    looks_at_schema: bool = False

    def beside(self, other: Size) -> Size:
        """This and another one in the same selection."""
        return Size(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.cost + other.cost,
            self.looks_at_schema or other.looks_at_schema,
        )


class Measuring:
    """Measures the operations of a document for given variables."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._known: dict[str, Size] = {}
        self._open: set[str] = set()

    def size(self, operation: OperationDefinitionNode) -> Size:
        """The size of an operation.

        Raises:
            InvalidQuery: a fragment uses itself.
            LimitExceeded: a selection repeats a field too often.
        """
        return self._selection(operation.selection_set)

    def _selection(self, selection: SelectionSetNode | None) -> Size:
        total = Size()
        if selection is None:
            return total
        names: dict[str, int] = {}
        for each in selection.selections:
            if isinstance(each, FieldNode):
                name = each.alias.value if each.alias else each.name.value
                names[name] = names.get(name, 0) + 1
                if names[name] > _MAX_SAME_FIELD:
                    # Comparing each with each, as validation does, takes long.
                    raise LimitExceeded(
                        f"the field {name!r} stands more than {_MAX_SAME_FIELD} times in one "
                        "selection",
                        metadata={"limit": "same_field"},
                    )
                total = total.beside(self._field(each))
            elif isinstance(each, InlineFragmentNode):
                total = total.beside(self._selection(each.selection_set))
            elif isinstance(each, FragmentSpreadNode):
                total = total.beside(self._fragment(each.name.value))
        return total

    def _field(self, field: FieldNode) -> Size:
        below = self._selection(field.selection_set)
        return Size(
            depth=below.depth + 1,
            aliases=below.aliases + (field.alias is not None),
            cost=1 + below.cost * self._entries(field),
            looks_at_schema=below.looks_at_schema or field.name.value in _INTROSPECTION,
        )

    def _entries(self, field: FieldNode) -> int:
        """How many entries a field asks for; 1 when it takes no number of them."""
        numbers = [
            self._number(argument.value)
            for argument in field.arguments or ()
            if argument.name.value in _PAGING
        ]
        if numbers:
            return max(1, *numbers)
        names = {each.name.value for each in _selected(field)}
        return _DEFAULT_PAGE if names & {"edges", "nodes"} else 1

    def _number(self, value: Any) -> int:
        if isinstance(value, VariableNode):
            given = self._variables.get(value.name.value)
            return given if type(given) is int else _DEFAULT_PAGE
        return int(value.value) if isinstance(value, IntValueNode) else _DEFAULT_PAGE

    def _fragment(self, name: str) -> Size:
        if name in self._known:
            return self._known[name]
        if name in self._open:
            raise InvalidQuery(f"the fragment {name!r} uses itself")
        found = self._fragments.get(name)
        if found is None:
            return Size()  # validation says so better
        self._open.add(name)
        self._known[name] = self._selection(found.selection_set)
        self._open.discard(name)
        return self._known[name]


def _selected(field: FieldNode) -> list[FieldNode]:
    selection = field.selection_set
    return [s for s in selection.selections if isinstance(s, FieldNode)] if selection else []


def check(size: Size, limits: Limits) -> None:
    """Refuses what is too large.

    Raises:
        LimitExceeded: names the limit.
    """
    depth = _INTROSPECTION_DEPTH if size.looks_at_schema else limits.max_depth
    for name, actual, most in (
        ("depth", size.depth, depth),
        ("aliases", size.aliases, limits.max_aliases),
        ("cost", size.cost, limits.max_cost),
    ):
        if actual > most:
            raise LimitExceeded(
                f"the operation is too large: {name} {min(actual, 10**12)}, at most {most}; ask "
                "for less at once",
                metadata={"limit": name, "most": str(most)},
            )
