"""What webhooks need to know of streams."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import ResourceNotFound
from oms_core.tracing import TRACEPARENT
from oms_nats import ConsumerGone, NatsConnection, Puller, unavailable

from svc_events.adapters.jetstream.failures import no_stream
from svc_events.adapters.jetstream.metadata import facts_of
from svc_events.domain.subjects import DEFAULT_STREAM, broker_stream

if TYPE_CHECKING:
    from nats.aio.msg import Msg
    from nats.js.api import ConsumerInfo, StreamInfo

_IDLE_S: Final = 60.0
_READ_AHEAD: Final = 512


class Interrupted(Exception):
    """A message was lost on its way; read again from where you are."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it lies in a stream."""

    sequence: int
    message_id: str
    behind: int
    """How many events there were behind it when it was sent."""
    event: bytes = field(repr=False)
    trace: str = ""
    """The `traceparent` that it was published with; empty: its trace is not kept."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """How far a stream got."""

    created: str
    """When it was made, in ISO 8601: tells it from an earlier one of its name."""
    last: int
    """The place of the last event that it ever got; 0: none yet."""

    def has(self, place: int, created: str) -> bool:
        """Whether a place is one of this stream.

        Args:
            created: When the stream was made that it is a place of; empty: that is not known.
        """
        # A stream that was restored from an older copy is the same one, and has fewer events.
        return created in {"", self.created} and place <= self.last


class StreamReader:
    """Reads streams of events."""

    def __init__(self, connection: NatsConnection) -> None:
        self._connection = connection

    async def last_sequence(self, stream: str) -> int:
        """The place of the last event that a stream ever got; 0: none yet.

        Raises:
            ResourceNotFound: there is no such stream. The built-in one is made when needed.
            ServiceUnavailable: NATS can't be reached.
        """
        try:
            return (await self._info(stream)).state.last_seq
        except ResourceNotFound:
            if stream == DEFAULT_STREAM:
                return 0
            raise

    async def state(self, stream: str) -> StreamState:
        """Which stream has this name now, and how far it got.

        Raises:
            ResourceNotFound: there is no such stream.
            ServiceUnavailable: NATS can't be reached.
        """
        info = await self._info(stream)
        created = info.created.isoformat() if info.created else ""
        return StreamState(created, info.state.last_seq)

    async def _info(self, stream: str) -> StreamInfo:
        js = await self._connection.jetstream()
        from nats.errors import Error
        from nats.js.errors import NotFoundError

        try:
            return await js.stream_info(broker_stream(stream))
        except NotFoundError as exc:
            raise no_stream(stream) from exc
        except (Error, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc

    @asynccontextmanager
    async def reading(
        self,
        stream: str,
        *,
        start: int = 0,
        time: datetime | None = None,
        headers_only: bool = False,
    ) -> AsyncGenerator[Reading]:
        """Reads the events of a stream in order.

        Args:
            start: From this place on.
            time: From the first event that was taken at this time or later, in place of `start`.
            headers_only: Without the events themselves.
        Raises:
            ResourceNotFound: there is no such stream.
            ServiceUnavailable: NATS can't be reached.
        """
        info = await self._add_consumer(stream, start, time, headers_only)
        puller = Puller(self._connection, broker_stream(stream), info.name)
        await puller.open()
        try:
            yield Reading(puller, is_empty=info.num_pending == 0)
        finally:
            await puller.close()

    async def places_of_commit(
        self, stream: str, commit: str, *, end: int
    ) -> tuple[int, int] | None:
        """The places of the first and the last event that were relayed of a commit; None when
        there is none up to `end`. Reads the headers of the whole stream.

        Raises:
            ResourceNotFound: there is no such stream.
            ServiceUnavailable: NATS can't be reached.
        """
        while True:
            first = last = 0
            with contextlib.suppress(Interrupted, ConsumerGone):
                async with self.reading(stream, headers_only=True) as reading:
                    async for stored in reading.up_to(end):
                        if stored.message_id.startswith(f"{commit}:"):
                            first, last = first or stored.sequence, stored.sequence
                return (first, last) if first else None

    async def _add_consumer(
        self, stream: str, start: int, time: datetime | None, headers_only: bool
    ) -> ConsumerInfo:
        js = await self._connection.jetstream()
        from nats.errors import Error
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
        from nats.js.errors import NotFoundError

        where: dict[str, Any] = {
            "deliver_policy": DeliverPolicy.BY_START_SEQUENCE,
            "opt_start_seq": max(start, 1),
        }
        if time is not None:
            where = {"deliver_policy": DeliverPolicy.BY_START_TIME, "opt_start_time": time}
        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            mem_storage=True,
            num_replicas=1,
            inactive_threshold=_IDLE_S,
            headers_only=headers_only,
            **where,
        )
        try:
            return await js.add_consumer(broker_stream(stream), config)
        except NotFoundError as exc:
            raise no_stream(stream) from exc
        except (Error, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc


class Reading:
    """Events of a stream, in order and without a gap."""

    def __init__(self, puller: Puller, *, is_empty: bool) -> None:
        self._puller = puller
        self._delivered = 0
        self._is_empty = is_empty

    async def some(self, most: int) -> list[Stored]:
        """At least one event, whenever it comes, and those that are there already.

        Raises:
            Interrupted: see there.
            ConsumerGone: the same, for another reason.
        """
        found = [self._checked(await self._puller.next(_read_ahead))]
        while len(found) < most and (message := self._puller.next_nowait()) is not None:
            found.append(self._checked(message))
        return found

    async def up_to(self, end: int) -> AsyncIterator[Stored]:
        """The events that are there, up to a place. It need not be there any more."""
        while not self._is_empty:
            for stored in await self.some(_READ_AHEAD):
                if stored.sequence <= end:
                    yield stored
                if stored.sequence >= end or stored.behind == 0:
                    return

    def _checked(self, message: Msg) -> Stored:
        facts = facts_of(message)
        self._delivered += 1
        # Nothing is acknowledged, so the broker does not know what never got here.
        if facts.delivery != self._delivered:
            raise Interrupted
        headers = message.headers or {}
        message_id = headers.get("Nats-Msg-Id", "")
        trace = headers.get(TRACEPARENT, "")
        return Stored(facts.sequence, message_id, facts.pending, message.data, trace)


def _read_ahead(waiting: int) -> int:
    return _READ_AHEAD if waiting < _READ_AHEAD // 4 else 0
