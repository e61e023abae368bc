"""A stream's events from a position on, for a reader who keeps the position himself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_nats import NatsConnection

from svc_events.adapters.jetstream.failures import broker_errors
from svc_events.adapters.jetstream.metadata import facts_of
from svc_events.adapters.jetstream.pulling import ConsumerGone, Puller
from svc_events.adapters.subscriptions.selecting import Selector
from svc_events.domain.filters import Filter
from svc_events.domain.subjects import broker_stream
from svc_events.domain.subscriptions.broker_filters import subjects_for
from svc_events.domain.subscriptions.record import Delivery, Start

if TYPE_CHECKING:
    from nats.aio.msg import Msg

_MOST_AT_ONCE: Final = 100
_FORGOTTEN_AFTER_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Followed:
    """Some events, or none as a sign of life.

    Args:
        read_sequence: How far the stream was read, whether it matched or not; 0: not at all yet.
    """

    deliveries: Sequence[Delivery]
    read_sequence: int


async def follow(
    nats: NatsConnection,
    stream_id: str,
    wanted: Filter,
    start: Start,
    *,
    heartbeat_s: float,
) -> AsyncGenerator[Followed]:
    """Events as they come, in the order of the stream, each once; at most 100 at once.

    Args:
        start: Never "now": a position stays where it is when the reading has to begin anew.

    A consumer in the broker's memory does the reading. When the broker loses it, such as by
    a restart, another one goes on behind the last event.

    Raises:
        ResourceNotFound: there is no such stream.
        ServiceUnavailable: the broker is of no help.
    """
    follower = _Follower(nats, stream_id, wanted, start)
    try:
        with broker_errors(stream_id):
            while True:
                yield await follower.some(heartbeat_s)
    finally:
        await follower.close()


class _Follower:
    def __init__(self, nats: NatsConnection, stream_id: str, wanted: Filter, start: Start) -> None:
        self._nats = nats
        self._stream = broker_stream(stream_id)
        self._subjects = subjects_for(stream_id, wanted)
        self._selector = Selector(wanted)
        self._start = start
        self._puller: Puller | None = None
        self._consumer = ""
        self._read = 0

    async def some(self, heartbeat_s: float) -> Followed:
        """What has come, after waiting for something."""
        if self._puller is None:
            await self._open()
        assert self._puller is not None
        try:
            if not self._puller.asked:
                await self._puller.ask(_MOST_AT_ONCE, expires_s=max(heartbeat_s, 10.0))
            messages = await self._puller.take(_MOST_AT_ONCE, timeout_s=heartbeat_s)
        except ConsumerGone:
            await self.close()
            await self._check_stream()
            return Followed([], self._read)
        return self._followed(messages)

    async def close(self) -> None:
        """Ends the consumer, if the broker can be reached."""
        puller, self._puller = self._puller, None
        if puller is not None:
            await puller.close()
            with suppress(Exception):  # the broker forgets it after a while
                jetstream = await self._nats.jetstream()
                await jetstream.delete_consumer(self._stream, self._consumer)

    async def _open(self) -> None:
        jetstream = await self._nats.jetstream()
        info = await jetstream.add_consumer(self._stream, self._config())
        self._consumer = info.name
        self._puller = Puller(await self._nats.client(), self._stream, info.name)

    async def _check_stream(self) -> None:
        """Raises NotFoundError when the stream is gone, and not only the consumer."""
        await (await self._nats.jetstream()).stream_info(self._stream)

    def _config(self) -> Any:
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            inactive_threshold=_FORGOTTEN_AFTER_S,
            mem_storage=True,
            num_replicas=1,
            filter_subjects=self._subjects,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self._read + 1 if self._read else self._start.sequence,
        )
        if not self._read and self._start.time is not None:
            config.deliver_policy = DeliverPolicy.BY_START_TIME
            config.opt_start_seq, config.opt_start_time = None, self._start.time
        return config

    def _followed(self, messages: Sequence[Msg]) -> Followed:
        deliveries: list[Delivery] = []
        for message in messages:
            facts = facts_of(message)
            self._read = facts.sequence
            if self._selector.selects(message):
                deliveries.append(Delivery(facts.sequence, facts.publish_time, message.data))
        return Followed(deliveries, self._read)
