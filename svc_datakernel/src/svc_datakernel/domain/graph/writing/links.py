"""References between documents: where they are, and whether they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.schema.model import Family, Schema
from svc_datakernel.domain.graph.view import GraphView
from svc_datakernel.domain.graph.writing.nodes import Finished
from svc_datakernel.domain.graph.writing.violations import Violation

_CHUNK = 5_000


class Reference(NamedTuple):
    """A place that refers to a document.

    Args:
        subject: Id of the document or subdocument.
        subject_type, name: Its class and the property.
        path: Way from the document to the subject, as `lines.0`; empty for the document itself.
        place: Place in a List, as text; empty elsewhere.
        is_circle: The target is a subdocument that the reference stands in.
    """

    document: str
    subject: str
    subject_type: str
    name: str
    range: str
    family: Family
    target: str
    path: str = ""
    place: str = ""
    is_circle: bool = False

    @property
    def field(self) -> str:
        """The way from the document to the reference."""
        return ".".join(filter(None, (self.path, self.name, self.place)))


@dataclass(slots=True)
class Known:
    """Classes of documents and subdocuments by id, as they will be after the write.

    Args:
        written: Documents of the write by id.
        gone: Ids of documents that the write deletes.
        unread: How ids of documents begin of which it is not known whether they will be there.
    """

    view: GraphView
    schema: Schema
    written: Mapping[str, Finished]
    gone: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()
    inner: dict[str, str] = field(default_factory=dict[str, str])

    def types_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The class of each id that there is something under."""
        found: dict[str, str] = {}
        left: list[str] = []
        for each in dict.fromkeys(ids):
            if each in self.written:
                found[each] = self.written[each].type
            elif each in self.inner:
                found[each] = self.inner[each]
            else:
                left.append(each)
        for start in range(0, len(left), _CHUNK):
            found |= self._stored(left[start : start + _CHUNK])
        return found

    def _stored(self, ids: Sequence[str]) -> dict[str, str]:
        stored = self.view.documents(ids)
        found = {key: each.type for key, each in stored.items() if key not in self.gone}
        rest = [each for each in ids if each not in stored]
        owners = self.view.owners(rest) if rest else {}
        # What a document of the write held before is gone, or among what it holds now.
        kept = {
            key: owner
            for key, owner in owners.items()
            if owner not in self.written and owner not in self.gone
        }
        for owner in self.view.documents(list(set(kept.values()))).values():
            for part in expanded.subdocuments_of(expanded.parse(owner.json)):
                if part["@id"] in kept:
                    found[part["@id"]] = part["@type"]
        return found


def references_in(schema: Schema, document: Finished) -> Iterator[Reference]:
    """Every reference of a document to others, its subdocuments' with it."""
    if document.references is not None:
        for name, range_name, family, target in document.references:
            own, kind = document.id, document.type
            yield Reference(own, own, kind, name, range_name, family, target)
        return
    yield from _references(schema, document.id, document.id, document.type, document.body)


def _references(
    schema: Schema,
    document: str,
    subject: str,
    kind: str,
    body: Mapping[str, Any],
    *,
    path: str = "",
    around: tuple[str, ...] = (),
) -> Iterator[Reference]:
    for name, range_name, family in linking(schema, kind):
        value = body.get(name)
        if value is None:
            continue
        for leaf, index in _leaves(value, ""):
            if "@type" in leaf:
                inner, way = leaf["@id"], ".".join(filter(None, (path, name, index)))
                yield from _references(
                    schema, document, inner, leaf["@type"], leaf, path=way, around=(*around, inner)
                )
            else:
                target = leaf["@id"]
                found = Reference(document, subject, kind, name, range_name, family, target, path)
                yield found._replace(place=index, is_circle=target in around)


def linking(schema: Schema, kind: str) -> Sequence[tuple[str, str, Family]]:
    """Properties of a class that refer to documents or hold them, with range and family."""
    key = ("linking", kind)
    if key not in schema.kept:
        schema.kept[key] = tuple(
            (name, each.range, each.family)
            for name, each in schema.all_properties(kind).items()
            if schema.is_class(each.range) and schema.classes[each.range].kind != "Foreign"
        )
    return schema.kept[key]


def _leaves(value: Any, index: str) -> Iterator[tuple[dict[str, Any], str]]:
    """References and subdocuments in a value, with their place in a List or Array."""
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item, index)
    elif isinstance(value, dict):
        if "@id" in value:
            yield value, index
        for container in ("@list", "@array"):
            for place, item in enumerate(value.get(container, ())):
                yield from _leaves(item, str(place))


def check_references(known: Known, documents: Iterable[Finished]) -> list[Violation]:
    """Checks that what documents refer to is there, and of the right class."""
    schema = known.schema
    references: list[Reference] = []
    for document in documents:
        if document.references is None:
            if not linking(schema, document.type):
                continue
            for part in expanded.subdocuments_of(document.body):
                known.inner[part["@id"]] = part["@type"]
        if document.references != ():
            references += references_in(schema, document)
    if not references:
        return []
    types = known.types_of(each.target for each in references)
    return [
        violation
        for each in references
        if each.target in types or not each.target.startswith(known.unread)
        for violation in _check(schema, each, types.get(each.target))
    ]


def _check(schema: Schema, reference: Reference, kind: str | None) -> Iterator[Violation]:
    full, full_name = schema.context.full, schema.context.full_name
    if reference.is_circle:
        witness = {
            "@type": "subdocument_cycle",
            "subject": full(reference.subject),
            "predicate": full_name(reference.name),
            "object": full(reference.target),
        }
        why = f"puts {full(reference.target)!r} into itself"
        yield Violation(witness, full(reference.document), reference.field, why)
    elif kind is None:
        yield untyped(schema, reference)
    elif not schema.is_kind_of(kind, reference.range):
        witness = {
            "@type": "referential_integrity_violation",
            "instance": full(reference.target),
            "actual_class": full_name(kind),
            "required_class": full_name(reference.range),
            "predicate": full_name(reference.name),
        }
        why = f"expected a {reference.range}, {reference.target!r} is a {kind}"
        yield Violation(witness, full(reference.document), reference.field, why)


def untyped(schema: Schema, reference: Reference) -> Violation:
    """A violation about a reference to nothing."""
    full, full_name = schema.context.full, schema.context.full_name
    kind = {
        Family.LIST: "references_untyped_list_range",
        Family.ARRAY: "references_untyped_array_range",
    }.get(reference.family, "references_untyped_object")
    witness: dict[str, Any] = {
        "@type": kind,
        "subject": full(reference.subject),
        "predicate": full_name(reference.name),
        "object": full(reference.target),
    }
    if reference.family is Family.LIST:
        witness["index"] = Number(reference.place or "0")
    why = f"refers to {full(reference.target)!r}, which does not exist"
    return Violation(witness, full(reference.document), reference.field, why)
