"""The LIKE operator against a plain model of it, and against those who would stall it."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from svc_events.domain.cesql import Expression
from svc_events.domain.cesql.like import FixedEnds, compile_pattern, fixed_ends


def is_like(text: str, pattern: str) -> bool:
    """The model: which places of the text each step of the pattern can reach."""
    reached, at = {0}, 0
    while at < len(pattern):
        if pattern[at] == "%":
            reached = set(range(min(reached), len(text) + 1)) if reached else reached
        elif pattern[at] == "_":
            reached = {place + 1 for place in reached if place < len(text)}
        else:
            at += pattern[at] == "\\" and pattern[at + 1 : at + 2] in ("%", "_")
            reached = {place + 1 for place in reached if text[place : place + 1] == pattern[at]}
        at += 1
    return len(text) in reached


patterns = st.text("ab%_\\", max_size=12)


@given(st.text("ab%_\\", max_size=14), patterns)
@settings(deadline=None)
def test_it_agrees_with_the_model(text: str, pattern: str):
    assert compile_pattern(pattern)(text) == is_like(text, pattern)


@given(st.text("ab%_\\", max_size=10), patterns)
@settings(deadline=None)
def test_what_is_like_a_pattern_has_its_fixed_ends(text: str, pattern: str):
    ends = fixed_ends(pattern)
    begins_and_ends = text.startswith(ends.prefix) and text.endswith(ends.suffix)
    if is_like(text, pattern):
        assert begins_and_ends
        assert not ends.is_literal or text == ends.prefix == ends.suffix
    elif len(text) >= len(ends.prefix) + len(ends.suffix):
        assert not (begins_and_ends and ends.is_all)
    if ends.is_literal:
        assert is_like(ends.prefix, pattern)


@pytest.mark.parametrize(
    ("pattern", "ends"),
    [
        ("abc", FixedEnds("abc", "abc", True, False)),
        ("", FixedEnds("", "", True, False)),
        ("ab%", FixedEnds("ab", "", False, True)),
        ("%ab", FixedEnds("", "ab", False, True)),
        ("%%", FixedEnds("", "", False, True)),
        ("a%%b", FixedEnds("a", "b", False, True)),
        ("a%b%c", FixedEnds("a", "c", False, False)),
        ("a_%", FixedEnds("a", "", False, False)),
        ("a_c", FixedEnds("a", "c", False, False)),
        ("a\\%b%", FixedEnds("a%b", "", False, True)),
    ],
)
def test_the_fixed_ends_of_a_pattern(pattern: str, ends: FixedEnds):
    assert fixed_ends(pattern) == ends


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("", "", True),
        ("", "%", True),
        ("", "_", False),
        ("a", "%%", True),
        ("ab", "%_%_%", True),
        ("a", "%_%_%", False),
        ("aXbXc", "a%b%c", True),
        ("abc", "A%", False),
        ("100%", "100\\%", True),
        ("1000", "100\\%", False),
        ("a_c", "a\\_c", True),
        ("abc", "a\\_c", False),
        ("a\\b", "a\\b", True),
        ("a\\%", "a\\\\%", True),
        ("a\\x", "a\\\\%", False),
        ("a\\", "a\\", True),
        ("a\nb", "a_b", True),
        ("a\nb", "%b", True),
        ("😀", "_", True),
        ("aab", "a%ab", True),
        ("ab", "a%ab", False),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
        ("a*c", "a*%", True),
    ],
)
def test_wildcards_and_escapes(text: str, pattern: str, expected: bool):
    assert compile_pattern(pattern)(text) is expected


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a" * 65_536, "%a" * 2000 + "%b"),
        ("a" * 65_536, "%" + "a_" * 1500 + "%b%"),
        ("a" * 65_536, "%_b" * 1000 + "%"),
        ("a" * 65_536, "_" * 3000 + "%" + "_" * 900 + "b"),
        ("ab" * 32_768, "%" + "a%b_" * 700 + "%c%"),
        ("a" * 65_536, "%" + "a" * 3000 + "b%"),
    ],
)
def test_a_hostile_pattern_takes_linear_time(text: str, pattern: str):
    matcher = compile_pattern(pattern)
    started = process_time()
    assert not matcher(text)
    assert process_time() - started < 1


def test_a_hostile_expression_ends_soon():
    long = f"CONCAT({', '.join(['a'] * 16)})"
    text = " OR ".join(f"{long} LIKE '%a_{'a_' * 20}%b%'" for _ in range(25))
    started = process_time()
    assert not Expression(text).is_true({"a": "a" * 4096})
    assert process_time() - started < 10
