"""Operations compiled to plans: what to fetch, level by level, and what to write.

What is selected is found by graphql-core's own `collect_fields`, so fragments, aliases and
`@skip` mean here what they mean there. A plan holds for one operation and one set of values of
the variables that `@skip` and `@include` look at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
    is_abstract_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from svc_graphql.domain.execution.bindings import (
    BINDING,
    Arguments,
    Fetch,
    ObjectId,
    ObjectKey,
    PropertyValue,
    Reading,
    Selection,
    Tree,
)
from svc_graphql.domain.execution.requests import Row
from svc_graphql.domain.generated.compiler import Generated

NodeKey = tuple[int, ...]


class FieldPlan:
    """A field of a selection: its response key, where its value comes from, and what is below.

    `node_key` tells it from other fields of the document: what is fetched is found by it.
    """

    __slots__ = (
        "below",
        "binding",
        "definition",
        "has_fetches",
        "is_typename",
        "key",
        "node_key",
        "nodes",
        "selection",
        "type",
        "write",
    )

    def __init__(self, key: str, details: Sequence[FieldDetails], definition: GraphQLField) -> None:
        self.key = key
        self.nodes = [one.node for one in details]
        self.node_key: NodeKey = tuple(map(id, self.nodes))
        self.definition = definition
        self.type = definition.type
        self.binding: Reading | Fetch | None = definition.extensions.get(BINDING)
        self.is_typename = self.nodes[0].name.value == "__typename"
        self.below: Below | None = None
        self.has_fetches = isinstance(self.binding, Fetch)
        self.selection: Selection | None = None
        self.write: Callable[[list[Any]], list[Any]] | None = None

    def arguments(self, variables: VariableValues) -> Arguments:
        """Its arguments, coerced.

        Raises:
            GraphQLError: a variable has no value that the argument takes.
        """
        return get_argument_values(self.definition, self.nodes[0], variables)


class ObjectPlan:
    """The fields selected of an object of one type."""

    __slots__ = ("fetching", "fields", "keys", "needs_reference", "passing", "type")

    def __init__(self, type_: GraphQLObjectType, fields: list[FieldPlan]) -> None:
        self.type = type_
        self.fields = fields
        self.keys = [field.key for field in fields]
        # Those at or below which something is fetched.
        self.fetching = [field for field in fields if field.has_fetches]
        self.passing = passing_of(type_.name, fields)
        self.needs_reference = any(
            field.binding is None and not field.is_typename for field in fields
        )


@dataclass(frozen=True, slots=True)
class Passing:
    """A selection that an object's values, as they come in JSON, answer as they are.

    Attributes:
        begin: Writes what stands before them, beginning with `{`.
        properties: The properties selected, in order, each under its own id.
        has_required: Whether one of them may not be null.
    """

    begin: Callable[[Row], str]
    properties: tuple[str, ...]
    has_required: bool


def passing_of(type_name: str, fields: Sequence[FieldPlan]) -> Passing | None:
    """The passing of a selection: names of an object first, then plain properties; else None."""
    begin = "{"
    rest = list(fields)
    while rest and (part := _beginning(rest[0], type_name)):
        begin += part
        del rest[0]
    if not rest or not all(map(_passes, rest)):
        return None
    properties = tuple(field.key for field in rest)
    has_required = any(isinstance(field.type, GraphQLNonNull) for field in rest)
    return Passing(partial(_begun, begin), properties, has_required)


def _begun(begin: str, row: Row) -> str:
    return begin.replace("\0", row.id).replace("\1", row.id.partition("/")[2])


def _beginning(field: FieldPlan, type_name: str) -> str:
    """How a name of an object is written; empty for what is none. Ids need no escapes."""
    if field.is_typename:
        return f'"{field.key}":"{type_name}",'
    if isinstance(field.binding, ObjectId):
        return f'"{field.key}":"\0",'
    return f'"{field.key}":"\1",' if isinstance(field.binding, ObjectKey) else ""


def _passes(field: FieldPlan) -> bool:
    binding, named = field.binding, get_named_type(field.type)
    return (
        isinstance(binding, PropertyValue)
        and binding.property == field.key
        and named.name in PLAIN_SCALARS
    )


PLAIN_SCALARS: Final = frozenset(
    {"String", "Int", "Float", "Boolean", "Decimal", "BigInt", "URI", "Base64"}
    | {"Date", "Time", "DateTime", "Duration"}
)
"""Those whose values are written as they come."""


class Below:
    """What is selected of a composite value; for an abstract type, by the type it turns out to be.

    The plan of a type is made when an object of it first turns up.
    """

    def __init__(
        self, plans: OperationPlan, type_: GraphQLObjectType | GraphQLAbstractType, details: Any
    ) -> None:
        self._plans = plans
        self._details = details
        self._by_type: dict[str, ObjectPlan] = {}
        self.type = type_
        self.is_abstract = is_abstract_type(type_)
        self.possible = plans.possible(type_)

    @property
    def only(self) -> ObjectPlan:
        """The plan of a type that is not abstract."""
        return self.of(self.type.name)

    def of(self, type_name: str) -> ObjectPlan:
        """The plan of objects of a type.

        Raises:
            KeyError: no value here may be of that type.
        """
        if type_name not in self.possible:
            raise KeyError(type_name)
        if type_name not in self._by_type:
            self._by_type[type_name] = self._plans.below(type_name, self._details)
        return self._by_type[type_name]


class OperationPlan:
    """The plan of an operation under one set of the variables that decide what is selected."""

    def __init__(
        self,
        generated: Generated,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDetails],
        variables: VariableValues,
    ) -> None:
        self._generated = generated
        self._operation = operation
        self._fragments = dict(fragments)
        self._variables = variables
        root_type = generated.schema.get_root_type(operation.operation)
        assert root_type is not None
        collected = collect_fields(
            generated.schema, self._fragments, variables, root_type, operation
        )
        self.root = self._plan(root_type, collected.grouped_field_set)

    def possible(self, type_: GraphQLObjectType | GraphQLAbstractType) -> frozenset[str]:
        """Names of the object types that a value of a type may have."""
        if not is_abstract_type(type_):
            return frozenset((type_.name,))
        return frozenset(one.name for one in self._generated.schema.get_possible_types(type_))

    def below(self, type_name: str, details: Any) -> ObjectPlan:
        """The plan of an object type below a field."""
        type_ = self._generated.schema.type_map[type_name]
        assert isinstance(type_, GraphQLObjectType)
        collected = collect_subfields(
            self._generated.schema,
            self._fragments,
            self._variables,
            self._operation,
            type_,
            details,
        )
        return self._plan(type_, collected.grouped_field_set)

    def _plan(self, type_: GraphQLObjectType, grouped: Mapping[str, Any]) -> ObjectPlan:
        fields: list[FieldPlan] = []
        for key, details in grouped.items():
            definition = self._generated.schema.get_field(type_, details[0].node.name.value)
            if definition is None:
                continue  # as graphql-core does with what validation would have refused
            fields.append(self._field(FieldPlan(key, details, definition), details))
        return ObjectPlan(type_, fields)

    def _field(self, field: FieldPlan, details: Sequence[FieldDetails]) -> FieldPlan:
        named = get_named_type(field.type)
        if field.binding is not None and (is_object_type(named) or is_abstract_type(named)):
            field.below = Below(self, named, details)
        if isinstance(field.binding, Fetch):
            tree = self._tree([one.node for one in details])
            field.selection = Selection(tree, self._generated.properties)
        elif field.below is not None:
            field.has_fetches = self._fetches(field.below)
        return field

    def _fetches(self, below: Below) -> bool:
        """True when something below is fetched; of what is abstract nobody knows before."""
        return below.is_abstract or bool(below.only.fetching)

    def _tree(self, nodes: Sequence[FieldNode]) -> Tree:
        tree = Tree()
        for node in nodes:
            if node.selection_set:
                self._grow(tree, node.selection_set)
        return tree

    def _grow(self, tree: Tree, selections: SelectionSetNode) -> None:
        for one in selections.selections:
            if isinstance(one, FieldNode):
                below = tree.setdefault(one.name.value, Tree())
                if one.selection_set:
                    self._grow(below, one.selection_set)
            elif isinstance(one, InlineFragmentNode):
                self._grow(tree, one.selection_set)
            elif isinstance(one, FragmentSpreadNode):
                fragment = self._fragments.get(one.name.value)
                if fragment is not None:
                    self._grow(tree, fragment.definition.selection_set)
