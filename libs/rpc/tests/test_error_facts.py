from __future__ import annotations

import orjson
from google.rpc import error_details_pb2
from oms_core.errors import FieldViolation, SchemaViolation
from oms_rpc.errors import to_status


def _facts(error: SchemaViolation) -> dict[str, str]:
    info = error_details_pb2.ErrorInfo()
    assert to_status(error).details[0].Unpack(info)
    return dict(info.metadata)


def test_long_list_of_facts_is_cut_after_a_whole_item():
    witnesses = [{"@type": "unknown_property", "property": f"p{n}"} for n in range(100)]
    error = SchemaViolation("100 faults", metadata={"witnesses": orjson.dumps(witnesses).decode()})
    shown = orjson.loads(_facts(error)["witnesses"])
    assert 10 < len(shown) < 100
    assert shown == witnesses[: len(shown)]


def test_list_with_one_endless_item_becomes_empty():
    error = SchemaViolation("a fault", metadata={"witnesses": orjson.dumps(["x" * 5000]).decode()})
    assert orjson.loads(_facts(error)["witnesses"]) == []


def test_error_with_everything_fits_the_trailers_that_clients_accept():
    witnesses = [{"@type": "not_a_valid_value", "value": "v" * 100, "n": n} for n in range(100)]
    error = SchemaViolation(
        "m" * 5000,
        metadata={"witnesses": orjson.dumps(witnesses).decode(), "api_error": "api:X"},
        fields=[FieldViolation(f"Person/{n}.name", "d" * 200) for n in range(100)],
    )
    assert len(to_status(error).SerializeToString()) <= 5000
