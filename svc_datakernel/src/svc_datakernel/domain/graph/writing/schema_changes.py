"""A new schema over existing documents: which could break, and whether they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.schema.faults import MOST_WITNESSES
from svc_datakernel.domain.graph.schema.model import Family, PropertyType, Schema
from svc_datakernel.domain.graph.view import GraphView
from svc_datakernel.domain.graph.writing.instances import violations_of
from svc_datakernel.domain.graph.writing.links import Known, check_references
from svc_datakernel.domain.graph.writing.nodes import Finished
from svc_datakernel.domain.graph.writing.violations import Violation, refuse

_CHUNK: Final = 1_000
_LOOSENESS: Final = {Family.REQUIRED: 1, Family.OPTIONAL: 2, Family.SET: 3}


def check_instances(
    view: GraphView, before: Schema, after: Schema, *, besides: Iterable[str] = ()
) -> None:
    """Checks the documents that a change of the schema could break, in bounded memory.

    Args:
        besides: Ids of documents that are checked elsewhere, or deleted.
    Raises:
        SchemaViolation: names the first that it does break.
    """
    classes = affected(before, after)
    if not classes:
        return
    passed = frozenset(besides)
    violations = _violations(view, after, sorted(classes), passed)
    refuse(list(islice(violations, MOST_WITNESSES)))


def _violations(
    view: GraphView, schema: Schema, classes: list[str], passed: frozenset[str]
) -> Iterator[Violation]:
    chunk: list[Finished] = []
    for stored in view.list_documents(classes):
        if stored.id in passed:
            continue
        document = Finished(stored.id, stored.type, expanded.parse(stored.json))
        yield from violations_of(schema, document)
        chunk.append(document)
        if len(chunk) >= _CHUNK:
            yield from check_references(Known(view, schema, {}), chunk)
            chunk = []
    yield from check_references(Known(view, schema, {}), chunk)


def affected(before: Schema, after: Schema) -> set[str]:
    """Classes whose documents a change could break, with those that hold them as parts."""
    changed = {
        name
        for name in before.classes
        if before.is_class(name) and not _is_weaker(before, after, name)
    }
    found = {below for name in changed for below in before.descendants(name)}
    pending = list(found)
    while pending:
        part = pending.pop()
        if not before.is_subdocument(part):
            continue
        for holder, _ in before.referring.get(part, ()):
            for below in before.descendants(holder):
                if below not in found:
                    found.add(below)
                    pending.append(below)
    return found


def _is_weaker(before: Schema, after: Schema, name: str) -> bool:
    """Whether whatever was right for a class is right for it afterwards."""
    if not after.is_class(name) or after.is_abstract(name):
        return False
    if before.is_subdocument(name) != after.is_subdocument(name):
        return False
    if list(before.choices(name)) != list(after.choices(name)):
        return False
    old, new = before.all_properties(name), after.all_properties(name)
    return all(
        kind.family in (Family.OPTIONAL, Family.SET, Family.ARRAY)
        for prop, kind in new.items()
        if prop not in old
    ) and all(_accepts(before, after, kind, new.get(prop)) for prop, kind in old.items())


def _accepts(before: Schema, after: Schema, old: PropertyType, new: PropertyType | None) -> bool:
    if new is None or not _is_wider(before, after, old.range, new.range):
        return False
    if old._replace(range="") == new._replace(range=""):
        return True
    if old.family not in _LOOSENESS or new.family not in _LOOSENESS:
        return False
    return _LOOSENESS[old.family] <= _LOOSENESS[new.family]


def _is_wider(before: Schema, after: Schema, old: str, new: str) -> bool:
    """Whether every value of a range, as it was, is one of the other, as it is."""
    if before.is_enum(old):
        values: Mapping[str, str] = after.enum_values(old) if after.is_enum(old) else {}
        return old == new and before.enum_values(old).keys() <= values.keys()
    if before.is_class(old):
        kept = set(before.descendants(old)) <= set(after.descendants(old))
        return kept and after.is_kind_of(old, new)
    return after.is_kind_of(old, new) and not after.is_class(new)
