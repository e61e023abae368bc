"""What the stream says about how far the relay got, and writing behind that.

Every write names the position of the last event of its database, and JetStream refuses it when
that is no longer the last one. So whoever writes knows all that was written before, a relay that
was thought dead writes nothing any more, and no event is there twice, whatever its age.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import OmsError
from oms_nats import NatsConnection, unavailable

from svc_events.adapters.jetstream.failures import refusal
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.adapters.relay.prepared import Prepared
from svc_events.domain.relay.place import HEADER, Place
from svc_events.domain.subjects import (
    DEFAULT_STREAM,
    broker_stream,
    origin_of_database,
    subject_filter,
)

if TYPE_CHECKING:
    from nats.js.api import ConsumerConfig

MAX_BATCH: Final = 500
"""Most events of one write; JetStream takes up to 1,000."""
# A batch costs JetStream some fixed work on disk, which is more than a few single writes.
_FEW: Final = 8
_FETCH: Final = 500
_WRONG_LAST_SEQUENCE: Final = 10071
_DUPLICATE_IN_BATCH: Final = 10201
_STREAM: Final = broker_stream(DEFAULT_STREAM)


class Overtaken(Exception):
    """Somebody else wrote events of this database in between; look again where the stream is."""


class _WrittenBefore(Exception):
    """An event of a batch was written within the stream's duplicate window."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """The stream as it is.

    Args:
        created: Tells it from one that was made later under the same name.
        first_sequence: Position of the first event it still has.
        max_message_bytes: Largest message it takes, headers included.
        is_atomic: Whether it takes batches.
    """

    created: str
    first_sequence: int
    max_message_bytes: int
    is_atomic: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A relayed event in the stream: its place in the feed, and its position."""

    place: Place
    sequence: int


class RelayStream:
    """The built-in stream, as the relay sees it.

    Every method may raise `ServiceUnavailable`.
    """

    def __init__(self, nats: NatsConnection, streams: EventStreams) -> None:
        self._nats = nats
        self._streams = streams

    async def state(self) -> StreamState:
        """The stream's state; it is made when it is not there."""
        await self._streams.ensure()
        info = await self._ask(f"STREAM.INFO.{_STREAM}")
        config = info["config"]
        most = (await self._nats.client()).max_payload
        limit = config.get("max_msg_size", -1)
        return StreamState(
            created=info["created"],
            first_sequence=info["state"]["first_seq"],
            max_message_bytes=min(most, limit) if limit > 0 else most,
            is_atomic=bool(config.get("allow_atomic")),
        )

    async def last(self, database: str) -> Written | None:
        """The last event of a database that the stream has."""
        from nats.js.errors import NotFoundError

        with _nats_errors():
            jetstream = await self._nats.jetstream()
            try:
                found = await jetstream.get_last_msg(_STREAM, _every(database))
            except NotFoundError:
                return None
        return Written(Place.decode((found.headers or {})[HEADER]), found.seq or 0)

    async def between(self, database: str, first: int, last: int) -> AsyncGenerator[list[Written]]:
        """The events of a database at positions from `first` to `last`, without their data."""
        with _nats_errors():
            jetstream = await self._nats.jetstream()
            consumer = await jetstream.pull_subscribe(
                _every(database), stream=_STREAM, config=_reading(first)
            )
            try:
                done = 0
                while done < last:
                    messages = await consumer.fetch(_FETCH, timeout=self._nats.timeout_s)
                    read = [
                        Written(
                            Place.decode((each.headers or {})[HEADER]),
                            each.metadata.sequence.stream,
                        )
                        for each in messages
                    ]
                    yield [each for each in read if each.sequence <= last]
                    done = read[-1].sequence
            finally:
                await consumer.unsubscribe()

    async def write(
        self, database: str, events: Sequence[Prepared], *, after: int, is_atomic: bool
    ) -> tuple[list[int], int]:
        """Writes events in their order, right behind the last one of their database.

        After an error the first ones may be in the stream, of a batch all or none.

        Args:
            events: At most `MAX_BATCH`.
            after: Position of the last event of the database; 0: the stream has none.
            is_atomic: Whether the stream takes batches.
        Returns:
            The positions, and the database's last one from now on. An event that was written
            before and is not kept any more has the position that it had.
        Raises:
            Overtaken: see there; nothing was written.
            LimitExceeded: the stream is full and set to refuse, or the broker is.
        """
        if is_atomic and len(events) > _FEW:
            positions = await self._write_batch(database, events, after)
            if positions is not None:
                return positions, positions[-1]
        positions = []
        for event in events:
            position, is_new = await self._publish(event, event.headers | _fence(database, after))
            if is_new:
                after = position
            elif await self._last_position(database) != after:
                raise Overtaken
            positions.append(position)
        return positions, after

    async def _last_position(self, database: str) -> int:
        last = await self.last(database)
        return last.sequence if last is not None else 0

    async def _write_batch(
        self, database: str, events: Sequence[Prepared], after: int
    ) -> list[int] | None:
        """Writes all or nothing; None if one of the events was written before."""
        client = await self._nats.client()
        batch = uuid.uuid4().hex
        with _nats_errors():
            for index, event in enumerate(events[:-1]):
                headers = event.headers | _in_batch(batch, index)
                if index == 0:
                    headers |= _fence(database, after)
                await client.publish(event.subject, event.payload, headers=headers)
        last = len(events) - 1
        commit = events[-1].headers | _in_batch(batch, last) | {"Nats-Batch-Commit": "1"}
        try:
            end, _ = await self._publish(events[-1], commit)
        except _WrittenBefore:
            return None
        # A batch is stored in one piece.
        return list(range(end - last, end + 1))

    async def _publish(self, event: Prepared, headers: dict[str, str]) -> tuple[int, bool]:
        """Publishes one message; its position, and whether it was not there before."""
        from nats.errors import NoRespondersError

        client = await self._nats.client()
        with _nats_errors():
            try:
                answer = await client.request(
                    event.subject, event.payload, timeout=self._nats.timeout_s, headers=headers
                )
            except NoRespondersError:
                self._streams.forget_built_in()
                raise
        content = json.loads(answer.data)
        if "error" in content:
            raise _refused(content["error"])
        return int(content["seq"]), not content.get("duplicate")

    async def _ask(self, what: str) -> dict[str, Any]:
        from nats.errors import NoRespondersError

        client = await self._nats.client()
        with _nats_errors():
            try:
                answer = await client.request(f"$JS.API.{what}", timeout=self._nats.timeout_s)
            except NoRespondersError as exc:
                raise unavailable("JetStream is not enabled") from exc
        content = json.loads(answer.data)
        if "error" in content:
            self._streams.forget_built_in()
            raise refusal(DEFAULT_STREAM, content["error"])
        return content


def _every(database: str) -> str:
    return subject_filter(DEFAULT_STREAM, origin=origin_of_database(database))


def _fence(database: str, after: int) -> dict[str, str]:
    """Headers of a write that is refused unless `after` is the database's last position."""
    return {
        "Nats-Expected-Last-Subject-Sequence": str(after),
        "Nats-Expected-Last-Subject-Sequence-Subject": _every(database),
    }


def _in_batch(batch: str, index: int) -> dict[str, str]:
    return {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(index + 1)}


def _reading(first: int) -> ConsumerConfig:
    from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

    return ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=first,
        ack_policy=AckPolicy.NONE,
        headers_only=True,
        mem_storage=True,
        num_replicas=1,
        inactive_threshold=30,
    )


def _refused(error: dict[str, Any]) -> Exception:
    if error.get("err_code") == _WRONG_LAST_SEQUENCE:
        return Overtaken()
    if error.get("err_code") == _DUPLICATE_IN_BATCH:
        return _WrittenBefore()
    return refusal(DEFAULT_STREAM, error)


@contextmanager
def _nats_errors() -> Generator[None]:
    """Raises what the driver raises as an `OmsError`."""
    from nats.errors import Error

    try:
        yield
    except OmsError:
        raise
    except (Error, TimeoutError, OSError) as exc:
        raise unavailable(type(exc).__name__) from exc
