"""Violations of the schema: collected, then raised as one error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from oms_core.errors import (
    FieldViolation,
    InvalidDocument,
    ResourceAlreadyExists,
    ResourceNotFound,
    SchemaViolation,
)

from svc_datakernel.domain.canonical_json import write_exact
from svc_datakernel.domain.graph.schema.faults import MOST_WITNESSES, SCHEMA_CHECK_FAILURE


class Violation(NamedTuple):
    """One place where a document breaks its schema.

    Args:
        witness: As TerminusDB answers it.
        document: The document's id, or its class where it has no id yet.
        field: Names of properties down to the place, joined by dots.
        message: What was expected and what was found.
        is_whole: The witness says by itself which property it is about.
    """

    witness: Any
    document: str
    field: str
    message: str
    is_whole: bool = False


@dataclass(frozen=True)
class PlacedViolation(FieldViolation):
    """A violation that knows its document: ids may have dots, as the way to a place has."""

    document: str = ""


def refuse(violations: Sequence[Violation], *, found: int | None = None) -> None:
    """Raises an error about all violations; about none it does nothing.

    Args:
        found: How many there were, where not all of them were kept.
    Raises:
        SchemaViolation: carries the first 100 as `witnesses` and as field violations.
    """
    if not violations:
        return
    shown = violations[:MOST_WITNESSES]
    count = found or len(violations)
    first = shown[0]
    more = f" (and {count - 1} more)" if count > 1 else ""
    raise SchemaViolation(
        f"{first.document}{'.' if first.field else ''}{first.field}: {first.message}{more}",
        metadata={
            "api_error": SCHEMA_CHECK_FAILURE,
            "witnesses": write_exact([each.witness for each in shown]).decode(),
            "count": str(count),
        },
        fields=[
            PlacedViolation(
                f"{each.document}.{each.field}".rstrip("."), each.message, each.document
            )
            for each in shown
        ],
    )


def invalid(
    api_error: str, document: str, message: str, details: Mapping[str, str] | None = None
) -> InvalidDocument:
    """An error about a document that can't be understood."""
    metadata = {"api_error": f"api:{api_error}", "document": document, **(details or {})}
    return InvalidDocument(
        f"{document}: {message}",
        metadata=metadata,
        fields=[FieldViolation(document, message)],
    )


def exists(iri: str) -> ResourceAlreadyExists:
    """An error about a document that is there already."""
    error = ResourceAlreadyExists.of("document", iri)
    error.metadata |= {"api_error": "api:DocumentIdAlreadyExists", "document_id": iri}
    return error


def unknown_class(written: str) -> ResourceNotFound:
    """An error about a class that the schema does not have."""
    error = ResourceNotFound.of("class", written)
    error.metadata["api_error"] = "api:UnknownClass"
    return error


def missing(iri: str) -> ResourceNotFound:
    """An error about a document that is not there."""
    error = ResourceNotFound.of("document", iri)
    error.metadata |= {"api_error": "api:DocumentNotFound", "document_id": iri}
    return error
