"""What refers to documents that go away: loses the reference, or stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.schema.model import Family, PropertyType, Schema
from svc_datakernel.domain.graph.terms import Node, Pattern
from svc_datakernel.domain.graph.view import GraphView, StoredDocument
from svc_datakernel.domain.graph.writing.nodes import Finished
from svc_datakernel.domain.graph.writing.violations import Violation

_CHUNK = 1_000


def referring_documents(
    view: GraphView, ids: Iterable[str], *, without: Iterable[str]
) -> Iterator[StoredDocument]:
    """Documents that refer to any of some ids, but for those named."""
    passed = set(without)
    subjects: dict[str, None] = {}
    for each in ids:
        for triple in view.triples(Pattern(None, None, Node(each))):
            subjects[triple.subject] = None
    names = list(subjects)
    for start in range(0, len(names), _CHUNK):
        part = names[start : start + _CHUNK]
        owners = view.owners(part)
        holders = dict.fromkeys(owners.get(name, name) for name in part)
        found = view.documents([name for name in holders if name not in passed])
        passed |= holders.keys()
        yield from found.values()


class Unlinker:
    """Takes references to some ids out of documents."""

    def __init__(self, schema: Schema, gone: frozenset[str]) -> None:
        self._schema = schema
        self._gone = gone
        self.violations: list[Violation] = []

    def unlinked(self, stored: StoredDocument) -> Finished:
        """A document without its references to what is gone; what may not go is a violation."""
        body = expanded.parse(stored.json)
        return Finished(stored.id, stored.type, self._body(stored.id, stored.type, body))

    def _body(self, subject: str, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        kinds = self._schema.all_properties(kind)
        required = self._schema.properties(kind)
        found: dict[str, Any] = {}
        for name, value in body.items():
            if name in ("@id", "@type", "@json"):
                found[name] = value
                continue
            left = self._value(value)
            if left is not None:
                found[name] = left
            if left != value and not _is_deeper_only(left, value):
                self._check(subject, name, required.get(name, kinds.get(name)), left)
        return found

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            left = [self._value(item) for item in value]
            return expanded.gather([item for item in left if item is not None])
        if not isinstance(value, dict) or "@json" in value:
            return value
        return self._node(value) if "@id" in value else self._container(value)

    def _container(self, value: dict[str, Any]) -> Any:
        if "@list" in value:
            items = [self._value(item) for item in value["@list"]]
            return {"@list": [item for item in items if item is not None]}
        if "@array" in value:
            items = _trimmed(self._items(value["@array"]))
            return {"@array": items} if items else None
        return value

    def _node(self, value: dict[str, Any]) -> Any:
        if value["@id"] in self._gone:
            return None
        return self._body(value["@id"], value["@type"], value) if "@type" in value else value

    def _items(self, items: list[Any]) -> list[Any]:
        return [
            self._items(item) if isinstance(item, list) else self._value(item) for item in items
        ]

    def _check(self, subject: str, name: str, kind: PropertyType | None, left: Any) -> None:
        if kind is None:
            return
        full, full_name = self._schema.context.full, self._schema.context.full_name
        count = 0 if left is None else len(expanded.values_of(left))
        why = f"{full(subject)!r} needs what is to be deleted"
        witness: dict[str, Any] = {
            "class": full_name(kind.range),
            "instance": full(subject),
            "predicate": full_name(name),
        }
        if kind.family is Family.REQUIRED or kind.is_single:
            witness["@type"] = "instance_not_cardinality_one"
        elif kind.family is Family.CARDINALITY and count < kind.low:
            witness["@type"] = "instance_has_wrong_cardinality"
            witness["cardinality"] = Number(count)
        else:
            return
        self.violations.append(Violation(witness, full(subject), name, why))


def _trimmed(items: list[Any]) -> list[Any]:
    while items and items[-1] is None:
        items.pop()
    return items


def _is_deeper_only(left: Any, value: Any) -> bool:
    """Whether only what stands in subdocuments differs: the values themselves all stay."""
    if left is None:
        return False
    return _ids(left) == _ids(value)


def _ids(value: Any) -> list[str]:
    if isinstance(value, dict):
        for container in ("@list", "@array"):
            if container in value:
                return _ids(value[container])
        return [value["@id"]] if "@id" in value else []
    if isinstance(value, list):
        return [each for item in value for each in _ids(item)]
    return []
