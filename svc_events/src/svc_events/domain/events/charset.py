"""Text data in the character set that its content type declares."""

from __future__ import annotations

from typing import Final

from oms_core.errors import InvalidEvent

from svc_events.domain.events.data import UTF_8_CHARSETS, DataKind, EventData

# By name: what a sender calls it, and Python's codec. Not every codec of Python is one for text
# from strangers, so those that are allowed are listed.
_CODECS: Final = {
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}


def encode(text: str, charset: str) -> EventData:
    """Text data; bytes in another character set than UTF-8 are binary data.

    Raises:
        InvalidEvent: the character set is not known, or can't hold the text.
    """
    if charset in UTF_8_CHARSETS and (charset != "us-ascii" or text.isascii()):
        return EventData.text(text)
    codec = _CODECS.get(charset)
    if codec is None:
        known = ", ".join(sorted({"utf-8", *_CODECS}))
        raise InvalidEvent.of("datacontenttype", f"charset {charset[:64]!r} is none of {known}")
    try:
        content = text.encode(codec)
    except UnicodeEncodeError as exc:
        raise InvalidEvent.of("data", f"holds characters that {charset} has not") from exc
    return EventData(content, DataKind.BINARY)
