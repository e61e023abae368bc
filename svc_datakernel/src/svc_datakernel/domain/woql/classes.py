"""The classes of a schema, as far as queries ask: which are there, and what they inherit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from svc_datakernel.domain.graph.view import GraphView, StoredDocument
from svc_datakernel.domain.woql.names import Names

_CLASS_KINDS = frozenset({"@Class", "@TaggedUnion"})


class Classes:
    """Inheritance and enums. Classes by compact IRI, such as `@schema:Person`."""

    def __init__(
        self, parents: Mapping[str, Sequence[str]], enums: Mapping[str, Sequence[str]]
    ) -> None:
        self._parents = parents
        self._enums = enums

    @classmethod
    def of(cls, view: GraphView, names: Names) -> Classes:
        """The classes of a commit's schema."""
        found = _cached(view.database.id, view.schema_key)
        if not found:
            found.append(cls._read(view.schema_documents(), names))
        return found[0]

    @classmethod
    def _read(cls, documents: Sequence[StoredDocument], names: Names) -> Classes:
        parents: dict[str, Sequence[str]] = {}
        enums: dict[str, Sequence[str]] = {}
        for document in documents:
            iri = names.property(document.id.removeprefix("@schema/")).iri
            body: dict[str, Any] = json.loads(document.json)
            if document.type in _CLASS_KINDS:
                inherited = body.get("@inherits", [])
                listed = [inherited] if isinstance(inherited, str) else inherited
                parents[iri] = [names.property(name).iri for name in listed]
            elif document.type == "@Enum":
                enums[iri] = [f"{iri}/{value}" for value in body.get("@value", [])]
        return cls(parents, enums)

    def __contains__(self, name: object) -> bool:
        return name in self._parents

    def enum_values(self, name: str) -> Sequence[str] | None:
        """An enum's values as nodes; None for what is no enum."""
        return self._enums.get(name)

    def supers(self, name: str) -> Iterator[str]:
        """The classes that a class inherits from, nearest first, each once."""
        seen: set[str] = set()
        queue = list(self._parents.get(name, ()))
        while queue:
            parent = queue.pop(0)
            if parent not in seen:
                seen.add(parent)
                yield parent
                queue.extend(self._parents.get(parent, ()))

    def subsumed(self, name: str) -> list[str]:
        """A class and all that inherit from it."""
        return [name, *(child for child in self._parents if name in self.supers(child))]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each class with each that it inherits from."""
        for child in self._parents:
            for parent in self.supers(child):
                yield child, parent


@lru_cache(maxsize=64)
def _cached(database: str, schema_key: str) -> list[Classes]:
    """A place for the classes of a schema; a schema's key is never used for another one."""
    return []
