"""Reads events out of a stream by their places, without a consumer.

Source: ADR-31 of NATS, "JetStream Direct Get", with its batches (NATS 2.11).
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import orjson
from oms_core.errors import OmsError, ResourceNotFound
from oms_nats import NatsConnection, unavailable

from svc_events.adapters.jetstream.api import PREFIX, Refused, ask
from svc_events.adapters.jetstream.failures import no_stream, stream_name
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.subjects import broker_stream

if TYPE_CHECKING:
    from nats.aio.msg import Msg

_NO_MESSAGE: Final = 10037
_END_OF_BATCH: Final = "204"
_NOT_FOUND: Final = "404"
_NO_RESPONDERS: Final = "503"
_STATUS: Final = "Status"


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """An event as it lies in a stream.

    Args:
        sequence: Position, from 1.
        publish_time: When the stream took it.
        subject: See `svc_events.domain.subjects`.
        payload: In the Protobuf event format.
    """

    sequence: int
    publish_time: datetime
    subject: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Some events in their order; `has_more` tells whether there are any after them."""

    messages: list[StoredMessage]
    has_more: bool


class EventReader:
    """Reads events. Every method may raise ServiceUnavailable: NATS can't be reached."""

    def __init__(self, nats: NatsConnection, streams: EventStreams) -> None:
        self._nats = nats
        self._streams = streams

    async def get(self, stream_id: str, sequence: int) -> StoredMessage:
        """The event at a place.

        Raises:
            ResourceNotFound: there is no such stream, or no event there, or no longer.
        """
        await self._streams.ensure(stream_id)
        subject = f"STREAM.MSG.GET.{broker_stream(stream_id)}"
        try:
            # The leader's own copy: it has what was acknowledged a moment ago.
            found = (await ask(self._nats, subject, {"seq": sequence}))["message"]
        except Refused as exc:
            if exc.number != _NO_MESSAGE:
                raise await self._failure(stream_id, str(exc)) from exc
            name = f"{stream_name(stream_id)}/events/{sequence}"
            raise ResourceNotFound.of("event", name) from exc
        return StoredMessage(
            sequence=found["seq"],
            publish_time=_moment(found["time"]),
            subject=found["subject"],
            payload=base64.b64decode(found.get("data", "")),
        )

    async def read(
        self,
        stream_id: str,
        *,
        subject_filter: str,
        start: int | datetime,
        most: int,
        most_bytes: int,
    ) -> Batch:
        """Some events from a place on.

        Args:
            subject_filter: Made with `svc_events.domain.subjects.subject_filter`.
            start: A position, or a moment: with the first event published then or later.
            most: Most events, from 1.
            most_bytes: Stops when they pass it; there is at least one event if there is any.
        Raises:
            ResourceNotFound: there is no such stream.
        """
        await self._streams.ensure(stream_id)
        wanted: dict[str, Any] = {
            "batch": most,
            "max_bytes": most_bytes,
            "next_by_subj": subject_filter,
        }
        if isinstance(start, int):
            wanted["seq"] = start
        else:
            wanted["start_time"] = start.astimezone(UTC).isoformat().replace("+00:00", "Z")
        answers = await self._collect(f"{PREFIX}.DIRECT.GET.{broker_stream(stream_id)}", wanted)
        return await self._batch(stream_id, answers)

    async def _collect(self, subject: str, wanted: Mapping[str, Any]) -> list[Msg]:
        """Sends a request and waits for all its answers, the last of which has a status."""
        from nats.errors import Error

        client = await self._nats.client()
        answers: list[Msg] = []
        done = asyncio.get_running_loop().create_future()

        async def take(message: Msg) -> None:
            answers.append(message)
            if (message.headers or {}).get(_STATUS) and not done.done():
                done.set_result(None)

        inbox = client.new_inbox()
        try:
            subscription = await client.subscribe(inbox, cb=take)
            try:
                await client.publish(subject, orjson.dumps(wanted), reply=inbox)
                await asyncio.wait_for(done, self._nats.timeout_s)
            finally:
                await subscription.unsubscribe()
        except (Error, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc
        return answers

    async def _batch(self, stream_id: str, answers: list[Msg]) -> Batch:
        last = answers[-1].headers or {}
        if last[_STATUS] == _END_OF_BATCH:
            messages = [_stored(each) for each in answers[:-1]]
            return Batch(messages, int(last.get("Nats-Num-Pending", "0")) > 0)
        if last[_STATUS] == _NOT_FOUND:
            return Batch([], has_more=False)
        raise await self._failure(stream_id, last.get("Description", last[_STATUS]))

    async def _failure(self, stream_id: str, why: str) -> OmsError:
        if not await self._streams.is_there(stream_id):
            return no_stream(stream_id)
        return unavailable(f"the stream can't be read: {why}")


def _stored(message: Msg) -> StoredMessage:
    headers = message.headers or {}
    return StoredMessage(
        sequence=int(headers["Nats-Sequence"]),
        publish_time=_moment(headers["Nats-Time-Stamp"]),
        subject=headers["Nats-Subject"],
        payload=message.data,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
