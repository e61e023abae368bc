"""Writes of documents: inserted, replaced, deleted; each request whole or not at all.

Reads of the view are few and in bulk; what is decided is given back as changes to commit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from oms_core.errors import InvalidField

from svc_datakernel.domain.graph import expanded, schema_writes
from svc_datakernel.domain.graph.prefixes import CONTEXT_ID
from svc_datakernel.domain.graph.requests import Deletion, Graph, Insertion, Written
from svc_datakernel.domain.graph.schema import Schema, load
from svc_datakernel.domain.graph.view import DocumentChange, GraphView, Work
from svc_datakernel.domain.graph.writing.backlinks import with_links
from svc_datakernel.domain.graph.writing.batch import Batch, read_batch
from svc_datakernel.domain.graph.writing.bodies import documents_in
from svc_datakernel.domain.graph.writing.links import Known, check_references
from svc_datakernel.domain.graph.writing.nodes import Finished, join
from svc_datakernel.domain.graph.writing.unlinking import Unlinker, referring_documents
from svc_datakernel.domain.graph.writing.violations import (
    Violation,
    exists,
    invalid,
    missing,
    refuse,
    unknown_class,
)

MOST_DOCUMENT_BYTES: Final = 50 * 1024 * 1024
_CHUNK: Final = 5_000


def insert(view: GraphView, insertion: Insertion) -> Work[Written]:
    """Inserts documents or, with `is_replace`, replaces them.

    Raises:
        InvalidDocument: the body or a document can't be understood.
        SchemaViolation: documents break the schema; names every violation.
        InvalidSchema: for the schema graph: names everything wrong with the new schema.
        ResourceAlreadyExists: a document to insert is there.
        ResourceNotFound: a document to replace is not there.
    """
    if insertion.graph is Graph.SCHEMA:
        return schema_writes.insert(view, insertion)
    schema = load(view)
    batch = read_batch(schema, documents_in(insertion.body), is_raw=insertion.raw_json)
    if batch.violations:
        refuse([*batch.violations, *_dangling(view, schema, batch)])
    written = _merged(schema, batch, insertion)
    removed: list[DocumentChange] = []
    if insertion.full_replace:
        removed = _everything_but(view, written)
    elif insertion.is_replace:
        _check_replaced(view, schema, batch, insertion)
    elif not insertion.overwrite:
        written = _new_ones(view, schema, batch, written)
    gone = frozenset(change.id for change in removed)
    known = Known(view, schema, written, gone)
    violations: list[Violation] = []
    if batch.links:
        if insertion.is_replace:
            why = "'@linked-by' is not possible in a replacement"
            raise invalid("BackLinksNotSupportedInReplace", "body", why)
        violations += with_links(known, batch.links, written)
    violations += check_references(known, written.values())
    if insertion.is_replace or insertion.overwrite:
        violations += _check_dropped(view, schema, written)
    refuse(violations)
    changes = [*removed, *(_change(each) for each in written.values())]
    return Work(changes, Written(_full_ids(schema, batch.top)))


def _dangling(view: GraphView, schema: Schema, batch: Batch) -> list[Violation]:
    """References that do not hold, of the documents beside those that could not be read."""
    written = {each.id: each for each in batch.documents}
    known = Known(view, schema, written, unread=batch.unread)
    return check_references(known, batch.documents)


def _full_ids(schema: Schema, documents: Iterable[Finished]) -> list[str]:
    base, full = schema.context.base_iri, schema.context.full
    return [full(each.id) if ":" in each.id else base + each.id for each in documents]


def delete(view: GraphView, deletion: Deletion) -> Work[Written]:
    """Deletes documents. References to them go with them, unless they are required.

    Raises:
        InvalidField: nothing is said to be deleted.
        ResourceNotFound: one is not there, or the class is not.
        SchemaViolation: other documents require what is to be deleted.
    """
    if not deletion.ids and not deletion.type and not deletion.nuke:
        why = "say which documents to delete: ids, a class, or all"
        error = InvalidField.of("document_ids", why)
        error.metadata["api_error"] = "api:MissingTargets"
        raise error
    if deletion.graph is Graph.SCHEMA:
        return schema_writes.delete(view, deletion)
    schema = load(view)
    if deletion.nuke:
        found = [(each.id, each.type) for each in view.list_documents(None)]
        return _deleted(schema, found, (), is_hard=deletion.is_hard)
    if deletion.type:
        types = _descendants(schema, deletion.type)
        found = [(each.id, each.type) for each in view.list_documents(types)]
        return _without(view, schema, found, (), deletion)
    ids = [schema.context.id_of(text) for text in deletion.ids]
    return _by_id(view, schema, ids, deletion)


def _descendants(schema: Schema, written: str) -> Sequence[str]:
    name = schema.context.name_of(written)
    if name not in schema.classes and name != expanded.JSON_DOCUMENT:
        raise unknown_class(written)
    return schema.descendants(name)


def _by_id(
    view: GraphView, schema: Schema, ids: Sequence[str], deletion: Deletion
) -> Work[Written]:
    wanted = list(dict.fromkeys(ids))
    stored = view.documents([each for each in wanted if not each.startswith("@")])
    parts = [each for each in wanted if each not in stored]
    owners = view.owners(parts) if parts else {}
    for each in parts:
        if each not in owners:
            raise missing(schema.context.full(each))
    found = [(each.id, each.type) for each in stored.values()]
    return _without(view, schema, found, parts, deletion)


def _without(
    view: GraphView,
    schema: Schema,
    found: Sequence[tuple[str, str]],
    parts: Sequence[str],
    deletion: Deletion,
) -> Work[Written]:
    """Deletes documents, and subdocuments out of their documents."""
    ids = [each for each, _ in found]
    inner = [part for each in _stored_bodies(view, ids) for part in expanded.owned_ids(each)]
    gone = frozenset((*ids, *inner, *parts))
    unlinker = Unlinker(schema, gone)
    holders = list(view.owners(parts).values()) if parts else []
    # What no property can refer to needs no look at who does.
    is_linked = bool(parts) or any(kind in schema.referring for _, kind in found)
    linked = gone if is_linked else frozenset(inner)
    referring = {each.id: each for each in referring_documents(view, linked, without=ids)}
    referring |= view.documents([each for each in holders if each not in gone])
    changed = {key: unlinker.unlinked(each) for key, each in referring.items()}
    refuse(unlinker.violations)
    return _deleted(
        schema,
        found,
        [_change(each) for each in changed.values()],
        is_hard=deletion.is_hard,
        parts=parts,
    )


def _stored_bodies(view: GraphView, ids: Sequence[str]) -> Iterable[bytes]:
    for start in range(0, len(ids), _CHUNK):
        for each in view.documents(ids[start : start + _CHUNK]).values():
            yield each.json


def _deleted(
    schema: Schema,
    found: Sequence[tuple[str, str]],
    changed: Sequence[DocumentChange],
    *,
    is_hard: bool,
    parts: Sequence[str] = (),
) -> Work[Written]:
    changes = [DocumentChange(each, kind, None, is_hard) for each, kind in found]
    ids = [schema.context.full(each) for each in (*(each for each, _ in found), *parts)]
    return Work([*changes, *changed], Written(ids))


def _change(document: Finished) -> DocumentChange:
    json = document.json
    if len(json) > MOST_DOCUMENT_BYTES:
        why = f"has {len(json)} bytes as it would be stored, more than {MOST_DOCUMENT_BYTES}"
        raise invalid("DocumentTooLarge", document.id, why)
    return DocumentChange(document.id, document.type, json, False, document.flat)


def _merged(schema: Schema, batch: Batch, insertion: Insertion) -> dict[str, Finished]:
    """The documents of a batch by id, those of one id joined."""
    written: dict[str, Finished] = {}
    for each in batch.documents:
        if each.id[:1] == "@":
            why = "ids of documents can't begin with '@' or the IRI of the schema"
            raise invalid("InvalidDocumentId", each.id, why)
        before = written.get(each.id)
        if before is None:
            written[each.id] = each
        else:
            written[each.id] = Finished(each.id, each.type, join(before.body, each.body))
    if len(written) < len(batch.documents) and not insertion.merge_repeats:
        counts = Counter(each.id for each in batch.documents)
        twice = [schema.context.full(each) for each, count in counts.items() if count > 1]
        why = f"the request has several documents of one id: {', '.join(twice[:10])}"
        details = {"duplicate_ids": ",".join(twice[:100])}
        raise invalid("SameDocumentIdsMutatedInOneTransaction", twice[0], why, details)
    return written


def _everything_but(view: GraphView, written: dict[str, Finished]) -> list[DocumentChange]:
    return [
        DocumentChange(each.id, each.type, None)
        for each in view.list_documents(None)
        if each.id not in written
    ]


def _new_ones(
    view: GraphView, schema: Schema, batch: Batch, written: dict[str, Finished]
) -> dict[str, Finished]:
    """The documents that are to be inserted: one whose id is its content may be there already."""
    ids = list(written)
    there: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        there |= view.documents(ids[start : start + _CHUNK]).keys()
    if not there:
        return written
    for each in (*(member.id for member in batch.top), *written):
        if each in there and schema.key_of(written[each].type).kind != "ValueHash":
            raise exists(schema.context.full(each))
    return {key: each for key, each in written.items() if key not in there}


def _check_replaced(view: GraphView, schema: Schema, batch: Batch, insertion: Insertion) -> None:
    if insertion.create:
        return
    ids = [each.id for each in batch.documents if schema.key_of(each.type).kind != "ValueHash"]
    there: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        there |= view.documents(ids[start : start + _CHUNK]).keys()
    for each in (*(member.id for member in batch.top), *ids):
        if each in ids and each not in there:
            raise missing(schema.context.full(each))


def _check_dropped(
    view: GraphView, schema: Schema, written: dict[str, Finished]
) -> list[Violation]:
    """Checks that nothing refers to what replaced documents held or were before."""
    ids = list(written)
    kept = {
        part["@id"] for each in written.values() for part in expanded.subdocuments_of(each.body)
    }
    dropped: set[str] = set()
    retyped: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        for stored in view.documents(ids[start : start + _CHUNK]).values():
            dropped |= {each for each in expanded.owned_ids(stored.json) if each not in kept}
            if stored.type != written[stored.id].type:
                retyped.add(stored.id)
    if not dropped and not retyped:
        return []
    known = Known(view, schema, written)
    known.inner.update(
        (part["@id"], part["@type"])
        for each in written.values()
        if each.references is None
        for part in expanded.subdocuments_of(each.body)
    )
    referring = referring_documents(view, dropped | retyped, without=ids)
    some = [Finished(each.id, each.type, expanded.parse(each.json)) for each in referring]
    return check_references(known, some)


def is_schema_id(document_id: str) -> bool:
    """Whether an id is that of a schema document or the context."""
    return document_id == CONTEXT_ID or document_id.startswith("@schema/")
