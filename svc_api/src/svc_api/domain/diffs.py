"""Field-level differences between two versions of an element."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from svc_api.domain.kinds import ElementKind


def changed_paths(
    kind: ElementKind, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[str]:
    """The paths of the fields that differ between two bodies, in ascending order.

    A field is compared whole. The entries of a keyed list are compared by id:
    `properties.height` came or went, `properties.height.type` differs, and
    `properties` alone means that the entries stand in another order.
    """
    paths: list[str] = []
    keyed = dict(kind.keyed_lists)
    for field in before.keys() | after.keys():
        old, new = before.get(field), after.get(field)
        if old == new:
            continue
        if field in keyed:
            paths += _keyed_paths(field, keyed[field], old or [], new or [])
        else:
            paths.append(field)
    return sorted(paths)


def _keyed_paths(
    field: str, id_field: str, old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> list[str]:
    by_id_old = {entry[id_field]: entry for entry in old}
    by_id_new = {entry[id_field]: entry for entry in new}
    paths: list[str] = []
    for entry_id in by_id_old.keys() | by_id_new.keys():
        before, after = by_id_old.get(entry_id), by_id_new.get(entry_id)
        if before is None or after is None:
            paths.append(f"{field}.{entry_id}")
            continue
        paths += [
            f"{field}.{entry_id}.{inner}"
            for inner in before.keys() | after.keys()
            if before.get(inner) != after.get(inner)
        ]
    common = by_id_old.keys() & by_id_new.keys()
    if [i for i in by_id_old if i in common] != [i for i in by_id_new if i in common]:
        paths.append(field)
    return paths or [field]
