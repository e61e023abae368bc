"""Schemas by commit: compiled once, shared by commits with the same types, and bounded."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import Final

from oms_kernel import SingleFlight

from svc_graphql.adapters.known import KnownOntology
from svc_graphql.adapters.ontologies import OntologyReader
from svc_graphql.domain.generated.compiler import Generated, generate
from svc_graphql.domain.ontology.model import Ontology
from svc_graphql.execution.documents import DocumentCache
from svc_graphql.execution.limits import Limits

_MAX_COMMITS: Final = 4_096


@dataclass(frozen=True, slots=True)
class ServedSchema:
    """A compiled schema, with the documents that are known to be valid for it."""

    generated: Generated
    known: KnownOntology
    documents: DocumentCache

    @property
    def weight(self) -> int:
        """How many types it has."""
        return len(self.generated.schema.type_map)


class Schemas:
    """Compiles schemas and keeps those used last.

    Most commits change objects and no types: they share the schema of the commit before.
    """

    def __init__(self, reader: OntologyReader, limits: Limits, *, max_types: int) -> None:
        """Reads nothing yet.

        Args:
            max_types: Most types of all the schemas that are kept; one is kept whatever it has.
        """
        self._reader = reader
        self._limits = limits
        self._max_types = max_types
        self._kept: OrderedDict[tuple[str, str], ServedSchema] = OrderedDict()
        self._loads: SingleFlight[tuple[str, str], ServedSchema] = SingleFlight()
        self.compilations = 0

    async def at(self, ontology: str, commit_id: str) -> ServedSchema:
        """The schema of an ontology as of a commit.

        Raises:
            ResourceNotFound: there is no such commit.
            PermissionDenied: the caller may not read it.
        """
        key = (ontology, commit_id)
        return await self._loads.get(key, partial(self._find, key), partial(self._load, key))

    async def close(self) -> None:
        """Ends what is being compiled."""
        await self._loads.close()

    def _find(self, key: tuple[str, str]) -> ServedSchema | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    async def _load(self, key: tuple[str, str]) -> ServedSchema:
        ontology, commit_id = key
        last = next((one for one in reversed(self._kept) if one[0] == ontology), None)
        if last is not None and await self._reader.are_alike(ontology, last[1], commit_id):
            served = self._kept.get(last)
            if served is not None:
                return self._keep(key, served)
        read = await self._reader.read(ontology, commit_id)
        self.compilations += 1
        return self._keep(key, await asyncio.to_thread(self._compiled, read))

    def _compiled(self, ontology: Ontology) -> ServedSchema:
        generated = generate(ontology)
        documents = DocumentCache(generated.schema, self._limits)
        return ServedSchema(generated, KnownOntology(ontology), documents)

    def _keep(self, key: tuple[str, str], served: ServedSchema) -> ServedSchema:
        self._kept[key] = served
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and self._is_too_much():
            self._kept.popitem(last=False)
        return served

    def _is_too_much(self) -> bool:
        distinct = {id(one): one.weight for one in self._kept.values()}
        return len(self._kept) > _MAX_COMMITS or sum(distinct.values()) > self._max_types
