"""Turtle as text: what goes out comes in again, and what is wrong is named."""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import ParseError
from svc_datakernel.domain.graph.turtle.formatting import Formatter
from svc_datakernel.domain.graph.turtle.iris import relative, resolve
from svc_datakernel.domain.graph.turtle.parsing import RawLiteral, RawTriple, parse

BASE = "terminusdb:///data/"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = {"rdf": RDF, "xsd": XSD, "scm": "terminusdb:///schema#"}

_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
_local = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
_iris = st.one_of(
    st.builds(BASE.__add__, _local),
    st.builds("terminusdb:///schema#".__add__, _local),
    st.builds("http://example.org/".__add__, _local),
    st.sampled_from(["urn:x:y", "terminusdb://context", RDF + "nil", BASE, "http://a", "x:"]),
).filter(lambda iri: "\\" not in iri)


def _plain(
    lexical: st.SearchStrategy[str], datatype: st.SearchStrategy[str]
) -> st.SearchStrategy[RawLiteral]:
    return st.builds(RawLiteral, lexical, datatype, st.just(""))


_literals = st.one_of(
    _plain(_text, st.just(XSD + "string")),
    _plain(_text, _iris.filter(lambda iri: iri != RDF + "langString")),
    st.builds(RawLiteral, _text, st.just(RDF + "langString"), st.sampled_from(["en", "ko-kr"])),
    _plain(st.integers().map(str), st.just(XSD + "integer")),
    _plain(
        st.decimals(allow_nan=False, allow_infinity=False).map(str),
        st.sampled_from([XSD + "decimal", XSD + "double"]),
    ),
)
_triples = st.sets(st.builds(RawTriple, _iris, _iris, st.one_of(_iris, _literals)), max_size=12)


def _written(triples: set[RawTriple]) -> str:
    formatter = Formatter(BASE, PREFIXES)
    grouped = groupby(
        sorted(triples, key=lambda triple: triple.subject), lambda triple: triple.subject
    )
    return formatter.header() + "".join(
        formatter.subject(subject, [(triple.predicate, triple.object) for triple in group])
        for subject, group in grouped
    )


@given(_triples)
def test_what_is_written_is_read_back_with_every_lexical_form(triples: set[RawTriple]) -> None:
    assert set(parse(_written(triples), "http://elsewhere/")) == triples


@given(_iris, st.sampled_from([BASE, "terminusdb:///schema#", "http://example.org/a/b?c#d"]))
def test_a_relative_reference_stands_for_its_iri(iri: str, base: str) -> None:
    assert resolve(relative(iri, base), base) == iri


@given(_text)
def test_text_that_is_no_turtle_is_refused_and_nothing_else_happens(text: str) -> None:
    with suppress(ParseError):
        list(parse(text, BASE))


@pytest.mark.parametrize(
    ("reference", "iri"),
    [
        ("g:h", "g:h"),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q#s"),
        (";x", "http://a/b/c/;x"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../../../g", "http://a/g"),
    ],
)
def test_references_resolve_as_in_the_examples_of_rfc_3986(reference: str, iri: str) -> None:
    assert resolve(reference, "http://a/b/c/d;p?q") == iri


def test_lists_and_blank_nodes_become_chains() -> None:
    text = '@prefix : <http://e/> . :a :b ( 1 [ :c "x"@EN ] ), true ; :d 2.50, 1e3 ; .'
    found = list(parse(text, BASE))
    assert RawTriple("_:.1", "http://e/c", RawLiteral("x", RDF + "langString", "en")) in found
    assert RawTriple("_:.2", RDF + "first", "_:.1") in found
    assert RawTriple("_:.3", RDF + "first", RawLiteral("1", XSD + "integer")) in found
    assert RawTriple("http://e/a", "http://e/b", "_:.3") in found
    assert RawTriple("http://e/a", "http://e/d", RawLiteral("2.50", XSD + "decimal")) in found


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("this is not turtle", 1, "a subject"),
        ("<a> <b> .", 1, "an object"),
        ("<a> <b> <c>\n", 2, "'.'"),
        ('<a> <b> "x', 1, "begins like"),
        ("\n\nx:a <b> <c> .", 3, "'x' is not declared"),
        ('<a> <b> "\\q" .', 1, "no escape"),
        ('<a> <b> "\\uD800" .', 1, "no character"),
        ("<a> <b> " + "[ <c> " * 200, 1, "100 levels"),
        ("<a> <b> " + "(" * 200, 1, "100 levels"),
        ("<g> { <a> <b> <c> }", 1, "begins like"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, line: int, why: str) -> None:
    with pytest.raises(ParseError, match=why) as caught:
        list(parse(text, BASE))
    assert caught.value.metadata["line"] == str(line)
