"""Events out of HTTP requests, as they arrive through the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from google.api.httpbody_pb2 import HttpBody
from oms_core.errors import InvalidEvent

from svc_events.adapters.jetstream.accepting import accept_event
from svc_events.adapters.jetstream.outgoing import Outgoing
from svc_events.domain.events import from_http
from svc_events.domain.events.limits import MAX_BATCH_BYTES

_PREFIX: Final = "ce-"
# A larger body is parsed by a thread, so that other calls go on meanwhile.
_SMALL_BYTES: Final = 64 * 1024


async def received(
    body: HttpBody, metadata: Iterable[tuple[str, Any]], *, stream_id: str
) -> list[Outgoing]:
    """The events of a request in any mode of the HTTP binding, ready for their stream.

    Args:
        body: The body with its content type; the gateway puts them there.
        metadata: Holds the headers `ce-*`.
    Raises:
        InvalidEvent: `fields` names each attribute at fault, within a batch of the first bad event.
        ParseError: the body is no JSON where it has to be.
    """
    if len(body.data) > MAX_BATCH_BYTES:
        size = len(body.data)
        raise InvalidEvent.of("body", f"has {size} bytes, more than {MAX_BATCH_BYTES}")
    headers = [*_event_headers(metadata)]
    if body.content_type:
        headers.append(("content-type", body.content_type))
    if len(body.data) <= _SMALL_BYTES:
        return _outgoing(headers, body.data, stream_id)
    return await asyncio.to_thread(_outgoing, headers, body.data, stream_id)


def _outgoing(headers: list[tuple[str, str]], body: bytes, stream_id: str) -> list[Outgoing]:
    events = from_http(headers, body)
    is_batch = len(events) != 1
    return [
        accept_event(event, stream_id=stream_id, index=index if is_batch else None)
        for index, event in enumerate(events)
    ]


def _event_headers(metadata: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, str]]:
    for name, value in metadata:
        if name.startswith(_PREFIX):
            # gRPC hands over bytes for a name that ends in `-bin`, which no attribute's does.
            yield name, value.decode("latin-1") if isinstance(value, bytes) else value
