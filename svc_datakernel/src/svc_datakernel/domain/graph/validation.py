"""Checks of changes that were not made from documents: by queries, Turtle, patches, merges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.prefixes import CONTEXT_ID, SCHEMA_ID
from svc_datakernel.domain.graph.schema import Schema, check, load, of_documents
from svc_datakernel.domain.graph.schema import refuse as refuse_schema
from svc_datakernel.domain.graph.view import DocumentChange, GraphView, StoredDocument
from svc_datakernel.domain.graph.writing.instances import violations_of
from svc_datakernel.domain.graph.writing.keys import changed_keys
from svc_datakernel.domain.graph.writing.links import Known, check_references
from svc_datakernel.domain.graph.writing.nodes import Finished
from svc_datakernel.domain.graph.writing.schema_changes import check_instances
from svc_datakernel.domain.graph.writing.unlinking import referring_documents
from svc_datakernel.domain.graph.writing.violations import Violation, invalid, refuse

_CHUNK: Final = 5_000


def check_changes(view: GraphView, changes: Sequence[DocumentChange]) -> None:
    """Checks that a commit with these changes is sound: the schema, and the documents by it.

    Raises:
        InvalidDocument: a document has the id of a part of the schema.
        InvalidSchema: the schema would be none.
        SchemaViolation: documents would break it: by their values, by references to what is
            not there, or as others need what goes away. Names every violation.
    """
    for change in changes:
        if change.id[:1] == "@" and not _is_schema_id(change.id):
            why = "ids of documents can't begin with '@' or the IRI of the schema"
            raise invalid("InvalidDocumentId", change.id, why)
    before = load(view)
    after = _changed_schema(view, changes) or before
    instances = [change for change in changes if not change.id.startswith("@")]
    written = {
        change.id: Finished(change.id, change.type, expanded.parse(change.json))
        for change in instances
        if change.json is not None
    }
    gone = frozenset(change.id for change in instances if change.json is None)
    violations = list(_violations(view, after, written, gone))
    if after is before:
        # A migration gives documents whose key it changes their new ids itself.
        violations += changed_keys(view, after, written)
    refuse(violations)
    if after is not before:
        check_instances(view, before, after, besides=[*written, *gone])


def _is_schema_id(document_id: str) -> bool:
    return document_id == CONTEXT_ID or document_id.startswith(SCHEMA_ID)


def _changed_schema(view: GraphView, changes: Sequence[DocumentChange]) -> Schema | None:
    """The schema after the changes; None where they leave it as it is."""
    of_schema = [change for change in changes if change.id.startswith("@")]
    if not of_schema:
        return None
    documents = {each.id: each for each in view.schema_documents()}
    for change in of_schema:
        documents.pop(change.id, None)
        if change.json is not None:
            documents[change.id] = StoredDocument(change.id, change.type, change.json)
    schema = of_documents(view.database, documents.values())
    refuse_schema(check(schema))
    return schema


def _violations(
    view: GraphView, schema: Schema, written: dict[str, Finished], gone: frozenset[str]
) -> Iterator[Violation]:
    for document in written.values():
        yield from violations_of(schema, document)
    known = Known(view, schema, written, gone)
    for document in written.values():
        for part in expanded.subdocuments_of(document.body):
            known.inner[part["@id"]] = part["@type"]
    yield from check_references(known, written.values())
    lost = _lost(view, written, gone, known)
    if lost:
        referring = referring_documents(view, lost, without=[*written, *gone])
        some = [Finished(each.id, each.type, expanded.parse(each.json)) for each in referring]
        yield from check_references(known, some)


def _lost(
    view: GraphView, written: dict[str, Finished], gone: frozenset[str], known: Known
) -> list[str]:
    """Ids under which there is nothing any more, or something of another class."""
    ids = [*written, *gone]
    lost = list(gone)
    for start in range(0, len(ids), _CHUNK):
        for stored in view.documents(ids[start : start + _CHUNK]).values():
            lost += [each for each in expanded.owned_ids(stored.json) if each not in known.inner]
            if stored.id in written and written[stored.id].type != stored.type:
                lost.append(stored.id)
    return lost
