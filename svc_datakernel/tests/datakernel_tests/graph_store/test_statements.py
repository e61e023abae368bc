"""The quick way to a document's triples against the plain one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from svc_datakernel.adapters.sql.graph_statements import statements_of
from svc_datakernel.adapters.sql.graph_terms import datatype_name
from svc_datakernel.domain.canonical_json import canonicalise
from svc_datakernel.domain.graph.expanded import triples_of
from svc_datakernel.domain.graph.terms import Node

_NUMBERS = st.one_of(
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.sampled_from(
        ["0.1", "0.10000000000000000001", "1e3", "1.0", "-0.5", "12345678901234567890"]
    ),
)
_TEXTS = st.sampled_from(['"a"', '""', r'"\"b\":0.1,"', r'"{\"b\":0.1}"', '"0.1"', "true", "false"])
_OTHERS = st.sampled_from(
    [
        '{"@id":"Thing/x"}',
        '{"@type":"xsd:date","@value":"2024-01-02"}',
        '{"@type":"rdf:langString","@language":"de","@value":"x"}',
        '{"@id":"Thing/a/b","@type":"Part","b":0.1}',
        '{"@list":[0.1]}',
        '{"@unit":[]}',
    ]
)
_VALUES = st.one_of(_NUMBERS, _TEXTS, _OTHERS)
_SETS = st.lists(_VALUES, max_size=3).map(lambda some: "[" + ",".join(some) + "]")
_KEYS = st.sampled_from(["a", "b", "rdfs:label", r"\"q\"", "é"])


@given(st.dictionaries(_KEYS, _VALUES | _SETS, max_size=4))
def test_statements_are_the_triples(members: dict[str, str]) -> None:
    text = ",".join(f'"{key}":{value}' for key, value in members.items())
    json = canonicalise(("{" + text + "}").encode(), document_id="Thing/a")
    expected = [
        (subject, predicate, "", term.iri, "")
        if isinstance(term, Node)
        else (subject, predicate, term.lexical, "", datatype_name(term))
        for subject, predicate, term in triples_of("Thing/a", "Thing", json)
    ]
    assert statements_of("Thing/a", "Thing", json) == list(dict.fromkeys(expected))
