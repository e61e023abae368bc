"""Methods that have no field of their own, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_UPLOAD: Final = "takes a stream of requests, which GraphQL has no word for; use REST or gRPC"
_ARCHIVE: Final = "answers with chunks of one binary archive; download it over REST or gRPC"

OMISSIONS: Final[Mapping[str, str]] = {
    "/oms.ontology.v1.TransferService/ImportOntology": _UPLOAD,
    "/oms.datakernel.v1.ModelDocumentService/ImportDocuments": _UPLOAD,
    "/oms.datakernel.v1.ReplicationService/ImportHistory": _UPLOAD,
    "/oms.embedding.v1.EmbeddingService/EmbedStream": _UPLOAD,
    "/oms.event.v1.EventService/PublishStream": _UPLOAD,
    "/oms.datakernel.v1.MaintenanceService/BackupDatabase": _ARCHIVE,
    "/oms.datakernel.v1.ReplicationService/ExportHistory": _ARCHIVE,
}
"""Reason by path."""
