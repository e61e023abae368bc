"""Short ways to write to a graph database in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from svc_datakernel.domain.canonical_json import parse_exact
from svc_datakernel.domain.graph import documents
from svc_datakernel.domain.graph.requests import Deletion, Graph, Insertion

from datakernel_tests.graph.memory_view import MemorySnapshots

BASE = "terminusdb:///data/"


def store_with(*schema: dict[str, Any]) -> MemorySnapshots:
    """A store with a schema."""
    store = MemorySnapshots()
    insert_schema(store, *schema)
    return store


def insert_schema(store: MemorySnapshots, *schema: dict[str, Any], **flags: Any) -> Sequence[str]:
    """Writes schema documents."""
    return _run(store, Insertion(json.dumps(schema).encode(), Graph.SCHEMA, **flags))


def insert(store: MemorySnapshots, *some: Any, **flags: Any) -> Sequence[str]:
    """Writes documents; their short ids."""
    ids = _run(store, Insertion(json.dumps(some).encode(), **flags))
    return [each.removeprefix(BASE) for each in ids]


def insert_text(store: MemorySnapshots, text: str, **flags: Any) -> Sequence[str]:
    """Writes documents from a body as it is; their short ids."""
    ids = _run(store, Insertion(text.encode(), **flags))
    return [each.removeprefix(BASE) for each in ids]


def delete(store: MemorySnapshots, *ids: str, **flags: Any) -> Sequence[str]:
    """Deletes documents."""
    outcome = store.run(lambda view: documents.delete(view, Deletion(ids, **flags)))
    assert outcome.answer is not None
    return outcome.answer.ids


def stored(store: MemorySnapshots, document_id: str) -> Any:
    """The expanded form under an id; None for nothing."""
    found = store.head().documents([document_id]).get(document_id)
    return None if found is None else parse_exact(found.json.decode())


def _run(store: MemorySnapshots, insertion: Insertion) -> Sequence[str]:
    outcome = store.run(lambda view: documents.insert(view, insertion))
    assert outcome.answer is not None
    return outcome.answer.ids
