"""Types of single values: scalars, enumerations, structs, each as output and as input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
)

from svc_graphql.domain.execution.bindings import BINDING, Entry
from svc_graphql.domain.generated import scalars
from svc_graphql.domain.generated.descriptions import deprecation, described
from svc_graphql.domain.generated.naming import unique_names
from svc_graphql.domain.generated.vocabulary import RESERVED_VALUES, Vocabulary
from svc_graphql.domain.ontology.model import (
    BaseType,
    EnumReference,
    ObjectReference,
    Property,
    StructReference,
)

SCALAR_OF: Final[Mapping[BaseType, GraphQLScalarType]] = {
    BaseType.ANY: scalars.JSON,
    BaseType.STRING: GraphQLString,
    BaseType.BOOLEAN: GraphQLBoolean,
    BaseType.INTEGER: scalars.BIG_INT,
    BaseType.LONG: scalars.BIG_INT,
    BaseType.INT: GraphQLInt,
    BaseType.DECIMAL: scalars.DECIMAL,
    BaseType.FLOAT: GraphQLFloat,
    BaseType.DATE: scalars.DATE,
    BaseType.TIME: scalars.TIME,
    BaseType.DATE_TIME: scalars.DATE_TIME,
    BaseType.DURATION: scalars.DURATION,
    BaseType.YEAR: GraphQLInt,
    BaseType.URI: scalars.URI,
    BaseType.BINARY: scalars.BASE64,
    BaseType.GEO: scalars.GEO_JSON,
    BaseType.CUSTOM: GraphQLString,
}
NUMBERS: Final = frozenset(
    {BaseType.INTEGER, BaseType.LONG, BaseType.INT, BaseType.DECIMAL, BaseType.FLOAT}
)
ORDERED: Final = NUMBERS | frozenset(
    {BaseType.STRING, BaseType.BOOLEAN, BaseType.DATE, BaseType.TIME, BaseType.DATE_TIME}
    | {BaseType.YEAR, BaseType.URI, BaseType.CUSTOM}
)
TEXTS: Final = frozenset({BaseType.STRING, BaseType.URI, BaseType.CUSTOM})


def bound(type_: Any, binding: Any, **options: Any) -> GraphQLField:
    """A field whose value comes from a binding."""
    return GraphQLField(type_, extensions={BINDING: binding}, **options)


class ValueTypes:
    """Makes each type of values once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._made: dict[tuple[str, str], Any] = {}
        self._text = GraphQLObjectType(
            "LocalizedText",
            {
                "language": bound(GraphQLString, Entry("language")),
                "text": bound(GraphQLString, Entry("text")),
            },
            description="A text in a language, which is a BCP 47 tag such as `pt-BR`.",
        )
        self._text_input = GraphQLInputObjectType(
            "LocalizedTextInput",
            {
                "language": GraphQLInputField(GraphQLNonNull(GraphQLString)),
                "text": GraphQLInputField(GraphQLNonNull(GraphQLString)),
            },
            description="A text in a language, which is a BCP 47 tag such as `pt-BR`.",
        )

    def output(self, type_: Any) -> Any:
        """The nullable output type of a single value that is no reference to an object."""
        match type_:
            case BaseType.LANG_STRING:
                return self._text
            case BaseType():
                return SCALAR_OF[type_]
            case EnumReference(id_):
                return self.enum(id_)
            case StructReference(id_):
                return self._struct(id_)
            case _:
                raise TypeError(f"no single value: {type_!r}")

    def input(self, type_: Any) -> Any:
        """The nullable input type of a single value; of a reference, the object's id."""
        match type_:
            case BaseType.LANG_STRING:
                return self._text_input
            case BaseType():
                return SCALAR_OF[type_]
            case EnumReference(id_):
                return self.enum(id_)
            case StructReference(id_):
                return self._struct_input(id_)
            case _:
                return GraphQLID

    def property_output(self, declared: Property) -> Any:
        """The output type of a property's value, a list or required as it is declared."""
        return wrapped(self.output(declared.type), declared)

    def property_input(self, declared: Property, *, is_required: bool) -> Any:
        """The input type of a property's value."""
        inner = self.input(declared.type)
        inner = GraphQLList(GraphQLNonNull(inner)) if declared.is_list else inner
        return GraphQLNonNull(inner) if is_required else inner

    def enum(self, id_: str) -> GraphQLEnumType:
        """The enumeration; its values are their ids."""
        key = ("enums", id_)
        if key not in self._made:
            declared = self._vocabulary.ontology.enums[id_]
            texts = dict(declared.values)
            names = unique_names(texts, RESERVED_VALUES)
            self._made[key] = GraphQLEnumType(
                self._vocabulary.type_name(*key),
                {
                    names[value]: GraphQLEnumValue(
                        value,
                        description=described(texts[value], names[value]),
                        deprecation_reason=deprecation(texts[value]),
                    )
                    for value, _ in declared.values
                },
                description=described(declared.texts, id_),
            )
        return self._made[key]

    def _struct(self, id_: str) -> GraphQLObjectType:
        key = ("structs", id_)
        if key not in self._made:
            declared = self._vocabulary.ontology.structs[id_]
            names = self._vocabulary.struct_fields[id_]
            self._made[key] = GraphQLObjectType(
                self._vocabulary.type_name(*key),
                lambda: {
                    names[one.id]: bound(
                        self.property_output(one),
                        Entry(one.id),
                        description=described(one.texts, names[one.id]),
                        deprecation_reason=deprecation(one.texts),
                    )
                    for one in self._struct_fields(id_)
                },
                description=described(declared.texts, id_),
            )
        return self._made[key]

    def _struct_input(self, id_: str) -> GraphQLInputObjectType:
        key = ("structs", f"{id_}|input")
        if key not in self._made:
            name = self._vocabulary.type_name("structs", id_)
            names = self._vocabulary.struct_fields[id_]
            self._made[key] = GraphQLInputObjectType(
                self._vocabulary.derived(name, "Input"),
                lambda: {
                    names[one.id]: GraphQLInputField(
                        self.property_input(one, is_required=_is_required_input(one)),
                        out_name=one.id,
                        description=described(one.texts, names[one.id]),
                    )
                    for one in self._struct_fields(id_)
                },
            )
        return self._made[key]

    def _struct_fields(self, id_: str) -> list[Property]:
        """The fields that can stand in a struct: none of them refers to an object."""
        fields = self._vocabulary.ontology.structs[id_].fields
        kept = [one for one in fields if not isinstance(one.type, ObjectReference)]
        for one in fields:
            if one not in kept or not self._vocabulary.is_known(one):
                reason = "a struct holds no references to objects, and its types have to exist"
                self._vocabulary.leave_out(f"structs/{id_}#{one.id}", reason)
        return [one for one in kept if self._vocabulary.is_known(one)]


def _is_required_input(declared: Property) -> bool:
    # A struct that has to have itself in it could never be written.
    return declared.is_required and not isinstance(declared.type, StructReference)


def wrapped(type_: Any, declared: Property) -> Any:
    """The type as the property is declared: in a list, required."""
    inner = GraphQLList(GraphQLNonNull(type_)) if declared.is_list else type_
    return GraphQLNonNull(inner) if declared.is_required else inner
