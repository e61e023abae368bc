"""Proto ↔ domain, the only place, and the same for every kind of element.

Which messages belong to a kind follows from its row in `domain.kinds` and the
descriptors; no line here names a kind.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format, message_factory
from google.protobuf.message import Message
from oms.ontology.v1 import change_set_service_pb2 as change_set_pb2
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms_core.errors import InvalidField, InvalidUpdateMask

from svc_api.domain.changes import Change, Operation
from svc_api.domain.elements import (
    Element,
    Key,
    StoredElement,
)
from svc_api.domain.kinds import HEADER_KIND, KINDS, ElementKind, kind_of
from svc_api.domain.names import element_name, parse_element_name

OUTPUT_ONLY = frozenset({"name", "etag", "create_time", "update_time", "created_by", "updated_by"})

# The descriptors' type stubs differ between protobuf's implementations.
_ELEMENT_FIELDS: Any = change_set_pb2.Element.DESCRIPTOR.fields_by_name
MESSAGE_TYPES: Mapping[str, type[Message]] = {
    kind.collection: message_factory.GetMessageClass(_ELEMENT_FIELDS[kind.field].message_type)
    for kind in KINDS
} | {HEADER_KIND.collection: ontology_pb2.Ontology}

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}")
_WRITABLE = {
    collection: frozenset(cls.DESCRIPTOR.fields_by_name) - OUTPUT_ONLY
    for collection, cls in MESSAGE_TYPES.items()
}


# --- messages and bodies -------------------------------------------------------------------


def body_of(message: Message) -> dict[str, Any]:
    """The canonical body of an element's message: what the kernel stores.

    Fields that are not set, or set to an empty message, are left out, so that two
    messages that say the same give equal bodies.
    """
    fields = json_format.MessageToDict(message, preserving_proto_field_name=True)
    return {f: v for f, v in fields.items() if f not in OUTPUT_ONLY and v not in ({}, [])}


def to_message(ontology: str, element: Element) -> Any:
    """The message of an element or of the header, with its name and, when stored, its etag."""
    cls = MESSAGE_TYPES[element.collection]
    try:
        # Many times faster than json_format, and the same for fields that JSON
        # and Python write alike.
        message: Any = cls(**element.body)
    except (TypeError, ValueError):
        message = json_format.ParseDict(element.body, cls(), ignore_unknown_fields=True)
    message.name = element_name(ontology, element.key)
    if isinstance(element, StoredElement):
        message.etag = element.etag
        message.created_by = element.created_by
        message.updated_by = element.updated_by
        if element.create_time is not None:
            message.create_time.FromDatetime(element.create_time)
        if element.update_time is not None:
            message.update_time.FromDatetime(element.update_time)
    return message


def wrap(ontology: str, element: Element) -> change_set_pb2.Element:
    """An element as the message for an element of any kind."""
    return wrap_message(kind_of(element.key), to_message(ontology, element))


def wrap_message(kind: ElementKind, message: Message) -> change_set_pb2.Element:
    """Puts an element's message into the one for an element of any kind."""
    fields: dict[str, Any] = {kind.field: message}
    return change_set_pb2.Element(**fields)


# --- changes -------------------------------------------------------------------------------


def written_fields(message: Message, mask: Sequence[str], collection: str) -> frozenset[str]:
    """The top-level fields that an update writes.

    Args:
        mask: Paths of the update mask. Empty: the fields that are set. `*`: all.
    Raises:
        InvalidUpdateMask: names the first path that is unknown, nested or output only.
    """
    writable = _WRITABLE[collection]
    if not mask:
        return frozenset(field.name for field, _ in message.ListFields()) & writable
    if list(mask) == ["*"]:
        return writable
    for path in mask:
        if path not in writable:
            raise InvalidUpdateMask(
                f"update_mask: {path!r} {_why_not(path, collection)}", metadata={"path": path}
            )
    return frozenset(mask)


def _why_not(path: str, collection: str) -> str:
    if path == "*":
        return "excludes every other path"
    if path in OUTPUT_ONLY:
        return "can't be changed"
    top, _, nested = path.partition(".")
    if nested and top in _WRITABLE[collection]:
        return f"is nested; name the whole field {top!r}"
    known = ", ".join(sorted(_WRITABLE[collection]))
    return f"is no field that can be changed; there are {known}"


def update_change(message: Any, mask: Sequence[str], *, key: Key, path: str) -> Change:
    """The change that an update asks for; `path` is the request's field with the element."""
    return Change(
        Operation.UPDATE,
        key,
        body=body_of(message),
        fields=written_fields(message, mask, key[0]),
        etag=message.etag,
        path=path,
    )


def change_of(change: change_set_pb2.Change, *, ontology: str, index: int) -> Change:
    """One change of a change set.

    Raises:
        InvalidField: a name is of another ontology, or names no element.
        InvalidUpdateMask: as for `written_fields`.
    """
    operation = Operation(change.WhichOneof("operation"))
    path = f"changes[{index}].{operation.value}"
    if operation is Operation.DELETE:
        key = parse_element_name(change.delete.name, ontology=ontology, field=f"{path}.name")
        return Change(operation, key, etag=change.delete.etag, path=path)
    mask: Sequence[str] = ()
    if operation is Operation.UPDATE:
        element, mask = change.update.element, change.update.update_mask.paths
        path += ".element"
    else:
        element = change.create if operation is Operation.CREATE else change.upsert
    field = element.WhichOneof("kind")
    message: Any = getattr(element, field)
    kind = next(kind for kind in KINDS if kind.field == field)
    path = f"{path}.{field}"
    key = parse_element_name(message.name, ontology=ontology, field=f"{path}.name", kind=kind)
    if operation is Operation.UPDATE:
        return update_change(message, mask, key=key, path=path)
    check_element_id(key[1], field=f"{path}.name")
    return Change(operation, key, body=body_of(message), etag=message.etag, path=path)


def check_element_id(element_id: str, *, field: str) -> None:
    """Holds the id in a name against the rule that a request's id field declares.

    Raises:
        InvalidField: names `field`.
    """
    if not _ID.fullmatch(element_id):
        shown = element_id if len(element_id) <= 64 else element_id[:64] + "…"
        raise InvalidField.of(
            field,
            f"the id {shown!r} has to be a letter or `_` and then letters, digits, `_`, `.` or "
            "`-`; at most 200 in all",
        )


def fingerprint_of(request: Message) -> bytes:
    """Identifies a request whatever its request_id: SHA-256, 32 bytes."""
    stripped = type(request)()
    stripped.CopyFrom(request)
    stripped.ClearField("request_id")
    digest = hashlib.sha256(request.DESCRIPTOR.full_name.encode())
    digest.update(stripped.SerializeToString(deterministic=True))
    return digest.digest()
