"""Metadata of local calls keeps the rules of HTTP/2."""

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_rpc.local.metadata import normalise

keys = st.from_regex(r"[a-z0-9_.-]{1,20}", fullmatch=True)
texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))


@pytest.mark.parametrize("nothing", [None, (), [], grpc.aio.Metadata()])
def test_nothing_is_empty(nothing):
    assert normalise(nothing) == ()


@pytest.mark.parametrize(
    "item", [("Upper", "v"), ("a b", "v"), ("", "v"), ("ü", "v"), ("k", "line\nbreak"), ("k", "ü")]
)
def test_what_http2_cannot_carry_is_refused(item):
    with pytest.raises(grpc.aio.InternalError):
        normalise([item])


def test_values_arrive_with_the_type_of_their_key():
    sent = [("a", b"text"), ("a-bin", "bytes"), ("b-bin", b"\x00\xff")]
    assert normalise(sent) == (("a", "text"), ("a-bin", b"bytes"), ("b-bin", b"\x00\xff"))


@given(st.lists(st.tuples(keys.filter(lambda k: not k.endswith("-bin")), texts)))
def test_legal_text_is_kept_with_its_order_and_duplicates(items):
    assert normalise(items) == tuple(items)
    assert sorted(normalise(grpc.aio.Metadata(*items))) == sorted(items)


@given(st.lists(st.tuples(keys.map(lambda k: f"{k}-bin"), st.binary())))
def test_any_bytes_are_kept(items):
    assert normalise(items) == tuple(items)
