"""JSON values for property tests: small, so that differences meet, with numbers as written."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from svc_datakernel.domain.canonical_json import Number

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(["", "a", "b", "1", "한글"]),
    st.sampled_from(["1", "1.0", "1.00", "-0", "9007199254740993", "1e400"]).map(Number),
)
_KEYS = st.sampled_from(["a", "b", "c", "x/y", "~"])


def values() -> st.SearchStrategy[Any]:
    """Any JSON value."""
    return st.recursive(
        _SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=5), st.dictionaries(_KEYS, inner, max_size=4)
        ),
        max_leaves=12,
    )


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects."""
    return st.dictionaries(_KEYS, values(), max_size=4)


def without_nulls(value: Any) -> Any:
    """A value whose objects lack what is null in them: what a patch can say of it."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value
