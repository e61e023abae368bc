"""Creates, finds, lists and deletes whole ontologies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms_core.errors import ResourceAlreadyExists, ResourceNotFound, StaleHead

from svc_api.adapters.documents import stored_element, write_operation
from svc_api.adapters.kernel import (
    DATABASE_KIND,
    MAIN_BRANCH,
    Kernel,
    database_name,
    ontology_errors,
)
from svc_api.adapters.ontology_store import OntologyStore
from svc_api.adapters.writing import find_earlier
from svc_api.domain.changes import PlannedChange
from svc_api.domain.elements import HEADER_DOCUMENT_ID, HEADER_KEY, Element, StoredElement
from svc_api.domain.names import ontology_name
from svc_api.domain.snapshot import Snapshot
from svc_api.domain.validation import validate

_HEADERS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of ontologies with their headers at the head of `main`."""

    ontologies: Sequence[tuple[str, StoredElement]]
    next_page_token: str


class Ontologies:
    """The ontologies there are.

    Creating one takes two steps of the kernel: a database, then a commit with the
    header. An ontology without a header is one whose creation was cut short; it can
    be read and written, and creating it again finishes the job.
    """

    def __init__(self, store: OntologyStore) -> None:
        self._store = store
        self._kernel: Kernel = store.kernel

    async def create(
        self, ontology: str, header: dict[str, Any], *, request_id: str, fingerprint: bytes
    ) -> tuple[Snapshot, str]:
        """Creates an ontology. Safe to repeat with the same `request_id`.

        Returns:
            The ontology as it was created, and the commit that made its header.
        Raises:
            ResourceAlreadyExists: the id is taken.
            RequestIdReused: the request id made another commit in that ontology.
            InvalidField: the header breaks a rule.
        """
        element = Element(*HEADER_KEY, header)
        validate(
            Snapshot.of(ontology, "", ()), [PlannedChange(HEADER_KEY, None, element, "ontology")]
        )
        try:
            await self._create_database(ontology, header)
        except ResourceAlreadyExists:
            if (await self._kernel.get_database(ontology)).kind != DATABASE_KIND:
                raise
            earlier = await self._find_earlier(ontology, request_id, fingerprint)
            if earlier is not None:
                return await self._created(ontology, earlier.commit_id)
        root = await self._kernel.resolve(ontology, Revision(branch=MAIN_BRANCH))
        if root.parents:  # somebody has made the header already
            raise ResourceAlreadyExists.of("ontology", ontology_name(ontology))
        try:
            response = await self._kernel.create_commit(
                ontology,
                MAIN_BRANCH,
                [write_operation(element)],
                expected_head=root.commit_id,
                message=f"Create ontology {ontology}",
                request_id=request_id,
                fingerprint=fingerprint,
            )
        except StaleHead as exc:
            # Somebody else finished the same creation in between.
            raise ResourceAlreadyExists.of("ontology", ontology_name(ontology)) from exc
        return await self._created(ontology, response.commit.commit_id)

    async def delete(self, ontology: str) -> None:
        """Deletes an ontology with its whole history.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        await self._store.require(ontology)
        with ontology_errors(ontology):
            await self._kernel.databases.DeleteDatabase(
                database_pb2.DeleteDatabaseRequest(name=database_name(ontology))
            )
        self._store.forget(ontology)

    async def list(self, *, page_size: int, page_token: str) -> Listed:
        """Lists ontologies by id. One deleted while the page is put together is left out.

        Raises:
            InvalidPageToken: the token is damaged or belongs to another query.
        """
        request = database_pb2.ListDatabasesRequest(
            kind=DATABASE_KIND, page_size=page_size, page_token=page_token
        )
        with ontology_errors(""):
            response = await self._kernel.databases.ListDatabases(request)
        turn = asyncio.Semaphore(_HEADERS_AT_ONCE)

        async def header(database: database_pb2.Database) -> StoredElement | None:
            async with turn:
                return await self._header(database)

        databases = list(response.databases)
        headers = await asyncio.gather(*map(header, databases))
        return Listed(
            [
                (_id(database), header)
                for database, header in zip(databases, headers, strict=True)
                if header is not None
            ],
            response.next_page_token,
        )

    async def header(self, snapshot: Snapshot) -> StoredElement:
        """The header of an ontology as of a snapshot; an empty one when it was never written."""
        if snapshot.header is not None:
            return snapshot.header
        return _empty_header(await self._kernel.get_database(snapshot.ontology))

    async def _create_database(self, ontology: str, header: dict[str, Any]) -> None:
        labels = header.get("labels") or [{}]
        request = database_pb2.CreateDatabaseRequest(
            database_id=ontology,
            database=database_pb2.Database(
                kind=DATABASE_KIND, display_name=labels[0].get("text", "")[:200]
            ),
        )
        with ontology_errors(ontology):
            await self._kernel.databases.CreateDatabase(request)

    async def _find_earlier(
        self, ontology: str, request_id: str, fingerprint: bytes
    ) -> commit_pb2.Commit | None:
        if not request_id:
            return None
        return await find_earlier(self._kernel, ontology, request_id, fingerprint)

    async def _created(self, ontology: str, commit_id: str) -> tuple[Snapshot, str]:
        snapshot = await self._store.snapshot(ontology, Revision(commit=commit_id))
        return snapshot, commit_id

    async def _header(self, database: database_pb2.Database) -> StoredElement | None:
        request = document_pb2.BatchGetDocumentsRequest(
            parent=database.name, document_ids=[HEADER_DOCUMENT_ID]
        )
        try:
            with ontology_errors(_id(database)):
                response = await self._kernel.documents.BatchGetDocuments(request)
        except ResourceNotFound:
            return None
        found = [stored_element(document) for document in response.documents]
        return found[0] if found else _empty_header(database)


def _id(database: database_pb2.Database) -> str:
    return database.name.rpartition("/")[2]


def _empty_header(database: database_pb2.Database) -> StoredElement:
    created = database.create_time.ToDatetime(UTC)
    return StoredElement(*HEADER_KEY, body={}, create_time=created, update_time=created)
