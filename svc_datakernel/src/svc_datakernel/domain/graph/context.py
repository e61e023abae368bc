"""The context: prefixes of a database."""

from __future__ import annotations

import re
from typing import Any, Final

from oms_core.errors import (
    InvalidField,
    OmsError,
    ResourceAlreadyExists,
    ResourceNotFound,
)

from svc_datakernel.domain.canonical_json import write_exact
from svc_datakernel.domain.graph.schema_classes import (
    CONTEXT,
    ClassDocument,
    changes_between,
    classes_of,
)
from svc_datakernel.domain.graph.store import PrefixChange
from svc_datakernel.domain.graph.view import GraphView, Work

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*")


def prefixes(view: GraphView) -> bytes:
    """The context as a JSON object: `@base`, `@schema` and every prefix."""
    return write_exact({**_context(view), "@type": "Context"})


def set_prefix(view: GraphView, change: PrefixChange) -> Work[None]:
    """Sets a prefix, or removes it where the IRI is empty.

    Documents are stored without prefixes, so none of them changes. To create one that is there
    with the same IRI changes nothing.

    Raises:
        InvalidField: the prefix is reserved or no name, or the IRI is none.
        ResourceAlreadyExists: it was to be created and has another IRI, or the IRI another prefix.
        ResourceNotFound: it is not there, and was to be updated or removed.
    """
    before = _context(view)
    found: Any = before.get(change.prefix)
    _check(change, before, found)
    after = {key: value for key, value in before.items() if key != change.prefix}
    if change.iri:
        after[change.prefix] = change.iri
    return Work(changes_between({CONTEXT: before}, {CONTEXT: after}), None)


def _check(change: PrefixChange, before: ClassDocument, found: Any) -> None:
    if not _NAME.fullmatch(change.prefix):
        raise _field(
            "prefix",
            f"{change.prefix!r} is no name for a prefix; those with '@' are reserved",
            "ReservedPrefix",
        )
    if change.iri and not _IRI.fullmatch(change.iri):
        raise _field("iri", f"{change.iri!r} is no IRI with a scheme", "InvalidIRI")
    if found is None and (change.is_update_only or not change.iri):
        raise _named(ResourceNotFound.of("prefix", change.prefix), "PrefixNotFound")
    if found is not None and change.is_create_only and found != change.iri:
        raise _named(ResourceAlreadyExists.of("prefix", change.prefix), "PrefixAlreadyExists")
    holder = next((name for name, iri in before.items() if iri == change.iri), None)
    if change.is_create_only and holder not in (None, change.prefix) and holder[:1] != "@":
        raise _named(ResourceAlreadyExists.of("prefix", str(holder)), "PrefixUriAlreadyInUse")


def _context(view: GraphView) -> ClassDocument:
    return classes_of(view)[CONTEXT]


def _field(name: str, why: str, api_error: str) -> OmsError:
    return _named(InvalidField.of(name, why), api_error)


def _named(error: OmsError, api_error: str) -> OmsError:
    error.metadata["api_error"] = f"api:{api_error}"
    return error
