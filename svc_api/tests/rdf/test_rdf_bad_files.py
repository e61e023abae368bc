"""Files that can't be read say what is wrong and where, and reach for nothing outside."""

from __future__ import annotations

import contextlib
import json
import socket
import urllib.request
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from svc_api.adapters.rdf.failures import FileUnreadable
from svc_api.adapters.rdf.formats import RdfFormat, format_of
from svc_api.adapters.rdf.parsing import parse

Fails = Callable[[str | bytes, RdfFormat], FileUnreadable]
TTL, XML, JSON, NT = RdfFormat.TURTLE, RdfFormat.RDF_XML, RdfFormat.JSON_LD, RdfFormat.N_TRIPLES
RDF_OPEN = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'


@pytest.fixture
def fails() -> Fails:
    """Parses and returns how it failed."""

    def run(data: str | bytes, rdf_format: RdfFormat) -> FileUnreadable:
        with pytest.raises(FileUnreadable) as caught:
            parse(data.encode() if isinstance(data, str) else data, rdf_format)
        return caught.value

    return run


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("the parser reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", refuse)


@pytest.mark.parametrize("rdf_format", list(RdfFormat))
@pytest.mark.parametrize("content", ["", "  \n\t"])
def test_empty_file_is_refused(fails: Fails, content: str, rdf_format: RdfFormat) -> None:
    assert "empty" in fails(content, rdf_format).message


@pytest.mark.parametrize(
    ("content", "rdf_format"),
    [
        ("# nothing\n", TTL),
        ("# nothing\n", NT),
        (RDF_OPEN + "</rdf:RDF>", XML),
        ("{}", JSON),
        ("[]", JSON),
    ],
)
def test_file_without_a_statement_is_refused(
    fails: Fails, content: str, rdf_format: RdfFormat
) -> None:
    assert "no RDF statement" in fails(content, rdf_format).message


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("<http://a> <http://b> <http://c> .\n\n<http://a> <http://b> oops .\n", 3),
        ('<http://a> <http://b> """two\nlines""" .\n<http://a> no:prefix 1 .\n', 3),
        ("<http://a> <http://b> <http://c>", 1),
        ("<http://a> <http://b> \n", 1),
        ("<http://a> <http://b> <http://c> .\n<http://a> <http://b> <http://c \n .", 2),
        ("<http://a> <http://b> 1 ;\n\n\n# c\n  e:p 1 .\n", 5),
        ('<http://a> <http://b> "open\n', 1),
        ("# c\n<http://a> <http://b> [ <http://c> ( 1 2 ", 2),
        ("@prefix e: <http://e/\n", 1),
    ],
)
def test_turtle_mistake_is_at_its_line(fails: Fails, content: str, line: int) -> None:
    assert fails(content, TTL).line == line


def test_turtle_mistake_has_its_column_and_what_is_there(fails: Fails) -> None:
    failure = fails("@prefix e: <http://e/> .\ne:a e:b e:c ;\n    x:d e:e .\n", TTL)
    assert (failure.line, failure.column) == (3, 5)
    assert 'Prefix "x:" not bound' in failure.message
    assert "x:d e:e" in failure.message


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("<http://a> <http://b> <http://c> .\r\n# c\r\n<http://a> <http://b> .\r\n", 3),
        ("<http://a> <http://b> <http://c>", 1),
        ('<http://a> <http://b> "x"@123 .', 1),
        ("\n\n<a> <http://b> <http://c> .", 3),
        ('<http://a> <http://b> "x"^^<0> .', 1),
    ],
)
def test_n_triples_mistake_is_at_its_line(fails: Fails, content: str, line: int) -> None:
    assert fails(content, NT).line == line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (RDF_OPEN + "\n<e:A>\n</e:B></rdf:RDF>", 3),
        (RDF_OPEN + "\n", 2),
        (RDF_OPEN + '\n<rdf:Description rdf:about="http://a" rdf:ID="b"/></rdf:RDF>', 2),
        ("<?xml version='1.0'?>\nhello", 2),
    ],
)
def test_xml_mistake_is_at_its_line(fails: Fails, content: str, line: int) -> None:
    assert fails(content, XML).line == line


def test_json_mistake_is_at_its_line_and_column(fails: Fails) -> None:
    failure = fails('{"@id": "http://a",\n "http://b": }', JSON)
    assert (failure.line, failure.column) == (2, 14)


@pytest.mark.parametrize(
    "content",
    [
        '"text"',
        '{"@context": {"a": 5}, "a": 1}',
        '{"@context": {"@version": "x"}, "@id": "http://a", "http://b": 1}',
    ],
)
def test_json_that_is_no_json_ld_is_refused(fails: Fails, content: str) -> None:
    assert fails(content, JSON).message


@pytest.mark.parametrize("rdf_format", [TTL, NT, JSON])
def test_bytes_that_are_not_utf8_are_at_their_line(fails: Fails, rdf_format: RdfFormat) -> None:
    failure = fails(b'<http://a> <http://b> "x" .\n<http://a> <http://b> "\xff" .', rdf_format)
    assert failure.line == 2
    assert "UTF-8" in failure.message


def test_utf16_is_named(fails: Fails) -> None:
    assert "UTF-16" in fails("<http://a> <http://b> 1 .".encode("utf-16"), TTL).message


def test_byte_order_mark_is_no_mistake() -> None:
    assert parse(b"\xef\xbb\xbf<http://a> <http://b> 1 .", TTL).count == 1


@pytest.mark.parametrize(
    ("content", "rdf_format", "hint"),
    [
        ('<?xml version="1.0"?>' + RDF_OPEN + "</rdf:RDF>", TTL, "looks like RDF/XML"),
        ('{"@id": "http://a", "http://b": 1}', TTL, "looks like JSON-LD"),
        ("@prefix e: <http://e/> . e:a e:b 1 .", XML, "looks like Turtle"),
        ("@prefix e: <http://e/> . e:a e:b 1 .", NT, "looks like Turtle"),
    ],
)
def test_content_of_another_format_is_named(
    fails: Fails, content: str, rdf_format: RdfFormat, hint: str
) -> None:
    assert hint in fails(content, rdf_format).message


@pytest.mark.parametrize(
    ("content", "rdf_format"),
    [
        ("<#a> <http://b> 1 .", TTL),
        ("<http://a> <http://b> 1 . <> <http://b> 1 .", TTL),
        (RDF_OPEN + '<rdf:Description rdf:about=""><e:p>1</e:p></rdf:Description></rdf:RDF>', XML),
        ('{"@id": "a", "http://b": 1}', JSON),
    ],
)
def test_statement_with_a_relative_iri_and_no_base_is_set_aside(
    content: str, rdf_format: RdfFormat
) -> None:
    statements = parse(content.encode(), rdf_format)
    assert [aside.construct for aside in statements.set_aside] == ["unusable term"]
    assert "relative" in statements.set_aside[0].why
    assert all("oms.invalid" not in str(triple) for triple in statements.triples)


def test_relative_iri_is_resolved_against_the_stated_base() -> None:
    statements = parse(b"@base <http://e/f#> . <#a> <b> 1 .", TTL)
    assert {(s, p) for s, p, _ in statements.triples} == {("http://e/f#a", "http://e/b")}


@pytest.mark.parametrize(
    "context",
    [
        '"http://e/context.jsonld"',
        '[{"a": "http://a/"}, "context.jsonld"]',
        '{"@import": "http://e/context.jsonld"}',
        '{"p": {"@id": "http://p", "@context": "http://e/context.jsonld"}}',
        '"file:///etc/hostname"',
    ],
)
def test_remote_context_is_refused(fails: Fails, context: str) -> None:
    failure = fails(f'{{"@context": {context}, "@id": "http://a", "http://b": 1}}', JSON)
    assert "context" in failure.message


@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY x PUBLIC "p" "http://e/x">',
        '<!ENTITY % x SYSTEM "http://e/x"> %x;',
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;">',
        f'<!ENTITY a "{"x" * 3000}">',
    ],
)
def test_entities_that_reach_out_or_grow_are_refused(fails: Fails, declarations: str) -> None:
    content = f"<?xml version='1.0'?>\n<!DOCTYPE rdf:RDF [{declarations}]>{RDF_OPEN}</rdf:RDF>"
    failure = fails(content, XML)
    assert "entity" in failure.message
    assert failure.line == 2


def test_document_type_from_outside_is_refused(fails: Fails) -> None:
    content = f'<!DOCTYPE rdf:RDF SYSTEM "http://e/x.dtd">{RDF_OPEN}</rdf:RDF>'
    assert "document type" in fails(content, XML).message


def test_entities_that_name_namespaces_are_read() -> None:
    content = (
        f'<!DOCTYPE rdf:RDF [<!ENTITY e "http://e/">]>{RDF_OPEN}<rdf:Description'
        ' rdf:about="&e;a"><e:p>1</e:p></rdf:Description></rdf:RDF>'
    )
    assert {s for s, _, _ in parse(content.encode(), XML).triples} == {"http://e/a"}


@pytest.mark.parametrize(
    ("content", "rdf_format"),
    [
        ("<http://a> <http://b> " + "[ <http://b> " * 5000, TTL),
        ("<http://a> <http://b> " + "( " * 5000, TTL),
        ('{"http://b":' * 5000, JSON),
        ('{"http://b":' * 900 + "1" + "}" * 900, JSON),
    ],
)
def test_deep_nesting_is_refused(fails: Fails, content: str, rdf_format: RdfFormat) -> None:
    assert fails(content, rdf_format).message


def test_statements_of_named_graphs_are_set_aside() -> None:
    statements = parse(
        b'[{"@id": "http://a", "http://b": 1},'
        b' {"@id": "http://g", "@graph": [{"@id": "http://a", "http://c": 2, "http://d": 3}]}]',
        JSON,
    )
    assert statements.count == 3
    assert [one.construct for one in statements.set_aside] == ["named graph"] * 2


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("", TTL),
        ("text/turtle; charset=utf-8", TTL),
        ("application/x-www-form-urlencoded", TTL),
        ("APPLICATION/RDF+XML", XML),
        ("application/ld+json", JSON),
        ("application/n-triples", NT),
        ("image/png", None),
    ],
)
def test_content_type_names_the_format(content_type: str, expected: RdfFormat | None) -> None:
    assert format_of(content_type) is expected


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200), rdf_format=st.sampled_from(list(RdfFormat)))
def test_any_bytes_are_read_or_refused(data: bytes, rdf_format: RdfFormat) -> None:
    with contextlib.suppress(FileUnreadable):
        parse(data, rdf_format)


_TOKENS = [
    "<http://a>",
    "a",
    "e:b",
    "e:p",
    "true",
    "1.5",
    "_:n",
    ".",
    ";",
    ",",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "=",
    "is",
    "@en",
    "^^",
    "@base",
    "\\",
    '"x"',
    '"""',
]
_SNIPPETS = st.lists(st.sampled_from([*_TOKENS, "@prefix e: <http://e/> .", "\n"]), max_size=15)


@settings(max_examples=300, deadline=None)
@given(parts=_SNIPPETS)
def test_any_turtle_tokens_are_read_or_refused(parts: list[str]) -> None:
    with contextlib.suppress(FileUnreadable):
        parse(" ".join(parts).encode(), TTL)


_KEYS = ["@id", "@type", "@value", "@language", "@list", "@graph", "@context", "@reverse", "p", ""]
_JSON_LD = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["http://a", "x"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*_KEYS, "http://b"]), inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(document=_JSON_LD)
def test_any_json_is_read_or_refused(document: object) -> None:
    with contextlib.suppress(FileUnreadable):
        parse(json.dumps(document).encode(), JSON)
