"""Writes of the schema graph: checked by themselves, then against the documents there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from oms_core.errors import FieldViolation, InvalidSchema

from svc_datakernel.domain.canonical_json import Number, write_exact
from svc_datakernel.domain.graph.prefixes import CONTEXT_ID, SCHEMA_ID, Context, has_protocol
from svc_datakernel.domain.graph.requests import Deletion, Insertion, Written
from svc_datakernel.domain.graph.schema import (
    Fault,
    FaultFound,
    Schema,
    check,
    load,
    of_documents,
    parse_document,
    refuse,
)
from svc_datakernel.domain.graph.schema_classes import classes_from
from svc_datakernel.domain.graph.validation import check_changes
from svc_datakernel.domain.graph.view import DocumentChange, GraphView, StoredDocument, Work
from svc_datakernel.domain.graph.writing.bodies import check_depth, documents_in
from svc_datakernel.domain.graph.writing.schema_changes import check_instances
from svc_datakernel.domain.graph.writing.violations import exists, invalid, missing

_CONTEXT_KEYWORDS: Final = frozenset(
    {"@type", "@base", "@schema", "@documentation", "@context", "@metadata", "@id"}
)
_CONTEXT_NAMES: Final = frozenset({"terminusdb://context", CONTEXT_ID})


def insert(view: GraphView, insertion: Insertion) -> Work[Written]:
    """Inserts or replaces schema documents; the context is always replaced.

    Raises:
        InvalidDocument: the body can't be understood.
        InvalidSchema: names everything wrong with the schema that would be.
        ResourceAlreadyExists: a document to insert is there.
        ResourceNotFound: a document to replace is not there.
        SchemaViolation: documents would break the new schema, unless they are to be migrated.
        MigrationRefused: they can't be, or not without loss.
    """
    before = load(view)
    raws = documents_in(insertion.body)
    context, raws = _context_of(before.context, raws, needs_one=insertion.full_replace)
    stored: dict[str, StoredDocument] = {}
    if context is not None:
        stored[CONTEXT_ID] = StoredDocument(CONTEXT_ID, CONTEXT_ID, write_exact(context.document))
    stored |= _parsed(context or before.context, raws)
    there = {each.id: each for each in view.schema_documents()}
    _check_there(insertion, before, there, [name for name in stored if name != CONTEXT_ID])
    kept = {} if insertion.full_replace else there
    after = of_documents(view.database, {**kept, **stored}.values())
    refuse(check(after))
    gone = [each for each in there.values() if each.id not in kept and each.id not in stored]
    changes = [
        *(DocumentChange(each.id, each.type, None, True) for each in gone),
        *(DocumentChange(each.id, each.type, each.json) for each in stored.values()),
    ]
    ids = [_shown_id(raw) for raw in raws]
    if insertion.require_migration:
        changes += _migrated(view, list({**kept, **stored}.values()), insertion)
        check_changes(view, changes)
        return Work(changes, Written(ids))
    check_instances(view, before, after)
    return Work(changes, Written(ids))


def delete(view: GraphView, deletion: Deletion) -> Work[Written]:
    """Deletes schema documents, for `nuke` all but the context.

    Raises:
        ResourceNotFound: one is not there.
        InvalidSchema: what is left is no schema.
        SchemaViolation: documents are left of a class that goes.
    """
    before = load(view)
    there = {each.id: each for each in view.schema_documents()}
    names = list(before.classes) if deletion.nuke else []
    for text in deletion.ids:
        name = before.context.name_of(text)
        if f"{SCHEMA_ID}{name}" not in there:
            raise missing(before.context.full_name(name))
        names.append(name)
    gone = [there[f"{SCHEMA_ID}{name}"] for name in dict.fromkeys(names)]
    ids = {each.id for each in gone}
    after = of_documents(view.database, [each for each in there.values() if each.id not in ids])
    refuse(check(after))
    check_instances(view, before, after)
    changes = [DocumentChange(each.id, each.type, None, True) for each in gone]
    shown = [each.id.removeprefix(SCHEMA_ID) for each in gone]
    return Work(changes, Written(shown))


def _migrated(
    view: GraphView, documents: Sequence[StoredDocument], insertion: Insertion
) -> Sequence[DocumentChange]:
    """What documents become under the new schema."""
    # Migrations check what they did with what writes check: the import goes both ways.
    from svc_datakernel.domain.graph.migration import adapt

    after = classes_from(documents)
    return adapt(view, after, allow_destructive=insertion.allow_destructive_migration)


def _context_of(
    before: Context, raws: Sequence[Any], *, needs_one: bool
) -> tuple[Context | None, list[Mapping[str, Any]]]:
    """The context among the documents, and the others."""
    for raw in raws:
        if not isinstance(raw, dict):
            raise invalid("TypeError", "body", f"{raw!r:.100} is no JSON object")
        check_depth(raw)
    contexts = [raw for raw in raws if _is_context(raw)]
    others = [raw for raw in raws if not _is_context(raw)]
    if needs_one and (not raws or not contexts or contexts[0] is not raws[0]):
        why = "to replace the whole schema, the first document has to be its '@context'"
        raise InvalidSchema(
            why,
            metadata={"api_error": "api:NoContextFoundInSchema"},
            fields=[FieldViolation("body", why)],
        )
    if not contexts:
        return None, others
    return _context(before, contexts[-1]), others


def _is_context(raw: Mapping[str, Any]) -> bool:
    return raw.get("@type") in ("@context", "Context", "sys:Context") or (
        raw.get("@id") in _CONTEXT_NAMES
    )


def _context(before: Context, raw: Mapping[str, Any]) -> Context:
    """A context document, checked."""
    faults: list[Fault] = []
    for key in ("@base", "@schema"):
        if type(raw.get(key)) is not str or not has_protocol(f"{raw[key]}x"):
            name = f"http://terminusdb.com/schema/sys#{key[1:]}"
            witness = {"@type": "context_missing_system_prefix", "prefix_name": name}
            faults.append(Fault(CONTEXT_ID, f"{key} has to be an IRI", witness, key))
    document: dict[str, Any] = {}
    for key, value in raw.items():
        if key in ("@id", "@type"):
            continue
        if key[:1] != "@":
            if type(value) is not str or not has_protocol(f"{value}x"):
                why = f"the prefix {key!r} has to be an IRI, found {value!r:.100}"
                faults.append(Fault(CONTEXT_ID, why, None, key, "api:PrefixDoesNotResolve"))
        elif key not in _CONTEXT_KEYWORDS:
            witness = {"@type": "context_has_invalid_property", "property": key}
            faults.append(Fault(CONTEXT_ID, f"{key} is no member of a context", witness, key))
        elif key in ("@context", "@metadata") and isinstance(value, Number | bool | None):
            why = f"{key} has to be an object, an array or a text"
            faults.append(Fault(CONTEXT_ID, why, None, key, "api:InvalidSchemaContextField"))
        document[key] = value
    refuse(faults)
    return Context(before.base_iri, before.schema_iri, document)


def _parsed(context: Context, raws: Sequence[Mapping[str, Any]]) -> dict[str, StoredDocument]:
    stored: dict[str, StoredDocument] = {}
    faults: list[Fault] = []
    names: list[str] = []
    for raw in raws:
        try:
            definition = parse_document(context, raw)
        except FaultFound as exc:
            faults.append(exc.fault)
            continue
        key = f"{SCHEMA_ID}{definition.name}"
        names.append(definition.name)
        stored[key] = StoredDocument(
            key, f"@{definition.kind}", write_exact(dict(definition.document))
        )
    refuse(faults)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        why = f"the request has several documents of one id: {', '.join(twice[:10])}"
        details = {"duplicate_ids": ",".join(twice[:100])}
        raise invalid("SameDocumentIdsMutatedInOneTransaction", twice[0], why, details)
    return stored


def _check_there(
    insertion: Insertion, before: Schema, there: Mapping[str, Any], names: Sequence[str]
) -> None:
    if insertion.full_replace:
        return
    for each in names:
        iri = before.context.full_name(each.removeprefix(SCHEMA_ID))
        if insertion.is_replace:
            if each not in there and not insertion.create:
                raise missing(iri)
        elif each in there and not insertion.overwrite:
            raise exists(iri)


def _shown_id(raw: Mapping[str, Any]) -> str:
    return str(raw["@id"])
