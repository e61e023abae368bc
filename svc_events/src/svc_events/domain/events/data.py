"""The data of an event: bytes that are never rewritten, and what kind of bytes they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from oms_core.errors import InvalidEvent

from svc_events.domain.events.limits import MAX_DATA_BYTES, MAX_VALUE_BYTES
from svc_events.domain.events.media_type import MediaType, parse_media_type

JSON: Final = "application/json"
# The bytes of ASCII are UTF-8 too.
UTF_8_CHARSETS: Final = frozenset({"utf-8", "utf8", "us-ascii"})


class DataKind(Enum):
    """What the bytes are; the three kinds that the Protobuf event format tells apart."""

    TEXT = "text"
    """UTF-8 text, JSON included."""
    BINARY = "binary"
    """Any bytes."""
    PROTO = "proto"
    """A Protobuf message, named by its type URL."""


@dataclass(frozen=True, slots=True)
class EventData:
    """The data of an event.

    Args:
        content: At most 8 MiB.
        kind: What the bytes are.
        type_url: Of a message, as in `google.protobuf.Any`; empty for the other kinds.
    Raises:
        InvalidEvent: text that is not UTF-8, too many bytes, or a type URL that is missing or
            out of place.
    """

    content: bytes
    kind: DataKind = DataKind.BINARY
    type_url: str = ""

    def __post_init__(self) -> None:
        if len(self.content) > MAX_DATA_BYTES:
            size = len(self.content)
            raise InvalidEvent.of("data", f"has {size} bytes, more than {MAX_DATA_BYTES}")
        if (self.kind is DataKind.PROTO) != bool(self.type_url):
            raise InvalidEvent.of("data", f"{self.kind.value} with type URL {self.type_url!r}")
        if len(self.type_url) > MAX_VALUE_BYTES:
            raise InvalidEvent.of("data", f"has a type URL longer than {MAX_VALUE_BYTES}")
        if self.kind is DataKind.TEXT and not is_utf_8(self.content):
            raise InvalidEvent.of("data", "is declared as text and is not UTF-8")

    @classmethod
    def text(cls, text: str) -> EventData:
        """Text, such as JSON."""
        try:
            return cls(text.encode(), DataKind.TEXT)
        except UnicodeEncodeError as exc:
            raise InvalidEvent.of("data", "holds half of a surrogate pair") from exc

    @classmethod
    def proto(cls, type_url: str, message: bytes) -> EventData:
        """A serialised message."""
        return cls(message, DataKind.PROTO, type_url)

    @classmethod
    def of_body(cls, body: bytes, content_type: str | None) -> EventData:
        """A message body: text if its media type is one of UTF-8 text and the bytes are."""
        is_text = content_type is not None and _is_utf_8_text(content_type) and is_utf_8(body)
        return cls(body, DataKind.TEXT if is_text else DataKind.BINARY)


def is_utf_8(content: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def media_type_of(content_type: str | None) -> MediaType | None:
    """The media type of `datacontenttype`; None if it is no media type.

    Without one, JSON is implied.
    """
    try:
        return parse_media_type(JSON if content_type is None else content_type)
    except ValueError:
        return None


def _is_utf_8_text(content_type: str) -> bool:
    media_type = media_type_of(content_type)
    return media_type is not None and media_type.is_text and media_type.charset in UTF_8_CHARSETS
