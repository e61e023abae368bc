"""Publications as bytes of the NATS protocol, many at once.

nats-py writes one message a call, at several times the price of the bytes; a stream of events is
worth writing them here. Its own connection sends them, so that reconnecting, TLS and the order
with everything else stay its business.

Source: https://docs.nats.io/reference/reference-protocols/nats-protocol, `HPUB`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from oms_nats import unavailable

from svc_events.adapters.jetstream.outgoing import CONTENT_TYPE, Outgoing

if TYPE_CHECKING:
    from nats.aio.client import Client

_HEADERS: Final = f"NATS/1.0\r\ncontent-type: {CONTENT_TYPE}\r\nNats-Msg-Id: "
HEADER_BYTES: Final = len(_HEADERS) + 4
"""Bytes of the headers that every message has, without the message id."""


def frames(events: Iterable[Outgoing], reply: str) -> bytes:
    """One `HPUB` for each event, with `reply` and its position as the reply subject."""
    parts: list[bytes] = []
    for index, (subject, message_id, payload, headers) in enumerate(events):
        size = HEADER_BYTES + len(message_id) + len(headers)
        head = (
            f"HPUB {subject} {reply}{index} {size} {size + len(payload)}\r\n"
            f"{_HEADERS}{message_id}\r\n{headers}\r\n"
        )
        parts += (head.encode(), payload, b"\r\n")
    return b"".join(parts)


def connection_of(client: Client) -> object:
    """Stands for a client's present connection to a server; another one after each reconnect."""
    return client, client.stats["reconnects"]


async def send(client: Client, content: bytes, *, count: int) -> None:
    """Writes frames to the connection of this moment, and waits until it has room again.

    The order of calls is the order on the wire. Unlike `publish`, nothing is kept back for the
    next connection: there it would overtake what was lost with this one.

    Raises:
        ServiceUnavailable: there is no connection right now; nothing was written.
    """
    connection: Any = client
    transport = connection._transport
    if transport is None or not client.is_connected:
        raise unavailable("reconnecting")
    # What others have handed over before goes first, as its own flusher would have it.
    waiting, connection._pending = connection._pending, []
    connection._pending_data_size = 0
    transport.writelines([*waiting, content])
    connection.stats["out_msgs"] += count
    connection.stats["out_bytes"] += len(content)
    # A connection that breaks is noticed by its reader, which tells everybody.
    with contextlib.suppress(OSError):
        await transport.drain()
