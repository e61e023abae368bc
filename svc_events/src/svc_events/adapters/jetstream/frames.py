"""Publications as bytes of the NATS protocol, many at once.

nats-py writes one message a call, at several times the price of the bytes; a stream of events is
worth writing them here. Its own connection sends them, so that reconnecting, TLS and the order
with everything else stay its business.

Source: https://docs.nats.io/reference/reference-protocols/nats-protocol, `HPUB`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from svc_events.adapters.jetstream.outgoing import CONTENT_TYPE, Outgoing

if TYPE_CHECKING:
    from nats.aio.client import Client

_HEADERS: Final = f"NATS/1.0\r\ncontent-type: {CONTENT_TYPE}\r\nNats-Msg-Id: "
HEADER_BYTES: Final = len(_HEADERS) + 4
"""Bytes of the headers without the message id."""


def frames(events: Iterable[Outgoing], reply: str) -> bytes:
    """One `HPUB` for each event, with `reply` and its position as the reply subject."""
    parts: list[bytes] = []
    for index, (subject, message_id, payload) in enumerate(events):
        size = HEADER_BYTES + len(message_id)
        head = (
            f"HPUB {subject} {reply}{index} {size} {size + len(payload)}\r\n"
            f"{_HEADERS}{message_id}\r\n\r\n"
        )
        parts += (head.encode(), payload, b"\r\n")
    return b"".join(parts)


async def send(client: Client, content: bytes, *, count: int) -> None:
    """Hands frames to the connection and waits until it has room again.

    The order of calls is the order on the wire.
    """
    connection: Any = client
    connection.stats["out_msgs"] += count
    connection.stats["out_bytes"] += len(content)
    await connection._send_command(content)
    await connection._flush_pending(force_flush=True)
