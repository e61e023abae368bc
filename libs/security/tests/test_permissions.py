from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.identity import Identity
from oms_security import narrowed
from oms_security.permissions import is_permission

# Few words, so that sets overlap often.
_words = st.sampled_from(["a", "b", "ab"])
_plain = st.lists(_words, min_size=1, max_size=4).map(".".join)
_wild = st.one_of(st.just("*"), _plain.map(lambda text: f"{text}.*"))
_sets = st.frozensets(st.one_of(_plain, _wild), max_size=6)


def allows(permissions: frozenset[str], permission: str) -> bool:
    return Identity("x", "x", (), permissions).allows(permission)


@given(granted=_sets, wanted=_sets, permission=_plain)
def test_what_is_narrowed_allows_what_both_allow(granted, wanted, permission):
    both = allows(granted, permission) and allows(wanted, permission)
    assert allows(narrowed(granted, wanted), permission) is both


@given(granted=_sets, wanted=_sets)
def test_narrowing_twice_or_the_other_way_round_is_the_same(granted, wanted):
    once = narrowed(granted, wanted)
    assert narrowed(once, wanted) == once == narrowed(wanted, granted)


@pytest.mark.parametrize(
    ("granted", "wanted", "common"),
    [
        ({"ontology.*"}, {"ontology.branches.read"}, {"ontology.branches.read"}),
        ({"ontology.branches.read"}, {"ontology.*"}, {"ontology.branches.read"}),
        ({"*"}, {"ontology.*", "x"}, {"ontology.*", "x"}),
        ({"*"}, {"*"}, {"*"}),
        ({"ontology.*"}, {"ontology.branches.*"}, {"ontology.branches.*"}),
        ({"ontology.*"}, {"ontology", "ontologyx.read"}, set()),
        ({"ontology.*"}, {"ontology.*", "ontology.branches.read"}, {"ontology.*"}),
        ({"a.b"}, set(), set()),
        (set(), {"*"}, set()),
    ],
)
def test_narrowing_by_example(granted, wanted, common):
    assert narrowed(granted, wanted) == common


@pytest.mark.parametrize("text", ["*", "a", "a.b_c.d", "a.*", "ontology.branches.read"])
def test_what_permissions_look_like(text):
    assert is_permission(text)


@pytest.mark.parametrize(
    "text", ["", ".", "A.b", "a.", "a..b", "*.a", "a.*.b", "a*", "a\n", "a" * 101]
)
def test_what_is_no_permission(text):
    assert not is_permission(text)
