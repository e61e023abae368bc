"""Requests from JSON, answers to JSON, and results that can be stored."""

from __future__ import annotations

import pytest
from google.protobuf.struct_pb2 import Struct
from oms.identity.v1 import identity_service_pb2 as identity_pb
from oms.ontology.v1 import change_set_service_pb2 as change_pb
from oms_core.errors import InvalidField
from svc_scheduler.adapters.targets.messages import as_json, parse_request
from svc_scheduler.adapters.targets.runner import storable


def test_a_secret_in_a_request_is_refused():
    with pytest.raises(InvalidField) as caught:
        parse_request(
            identity_pb.ExchangeApiKeyRequest,
            {"apiKey": "hunter2"},
            request_id="run",
            field="job.target.grpc.request",
        )
    assert [fault.field for fault in caught.value.fields] == ["job.target.grpc.request.api_key"]
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (3, "changes"),
        ([{"create": {"objectType": {"properties": [{"type": {"data_type": "X"}}]}}}],
         "changes[0].create.objectType.properties[0].type.data_type"),
        ([{"create": {"linkType": {}}, "delete": {"name": "x"}}], "changes[0]"),
        ([{}], "changes[0].operation"),
        ([None], "changes[0]"),
    ],
)  # fmt: skip
def test_the_place_of_a_fault_is_told(changes, field):
    with pytest.raises(InvalidField) as caught:
        parse_request(
            change_pb.ApplyChangeSetRequest,
            {"parent": "ontologies/shop", "changes": changes},
            request_id="run",
            field="request",
        )
    assert caught.value.fields[0].field == f"request.{field}"


def test_nesting_without_end_is_refused():
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"create": deep}
    with pytest.raises(InvalidField):
        parse_request(
            change_pb.ApplyChangeSetRequest, {"changes": [deep]}, request_id="run", field="request"
        )


def test_what_json_can_not_hold_is_no_answer():
    numbers = Struct()
    numbers.fields["n"].number_value = float("nan")
    with pytest.raises(ValueError, match=r"(?i)nan"):
        as_json(numbers)


@pytest.mark.parametrize(
    ("result", "stored"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        (float("-inf"), "-inf"),
        ({"a\x00": ["\ud800", {"b": float("nan")}]}, {"a\ufffd": ["?", {"b": "nan"}]}),
    ],
)
def test_a_result_can_be_stored(result, stored):
    assert storable(result) == stored
