"""Keys of documents that were changed in place: their ids would no longer follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.schema.model import Schema
from svc_datakernel.domain.graph.view import GraphView
from svc_datakernel.domain.graph.writing.nodes import Finished
from svc_datakernel.domain.graph.writing.violations import Violation

_CHUNK: Final = 5_000
_WITNESSES: Final = {
    "Lexical": "lexical_key_changed",
    "Hash": "hash_key_changed",
    "ValueHash": "value_key_changed",
}


def changed_keys(
    view: GraphView, schema: Schema, written: Mapping[str, Finished]
) -> Iterator[Violation]:
    """Violations about fields of keys that have another value than before."""
    ids = list(written)
    for start in range(0, len(ids), _CHUNK):
        for stored in view.documents(ids[start : start + _CHUNK]).values():
            document = written[stored.id]
            before = _parts(stored.id, stored.type, expanded.parse(stored.json))
            after = _parts(document.id, document.type, document.body)
            for subject, (kind, body) in after.items():
                if before.get(subject, ("",))[0] == kind:
                    old = before[subject][1]
                    yield from _changed(schema, document.id, subject, kind, (old, body))


def _parts(
    document_id: str, kind: str, body: Mapping[str, Any]
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """A document and its subdocuments by id."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {document_id: (kind, body)}
    for part in expanded.subdocuments_of(body):
        found[part["@id"]] = (part["@type"], part)
    return found


def _changed(
    schema: Schema,
    document: str,
    subject: str,
    kind: str,
    bodies: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Iterator[Violation]:
    old, new = bodies
    key = schema.key_of(kind)
    witness = _WITNESSES.get(key.kind)
    if witness is None:
        return
    full = schema.context.full
    for name in key.fields or sorted(schema.all_properties(kind)):
        # A value taken away and none put in its place is a matter of cardinality.
        if name in old and name in new and old[name] != new[name]:
            predicate = schema.context.full_name(name)
            about = {"@type": witness, "subject": full(subject), "predicate": predicate}
            why = f"is in the key ({key.kind}), by which the document has its id"
            yield Violation(about, full(document), name, why)
