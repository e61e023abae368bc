"""Names in NATS: the JetStream stream of a stream, and the subject of an event.

`oms.ev.<stream>.<partition>.<origin>.<type>`: a stream of OMS owns everything below its
own name, so streams never overlap; the broker can select by type and by origin; and the
events of a key share a partition, in which they can be delivered one after the other.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

PARTITIONS: Final = 16
"""How many partitions the keys of a stream are spread over."""
DEFAULT_STREAM: Final = "events"
ORIGIN_PUBLISHED: Final = "pub"
"""Origin of events that callers published."""
ORIGIN_OWN: Final = "oms"
"""Origin of events about the service's own work, such as a suspended webhook."""
MAX_TYPE_LENGTH: Final = 256
"""Longest type that gets a subject, in characters."""

_STREAM_PREFIX: Final = "OMS_EV_"
_ROOT: Final = "oms.ev"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]")


def broker_stream(stream_id: str) -> str:
    """Name of the JetStream stream that holds a stream of OMS."""
    return _STREAM_PREFIX + stream_id


def stream_id_of(broker_name: str) -> str | None:
    """The stream of OMS that a JetStream stream holds; None for any other one."""
    is_ours = broker_name.startswith(_STREAM_PREFIX)
    return broker_name.removeprefix(_STREAM_PREFIX) if is_ours else None


def every_subject(stream_id: str) -> str:
    """Wildcard of every event of a stream."""
    return f"{_ROOT}.{stream_id}.>"


def every_stream() -> str:
    """Wildcard of every event of every stream."""
    return f"{_ROOT}.>"


def origin_of_database(database: str) -> str:
    """Origin of what was relayed from a database of the kernel."""
    return f"db-{database}"


def partition_of(key: str) -> int:
    """The partition of an ordering key, from 0."""
    return zlib.crc32(key.encode()) % PARTITIONS


def event_subject(stream_id: str, *, key: str, origin: str, event_type: str) -> str:
    """The subject of an event.

    Args:
        key: What events are to be delivered in order by.
        origin: `ORIGIN_PUBLISHED`, `ORIGIN_OWN` or that of a database.
        event_type: The event's type, at most `MAX_TYPE_LENGTH` characters.
    """
    return partition_subject(stream_id, partition_of(key), origin, event_type)


def partition_subject(stream_id: str, partition: int, origin: str, event_type: str) -> str:
    """The subject of an event whose partition is known; see `event_subject`."""
    return f"{_ROOT}.{stream_id}.{partition}.{origin}.{type_tokens(event_type)}"


def subject_filter(
    stream_id: str, *, partition: int | None = None, origin: str = "*", event_type: str = ""
) -> str:
    """Wildcard of a stream's events.

    Args:
        partition: Only this one; None: every.
        event_type: Exact; ending in `.*`: every type that begins with what is before the `*`.
            Empty: every. A prefix that ends inside a token can't be told to the broker; the
            token is then left open.
    """
    where = "*" if partition is None else str(partition)
    return f"{_ROOT}.{stream_id}.{where}.{origin}.{_type_filter(event_type)}"


def type_tokens(event_type: str) -> str:
    """A type as tokens of a subject: what a subject can't hold is written `=XX`."""
    return ".".join(_token(token) for token in event_type.split("."))


def _type_filter(event_type: str) -> str:
    if not event_type.endswith("*"):
        return type_tokens(event_type) if event_type else ">"
    whole, dot, _ = event_type[:-1].rpartition(".")
    return f"{type_tokens(whole)}.>" if dot and whole else ">"


def _token(text: str) -> str:
    # An empty token is not allowed; `=` alone can't come out of any other text.
    return _UNSAFE.sub(lambda match: _escaped(match[0]), text) or "="


def _escaped(character: str) -> str:
    return "".join(f"={byte:02X}" for byte in character.encode())
