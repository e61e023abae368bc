"""The OpenAPI description says what the protos say."""

import json
from pathlib import Path
from typing import Any

import pytest
from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from oms.common.v1 import error_reason_pb2, method_policy_pb2
from openapi_spec_validator import OpenAPIV31SpecValidator

GEN = Path(__file__).resolve().parents[2] / "gen"
API: dict[str, Any] = json.loads((GEN / "openapi" / "openapi.json").read_text())
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (path, verb, operation)
    for path, verbs in API["paths"].items()
    for verb, operation in verbs.items()
}
METHODS = {
    f"{file.package.split('.')[1]}.{service.name}.{method.name}": method
    for file in FileDescriptorSet.FromString((GEN / "descriptors" / "oms.binpb").read_bytes()).file
    for service in file.service
    for method in service.method
}


def rules_of(name: str) -> list[Any]:
    """The HTTP rules of a method, the first one and those beside it."""
    rule = METHODS[name].options.Extensions[annotations_pb2.http]
    return [rule, *rule.additional_bindings]


def rule_of(operation_id: str) -> tuple[str, Any]:
    """The method of an operation and its rule. The id of an additional one ends in its number."""
    name, _, number = operation_id.rpartition(".")
    if not number.isdigit():
        return operation_id, rules_of(operation_id)[0]
    return name, rules_of(name)[int(number)]


def parameters(operation_id: str) -> dict[str, dict[str, Any]]:
    return {p["name"]: p for p in OPERATIONS[operation_id][2].get("parameters", [])}


def schema(name: str) -> dict[str, Any]:
    return API["components"]["schemas"][name]


def test_description_is_valid_openapi_3_1() -> None:
    assert API["openapi"].startswith("3.1.")
    assert [str(e) for e in OpenAPIV31SpecValidator(API).iter_errors()] == []


def test_every_method_with_an_http_annotation_is_described() -> None:
    annotated = {
        f"{name}.{number}" if number else name
        for name, m in METHODS.items()
        if m.options.HasExtension(annotations_pb2.http)
        for number in range(len(rules_of(name)))
    }
    assert annotated
    assert set(OPERATIONS) == annotated


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_verb_of_an_operation_is_that_of_its_rule(name: str) -> None:
    _, rule = rule_of(name)
    assert OPERATIONS[name][1] == rule.WhichOneof("pattern")


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_only_public_methods_need_no_token(name: str) -> None:
    policy = METHODS[rule_of(name)[0]].options.Extensions[method_policy_pb2.policy]
    assert ("security" in OPERATIONS[name][2]) == policy.public


def test_every_operation_and_every_parameter_is_explained() -> None:
    for operation_id, (_, _, operation) in OPERATIONS.items():
        assert operation["summary"], operation_id
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (operation_id, parameter["name"])


def test_every_schema_that_is_described_is_used() -> None:
    text = json.dumps(API)
    unused = [n for n in API["components"]["schemas"] if f'"#/components/schemas/{n}"' not in text]
    assert unused == []


def test_path_template_is_written_with_readable_parameters() -> None:
    path, verb, _ = OPERATIONS["ontology.BranchService.MergeBranch"]
    assert (path, verb) == ("/v1/ontologies/{ontology}/branches/{branch}:merge", "post")


def test_query_parameters_reach_into_nested_messages() -> None:
    found = parameters("ontology.ObjectTypeService.GetObjectType")
    assert set(found) == {
        *("ontology", "objectType"),
        *("revision.branch", "revision.commit", "revision.tag", "revision.time"),
    }
    assert found["revision.time"]["schema"] == {"type": "string", "format": "date-time"}


def test_repeated_query_parameter_is_repeated() -> None:
    names = parameters("ontology.ObjectTypeService.BatchGetObjectTypes")["names"]
    assert names["required"] is True
    assert (names["style"], names["explode"]) == ("form", True)
    assert names["schema"]["type"] == "array"
    assert (names["schema"]["minItems"], names["schema"]["maxItems"]) == (1, 1000)
    assert names["schema"]["items"]["pattern"].startswith("^ontologies/")


def test_field_rules_are_schema_constraints() -> None:
    properties = schema("identity.v1.CreateTokenRequest")["properties"]
    assert properties["subject"] | {"description": ""} == {
        "type": "string",
        "minLength": 1,
        "maxLength": 128,
        "pattern": "^[A-Za-z0-9][A-Za-z0-9._@-]*$",
        "description": "",
    }
    assert properties["roles"]["uniqueItems"] is True
    assert properties["roles"]["items"]["maxLength"] == 64
    assert schema("identity.v1.CreateTokenRequest")["required"] == ["subject", "roles"]
    page_size = parameters("ontology.ObjectTypeService.ListObjectTypes")["pageSize"]["schema"]
    assert (page_size["minimum"], page_size["maximum"]) == (0, 1000)


def test_64_bit_integers_are_strings_and_times_and_durations_have_formats() -> None:
    commit = schema("datakernel.v1.Commit")["properties"]
    assert commit["sequence"]["type"] == "string"
    assert commit["sequence"]["format"] == "int64"
    assert commit["commitTime"]["format"] == "date-time"
    health = schema("health.v1.ComponentHealth")["properties"]
    assert health["latency"]["pattern"].endswith("s$")


def test_oneof_allows_one_member_only() -> None:
    [choice] = schema("ontology.v1.Element")["allOf"]
    assert {"required": ["objectType"]} in choice["oneOf"]
    assert not any("not" in alternative for alternative in choice["oneOf"])


def test_raw_bodies_are_binary_with_their_media_types() -> None:
    upload = OPERATIONS["ontology.TransferService.ImportOntology"][2]["requestBody"]["content"]
    download = OPERATIONS["ontology.TransferService.ExportOntology"][2]["responses"]["200"]
    for content in (upload, download["content"]):
        assert "text/turtle" in content
        assert all(media["schema"]["format"] == "binary" for media in content.values())
    assert "body" not in parameters("ontology.TransferService.ImportOntology")


def test_raw_json_is_any_json() -> None:
    operation = OPERATIONS["datakernel.QueryService.Query"][2]
    for content in (operation["requestBody"], operation["responses"]["200"]):
        assert content["content"] == {"application/json": {"schema": {}}}


def test_stream_is_described_as_an_array() -> None:
    answer = OPERATIONS["datakernel.CommitService.WatchCommits"][2]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["type"] == "array"
    assert "stream" in answer["description"]


def test_every_error_reason_is_listed() -> None:
    expected = [
        value.removeprefix("ERROR_REASON_")
        for value, number in error_reason_pb2.ErrorReason.items()
        if number
    ]
    assert schema("common.v1.ErrorReason")["enum"] == expected
