"""Brings an uploaded file into a branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oms.common.v1.revision_pb2 import Revision
from oms_core.errors import StaleHead

from svc_api.adapters.ontology_store import OntologyStore
from svc_api.adapters.rdf.failures import FileUnreadable
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.known import known_ids
from svc_api.adapters.rdf.processes import RdfProcesses, ReadFile
from svc_api.domain.imports import ImportedOntology, ImportOutcome
from svc_api.domain.snapshot import Snapshot

# How often a file is mapped anew because the branch moved meanwhile. The last time
# the import goes ahead with the ids it has; the store still refuses what is unsound.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What a caller wants imported, and how.

    `fingerprint` identifies the order with its file, for `request_id`.
    """

    ontology: str
    branch: str
    rdf_format: RdfFormat
    delete_missing: bool
    expected_head: str
    message: str
    request_id: str
    fingerprint: bytes
    validate_only: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What was in the file and what the branch made of it."""

    file: ReadFile
    outcome: ImportOutcome


class Importer:
    """Imports files: a child process maps them, the store makes one commit of each."""

    def __init__(self, store: OntologyStore, processes: RdfProcesses) -> None:
        self._store = store
        self._processes = processes

    async def branch_head(self, ontology: str, branch: str) -> Snapshot:
        """What the branch holds before the import.

        Raises:
            ResourceNotFound: the ontology or the branch does not exist.
        """
        return await self._store.snapshot(ontology, Revision(branch=branch) if branch else None)

    async def run(self, order: ImportOrder, file: int, before: Snapshot) -> Imported:
        """Maps a file and writes it, all of it or nothing.

        Args:
            order: What to do.
            file: Descriptor of the file; it stays open.
            before: The branch's head as of the call.
        Raises:
            FileUnreadable: it can't be read, or nothing of it can be carried over.
            What `OntologyStore.replace` raises.
        """
        known = known_ids(before)
        read = await self._processes.read(file, order.rdf_format, known)
        if not read.report.carried_count and not order.validate_only:
            # It would leave an empty ontology behind, which nobody asks for by an import.
            raise FileUnreadable(
                f"none of its {read.report.statement_count:,} statements is about a class, a"
                " property or an ontology that it declares"
            )
        for _ in range(_ATTEMPTS - 1):
            try:
                # Ids were given on the grounds of this head, so no other will do.
                return await self._replace(
                    order, read, before, order.expected_head or before.commit_id
                )
            except StaleHead:
                if order.expected_head:
                    raise
            before = await self.branch_head(order.ontology, order.branch)
            if known_ids(before) != known:
                known = known_ids(before)
                read = await self._processes.read(file, order.rdf_format, known)
        return await self._replace(order, read, before, order.expected_head)

    async def _replace(
        self, order: ImportOrder, read: ReadFile, before: Snapshot, expected_head: str
    ) -> Imported:
        statements = read.report.statement_count
        outcome = await self._store.replace(
            order.ontology,
            order.branch,
            ImportedOntology(_header(order, read, before), read.imported.elements),
            delete_missing=order.delete_missing,
            expected_head=expected_head,
            message=order.message
            or f"Import {statements:,} RDF statements from {order.rdf_format.label}",
            request_id=order.request_id,
            fingerprint=order.fingerprint,
            validate_only=order.validate_only,
        )
        return Imported(read, outcome)


def _header(order: ImportOrder, read: ReadFile, before: Snapshot) -> dict[str, Any]:
    """The header to write: a file without one adds its prefixes to what is there."""
    header = read.imported.header
    if read.has_header and order.delete_missing:
        return header
    body = before.header.body if before.header else {}
    prefixes = {**body.get("prefixes", {}), **header.get("prefixes", {})}
    if not read.has_header and prefixes == body.get("prefixes", {}):
        return {}
    merged = {**body, **header}
    return {**merged, "prefixes": prefixes} if prefixes else merged
