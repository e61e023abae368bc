"""What an import comes to on a given snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from svc_api.domain.changes import PlannedChange
from svc_api.domain.elements import HEADER_KEY, Element
from svc_api.domain.imports import CollectionCounts, ImportedOntology
from svc_api.domain.kinds import KINDS
from svc_api.domain.snapshot import Snapshot

_PROPERTIES = "properties"


def plan_import(
    snapshot: Snapshot, imported: ImportedOntology, *, delete_missing: bool
) -> list[PlannedChange]:
    """The changes that make a snapshot say what a file says.

    Elements the file does not hold are deleted, or stay as they are. A header is
    replaced whole or field by field alike; a file without one leaves it as it is.
    """
    planned = [
        PlannedChange(element.key, snapshot.get(element.key), element, f"{'/'.join(element.key)}")
        for element in imported.elements
    ]
    planned += _header(snapshot, imported.header, is_whole=delete_missing)
    if delete_missing:
        kept = {element.key for element in imported.elements}
        planned += [
            PlannedChange(key, element, None, "/".join(key))
            for key, element in snapshot.elements.items()
            if key not in kept
        ]
    return planned


def _header(
    snapshot: Snapshot, header: dict[str, Any], *, is_whole: bool
) -> Iterable[PlannedChange]:
    if not header:
        return
    before = snapshot.header.body if snapshot.header else {}
    body = header if is_whole else {**before, **header}
    yield PlannedChange(HEADER_KEY, snapshot.header, Element(*HEADER_KEY, body), "ontology")


def count_import(
    imported: ImportedOntology, planned: Sequence[PlannedChange]
) -> list[CollectionCounts]:
    """How many elements of each collection, and properties within them, were touched."""
    read = Counter(element.collection for element in imported.elements)
    touched: dict[str, Counter[str]] = {kind.collection: Counter() for kind in KINDS}
    properties: Counter[str] = Counter()
    for change in planned:
        if change.key == HEADER_KEY:
            continue
        if change.is_effective:
            touched[change.key[0]][_what(change.before, change.after)] += 1
        properties += _count_properties(change)
    counts = [_counts(kind.collection, read[kind.collection], touched) for kind in KINDS]
    touched[_PROPERTIES] = properties
    return [*counts, _counts(_PROPERTIES, properties["read"], touched)]


def _counts(collection: str, read: int, touched: dict[str, Counter[str]]) -> CollectionCounts:
    what = touched[collection]
    return CollectionCounts(collection, read, what["created"], what["updated"], what["deleted"])


def _what(before: object, after: object) -> str:
    if before is None:
        return "created"
    return "updated" if after is not None else "deleted"


def _count_properties(change: PlannedChange) -> Counter[str]:
    before = _properties(change.before)
    after = _properties(change.after)
    counts = Counter(
        _what(before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    )
    counts["read"] = len(after)
    return counts


def _properties(element: Element | None) -> dict[str, Any]:
    entries = element.body.get(_PROPERTIES, ()) if element else ()
    return {entry["property_id"]: entry for entry in entries}
