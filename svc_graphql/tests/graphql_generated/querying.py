"""Random operations and random objects, from a seed."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from svc_graphql.domain.execution.requests import Row
from svc_graphql.domain.ontology.inheritance import Hierarchy
from svc_graphql.domain.ontology.model import (
    BaseType,
    EnumReference,
    ObjectReference,
    Ontology,
    StructReference,
)

from graphql_generated.memory import MemoryObjects

_MAX_DEPTH = 5
_MAX_FIELDS = 60
_DIRECTIVES = (
    *[""] * 4,
    " @skip(if: $no)",
    " @skip(if: $yes)",
    " @include(if: $yes)",
    " @include(if: true)",
    " @skip(if: false) @include(if: $yes)",
)


class Operations:
    """Writes operations that are valid, or nearly always."""

    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self._schema = schema
        self._random = random
        self._fragments: list[str] = []
        self._aliases = 0
        self._written = 0

    def write(self) -> str:
        """One query, with its fragments."""
        query = self._schema.query_type
        assert query is not None
        body = self._selection(query, 0)
        text = "\n".join([body, *self._fragments])
        types = {"yes": "Boolean!", "no": "Boolean = false", "first": "Int"}
        used = [f"${name}: {type_}" for name, type_ in types.items() if f"${name}" in text]
        return f"query {'(' + ', '.join(used) + ')' if used else ''} {text}"

    def _selection(self, type_: Any, depth: int) -> str:
        fields = list(type_.fields.items())
        chosen = self._random.choices(fields, k=self._random.randint(1, 4))
        parts = [part for name, field in chosen if (part := self._field(name, field, depth))]
        if isinstance(type_, GraphQLInterfaceType) and self._random.random() < 0.6:
            parts.append(self._fragment(self._random.choice(self._possible(type_)), depth))
        elif self._random.random() < 0.2 and type_.name not in ("Query", "Mutation"):
            parts.append(self._fragment(type_, depth))
        if not parts or self._random.random() < 0.2:
            parts.append("__typename")
        return "{ " + " ".join(parts) + " }"

    def _possible(self, type_: Any) -> list[Any]:
        found = self._schema.get_implementations(type_)
        return [*found.objects, *found.interfaces] or [type_]

    def _fragment(self, type_: Any, depth: int) -> str:
        selection = self._selection(type_, depth)
        if self._random.random() < 0.5:
            return f"... on {type_.name}{self._directive()} {selection}"
        name = f"F{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {type_.name} {selection}")
        return f"...{name}{self._directive()}"

    def _field(self, name: str, field: Any, depth: int) -> str:
        named: GraphQLNamedType = get_named_type(field.type)
        is_leaf = is_leaf_type(named)
        self._written += 1
        if not is_leaf and (depth >= _MAX_DEPTH or self._written > _MAX_FIELDS):
            return ""
        arguments = self._arguments(field)
        # Fields of one response key have to be alike; those with an alias of their own are.
        key = name
        if arguments or not is_leaf or self._random.random() < 0.15:
            self._aliases += 1
            key = f"a{self._aliases}: {name}"
        below = "" if is_leaf else self._selection(named, depth + 1)
        return f"{key}{arguments}{self._directive()} {below}"

    def _directive(self) -> str:
        return self._random.choice(_DIRECTIVES)

    def _arguments(self, field: Any) -> str:
        written: list[str] = []
        for name, argument in field.args.items():
            is_required = isinstance(argument.type, GraphQLNonNull)
            if is_required or self._random.random() < 0.25:
                written.append(f"{name}: {self._argument(name, argument.type)}")
        return f"({', '.join(written)})" if written else ""

    def _argument(self, name: str, type_: Any) -> str:
        match name:
            case "first" | "last":
                return self._random.choice(["0", "1", "2", "3", "null", "$first"])
            case "after" | "before":
                return self._random.choice(['"1"', '"2"', "null"])
            case "id":
                return f'"{self._id()}"'
            case "ids":
                return "[" + ", ".join(f'"{self._id()}"' for _ in range(3)) + "]"
            case _:
                return self._input(type_, 0)

    def _id(self) -> str:
        type_ = self._random.choice(["Person", "Employee", "Company", "Nothing"])
        return f"{type_}/{self._random.randint(0, 6)}"

    def _input(self, type_: Any, depth: int) -> str:
        if isinstance(type_, GraphQLNonNull):
            return self._input(type_.of_type, depth)
        if isinstance(type_, GraphQLList):
            count = self._random.randint(0, 2)
            return "[" + ", ".join(self._input(type_.of_type, depth) for _ in range(count)) + "]"
        if isinstance(type_, GraphQLEnumType):
            return self._random.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return self._input_object(type_, depth)
        known = {"Int": "30", "Float": "1.5", "Boolean": "true", "BigInt": "5", "Decimal": '"1.5"'}
        known |= {"Date": '"2026-01-31"', "JSON": "{a: [1]}", "String": '"a"'}
        return known.get(type_.name, "null")

    def _input_object(self, type_: GraphQLInputObjectType, depth: int) -> str:
        fields = [
            (name, field)
            for name, field in type_.fields.items()
            if depth < 3 or is_leaf_type(get_named_type(field.type))
        ]
        count = 1 if type_.is_one_of else self._random.randint(0, 2)
        chosen = self._random.sample(fields, min(count, len(fields)))
        inner = (f"{name}: {self._input(field.type, depth + 1)}" for name, field in chosen)
        return "{" + ", ".join(inner) + "}"


def random_objects(ontology: Ontology, random: Random, *, irregular: float) -> MemoryObjects:
    """Some objects of each type and links among them.

    Args:
        irregular: How likely each value is one that does not fit its type.
    """
    hierarchy = Hierarchy(ontology)
    rows: dict[str, Row] = {}
    for type_ in hierarchy.concrete_of(()):
        for key in range(random.randint(0, 6)):
            values: dict[str, Any] = {}
            for declared in hierarchy.properties(type_):
                if random.random() < irregular:
                    values[declared.id] = random.choice(_IRREGULAR)
                elif declared.is_required or random.random() < 0.8:
                    count = random.randint(0, 3)
                    several = [_value(ontology, declared.type, random) for _ in range(count)]
                    single = _value(ontology, declared.type, random)
                    values[declared.id] = several if declared.is_list else single
            facts = {"objectType": type_, "etag": "e", "createTime": "2026-01-31T12:00:00Z"}
            rows[f"{type_}/{key}"] = Row(f"{type_}/{key}", type_, values, facts)
    ids = list(rows) or ["Nothing/0"]
    links = [
        (random.choice(list(ontology.link_types)), random.choice(ids), random.choice(ids))
        for _ in range(random.randint(0, 30))
    ]
    failing = random.choice([frozenset(), frozenset(), frozenset({"knows"}), frozenset({"Party"})])
    as_json = not irregular and random.random() < 0.7
    return MemoryObjects(ontology, rows, links, failing, as_json=as_json)


_IRREGULAR = (
    None,
    3,
    "text",
    True,
    1.5,
    float("nan"),
    2**40,
    2**70,
    [],
    ["x", None],
    {"a": 1},
    [[1]],
)


def _value(ontology: Ontology, type_: Any, random: Random) -> Any:
    match type_:
        case EnumReference(id_):
            return random.choice(ontology.enums[id_].values)[0]
        case StructReference(id_):
            fields = ontology.structs[id_].fields
            return {
                one.id: _value(ontology, one.type, random)
                for one in fields
                if one.is_required or random.random() < 0.5
            }
        case ObjectReference():
            return f"{random.choice(['Person', 'Employee', 'Company'])}/{random.randint(0, 6)}"
        case _:
            return random.choice(_VALUES[type_])


_VALUES: dict[BaseType, list[Any]] = {
    BaseType.STRING: ["a", "b", 'ä\u2028"\\'],
    BaseType.DATE: ["2026-01-31", "1999-12-31"],
    BaseType.INT: [30, -1, 2**31 - 1],
    BaseType.LANG_STRING: [{"language": "en", "text": "x"}],
    BaseType.DECIMAL: ["1.50", "-0.1"],
    BaseType.FLOAT: [1.5, 1e300, -0.0],
    BaseType.ANY: [1, "x", {"a": [1, None]}, [True]],
    BaseType.LONG: ["5", "9223372036854775807"],
    BaseType.BOOLEAN: [True, False],
    BaseType.GEO: [{"type": "Point", "coordinates": [127.0, 37.5]}],
}
