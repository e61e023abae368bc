"""Field-level differences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from svc_api.domain.diffs import changed_paths
from svc_api.domain.kinds import BY_COLLECTION

KIND = BY_COLLECTION["objectTypes"]

_properties = st.lists(
    st.fixed_dictionaries(
        {"property_id": st.sampled_from(["p", "q", "r"])},
        optional={"is_list": st.just(True), "type": st.sampled_from(["a", "b"])},
    ),
    unique_by=lambda entry: entry["property_id"],
    min_size=1,
)
_bodies = st.fixed_dictionaries(
    {},
    optional={
        "iri": st.sampled_from(["urn:1", "urn:2"]),
        "parents": st.lists(st.sampled_from("AB"), min_size=1, unique=True),
        "properties": _properties,
    },
)


def patched(before, after, paths):
    """`before` with what `paths` name taken over from `after`."""
    result = {f: v for f, v in before.items() if f in after or f not in paths}
    for path in paths:
        field, _, rest = path.partition(".")
        if not rest and field in after and field != "properties":
            result[field] = after[field]
    old = {entry["property_id"]: entry for entry in before.get("properties", [])}
    new = {entry["property_id"]: entry for entry in after.get("properties", [])}
    for path in paths:
        _, _, rest = path.partition("properties.")
        property_id, _, inner = rest.partition(".")
        if property_id and not inner:
            old.pop(property_id, None)
            if property_id in new:
                old[property_id] = new[property_id]
        elif inner:
            entry = {f: v for f, v in old[property_id].items() if f != inner}
            if inner in new[property_id]:
                entry[inner] = new[property_id][inner]
            old[property_id] = entry
    result.pop("properties", None)
    return result, old


@given(_bodies, _bodies)
def test_paths_name_exactly_what_differs(before, after):
    paths = changed_paths(KIND, before, after)
    assert paths == sorted(set(paths))
    assert bool(paths) == (before != after)
    fields, properties = patched(before, after, paths)
    assert fields == {f: v for f, v in after.items() if f != "properties"}
    assert properties == {e["property_id"]: e for e in after.get("properties", [])}


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ({"labels": [{"text": "a"}]}, {"labels": [{"text": "b"}]}, ["labels"]),
        ({}, {"is_abstract": True}, ["is_abstract"]),
        (
            {"properties": [{"property_id": "h", "type": 1}]},
            {"properties": [{"property_id": "h", "type": 2}]},
            ["properties.h.type"],
        ),
        (
            {"properties": [{"property_id": "a"}, {"property_id": "b"}]},
            {"properties": [{"property_id": "b"}, {"property_id": "a"}]},
            ["properties"],
        ),
        ({"properties": [{"property_id": "a"}]}, {}, ["properties.a"]),
    ],
)
def test_paths_of_typical_changes(before, after, paths):
    assert changed_paths(KIND, before, after) == paths
