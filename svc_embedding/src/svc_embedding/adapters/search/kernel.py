"""Ontologies as the kernel has them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms_core.errors import LimitExceeded, ResourceNotFound
from oms_kernel import CommitFeed, KernelClient
from oms_kernel.errors import kernel_errors

from svc_embedding.domain.search.contents import (
    Content,
    Kind,
    contents_of,
    document_of,
    document_types_of,
    element_of,
)
from svc_embedding.domain.search.ontology import Snapshot

ONTOLOGY_KIND: Final = "ontology"
"""Kind of a database that is an ontology."""
_BATCH: Final = 200


def incarnation_of(database: database_pb2.Database) -> str:
    """Tells a database from an earlier one of its name."""
    return f"{database.create_time.seconds}.{database.create_time.nanos:09}"


class KernelOntologies:
    """`Ontologies` over the kernel's stubs."""

    def __init__(self, channel: Any) -> None:
        """Calls nothing yet."""
        self._client = KernelClient(channel)
        self._feed = CommitFeed(channel)

    async def at(self, ontology: str, revision: Any) -> Snapshot:
        database = await self._database(ontology)
        request = commit_pb2.ResolveRevisionRequest(
            parent=f"databases/{ontology}", revision=revision
        )
        with kernel_errors():
            commit = (await self._client.commits.ResolveRevision(request)).commit
        return Snapshot(
            ontology=ontology,
            incarnation=incarnation_of(database),
            commit=commit.commit_id,
            sequence=commit.sequence,
        )

    async def sequence_of(self, ontology: str, commit: str) -> int:
        await self._database(ontology)
        request = commit_pb2.GetCommitRequest(name=f"databases/{ontology}/commits/{commit}")
        with kernel_errors():
            return (await self._client.commits.GetCommit(request)).commit.sequence

    async def contents(
        self, snapshot: Snapshot, elements: Sequence[str]
    ) -> Mapping[str, Sequence[Content]]:
        found: dict[str, Sequence[Content]] = {}
        ids = [document_of(element) for element in elements]
        for start in range(0, len(ids), _BATCH):
            request = document_pb2.BatchGetDocumentsRequest(
                parent=f"databases/{snapshot.ontology}",
                document_ids=ids[start : start + _BATCH],
                revision=Revision(commit=snapshot.commit),
            )
            with kernel_errors():
                response = await self._client.documents.BatchGetDocuments(request)
            found |= await asyncio.to_thread(_by_element, response.documents)
        return found

    async def all_contents(
        self, snapshot: Snapshot, kinds: Collection[Kind], *, most: int
    ) -> Sequence[Content]:
        found: list[Content] = []
        pages = self._client.list_documents(
            snapshot.ontology, document_types_of(kinds), Revision(commit=snapshot.commit)
        )
        async with aclosing(pages):
            async for page in pages:
                found += await asyncio.to_thread(_of_kinds, page, kinds)
                if len(found) > most:
                    raise _too_many(snapshot.ontology, most)
        return sorted(found, key=lambda content: content.key)

    async def _database(self, ontology: str) -> database_pb2.Database:
        try:
            database = await self._feed.database(ontology)
        except ResourceNotFound as exc:
            raise ResourceNotFound.of("ontology", f"ontologies/{ontology}") from exc
        if database.kind != ONTOLOGY_KIND:
            raise ResourceNotFound.of("ontology", f"ontologies/{ontology}")
        return database


def _too_many(ontology: str, most: int) -> LimitExceeded:
    return LimitExceeded(
        f"ontology {ontology!r} has more than {most} elements and properties of these kinds, "
        f"which is as many as are compared",
        metadata={"limit": "elements", "maximum": str(most)},
    )


def _of_kinds(documents: Sequence[document_pb2.Document], kinds: Collection[Kind]) -> list[Content]:
    return [
        content
        for contents in _by_element(documents).values()
        for content in contents
        if content.kind in kinds
    ]


def _by_element(documents: Sequence[document_pb2.Document]) -> dict[str, Sequence[Content]]:
    found: dict[str, Sequence[Content]] = {}
    for document in documents:
        contents = contents_of(document.document_id, document.json)
        if contents:
            found[element_of(contents[0].key)] = contents
    return found
