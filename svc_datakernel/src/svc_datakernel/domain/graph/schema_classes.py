"""A schema as a dictionary of its documents.

Keys are names of classes, values the documents as they are read, with `@id` and
`@type`; the context is under `@context`. Numbers are as they were written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph.json_values import same
from svc_datakernel.domain.graph.view import DocumentChange, GraphView, StoredDocument
from svc_datakernel.domain.model import Database

ClassDocument: TypeAlias = Mapping[str, Any]
Classes: TypeAlias = Mapping[str, ClassDocument]

CONTEXT: Final = "@context"
SCHEMA_ID: Final = "@schema/"


def classes_of(view: GraphView) -> dict[str, ClassDocument]:
    """The schema of a view, its context first: that of the database where none is stored."""
    return with_context(view.database, classes_from(view.schema_documents()))


def with_context(database: Database, classes: Classes) -> dict[str, ClassDocument]:
    """Schema documents, a context with the base and the schema's IRI first."""
    own = {"@type": CONTEXT, "@base": database.base_iri, "@schema": database.schema_iri}
    rest = {name: document for name, document in classes.items() if name != CONTEXT}
    return {CONTEXT: {**own, **classes.get(CONTEXT, {})}, **rest}


def classes_from(documents: Sequence[StoredDocument]) -> dict[str, ClassDocument]:
    """Stored schema documents by name."""
    found: dict[str, ClassDocument] = {}
    for stored in documents:
        body = parse_exact(stored.json.decode())
        name = name_of(stored.id)
        if name == CONTEXT:
            found[name] = {"@type": CONTEXT, **body}
        else:
            found[name] = {"@id": name, "@type": stored.type.removeprefix("@"), **body}
    return found


def name_of(document_id: str) -> str:
    """The name of a class by the id of its document."""
    return document_id.removeprefix(SCHEMA_ID)


def changes_between(before: Classes, after: Classes) -> list[DocumentChange]:
    """What to store for one schema to become another."""
    gone = [_change(before[name], is_gone=True) for name in before if name not in after]
    new = [_change(after[name]) for name in after if not same(before.get(name), after[name])]
    return gone + new


def parents(document: ClassDocument) -> list[str]:
    """Names of the classes that one inherits from directly."""
    inherits: Any = document.get("@inherits", [])
    return [inherits] if isinstance(inherits, str) else list(inherits)


def ancestors(classes: Classes, name: str) -> list[str]:
    """A class and those it inherits from, nearest first, each once."""
    found = [name]
    for at in found:
        found += [up for up in parents(classes.get(at, {})) if up not in found]
    return found


def descendants(classes: Classes, name: str) -> set[str]:
    """A class and all that inherit from it."""
    return {each for each in classes if name in ancestors(classes, each)} | {name}


def own_properties(document: ClassDocument) -> dict[str, Any]:
    """Properties that a class declares itself, those of `@oneOf` included, with their types."""
    choices: Any = document.get("@oneOf", [])
    found = {key: value for key, value in document.items() if not key.startswith("@")}
    for choice in [choices] if isinstance(choices, Mapping) else choices:
        found |= choice
    return found


def properties(classes: Classes, name: str) -> dict[str, Any]:
    """Properties of a class with the inherited ones, the nearest declaration of each."""
    found: dict[str, Any] = {}
    for each in reversed(ancestors(classes, name)):
        found |= own_properties(classes.get(each, {}))
    return found


def _change(document: ClassDocument, *, is_gone: bool = False) -> DocumentChange:
    name: str = document.get("@id", CONTEXT)
    is_context = name == CONTEXT
    body = {key: value for key, value in document.items() if key not in ("@id", "@type")}
    return DocumentChange(
        id=CONTEXT if is_context else SCHEMA_ID + name,
        type=CONTEXT if is_context else f"@{document['@type']}",
        json=None if is_gone else write_exact(body),
        is_hard=is_gone,
    )
