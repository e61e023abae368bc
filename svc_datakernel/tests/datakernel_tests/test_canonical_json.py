"""Canonical JSON: one form for one document, nothing lost, nothing hostile let in."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import InvalidDocument
from svc_datakernel.domain import canonical_json
from svc_datakernel.domain.canonical_json import MAX_DEPTH, MAX_DOCUMENT_BYTES, canonicalise

_texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
_keys = _texts.filter(lambda key: key[:1] not in ("_", "@"))
_numbers = st.one_of(
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
)
_values = st.recursive(
    st.one_of(st.none(), st.booleans(), _numbers, _texts),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)
_documents = st.dictionaries(_keys, _values, max_size=4)


def _parse(raw: bytes) -> Any:
    return json.loads(raw, parse_int=Decimal, parse_float=Decimal)


def _canonical(raw: bytes) -> bytes:
    return canonicalise(raw, document_id="T/x")


@given(_documents, st.sampled_from([None, 1]), st.booleans())
def test_a_document_keeps_its_meaning_however_it_is_written(
    document: dict[str, Any], indent: int | None, ascii_only: bool
) -> None:
    raw = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()
    assert _parse(_canonical(raw)) == _parse(raw)


@given(_documents)
def test_the_canonical_form_is_a_fixed_point_and_does_not_depend_on_order(
    document: dict[str, Any],
) -> None:
    backwards = dict(reversed(document.items()))
    form = _canonical(json.dumps(document).encode())
    assert _canonical(json.dumps(backwards).encode()) == form
    assert _canonical(form) == form


@given(_documents, st.booleans())
def test_the_fast_path_agrees_with_the_exact_one(document: dict[str, Any], spaced: bool) -> None:
    separators = None if spaced else (",", ":")
    raw = json.dumps(document, ensure_ascii=False, separators=separators).encode()
    plain = canonical_json._canonicalise_plain(raw)
    assert plain in (None, canonical_json._canonicalise_exact(raw))


@given(st.from_regex(r"\A-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?\Z"))
def test_a_number_is_kept_as_it_was_written(number: str) -> None:
    raw = b'{"n":' + number.encode() + b"}"
    assert _canonical(raw) == raw


@given(st.binary(max_size=40))
def test_any_bytes_are_either_a_document_or_refused(raw: bytes) -> None:
    with suppress(InvalidDocument):
        assert _parse(_canonical(raw)) == _parse(raw)


def test_keys_are_sorted_by_code_point() -> None:
    document = {"é": 1, "z": 1, "Z": 1, "가": 1, "🏙": 1, "\uffff": 1, "a": 1}
    form = _canonical(json.dumps(document).encode())
    assert list(json.loads(form)) == sorted(document)


@pytest.mark.parametrize(
    "hostile",
    [
        b"[" * MAX_DOCUMENT_BYTES,
        b'{"a":' * (MAX_DOCUMENT_BYTES // 5),
        b'{"a":"' + b'\\"' * (MAX_DOCUMENT_BYTES // 2 - 4),
        b'{"a":' + b"9" * (MAX_DOCUMENT_BYTES - 5),
        b" " * (MAX_DOCUMENT_BYTES + 1),
        b"x" * (50 * 1024 * 1024),
    ],
    ids=["brackets", "braces", "quotes", "digits", "too large", "50 MB"],
)
@pytest.mark.timeout(60)
def test_a_hostile_document_is_refused_soon(hostile: bytes) -> None:
    with pytest.raises(InvalidDocument):
        _canonical(hostile)


def test_the_largest_number_is_kept() -> None:
    raw = b'{"a":' + b"9" * 100_000 + b"}"
    assert _canonical(raw) == raw


@pytest.mark.parametrize("opening", [b'{"a":', b'{"a":['])
def test_the_depth_limit_counts_objects_and_arrays(opening: bytes) -> None:
    levels = opening.count(b"{") + opening.count(b"[")
    closing = b"]}" if levels == 2 else b"}"
    for times, is_allowed in ((MAX_DEPTH // levels, True), (MAX_DEPTH // levels + 1, False)):
        raw = opening * times + b"1" + closing * times
        if is_allowed:
            assert _canonical(raw) == raw
        else:
            with pytest.raises(InvalidDocument, match="64 levels"):
                _canonical(raw)


def test_an_error_names_what_is_wrong_and_where() -> None:
    with pytest.raises(InvalidDocument, match="'a' twice"):
        _canonical(b'{"a":1,"a":2}')
    with pytest.raises(InvalidDocument) as caught:
        _canonical(b'{"a":}')
    assert caught.value.metadata == {"document": "T/x", "offset": "5"}
