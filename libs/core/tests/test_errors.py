from __future__ import annotations

import pytest
from oms.common.v1 import error_reason_pb2
from oms_core import errors
from oms_core.errors import FieldViolation, OmsError, PreconditionViolation

CLASSES = sorted(OmsError.__subclasses__(), key=lambda cls: cls.__name__)
PREFIX = "ERROR_REASON_"


def test_every_documented_reason_has_one_class():
    documented = {
        value.name.removeprefix(PREFIX) for value in error_reason_pb2.ErrorReason.DESCRIPTOR.values
    }
    reasons = [cls.reason for cls in CLASSES]
    assert sorted(reasons) == sorted(documented - {"UNSPECIFIED"})


def test_codes_are_the_numbers_of_grpc():
    import grpc

    for code in errors.Code:
        assert grpc.StatusCode[code.name].value[0] == code.value


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_an_error_keeps_everything_the_caller_is_told(cls):
    field, precondition = FieldViolation("a", "b"), PreconditionViolation("t", "s", "d")
    error = cls(
        "what failed",
        metadata={"k": "v"},
        fields=[field],
        preconditions=[precondition],
        retry_after_s=1.5,
    )
    assert str(error) == error.message == "what failed"
    assert error.metadata == {"k": "v"}
    assert (error.fields, error.preconditions) == ((field,), (precondition,))
    assert error.retry_after_s == 1.5


def test_metadata_is_the_errors_own():
    given = {"k": "v"}
    error = errors.LimitExceeded("full", metadata=given)
    given["k"] = "w"
    assert error.metadata == {"k": "v"}


def test_an_invalid_field_names_it():
    error = errors.InvalidField.of("ttl", "is negative")
    assert error.fields == (FieldViolation("ttl", "is negative"),)
    assert str(error) == "ttl: is negative"


def test_a_missing_resource_is_named_with_where_it_was_looked_for():
    error = errors.ResourceNotFound.of("ObjectType", "Zone", "at branch 'dev'")
    assert str(error) == "ObjectType 'Zone' does not exist at branch 'dev'"
    assert error.metadata == {"resource_type": "ObjectType", "resource_name": "Zone"}
    assert str(errors.ResourceNotFound.of("Branch", "x")) == "Branch 'x' does not exist"


def test_a_stale_head_carries_both_heads():
    error = errors.StaleHead.of("main", "aa", "bb")
    assert error.metadata == {"branch": "main", "expected_head": "aa", "actual_head": "bb"}


def test_a_stale_etag_carries_both_etags():
    error = errors.StaleEtag.of("Zone", "1", "2")
    assert error.metadata == {"resource_name": "Zone", "expected_etag": "1", "actual_etag": "2"}
