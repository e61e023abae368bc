"""A small world of elements for property tests, and the full validator as the oracle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from svc_api.domain.changes import Change, ChangePlan, Operation
from svc_api.domain.elements import Element, Key, StoredElement
from svc_api.domain.references import references_of
from svc_api.domain.snapshot import Snapshot

Bodies = Mapping[Key, dict[str, Any]]

OBJECT_IDS = ("A", "B", "C", "D")
LINK_IDS = ("L", "M", "N")
INTERFACE_IDS = ("A", "I")
DATA_TYPES = ("DATA_TYPE_ANY", "DATA_TYPE_STRING", "DATA_TYPE_INTEGER", "DATA_TYPE_LONG")
IRIS = ("", "urn:1", "urn:2")


def _subset(ids: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(ids), unique=True, max_size=2)


_types = st.one_of(
    st.sampled_from(DATA_TYPES).map(lambda t: {"data_type": t}),
    st.sampled_from(OBJECT_IDS).map(lambda t: {"object_type": t}),
)
_properties = st.lists(
    st.fixed_dictionaries({"property_id": st.sampled_from("pq"), "type": _types}),
    max_size=2,
    unique_by=lambda entry: entry["property_id"],
)


def _pruned(body: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in body.items() if value}


_iri = st.sampled_from(IRIS)
_bodies = {
    "objectTypes": st.fixed_dictionaries(
        {
            "iri": _iri,
            "parents": _subset(OBJECT_IDS),
            "interfaces": _subset(INTERFACE_IDS),
            "properties": _properties,
        }
    ).map(_pruned),
    "linkTypes": st.fixed_dictionaries(
        {
            "iri": _iri,
            "parents": _subset(LINK_IDS),
            "source_types": _subset(OBJECT_IDS),
            "inverse": st.sampled_from(("", *LINK_IDS)),
        }
    ).map(_pruned),
    "interfaces": st.fixed_dictionaries(
        {"iri": _iri, "parents": _subset(INTERFACE_IDS), "properties": _properties}
    ).map(_pruned),
}
EVERY_KEY: tuple[Key, ...] = (
    *(("objectTypes", i) for i in OBJECT_IDS),
    *(("linkTypes", i) for i in LINK_IDS),
    *(("interfaces", i) for i in INTERFACE_IDS),
)
_keys = st.sampled_from(EVERY_KEY)


@st.composite
def changes(draw: st.DrawFn, key: Key) -> Change:
    operation = draw(st.sampled_from([Operation.UPDATE, Operation.UPSERT, Operation.DELETE]))
    body = {} if operation is Operation.DELETE else draw(_bodies[key[0]])
    fields = frozenset(draw(st.sets(st.sampled_from(["iri", "parents", "properties", "inverse"]))))
    return Change(operation, key, body=body, fields=fields, path=f"changes.{key[0]}.{key[1]}")


@st.composite
def plans(draw: st.DrawFn) -> ChangePlan:
    keys = draw(st.lists(_keys, unique=True, min_size=1, max_size=3))
    return ChangePlan([draw(changes(key)) for key in keys])


def snapshot_of(bodies: Bodies) -> Snapshot:
    stored = [StoredElement(*key, body, etag=f"etag-{key[1]}") for key, body in bodies.items()]
    return Snapshot.of("acme", "0" * 64, stored)


def applied(bodies: Bodies, plan: ChangePlan) -> dict[Key, dict[str, Any]]:
    """What a plan comes to, worked out the slow way. Changes of missing elements are left out."""
    after = dict(bodies)
    for change in plan.changes:
        if change.operation is Operation.UPSERT:
            after[change.key] = change.body
        elif change.operation is Operation.DELETE:
            after.pop(change.key, None)
        elif change.key in after:
            kept = {f: v for f, v in after[change.key].items() if f not in change.fields}
            new = {f: v for f, v in change.body.items() if f in change.fields}
            after[change.key] = {**kept, **new}
    return after


def is_sound(bodies: Bodies) -> bool:
    """Looks at everything: the oracle of the incremental validation."""
    elements = {key: Element(*key, body) for key, body in bodies.items()}
    return (
        all(
            any(target in elements for target in found.targets)
            for element in elements.values()
            for found in references_of(element)
        )
        and _iris_are_unique(bodies)
        and all(_inverse_agrees(bodies, key) for key in bodies)
        and not any(key in _ancestors(bodies, key) for key in bodies)
        and all(_narrows(bodies, key) for key in bodies)
    )


def _iris_are_unique(bodies: Bodies) -> bool:
    iris = [body["iri"] for body in bodies.values() if body.get("iri")]
    return len(iris) == len(set(iris))


def _inverse_agrees(bodies: Bodies, key: Key) -> bool:
    named = bodies[key].get("inverse")
    back = bodies.get(("linkTypes", named), {}).get("inverse") if named else None
    return back in (None, "", key[1])


def _parents(bodies: Bodies, key: Key) -> set[Key]:
    body = bodies.get(key, {})
    parents = {(key[0], parent) for parent in body.get("parents", ())}
    return parents | {("interfaces", name) for name in body.get("interfaces", ())}


def _ancestors(bodies: Bodies, key: Key) -> set[Key]:
    reached: set[Key] = set()
    frontier = _parents(bodies, key)
    while frontier:
        reached |= frontier
        frontier = {up for at in frontier for up in _parents(bodies, at)} - reached
    return reached


def _narrows(bodies: Bodies, key: Key) -> bool:
    own = {entry["property_id"]: entry["type"] for entry in bodies[key].get("properties", ())}
    for ancestor in _ancestors(bodies, key) - {key}:
        for entry in bodies.get(ancestor, {}).get("properties", ()):
            mine = own.get(entry["property_id"])
            if mine is not None and not _is_narrower(bodies, mine, entry["type"]):
                return False
    return True


def _is_narrower(bodies: Bodies, own: dict[str, str], wide: dict[str, str]) -> bool:
    if own == wide or wide.get("data_type") == "DATA_TYPE_ANY":
        return True
    if (own.get("data_type"), wide.get("data_type")) == ("DATA_TYPE_LONG", "DATA_TYPE_INTEGER"):
        return True
    if "object_type" in own and "object_type" in wide:
        key = ("objectTypes", own["object_type"])
        return ("objectTypes", wide["object_type"]) in _ancestors(bodies, key)
    return False
