"""The schema is complete by construction, and sound."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema, get_named_type, is_object_type, validate_schema
from svc_graphql.schema.contract import Rpc, every_method, shown_methods
from svc_graphql.schema.loading import build_schema
from svc_graphql.schema.omissions import OMISSIONS


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(shown_methods())


def test_it_is_valid(schema: GraphQLSchema):
    assert validate_schema(schema) == []


@pytest.mark.parametrize("rpc", every_method(), ids=lambda rpc: rpc.path)
def test_a_method_has_a_field_or_a_reason(schema: GraphQLSchema, rpc: Rpc):
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    fields = {name for root in roots if root is not None for name in root.fields}
    assert (rpc.field in fields) != (rpc.path in OMISSIONS)


def test_a_reason_is_given_for_a_method_that_exists():
    assert OMISSIONS.keys() <= {rpc.path for rpc in every_method()}
    assert all(OMISSIONS.values())


def test_what_changes_data_is_no_query(schema: GraphQLSchema):
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    assert "createObjectType" in schema.mutation_type.fields
    assert not {"createObjectType", "mergeBranch", "runJob"} & schema.query_type.fields.keys()


def test_every_list_is_a_connection(schema: GraphQLSchema):
    assert schema.query_type is not None
    for rpc in shown_methods():
        if rpc.page_field is None or not rpc.method.name.startswith("List"):
            continue
        connection = get_named_type(schema.query_type.fields[rpc.field].type)
        assert is_object_type(connection)
        assert {"edges", "nodes", "pageInfo"} <= connection.fields.keys()


def test_a_mutation_answers_with_its_response_or_a_typed_error(schema: GraphQLSchema):
    error = schema.get_type("Error")
    for field in (schema.mutation_type or pytest.fail("none")).fields.values():
        response, *errors = get_named_type(field.type).types
        assert error not in response.interfaces
        assert all(error in each.interfaces for each in errors)
