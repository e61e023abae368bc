from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import InvalidPageToken
from oms_core.paging import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE_SIZE,
    decode_page_token,
    encode_page_token,
    page_size,
)

STRINGS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4)


@given(query=STRINGS, cursor=STRINGS)
def test_a_token_is_read_back_by_its_own_query(query, cursor):
    token = encode_page_token(query, cursor)
    assert decode_page_token(query, token, length=len(cursor)) == cursor


@given(query=STRINGS, other=STRINGS, cursor=STRINGS)
def test_a_token_of_another_query_is_refused(query, other, cursor):
    if query == other:
        return
    token = encode_page_token(query, cursor)
    with pytest.raises(InvalidPageToken, match="another query"):
        decode_page_token(other, token, length=len(cursor))


@given(st.text(min_size=1) | st.binary(min_size=1).map(lambda raw: base64.b64encode(raw).decode()))
def test_any_other_text_is_refused(token):
    with pytest.raises(InvalidPageToken) as caught:
        decode_page_token(["q"], token, length=1)
    assert caught.value.metadata == {"field": "page_token"}


@given(query=STRINGS, cursor=STRINGS, length=st.integers(0, 6))
def test_a_cursor_of_another_length_is_refused(query, cursor, length):
    if length == len(cursor):
        return
    with pytest.raises(InvalidPageToken):
        decode_page_token(query, encode_page_token(query, cursor), length=length)


def test_queries_whose_parts_join_to_the_same_text_differ():
    token = encode_page_token(["a\x00b"], ["c"])
    with pytest.raises(InvalidPageToken):
        decode_page_token(["a", "b"], token, length=1)


def test_the_first_page_has_no_token():
    assert decode_page_token(["q"], "", length=1) is None


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_a_token_travels_in_a_url(text):
    token = encode_page_token([text], [text])
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")


@given(
    items=st.lists(st.text("abc", min_size=1, max_size=4), unique=True).map(sorted),
    size=st.integers(1, 5),
)
def test_pages_hold_every_item_once_and_in_order(items, size):
    seen: list[str] = []
    token = ""
    while True:
        cursor = decode_page_token(["q"], token, length=1)
        rest = [item for item in items if cursor is None or item > cursor[0]]
        seen += rest[:size]
        if len(rest) <= size:
            break
        token = encode_page_token(["q"], [rest[size - 1]])
    assert seen == items


@pytest.mark.parametrize(
    ("requested", "used"), [(0, DEFAULT_PAGE_SIZE), (1, 1), (1000, 1000), (5000, MAX_PAGE_SIZE)]
)
def test_the_page_size_has_a_default_and_a_limit(requested, used):
    assert page_size(requested) == used
