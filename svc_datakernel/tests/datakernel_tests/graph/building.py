"""Views of a schema and documents in few words, for tests of what reads them."""

from __future__ import annotations

import json
from typing import Any

from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph.schema_classes import CONTEXT, changes_between
from svc_datakernel.domain.graph.terms import DEFAULT_BASE_IRI, DEFAULT_SCHEMA_IRI
from svc_datakernel.domain.graph.view import DocumentChange

from datakernel_tests.graph.memory_view import MemoryView

Json = dict[str, Any]


def view_of(schema: list[Json], documents: list[Json] | None = None, **prefixes: str) -> MemoryView:
    """A view of schema documents as callers write them and of documents in expanded form, each
    with its `@id` and `@type`."""
    context = {"@base": DEFAULT_BASE_IRI, "@schema": DEFAULT_SCHEMA_IRI, **prefixes}
    classes: dict[str, Json] = {CONTEXT: {"@type": CONTEXT, **context}}
    classes |= {each["@id"]: each for each in parse_exact(json.dumps(schema))}
    view = MemoryView().changed(changes_between({}, classes), "1" * 64)
    return view.changed([_stored(each) for each in documents or []], "2" * 64)


def _stored(document: Json) -> DocumentChange:
    body = {key: value for key, value in document.items() if key not in ("@id", "@type")}
    exact = parse_exact(json.dumps(body))
    return DocumentChange(document["@id"], document["@type"], write_exact(exact))
