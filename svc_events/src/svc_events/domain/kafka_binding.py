"""The Kafka binding as pure functions: an event as the key, the headers and the value of a message.

Source: Kafka Protocol Binding for CloudEvents 1.0.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from svc_events.domain.events import CloudEvent, canonical, to_http_binary, to_json

_STRUCTURED_TYPE: Final = b"application/cloudevents+json; charset=UTF-8"
_PREFIX: Final = "ce_"
_DATAREF: Final = "dataref"
# What the record itself takes besides key, value and headers, and a little for each header.
_RECORD_BYTES: Final = 128
_HEADER_BYTES: Final = 10


class KafkaMode(StrEnum):
    """How a message carries an event."""

    BINARY = "binary"
    STRUCTURED = "structured"


@dataclass(frozen=True, slots=True)
class KafkaMessage:
    """What a topic gets."""

    key: bytes
    value: bytes = field(repr=False)
    headers: tuple[tuple[str, bytes], ...] = field(repr=False)

    @property
    def size(self) -> int:
        """About how many bytes it has on the wire, never fewer."""
        heads = sum(len(name) + len(value) + _HEADER_BYTES for name, value in self.headers)
        return len(self.key) + len(self.value) + heads + _RECORD_BYTES


def to_kafka(event: CloudEvent, mode: KafkaMode) -> KafkaMessage:
    """The message of an event.

    The key is what OMS orders events by: `partitionkey`, else the subject, else the source.
    Without data the value is empty and not null, which would delete in a compacted topic.
    """
    key = ordering_key(event).encode()
    if mode is KafkaMode.STRUCTURED:
        return KafkaMessage(key, to_json(event), (("content-type", _STRUCTURED_TYPE),))
    headers = [
        (f"{_PREFIX}{name}", canonical(value).encode())
        for name, value in event.attributes.items()
        if name != "datacontenttype"
    ]
    content_type = dict(to_http_binary(event).headers).get("content-type")
    if content_type is not None:
        headers.append(("content-type", content_type.encode()))
    value = b"" if event.data is None else event.data.content
    return KafkaMessage(key, value, tuple(headers))


def ordering_key(event: CloudEvent) -> str:
    """What events of OMS are ordered by."""
    key = event.extensions.get("partitionkey")
    return canonical(key) if key else event.subject or event.source


def without_data(event: CloudEvent, url: str) -> CloudEvent:
    """The same event with `dataref`, where it is, in place of its data.

    Source: CloudEvents' Dataref extension.
    """
    return replace(event, data=None, extensions={_DATAREF: url, **event.extensions})
