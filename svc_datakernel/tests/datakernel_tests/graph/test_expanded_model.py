"""Documents to triples and back; the short way of writing against the general one; values."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.assembling import from_triples
from svc_datakernel.domain.graph.flat import Flat
from svc_datakernel.domain.graph.schema import load
from svc_datakernel.domain.graph.terms import RDF_TYPE, Literal, Node, Triple
from svc_datakernel.domain.graph.writing.elaborating import Elaborator
from svc_datakernel.domain.graph.writing.identifying import Identifier
from svc_datakernel.domain.graph.writing.nodes import Captures, Finisher
from svc_datakernel.domain.graph.writing.plans import plan_of
from svc_datakernel.domain.values import DATATYPES, BadValue, parse

from datakernel_tests.graph.writes import store_with

_NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=5)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_SCALARS = st.one_of(
    _TEXTS,
    st.booleans(),
    st.integers(-(10**30), 10**30).map(Number),
    st.integers(1, 10**25).map(lambda n: Number(f"{n}.5")),
    st.just({"@type": "xsd:date", "@value": "2024-01-02"}),
    _NAMES.map(lambda name: {"@id": f"Other/{name}"}),
)
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), _TEXTS, st.integers(0, 10**25).map(Number)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=3)
    ),
    max_leaves=6,
)
_MEMBERS = st.one_of(
    _SCALARS,
    st.lists(_SCALARS, min_size=2, max_size=4).map(expanded.gather),
    st.lists(_SCALARS, max_size=3).map(lambda items: {"@list": items}),
    st.lists(st.lists(_SCALARS, min_size=1, max_size=2), min_size=1, max_size=2).map(
        lambda items: {"@array": items}
    ),
    st.dictionaries(_NAMES, _JSON, max_size=3).map(lambda value: {"@json": value}),
)


@st.composite
def _documents(draw: st.DrawFn, own_id: str = "Doc/1", depth: int = 2) -> dict[str, Any]:
    found: dict[str, Any] = draw(st.dictionaries(_NAMES, _MEMBERS, max_size=4))
    if depth:
        for name in draw(st.lists(_NAMES, max_size=2, unique=True)):
            inner_id = f"{own_id}/{name}/Part/1"
            inner = draw(_documents(inner_id, depth - 1))
            found[name] = {"@id": inner_id, "@type": "Part", **inner}
    return found


@given(_documents(), st.randoms(use_true_random=False))
def test_document_comes_back_from_its_triples_in_any_order(
    document: dict[str, Any], random: Any
) -> None:
    stored = expanded.dump(document)
    triples = expanded.triples_of("Doc/1", "Doc", stored)
    assert len(set(triples)) == len(triples)
    random.shuffle(triples)
    (found,) = from_triples(triples, lambda name: name == "Part")
    assert (found.id, found.type, found.json) == ("Doc/1", "Doc", stored)


_PLAIN = {
    "@type": "Class",
    "@id": "Plain",
    "@key": {"@type": "Hash", "@fields": ["s", "i"]},
    "s": "xsd:string",
    "i": "xsd:integer",
    "d": {"@type": "Optional", "@class": "xsd:decimal"},
    "b": {"@type": "Optional", "@class": "xsd:boolean"},
    "day": {"@type": "Optional", "@class": "xsd:date"},
    "at": {"@type": "Optional", "@class": "xsd:dateTime"},
    "byte": {"@type": "Optional", "@class": "xsd:byte"},
    "year": {"@type": "Optional", "@class": "xsd:gYear"},
    "color": {"@type": "Optional", "@class": "Color"},
    "tags": {"@type": "Set", "@class": "xsd:string"},
    "to": {"@type": "Set", "@class": "Plain"},
}
_SCHEMA = load(
    store_with({"@type": "Enum", "@id": "Color", "@value": ["red", "sea green"]}, _PLAIN).head()
)
_OPTIONAL = ["d", "b", "day", "at", "byte", "year", "color", "tags", "to", "other"]
_ANY = st.one_of(
    _TEXTS,
    st.booleans(),
    st.none(),
    st.integers(-300, 300).map(Number),
    st.decimals(-100, 100, places=3).map(lambda value: Number(f"{value:f}")),
    st.sampled_from(
        ["2024-01-02", "24", "2024-02-30T10:00:00Z", "2024-02-03T10:00:00.120Z", "red", "sea green"]
    ),
    st.lists(_TEXTS, max_size=3),
)


@given(
    st.fixed_dictionaries(
        {"s": _TEXTS, "i": st.integers(-(10**20), 10**20).map(Number)},
        optional=dict.fromkeys(_OPTIONAL, _ANY),
    )
)
def test_short_way_answers_what_the_general_way_does(members: dict[str, Any]) -> None:
    raw = {"@type": "Plain", **members}
    plan = plan_of(_SCHEMA, "Plain")
    assert plan is not None
    short = plan.read(raw)
    if short is None:
        return
    captures = Captures()
    node, violations = _general(raw, captures)
    assert node is not None
    assert not violations
    finisher = Finisher(captures, frozenset())
    Identifier(_SCHEMA, captures).assign_all([node])
    finisher.finish(node)
    assert (short.id, short.json) == (finisher.finished[0].id, finisher.finished[0].json)
    if short.flat is not None:
        found = _triples(short.id, short.flat)
        assert sorted(found) == sorted(expanded.triples_of(short.id, "Plain", short.json))


def _triples(document_id: str, flat: Flat) -> list[Triple]:
    shape = flat.shape
    members = zip(shape.predicates, shape.datatypes, flat.terms, strict=True)
    return [
        Triple(document_id, RDF_TYPE, Node(shape.class_iri)),
        *(
            Triple(document_id, predicate, Literal(kind, term) if kind else Node(term))
            for predicate, kind, term in members
        ),
    ]


def test_a_plain_document_brings_its_triples_along() -> None:
    plan = plan_of(_SCHEMA, "Plain")
    assert plan is not None
    raw = {"@type": "Plain", "s": "a", "i": Number("1"), "color": "red", "tags": ["b"]}
    short, longer = plan.read(raw), plan.read({**raw, "tags": ["b", "c"]})
    assert short is not None
    assert longer is not None
    assert short.flat is not None
    assert short.flat.terms == ["@schema:Color/red", "1", "a", "b"]
    assert longer.flat is None


def _general(raw: Any, captures: Captures) -> Any:
    return Elaborator(_SCHEMA, captures).top(raw)


@given(
    st.sampled_from(sorted(DATATYPES)),
    st.one_of(
        _TEXTS,
        st.integers(-1000, 1000).map(str),
        st.decimals(-100, 100, places=4).map(str),
        st.dates().map(str),
        st.datetimes().map(lambda value: f"{value:%Y-%m-%dT%H:%M:%S}+09:00"),
        st.times().map(str),
        st.sampled_from(["P1Y2M", "-PT3.50S", "--05-06", "[1,2]", "a@b.kr", "2024/P1D", "1e5"]),
    ),
)
def test_canonical_form_is_its_own_canonical_form(datatype: str, text: str) -> None:
    try:
        literal = parse(datatype, text)
    except BadValue:
        return
    assert parse(datatype, literal.lexical) == literal
