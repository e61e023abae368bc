"""Objects and links as documents of the kernel.

An object is the document `Object/<type>/<id>` of the type `Object:<type>`, a link the
document `Link/<link type>/<digest>` of the type `Link:<link type>`. So each type is a part
of the database that is listed, compared and streamed by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2

from svc_api.domain.objects.model import LinkKey, Ref, StoredObject, parse_ref

# The kernel's bound of a document's type.
_MAX_TYPE = 128


def object_document_id(ref: Ref) -> str:
    """The id of an object's document."""
    return f"Object/{ref.type}/{ref.id}"


def link_document_id(link: LinkKey) -> str:
    """The id of a link's document; ends in a digest, since two names of objects may be long."""
    text = f"{link.source}\n{link.target}"
    return f"Link/{link.link_type}/{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def object_document_type(type_id: str) -> str:
    """The type of the documents of an object type's own objects."""
    return _bounded(f"Object:{type_id}")


def link_document_type(link_type: str) -> str:
    """The type of the documents of a link type's own links."""
    return _bounded(f"Link:{link_type}")


def _bounded(text: str) -> str:
    if len(text) <= _MAX_TYPE:
        return text
    return f"{text[:87]}~{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def is_object_document(document_id: str) -> bool:
    """Whether a document is an object or a link."""
    return document_id.startswith(("Object/", "Link/"))


def ref_of_document(document_id: str) -> Ref | None:
    """The object that a document is, or None."""
    parts = document_id.split("/", 2)
    return Ref(parts[1], parts[2]) if len(parts) == 3 and parts[0] == "Object" else None


def stored_object(document: document_pb2.Document) -> StoredObject:
    """An object as the kernel gives it."""
    body = parse(document.json)
    audit = document.audit
    created = audit.created_at.ToMicroseconds()
    return StoredObject(
        Ref(body["type"], body["id"]),
        _unkeyed(body["values"]),
        etag=document.etag,
        created_us=created,
        updated_us=audit.updated_at.ToMicroseconds() or created,
        created_by=audit.created_by,
        updated_by=audit.updated_by or audit.created_by,
    )


def object_of_json(text: bytes) -> StoredObject:
    """An object from a difference; nobody says there who wrote it when."""
    body = parse(text)
    return StoredObject(Ref(body["type"], body["id"]), _unkeyed(body["values"]))


def link_of_json(text: bytes) -> LinkKey:
    """A link from its document's content."""
    body = parse(text)
    return LinkKey(body["link_type"], parse_ref(body["source"]), parse_ref(body["target"]))


def parse(text: bytes) -> Any:
    """JSON with exact numbers."""
    return json.loads(text, parse_float=Decimal)


def write_object(ref: Ref, values: Mapping[str, Any]) -> commit_pb2.DocumentOperation:
    """The operation that puts an object in place."""
    body = {"type": ref.type, "id": ref.id, "values": _keyed(values)}
    return _upsert(object_document_id(ref), object_document_type(ref.type), body)


def delete_object(ref: Ref) -> commit_pb2.DocumentOperation:
    """The operation that removes an object from the head; history keeps it."""
    return commit_pb2.DocumentOperation(
        delete=commit_pb2.DocumentDelete(document_id=object_document_id(ref))
    )


def write_link(link: LinkKey) -> commit_pb2.DocumentOperation:
    """The operation that puts a link in place."""
    body = {"link_type": link.link_type, "source": str(link.source), "target": str(link.target)}
    return _upsert(link_document_id(link), link_document_type(link.link_type), body)


def delete_link(link: LinkKey) -> commit_pb2.DocumentOperation:
    """The operation that takes a link away."""
    return commit_pb2.DocumentOperation(
        delete=commit_pb2.DocumentDelete(document_id=link_document_id(link))
    )


def _upsert(document_id: str, type_: str, body: Any) -> commit_pb2.DocumentOperation:
    write = commit_pb2.DocumentWrite(document_id=document_id, type=type_, json=dumps(body).encode())
    return commit_pb2.DocumentOperation(upsert=write)


def _keyed(values: Mapping[str, Any]) -> dict[str, Any]:
    # The kernel keeps keys that begin with `_` for itself.
    return {f"~{key}" if key[0] == "_" else key: value for key, value in values.items()}


def _unkeyed(values: dict[str, Any]) -> dict[str, Any]:
    if any(key[0] == "~" for key in values):
        return {key.removeprefix("~"): value for key, value in values.items()}
    return values


def dumps(value: Any) -> str:
    """JSON with exact numbers: every decimal as it was written."""
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value).items()
        return f"{{{','.join(f'{json.dumps(key)}:{dumps(inner)}' for key, inner in entries)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(dumps, cast('list[Any]', value)))}]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
