"""Writes in the caller's name.

The kernel itself writes the author string of each commit from the caller's verified
identity and derives the audit fields from the commits, so nobody can set them.
`SecureKernel` is the client side: it refuses content that tries, shows the fields
in the JSON, and deletes softly unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from google.protobuf.timestamp_pb2 import Timestamp
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms_core.errors import InvalidField

from oms_kernel.client import KernelClient
from oms_kernel.errors import kernel_errors

AUDIT_FIELDS: Final = (
    "_created_by",
    "_created_by_username",
    "_created_at",
    "_updated_by",
    "_updated_by_username",
    "_updated_at",
    "_deleted",
    "_deleted_by",
    "_deleted_at",
)


@dataclass(frozen=True, slots=True)
class SecuredDocument:
    """A document with its audit fields among its members, named by `AUDIT_FIELDS`.

    Args:
        json: The content as it is stored, exact, without the audit fields.
        audit: The audit fields; those of a deletion only when it is deleted.
    """

    id: str
    type: str
    json: bytes
    etag: str
    audit: Mapping[str, Any]

    def shown(self) -> bytes:
        """The content with the audit fields in it, as one JSON object."""
        fields = orjson.dumps(self.audit)
        return fields if self.json == b"{}" else fields[:-1] + b"," + self.json[1:]


class SecureKernel:
    """Documents of a JSON database, written in the name of the call being served."""

    def __init__(self, client: KernelClient) -> None:
        self._client = client

    async def get(
        self, database: str, document_id: str, revision: Revision | None = None
    ) -> SecuredDocument:
        """A document.

        Raises:
            ResourceNotFound: it is not there, or softly deleted.
        """
        return _secured(await self._client.get_document(database, document_id, revision))

    async def insert(
        self, database: str, document_id: str, type_: str, json: bytes, *, branch: str = ""
    ) -> commit_pb2.Commit:
        """Creates a document as one commit.

        Raises:
            ResourceAlreadyExists: it is there.
            InvalidField: the content holds an audit field.
        """
        write = _write(document_id, type_, json, "")
        return await self._commit(database, branch, commit_pb2.DocumentOperation(insert=write))

    async def replace(
        self,
        database: str,
        document_id: str,
        type_: str,
        json: bytes,
        *,
        etag: str = "",
        branch: str = "",
    ) -> commit_pb2.Commit:
        """Replaces a document as one commit, with an etag only if it still has that one.

        Raises:
            ResourceNotFound, StaleEtag.
            InvalidField: the content holds an audit field.
        """
        write = _write(document_id, type_, json, etag)
        return await self._commit(database, branch, commit_pb2.DocumentOperation(replace=write))

    async def delete(
        self,
        database: str,
        document_id: str,
        *,
        etag: str = "",
        is_hard: bool = False,
        branch: str = "",
    ) -> commit_pb2.Commit:
        """Deletes a document as one commit: softly, so that it can still be seen who did.

        Raises:
            ResourceNotFound, StaleEtag.
        """
        deletion = commit_pb2.DocumentDelete(document_id=document_id, etag=etag, hard=is_hard)
        return await self._commit(database, branch, commit_pb2.DocumentOperation(delete=deletion))

    async def _commit(
        self, database: str, branch: str, operation: commit_pb2.DocumentOperation
    ) -> commit_pb2.Commit:
        request = commit_pb2.CreateCommitRequest(
            parent=f"databases/{database}/branches/{branch or 'main'}", operations=[operation]
        )
        with kernel_errors():
            commit = (await self._client.commits.CreateCommit(request)).commit
        if self._client.heads is not None:
            self._client.heads.moved(database, branch, commit)
        return commit


def _write(document_id: str, type_: str, json: bytes, etag: str) -> commit_pb2.DocumentWrite:
    content = _parsed(json)
    forbidden = [name for name in AUDIT_FIELDS if name in content]
    if forbidden:
        raise InvalidField.of("json", f"holds {forbidden[0]!r}, which only the kernel sets")
    return commit_pb2.DocumentWrite(document_id=document_id, type=type_, json=json, etag=etag)


def _parsed(json: bytes) -> Sequence[str] | Mapping[str, Any]:
    try:
        content: object = orjson.loads(json)
    except orjson.JSONDecodeError:
        return {}  # the kernel says what is wrong with it, and where
    return content if isinstance(content, dict) else {}


def _secured(document: document_pb2.Document) -> SecuredDocument:
    fields = document.audit
    audit: dict[str, Any] = {
        "_created_by": fields.created_by,
        "_created_by_username": fields.created_by_username,
        "_created_at": _time(fields.created_at),
        "_updated_by": fields.updated_by,
        "_updated_by_username": fields.updated_by_username,
        "_updated_at": _time(fields.updated_at),
        "_deleted": fields.deleted,
    }
    if fields.deleted:
        audit["_deleted_by"] = fields.deleted_by
        audit["_deleted_at"] = _time(fields.deleted_at)
    return SecuredDocument(document.document_id, document.type, document.json, document.etag, audit)


def _time(time: Timestamp) -> str:
    return time.ToJsonString()
