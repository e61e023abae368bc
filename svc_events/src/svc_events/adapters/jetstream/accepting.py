"""Checks events of callers fast, and exactly.

An event that is plainly sound, as nearly all are, is checked on the message itself in a few
microseconds, and its bytes are what is stored. Any other goes through the domain, which says
exactly what is wrong with it, or puts an unusual but sound event into its canonical form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from io_cloudevents.v1 import cloudevents_pb2 as pb
from oms_core.errors import InvalidEvent

from svc_events.adapters.jetstream.outgoing import Outgoing, message_id_of, outgoing, subject_of
from svc_events.convert import event_from_pb
from svc_events.domain.events import CORE, SPEC_VERSION, CloudEvent
from svc_events.domain.events.event import is_name
from svc_events.domain.events.faults import within_batch
from svc_events.domain.events.limits import (
    MAX_ATTRIBUTES,
    MAX_DATA_BYTES,
    MAX_NAME_LENGTH,
    MAX_VALUE_BYTES,
)
from svc_events.domain.events.media_type import parse_media_type
from svc_events.domain.events.uri import is_uri, is_uri_reference
from svc_events.domain.subjects import MAX_TYPE_LENGTH, ORIGIN_PUBLISHED

RESERVED_PREFIX: Final = "oms."
"""How the types begin that OMS alone publishes."""

_MAX_OPTIONAL: Final = MAX_ATTRIBUTES - 4
_MAX_BINARY: Final = MAX_VALUE_BYTES // 4 * 3
_FIRST_SECOND: Final = -62_135_596_800
_LAST_SECOND: Final = 253_402_300_799
_RESERVED_NAMES: Final = CORE | {"data"}
# What every text may hold, and no text has too many bytes of.
_is_plain = re.compile(r"[ -~]{1,4096}").fullmatch


def accept(
    message: pb.CloudEvent,
    *,
    stream_id: str,
    index: int | None = None,
) -> Outgoing:
    """Checks an event of a caller and makes it ready for its stream.

    Args:
        index: Its place in a batch, from 0, for the error.
    Raises:
        InvalidEvent: `fields` names each attribute at fault; among them a type that is reserved.
    """
    source, event_id, event_type = message.source, message.id, message.type
    key = (
        _key_if_sound(message, source)
        if _is_plain(event_id) and _is_sound_source(source) and _is_sound_type(event_type)
        else None
    )
    payload = message.SerializeToString()
    if key is None or len(payload) > MAX_DATA_BYTES:
        return _accept_carefully(message, stream_id=stream_id, index=index)
    subject = subject_of(stream_id, key=key, origin=ORIGIN_PUBLISHED, event_type=event_type)
    return Outgoing(subject, message_id_of(source, event_id), payload)


def accept_event(event: CloudEvent, *, stream_id: str, index: int | None = None) -> Outgoing:
    """The same for an event that was read in another format.

    Raises:
        InvalidEvent: the type is reserved, or too long.
    """
    try:
        if event.type.startswith(RESERVED_PREFIX):
            raise InvalidEvent.of(
                "type", f"{event.type[:64]!r} begins with {RESERVED_PREFIX!r}, kept for OMS itself"
            )
        return outgoing(event, stream_id=stream_id, origin=ORIGIN_PUBLISHED)
    except InvalidEvent as exc:
        if index is None:
            raise
        raise within_batch(index, exc) from exc


def _accept_carefully(message: pb.CloudEvent, *, stream_id: str, index: int | None) -> Outgoing:
    try:
        event = event_from_pb(message)
    except InvalidEvent as exc:
        if index is None:
            raise
        raise within_batch(index, exc) from exc
    return accept_event(event, stream_id=stream_id, index=index)


def _key_if_sound(message: pb.CloudEvent, source: str) -> str | None:
    """The ordering key of an event that is plainly sound; None when that takes a closer look.

    Each access to a message costs, so what is read here is read once.
    """
    if message.spec_version != SPEC_VERSION or (
        message.HasField("proto_data") and not _is_plain(message.proto_data.type_url)
    ):
        return None
    attributes = message.attributes
    if len(attributes) > _MAX_OPTIONAL:
        return None
    key, partition_key = source, ""
    for name in attributes:
        value = attributes[name]
        if name == "subject":
            # Empty unless the value is a text.
            key = value.ce_string
            if not _is_plain(key):
                return None
        elif name == "partitionkey":
            partition_key = value.ce_string
            if not _is_plain(partition_key):
                return None
        elif not _is_sound(name, value):
            return None
    return partition_key or key


def _is_sound(name: str, value: Any) -> bool:
    """Whether an attribute other than `subject` and `partitionkey` is sound."""
    if name == "datacontenttype":
        text = value.ce_string
        return text != "" and _is_sound_media_type(text)
    if name == "dataschema":
        text = value.ce_uri
        return text != "" and _is_sound_uri(text)
    if name == "time":
        return value.HasField("ce_timestamp") and _is_sound_time(value.ce_timestamp)
    return _is_sound_name(name) and _is_sound_extension(value)


def _is_sound_extension(value: Any) -> bool:
    text = value.ce_string
    if text:
        return _is_plain(text) is not None
    kind = value.WhichOneof("attr")
    return kind is not None and _EXTENSION_CHECKS[kind](getattr(value, kind))


def _is_sound_time(value: Any) -> bool:
    return _FIRST_SECOND <= value.seconds <= _LAST_SECOND and 0 <= value.nanos < 10**9


# Values that come again and again are checked once. Only plain ones, which are short, are kept.


def _is_sound_type(text: str) -> bool:
    return len(text) <= MAX_TYPE_LENGTH and _is_plain_type(text)


def _is_sound_source(text: str) -> bool:
    return len(text) <= MAX_VALUE_BYTES and _is_plain_reference(text)


def _is_sound_uri(text: str) -> bool:
    return len(text) <= MAX_VALUE_BYTES and _is_plain_uri(text)


def _is_sound_media_type(text: str) -> bool:
    return len(text) <= MAX_VALUE_BYTES and _is_plain_media_type(text)


def _is_sound_name(text: str) -> bool:
    return len(text) <= MAX_NAME_LENGTH and _is_plain_name(text)


@lru_cache(maxsize=2048)
def _is_plain_type(text: str) -> bool:
    is_own = text.startswith(RESERVED_PREFIX)
    return _is_plain(text) is not None and not is_own


@lru_cache(maxsize=2048)
def _is_plain_reference(text: str) -> bool:
    return _is_plain(text) is not None and is_uri_reference(text)


@lru_cache(maxsize=2048)
def _is_plain_uri(text: str) -> bool:
    return _is_plain(text) is not None and is_uri(text)


@lru_cache(maxsize=512)
def _is_plain_media_type(text: str) -> bool:
    try:
        parse_media_type(text)
    except ValueError:
        return False
    return _is_plain(text) is not None


@lru_cache(maxsize=2048)
def _is_plain_name(text: str) -> bool:
    return is_name(text) and text not in _RESERVED_NAMES


_EXTENSION_CHECKS: Final[dict[str, Callable[[Any], bool]]] = {
    "ce_string": lambda _: True,
    "ce_boolean": lambda _: True,
    "ce_integer": lambda _: True,
    "ce_bytes": lambda value: len(value) <= _MAX_BINARY,
    "ce_timestamp": _is_sound_time,
    "ce_uri": _is_sound_uri,
    "ce_uri_ref": _is_sound_source,
}
