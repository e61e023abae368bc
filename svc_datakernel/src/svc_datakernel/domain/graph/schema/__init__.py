"""The schema graph of a commit: read, kept, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from threading import Lock
from typing import Any, Final

from svc_datakernel.domain.canonical_json import parse_exact
from svc_datakernel.domain.graph.prefixes import CONTEXT_ID, SCHEMA_ID, Context
from svc_datakernel.domain.graph.schema.checking import check
from svc_datakernel.domain.graph.schema.faults import Fault, FaultFound, refuse
from svc_datakernel.domain.graph.schema.model import (
    ClassDefinition,
    Family,
    Key,
    PropertyType,
    Schema,
    enum_iri,
)
from svc_datakernel.domain.graph.schema.parsing import parse_document
from svc_datakernel.domain.graph.view import GraphView, StoredDocument
from svc_datakernel.domain.model import Database

__all__ = [
    "ClassDefinition",
    "Family",
    "Fault",
    "FaultFound",
    "Key",
    "PropertyType",
    "Schema",
    "check",
    "enum_iri",
    "load",
    "of_documents",
    "parse_document",
    "refuse",
]

_MOST_KEPT: Final = 256


class _Kept:
    """Schemas of late, by the key of the schema graph; shared by all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._schemas: dict[tuple[str, str, str], Schema] = {}

    def get(self, key: tuple[str, str, str]) -> Schema | None:
        """The schema under a key, which it makes the latest."""
        with self._lock:
            found = self._schemas.pop(key, None)
            if found is not None:
                self._schemas[key] = found
            return found

    def put(self, key: tuple[str, str, str], schema: Schema) -> None:
        """Keeps a schema, and forgets the one that was not asked for longest."""
        with self._lock:
            self._schemas[key] = schema
            if len(self._schemas) > _MOST_KEPT:
                del self._schemas[next(iter(self._schemas))]


@lru_cache(maxsize=1)
def _kept() -> _Kept:
    return _Kept()


def load(view: GraphView) -> Schema:
    """The schema of a commit; read once for all commits that have the same.

    Raises:
        InvalidSchema: what is stored is no schema, which no checked write leaves behind.
    """
    database = view.database
    key = (database.base_iri, database.schema_iri, view.schema_key)
    schema = _kept().get(key)
    if schema is None:
        schema = of_documents(database, view.schema_documents())
        _kept().put(key, schema)
    return schema


def of_documents(database: Database, documents: Iterable[StoredDocument]) -> Schema:
    """The schema that stored documents make.

    Raises:
        InvalidSchema: one of them is no schema document.
    """
    stored = list(documents)
    context_document: Mapping[str, Any] = next(
        (parse_exact(each.json.decode()) for each in stored if each.id == CONTEXT_ID), {}
    )
    context = Context(database.base_iri, database.schema_iri, context_document)
    # Stored names are as in the schema, whatever prefixes the context has by now.
    plain = Context(database.base_iri, database.schema_iri, {})
    classes: dict[str, ClassDefinition] = {}
    faults: list[Fault] = []
    for each in stored:
        if each.id == CONTEXT_ID:
            continue
        name = each.id.removeprefix(SCHEMA_ID)
        document = {**parse_exact(each.json.decode()), "@id": name, "@type": each.type[1:]}
        try:
            classes[name] = parse_document(plain, document)
        except FaultFound as exc:
            faults.append(exc.fault)
    refuse(faults)
    return Schema(context, classes)
