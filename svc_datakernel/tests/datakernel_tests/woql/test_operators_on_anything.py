"""Every operator on values of every kind: an answer or a typed error, never anything else."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oms_core.errors import OmsError
from svc_datakernel.domain import woql
from svc_datakernel.domain.woql.parsing.operations import FIELDS

from datakernel_tests.graph.memory_view import MemoryView
from datakernel_tests.woql.recorded import request, rows_of

TYPED = [
    ("xsd:string", "abc"),
    ("xsd:string", ""),
    ("xsd:string", "(a+)+$"),
    ("xsd:integer", 3),
    ("xsd:integer", -1),
    ("xsd:decimal", "1.50"),
    ("xsd:double", 0.5),
    ("xsd:boolean", True),
    ("xsd:date", "2024-01-31"),
    ("xsd:date", "2024-03-01"),
    ("xsd:dateTime", "2024-01-02T03:04:05.120Z"),
    ("xsd:gYear", "2024"),
    ("xsd:gYearMonth", "2024-02"),
    ("xsd:gMonthDay", "--02-03"),
    ("xsd:gMonth", "--02"),
    ("xsd:gDay", "---05"),
    ("xsd:time", "01:02:03"),
    ("xsd:duration", "P1M2DT3H"),
    ("xdd:dateTimeInterval", "2024-01-01/2024-02-01"),
    ("xsd:anyURI", "https://a.example/"),
]


def value(kind: str, found: Any) -> dict[str, Any]:
    return {"@type": "Value", kind: found}


scalars = st.one_of(
    st.sampled_from([value("data", {"@type": t, "@value": v}) for t, v in TYPED]),
    st.sampled_from([value("variable", name) for name in "xy"]),
    st.sampled_from([value("node", name) for name in ("A", "xsd:integer", "xsd:string")]),
    st.just(value("data", {"@language": "ko", "@value": "가"})),
)
pair = st.builds(
    lambda key, inner: {"@type": "FieldValuePair", "field": key, "value": inner},
    st.sampled_from(["a", "b"]),
    scalars,
)
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=3).map(lambda items: value("list", items)),
    st.lists(pair, max_size=2).map(
        lambda pairs: value("dictionary", {"@type": "DictionaryTemplate", "data": pairs})
    ),
)


@pytest.mark.parametrize("name", sorted(FIELDS))
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_operator_answers_or_tells_why_not(name: str, data: st.DataObject) -> None:
    arguments = {
        field.removesuffix("?"): data.draw(values)
        for field in FIELDS[name]
        if not field.endswith("?") or data.draw(st.booleans())
    }
    query = {"@type": "Limit", "limit": 50, "query": {"@type": name, **arguments}}
    try:
        answer = woql.query(MemoryView(), request(query)).answer
    except OmsError:
        return
    assert all(row.keys() == set(answer.variable_names) for row in rows_of(answer))


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["@type", "@value", "query", "and", "variable", "node", "subject"]),
            st.one_of(inner, st.sampled_from(["And", "Triple", "Value", "Select", "Path", "Eval"])),
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(json_values)
def test_any_json_is_answered_or_refused(found: Any) -> None:
    with suppress(OmsError):
        woql.query(MemoryView(), request(found))
