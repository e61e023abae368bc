"""What an ontology becomes as a schema."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    print_type,
    validate_schema,
)
from hypothesis import given
from hypothesis import strategies as st
from svc_graphql.domain.generated.compiler import Generated, generate
from svc_graphql.domain.generated.naming import unique_names, valid_name
from svc_graphql.domain.generated.scalars import SCALARS
from svc_graphql.domain.ontology.model import (
    BaseType,
    Interface,
    LinkType,
    ObjectReference,
    ObjectType,
    Ontology,
    Property,
    Texts,
)

from graphql_generated.shop import COMMIT, shop


def _ontology(
    types: Iterable[ObjectType],
    links: Iterable[LinkType] = (),
    interfaces: Iterable[Interface] = (),
) -> Ontology:
    return Ontology(
        "o",
        COMMIT,
        object_types={one.id: one for one in types},
        link_types={one.id: one for one in links},
        interfaces={one.id: one for one in interfaces},
    )


@pytest.fixture(scope="module")
def generated() -> Generated:
    return generate(shop())


def _fields(generated: Generated, name: str) -> dict[str, str]:
    type_ = generated.schema.type_map[name]
    assert isinstance(type_, GraphQLObjectType | GraphQLInputObjectType | GraphQLInterfaceType)
    return {field: str(one.type) for field, one in type_.fields.items()}


def test_the_schema_is_valid_and_the_same_each_time(generated: Generated) -> None:
    assert validate_schema(generated.schema) == []
    again = generate(shop())
    assert [print_type(one) for one in again.schema.type_map.values()] == [
        print_type(one) for one in generated.schema.type_map.values()
    ]


def test_an_object_type_has_its_own_and_inherited_properties_and_its_links(
    generated: Generated,
) -> None:
    assert _fields(generated, "Employee") | {
        "name": "String!",
        "since": "Date",
        "salary": "Decimal!",
        "tags": "[String!]",
        "boss": "AnyPerson",
        "friends": "[Party]",
        "kind": "Kind",
        "address": "Address",
        "bio": "[LocalizedText!]",
        "e_mail": "String",
        "works_for": "Company",
        "knows": "AnyPersonConnection",
        "knowsInverse": "AnyPersonConnection",
        "about": "ObjectConnection",
    } == _fields(generated, "Employee")


def test_what_may_be_a_descendant_is_an_interface(generated: Generated) -> None:
    interfaces = {
        name: [one.name for one in generated.schema.type_map[name].interfaces]  # type: ignore[attr-defined]
        for name in ("Employee", "Person", "AnyPerson", "Company")
    }
    assert interfaces == {
        "Employee": ["Node", "Object", "AnyPerson", "Party", "Tagged"],
        "Person": ["Node", "Object", "AnyPerson", "Party", "Tagged"],
        "AnyPerson": ["Node", "Object", "Party", "Tagged"],
        "Company": ["Node", "Object", "Party", "Tagged"],
    }
    assert "employees" not in _fields(generated, "Party")


def test_filters_have_the_operators_of_each_type_and_nest_over_links(generated: Generated) -> None:
    filters = _fields(generated, "PersonFilter")
    assert filters["age"] == "IntFilter"
    assert filters["boss"] == "PersonFilter"
    assert filters["works_for"] == "CompanyFilter"
    assert filters["knows"] == "PersonLinkFilter"
    assert filters["bio"] == "PresenceFilter"
    assert set(_fields(generated, "StringFilter")) > {"eq", "in", "lt", "matches", "ignoreCase"}
    assert set(_fields(generated, "KindComparison")) == {"eq", "ne", "in", "isNull"}


def test_only_single_values_with_an_order_can_be_ordered_by(generated: Generated) -> None:
    assert set(_fields(generated, "PersonOrder")) == {"_key", "age", "e_mail", "name", "since"}


def test_mutations_are_of_types_that_have_objects_of_their_own(generated: Generated) -> None:
    mutations = _fields(generated, "Mutation")
    assert {"createPerson", "updatePerson", "upsertPerson", "deletePerson", "linkKnows"} < set(
        mutations
    )
    assert "createParty" not in mutations
    assert _fields(generated, "EmployeeInput")["salary"] == "Decimal!"
    assert _fields(generated, "EmployeePatch")["salary"] == "Decimal"
    assert _fields(generated, "EmployeeInput")["boss"] == "ID"


def test_texts_in_several_languages_and_deprecations_are_told(generated: Generated) -> None:
    party = generated.schema.type_map["Party"]
    assert party.description == "[en] Party\n[de] Partei"
    person = generated.schema.type_map["Person"]
    assert isinstance(person, GraphQLObjectType)
    assert person.fields["e_mail"].deprecation_reason == "Deprecated in the ontology."


def test_names_are_made_valid_and_unique_by_rule() -> None:
    assert valid_name("has-part.of") == "has_part_of"
    assert valid_name("__kind") == "_kind"
    assert unique_names(["a-b", "a.b", "a_b"]) == {"a_b": "a_b", "a-b": "a_b_2", "a.b": "a_b_3"}


def test_names_that_are_taken_get_a_number() -> None:
    generated = generate(
        _ontology(
            [
                ObjectType("Query", properties=(Property("id", BaseType.STRING),)),
                ObjectType("Person"),
                ObjectType("PersonFilter"),
                ObjectType("person"),
            ],
            [LinkType("id"), LinkType("Id")],
        )
    )
    assert validate_schema(generated.schema) == []
    assert "id_2" in _fields(generated, "Query_2")
    assert {"person", "person_2", "personFilter", "query_2"} <= set(_fields(generated, "Query"))
    assert "and" in _fields(generated, "PersonFilter_2")
    assert {"linkId_3", "linkId"} <= set(_fields(generated, "Mutation"))


def test_what_has_no_place_is_listed_with_its_reason() -> None:
    generated = generate(
        _ontology(
            [
                ObjectType("A", properties=(Property("p", BaseType.STRING),)),
                ObjectType("B", parents=("A",), properties=(Property("p", BaseType.INT),)),
                ObjectType("C", properties=(Property("q", ObjectReference("Gone")),)),
            ]
        )
    )
    assert validate_schema(generated.schema) == []
    assert [(one.element, one.reason.partition(";")[0]) for one in generated.omissions] == [
        ("objectTypes/A#p", "a type below declares it otherwise"),
        ("objectTypes/C#q", "its type does not exist"),
    ]
    assert "p" not in _fields(generated, "A") or _fields(generated, "A")["p"] == "String"
    assert _fields(generated, "B")["p"] == "Int"


def test_an_empty_ontology_has_a_schema() -> None:
    generated = generate(_ontology([]))
    assert validate_schema(generated.schema) == []
    assert generated.schema.mutation_type is None


_IDS = st.sampled_from(
    ["A", "B", "a", "A-b", "A.b", "A_b", "__x", "Query", "AFilter", "id", "AnyA"]
)
_TYPES = st.one_of(
    st.sampled_from([*BaseType]), _IDS.map(ObjectReference), st.just(ObjectReference("Gone"))
)
_PROPERTIES = st.lists(
    st.builds(Property, _IDS, _TYPES, st.booleans(), st.booleans()),
    max_size=3,
    unique_by=lambda one: one.id,
).map(tuple)


@st.composite
def _ontologies(draw: st.DrawFn) -> Ontology:
    ids = draw(st.lists(_IDS, min_size=1, max_size=5, unique=True))
    types = [
        ObjectType(
            id_,
            parents=tuple(draw(st.lists(st.sampled_from(ids[:index]), max_size=2, unique=True)))
            if index
            else (),
            interfaces=tuple(draw(st.lists(st.sampled_from(["I", "J", "Gone"]), max_size=2))),
            properties=draw(_PROPERTIES),
            is_abstract=draw(st.booleans()),
            texts=Texts(is_deprecated=draw(st.booleans())),
        )
        for index, id_ in enumerate(ids)
    ]
    interfaces = [
        Interface("I", properties=draw(_PROPERTIES)),
        Interface("J", parents=("I",), properties=draw(_PROPERTIES)),
    ]
    ends = st.lists(st.sampled_from([*ids, "I", "Gone"]), max_size=2, unique=True).map(tuple)
    links = draw(
        st.lists(
            st.builds(LinkType, _IDS, ends, ends, max_targets=st.integers(0, 2)),
            max_size=3,
            unique_by=lambda one: one.id,
        )
    )
    return _ontology(types, links, interfaces)


@given(_ontologies())
def test_any_ontology_has_a_valid_schema(ontology: Ontology) -> None:
    assert validate_schema(generate(ontology).schema) == []


def test_the_schema_does_not_depend_on_the_order_of_elements() -> None:
    one = shop()
    turned = dict(reversed([*one.object_types.items()]))
    other = replace(one, object_types=turned)
    assert {name: print_type(type_) for name, type_ in generate(one).schema.type_map.items()} == {
        name: print_type(type_) for name, type_ in generate(other).schema.type_map.items()
    }


_ACCEPTED = {
    "BigInt": [10**40, "-5", "007"],
    "Decimal": ["1.50", "-.5", 3],
    "Date": ["2026-01-31", "2026-01-31Z"],
    "Time": ["12:30:00", "12:30:00.5+09:00"],
    "DateTime": ["2026-01-31T12:30:00Z", "2026-01-31T12:30:00"],
    "Duration": ["P1DT2H", "-P1Y", "PT0.5S"],
    "URI": ["https://example.org/a"],
    "Base64": ["aGk="],
    "GeoJSON": [{"type": "Point", "coordinates": [1, 2]}],
    "JSON": [None, {"a": [1]}],
}
_REFUSED = {
    "BigInt": [1.5, "1.5", "x", True, None],
    "Decimal": ["1e5", "x", 1.5, True],
    "Date": ["2026-02-30", "20260131", "2026-W01-1", 5],
    "Time": ["25:00:00", "123000", "12:30"],
    "DateTime": ["2026-01-31", "2026-01-31 12:30:00"],
    "Duration": ["P", "PT", "1D", "P1H"],
    "URI": ["", "a b"],
    "Base64": ["a", "%%%%"],
    "GeoJSON": [{"type": "Circle"}, "POINT(1 2)"],
    "JSON": [],
}


@pytest.mark.parametrize("scalar", SCALARS, ids=lambda one: one.name)
def test_scalars_take_their_lexical_forms_and_nothing_else(scalar) -> None:  # type: ignore[no-untyped-def]
    for value in _ACCEPTED[scalar.name]:
        assert scalar.coerce_input_value(value) in (value, str(value))
    for value in _REFUSED[scalar.name]:
        with pytest.raises(Exception, match="cannot represent"):
            scalar.coerce_input_value(value)
