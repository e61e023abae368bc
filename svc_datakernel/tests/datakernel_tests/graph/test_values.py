"""Values of the datatypes: what is read, what is kept, what comes first."""

from __future__ import annotations

import pytest
from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.values import BadValue, compare, parse, to_json


@pytest.mark.parametrize(
    ("datatype", "given", "kept"),
    [
        ("xsd:integer", Number("2.0"), "2"),
        ("xsd:integer", "-0", "0"),
        ("xsd:integer", Number("1e3"), "1000"),
        ("xsd:decimal", Number("0.123456789012345678901"), "0.1234567890123456789"),
        ("xsd:decimal", Number("12345678901234567890.50"), "12345678901234567890.5"),
        ("xsd:decimal", "0.10", "0.1"),
        ("xsd:double", Number("3"), "3"),
        ("xsd:double", Number("1.5e300"), "1.5e+300"),
        ("xsd:float", Number("0.1"), "0.10000000149011612"),
        ("xsd:boolean", "1", "true"),
        ("xsd:dateTime", "2024-01-01T12:30:00+09:00", "2024-01-01T03:30:00Z"),
        ("xsd:dateTime", "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00Z"),
        ("xsd:dateTime", "2023-02-29T00:00:00Z", "2023-03-01T00:00:00Z"),
        ("xsd:dateTime", "-0044-03-15T00:00:00", "-0044-03-15T00:00:00Z"),
        ("xsd:dateTime", "2024-01-01T00:00:00.1", "2024-01-01T00:00:00.100Z"),
        ("xsd:time", "00:30:00+09:00", "15:30:00Z"),
        ("xsd:date", "2024-01-02Z", "2024-01-02"),
        ("xsd:date", "2024-01-02-05:00", "2024-01-02-05:00"),
        ("xsd:gYear", "24", "0024"),
        ("xsd:gMonthDay", "-05-06", "--05-06"),
        ("xsd:duration", "-P1Y0MT1.50S", "-P1YT1.5S"),
        ("xsd:duration", "PT0S", "P0D"),
        ("xdd:coordinate", "[ 37.50 , 127.0 ]", "[37.5,127]"),
        ("xdd:integerRange", "7", "[7,7]"),
        ("xdd:dateTimeInterval", "2024-01-01/P1D", "2024-01-01/P1D"),
        ("xsd:string", Number("1.50"), "1.5"),
    ],
)
def test_value_is_kept_in_canonical_form(datatype: str, given: str, kept: str) -> None:
    assert parse(datatype, given) == Literal(datatype, kept)


@pytest.mark.parametrize(
    ("datatype", "given"),
    [
        ("xsd:integer", "1.0"),
        ("xsd:byte", Number("128")),
        ("xsd:unsignedInt", Number("-1")),
        ("xsd:positiveInteger", Number("0")),
        ("xsd:decimal", "1/3"),
        ("xsd:decimal", Number("1e100000000")),
        ("xsd:double", "NaN"),
        ("xsd:double", Number("1e400")),
        ("xsd:float", Number("1e300")),
        ("xsd:boolean", "yes"),
        ("xsd:integer", True),
        ("xsd:dateTime", "2024-02-29"),
        ("xsd:dateTime", Number("5")),
        ("xsd:dateTimeStamp", "2024-02-29T00:00:00"),
        ("xsd:time", "25:00:00"),
        ("xsd:duration", "P"),
        ("xsd:dayTimeDuration", "P1Y"),
        ("xsd:hexBinary", "0fb"),
        ("xsd:NCName", "1:a"),
        ("xdd:email", "nope"),
        ("xdd:coordinate", "[1]"),
    ],
)
def test_what_is_no_value_is_refused(datatype: str, given: object) -> None:
    with pytest.raises(BadValue):
        parse(datatype, given)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (
            parse("xsd:integer", Number("9007199254740992")),
            parse("xsd:decimal", Number("9007199254740992.5")),
        ),
        (parse("xsd:date", "-0044-03-15"), parse("xsd:date", "0001-01-01")),
        (
            parse("xsd:dateTime", "2024-01-01T00:00:00+09:00"),
            parse("xsd:dateTime", "2024-01-01T00:00:00Z"),
        ),
        (parse("xsd:duration", "-P1D"), parse("xsd:duration", "PT1H")),
        (parse("xsd:string", "a"), parse("xsd:anyURI", "b")),
    ],
)
def test_values_are_ordered_by_what_they_mean(less: Literal, more: Literal) -> None:
    assert (compare(less, more), compare(more, less), compare(less, less)) == (-1, 1, 0)


def test_doubles_are_shown_with_a_fraction() -> None:
    assert to_json(parse("xsd:double", Number("3"))) == "3.0"
    assert to_json(parse("xsd:integer", Number("3"))) == "3"
