"""Migrations: a schema and its documents changed in one commit, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oms_core.errors import (
    FieldViolation,
    InvalidSchema,
    MigrationRefused,
    PreconditionViolation,
    SchemaViolation,
)

from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph import schema
from svc_datakernel.domain.graph.migration.applying import apply
from svc_datakernel.domain.graph.migration.inference import Change, infer
from svc_datakernel.domain.graph.migration.operations import parse_operations
from svc_datakernel.domain.graph.migration.resolving import class_document, resolved
from svc_datakernel.domain.graph.migration.step import MOST_NAMED
from svc_datakernel.domain.graph.prefixes import Context
from svc_datakernel.domain.graph.requests import Migrated, Migration
from svc_datakernel.domain.graph.schema_classes import (
    CONTEXT,
    ClassDocument,
    Classes,
    changes_between,
    classes_of,
    with_context,
)
from svc_datakernel.domain.graph.validation import check_changes
from svc_datakernel.domain.graph.view import DocumentChange, GraphView, Work
from svc_datakernel.domain.graph.writing.violations import PlacedViolation


def migrate(view: GraphView, migration: Migration) -> Work[Migrated]:
    """Applies operations to the schema and the documents, each on what those before it left.

    Raises:
        InvalidPatch: the body is no array of operations.
        MigrationRefused: an operation does not fit the schema, or documents stand in its way;
            `preconditions` names up to 100 of them.
        InvalidSchema: the schema would be none.
        LimitExceeded: it changes more than `MOST_DOCUMENTS` documents.
    """
    context = schema.load(view).context
    operations = [resolved(each, context) for each in parse_operations(migration.operations)]
    applied = apply(view, operations, allow_destructive=migration.allow_destructive)
    changes = [*changes_between(classes_of(view), applied.classes), *applied.changes]
    _check(view, changes)
    return Work(changes, Migrated(len(operations), applied.node_count))


def adapt(
    view: GraphView, after: Classes, *, allow_destructive: bool = False
) -> list[DocumentChange]:
    """What to change in the documents for another schema: for `require_migration`. What changed
    is found by comparing it with the schema there is.

    Args:
        after: The whole schema wanted, see `schema_classes`.
        allow_destructive: Whether documents and values may go away.
    Raises:
        MigrationRefused: a change strengthens the schema and no operation leads there, or it is
            destructive and that is not allowed, or documents stand in its way.
    """
    before = classes_of(view)
    changes = infer(before, with_context(view.database, after))
    for change in changes:
        if change.operation is None and not change.is_weakening:
            raise _weakening_failure(change, "no operation leads there")
        if not change.is_weakening and not allow_destructive:
            raise _weakening_failure(change, "that strengthens the schema")
    operations = [change.operation for change in changes if change.operation is not None]
    return apply(view, operations, allow_destructive=allow_destructive).changes


def compare(view: GraphView, other: bytes) -> bytes:
    """Compares the schema with another one, a JSON array of schema documents.

    The answer is `{"is_weakening", "changes": [{"class", "member", "change", "effect",
    "is_destructive", "operations"}], "operations"}`; `effect` is `weakens` or `strengthens`.

    Raises:
        InvalidSchema: the other one is no array of schema documents.
    """
    before = classes_of(view)
    after = _parsed(other, schema.load(view).context)
    after.setdefault(CONTEXT, before.get(CONTEXT, {}))
    changes = infer(before, after)
    operations = [each.operation.as_json() for each in changes if each.operation is not None]
    return write_exact(
        {
            "is_weakening": all(change.is_weakening for change in changes),
            "changes": [_shown(change) for change in changes],
            "operations": operations,
        }
    )


def _check(view: GraphView, changes: Sequence[DocumentChange]) -> None:
    try:
        check_changes(view, changes)
    except SchemaViolation as exc:
        why = "would break the schema"
        raise MigrationRefused(
            f"the migration {why}: {exc.message}",
            metadata={**exc.metadata, "api_error": "api:SchemaCheckFailure"},
            fields=exc.fields,
            preconditions=[
                PreconditionViolation("MIGRATION", _document(each), each.description)
                for each in exc.fields[:MOST_NAMED]
            ],
        ) from exc


def _document(violation: FieldViolation) -> str:
    return violation.document if isinstance(violation, PlacedViolation) else violation.field


def _weakening_failure(change: Change, why: str) -> MigrationRefused:
    place = f"{change.class_name}.{change.member}" if change.member else change.class_name
    return MigrationRefused(
        f"{place}: {change.what}, and {why}",
        metadata={
            "api_error": "api:WeakeningFailure",
            "class": change.class_name,
            "member": change.member,
            "change": change.what,
        },
    )


def _shown(change: Change) -> dict[str, Any]:
    operation = change.operation
    return {
        "class": change.class_name,
        "member": change.member,
        "change": change.what,
        "effect": "weakens" if change.is_weakening else "strengthens",
        "is_destructive": change.is_destructive,
        "operations": [] if operation is None else [operation.as_json()],
    }


def _parsed(body: bytes, context: Context) -> dict[str, ClassDocument]:
    try:
        value = parse_exact(body.decode())
    except (ValueError, RecursionError) as exc:
        raise InvalidSchema(f"the other schema is no JSON: {exc}") from exc
    found: dict[str, ClassDocument] = {}
    for document in value if isinstance(value, list) else [value]:
        if not isinstance(document, dict) or "@type" not in document:
            raise InvalidSchema("the other schema is no array of schema documents")
        parsed = class_document(document, context)
        found[parsed.get("@id", CONTEXT)] = parsed
    return found
