"""Elements as documents of the kernel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from oms.datakernel.v1 import commit_service_pb2 as kernel_commit_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2

from svc_api.domain.elements import HEADER_DOCUMENT_ID, HEADER_KEY, Element, Key, StoredElement
from svc_api.domain.kinds import BY_DOCUMENT_TYPE, EVERY_KIND, kind_of

DOCUMENT_TYPES = tuple(kind.document_type for kind in EVERY_KIND)


def document_id(key: Key) -> str:
    """`ObjectType/Zone` for an object type; the header's own id for the header."""
    return HEADER_DOCUMENT_ID if key == HEADER_KEY else f"{kind_of(key).document_type}/{key[1]}"


def key_of_document(document: str) -> Key | None:
    """The key of a document, or None for a document that is no part of an ontology."""
    if document == HEADER_DOCUMENT_ID:
        return HEADER_KEY
    document_type, _, element_id = document.partition("/")
    kind = BY_DOCUMENT_TYPE.get(document_type)
    return (kind.collection, element_id) if kind is not None and element_id else None


def document_json(body: Mapping[str, Any]) -> bytes:
    """A body as the kernel stores it: equal bodies give equal bytes."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def stored_element(document: document_pb2.Document) -> StoredElement | None:
    """An element as the kernel gives it, or None for a foreign document."""
    key = key_of_document(document.document_id)
    if key is None:
        return None
    audit = document.audit
    return StoredElement(
        *key,
        body=orjson.loads(document.json),
        etag=document.etag,
        create_time=audit.created_at.ToDatetime(UTC),
        update_time=_later(audit.updated_at, audit.created_at),
        created_by=audit.created_by,
        updated_by=audit.updated_by or audit.created_by,
    )


def _later(updated_at: Any, created_at: Any) -> datetime:
    return (updated_at if updated_at.ByteSize() else created_at).ToDatetime(UTC)


def stored_elements(documents: Iterable[document_pb2.Document]) -> list[StoredElement]:
    """The elements among documents."""
    found = map(stored_element, documents)
    return [element for element in found if element is not None]


def write_operation(element: Element) -> kernel_commit_pb2.DocumentOperation:
    """The operation that puts an element in place."""
    return kernel_commit_pb2.DocumentOperation(
        upsert=kernel_commit_pb2.DocumentWrite(
            document_id=document_id(element.key),
            type=kind_of(element.key).document_type,
            json=document_json(element.body),
        )
    )


def delete_operation(key: Key) -> kernel_commit_pb2.DocumentOperation:
    """The operation that removes an element from the head; history keeps it."""
    return kernel_commit_pb2.DocumentOperation(
        delete=kernel_commit_pb2.DocumentDelete(document_id=document_id(key))
    )


def element_of_json(key: Key, json: bytes, etag: str = "") -> StoredElement | None:
    """An element from a difference or a conflict; None when it is not there."""
    return StoredElement(*key, body=orjson.loads(json), etag=etag) if json else None
