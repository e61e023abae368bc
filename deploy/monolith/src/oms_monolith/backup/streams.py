"""Streams of JetStream with their consumers, by the snapshots of the server's own API.

Source: https://docs.nats.io/reference/reference-protocols/nats_api_reference (STREAM.SNAPSHOT and
STREAM.RESTORE); `nats stream backup` uses the same.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import OmsError
from oms_nats import NatsConnection, NatsSettings

from oms_monolith.backup.archive import PartWriter
from oms_monolith.backup.errors import StoreFailed

if TYPE_CHECKING:
    from nats.aio.client import Client

CHUNK_BYTES: Final = 128 * 1024
_OURS: Final = "OMS_"
_WAIT_S: Final = 60
_NO_CONTENT: Final = "204"
# What says how far a stream got; times and sizes on disk are the server's own.
_STATE: Final = ("messages", "first_seq", "last_seq", "consumer_count")


@asynccontextmanager
async def connected(settings: NatsSettings) -> AsyncGenerator[Client]:
    """A client of its own.

    Raises:
        StoreFailed: NATS can't be reached.
    """
    connection = NatsConnection(settings, "oms-backup")
    try:
        try:
            client = await connection.client()
        except OmsError as exc:
            raise StoreFailed(str(exc)) from exc
        yield client
    finally:
        await connection.close()


async def names(client: Client) -> Sequence[str]:
    """The streams of the suite, in order."""
    found: list[str] = []
    while True:
        answer = await _ask(client, "STREAM.NAMES", {"offset": len(found)})
        page: list[str] = answer.get("streams") or []
        found += page
        if not page or len(found) >= answer["total"]:
            return sorted(name for name in set(found) if name.startswith(_OURS))


async def state_of(client: Client, stream: str) -> dict[str, Any]:
    """How far a stream is."""
    info = await _ask(client, f"STREAM.INFO.{stream}", {})
    return {name: info["state"].get(name, 0) for name in _STATE}


async def creation_of(client: Client, stream: str) -> list[str]:
    """When a stream was made, in each of the forms that services note."""
    from nats.js.api import StreamInfo

    info = await _ask(client, f"STREAM.INFO.{stream}", {})
    created: str = info["created"]
    moment = StreamInfo.from_response(info).created
    return [created, moment.isoformat() if moment else ""]


async def is_in_memory(client: Client, stream: str) -> bool:
    """Whether the server keeps a stream in memory only, and gives no snapshot of it."""
    info = await _ask(client, f"STREAM.INFO.{stream}", {})
    return info["config"].get("storage") == "memory"


async def snapshot(client: Client, stream: str, part: PartWriter) -> None:
    """Writes a stream and its consumers, as they are at one moment.

    Raises:
        StoreFailed: the stream is gone, or the server stopped sending.
    """
    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox)
    try:
        answer = await _ask(
            client,
            f"STREAM.SNAPSHOT.{stream}",
            {"deliver_subject": inbox, "chunk_size": CHUNK_BYTES},
        )
        part.about |= {"stream": stream, "config": answer["config"], "state": answer["state"]}
        while True:
            message = await _next(subscription, stream)
            status = (message.headers or {}).get("Status", _NO_CONTENT)
            if not message.data:
                if status != _NO_CONTENT:
                    raise StoreFailed(f"NATS broke off the snapshot of {stream}: {status}")
                return
            await asyncio.to_thread(part.write, message.data)
            if message.reply:
                await client.publish(message.reply, b"")
    finally:
        await subscription.unsubscribe()


async def restore(client: Client, about: Mapping[str, Any], chunks: Iterator[bytes]) -> None:
    """Makes a stream anew out of a snapshot, with the same numbers of messages.

    Args:
        chunks: The snapshot, in pieces of at most `CHUNK_BYTES`.
    Raises:
        StoreFailed: the server does not take it, such as for want of room.
    """
    stream = about["stream"]
    request = {"config": about["config"], "state": about["state"]}
    answer = await _ask(client, f"STREAM.RESTORE.{stream}", request)
    subject = answer["deliver_subject"]
    for chunk in chunks:
        await _send(client, stream, subject, chunk)
    await _send(client, stream, subject, b"")


async def delete(client: Client, stream: str) -> None:
    """Removes a stream and its consumers."""
    await _ask(client, f"STREAM.DELETE.{stream}", {})


async def make_empty(client: Client, config: Mapping[str, Any]) -> None:
    """Makes a stream without messages."""
    await _ask(client, f"STREAM.CREATE.{config['name']}", config)


async def config_of(client: Client, stream: str) -> dict[str, Any]:
    """The settings of a stream."""
    return (await _ask(client, f"STREAM.INFO.{stream}", {}))["config"]


async def _next(subscription: Any, stream: str) -> Any:
    try:
        return await subscription.next_msg(timeout=_WAIT_S)
    except TimeoutError as exc:
        raise StoreFailed(f"NATS sent no more of {stream} for {_WAIT_S} s") from exc


async def _send(client: Client, stream: str, subject: str, data: bytes) -> None:
    try:
        reply = await client.request(subject, data, timeout=_WAIT_S)
    except TimeoutError as exc:
        raise StoreFailed(f"NATS took no more of {stream} for {_WAIT_S} s") from exc
    if reply.data:
        _checked(reply.data, f"restore {stream}")


async def _ask(client: Client, what: str, content: Mapping[str, Any]) -> dict[str, Any]:
    from nats.errors import Error

    try:
        reply = await client.request(
            f"$JS.API.{what}", json.dumps(content).encode(), timeout=_WAIT_S
        )
    except (Error, TimeoutError) as exc:
        raise StoreFailed(f"JetStream does not answer {what} ({type(exc).__name__})") from exc
    return _checked(reply.data, what)


def _checked(data: bytes, what: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(data)
    if (error := content.get("error")) is not None:
        raise StoreFailed(f"JetStream refuses {what}: {error.get('description')}")
    return content
