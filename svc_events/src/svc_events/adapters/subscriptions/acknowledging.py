"""Acknowledges, rejects and extends deliveries at the broker."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

from oms_nats import NatsConnection

from svc_events.adapters.jetstream.failures import broker_errors
from svc_events.adapters.subscriptions.consumers import consumer_name
from svc_events.domain.subjects import broker_stream
from svc_events.domain.subscriptions.ack_ids import AckId
from svc_events.domain.subscriptions.record import Subscription

DONE: Final = b"+ACK"
NEVER_AGAIN: Final = b"+TERM"
IN_PROGRESS: Final = b"+WPI"
_NANOSECONDS: Final = 1_000_000_000


def again_after(delay_s: float) -> bytes:
    """The answer to a delivery that is to come again."""
    return b"-NAK " + json.dumps({"delay": int(delay_s * _NANOSECONDS)}).encode()


def session_subject(session: str) -> str:
    """Where a stream of `Subscribe` hears which of its deliveries are over."""
    return f"oms.acked.{session}"


class Acknowledger:
    """Answers the broker for clients, and has every answer confirmed."""

    def __init__(self, nats: NatsConnection) -> None:
        self._nats = nats

    async def answer(
        self,
        subscription: Subscription,
        ack_ids: Sequence[AckId],
        answer: Callable[[AckId], bytes],
        *,
        is_over: bool = True,
    ) -> None:
        """Gives the broker an answer for each delivery. Safe to repeat.

        Args:
            answer: The answer for a delivery.
            is_over: Whether the deliveries no longer count as under way.
        Raises:
            ServiceUnavailable: the broker did not confirm all of them; those it did stay answered.
        """
        client = await self._nats.client()
        stream = broker_stream(subscription.spec.stream)
        with broker_errors(subscription.spec.stream):
            await asyncio.gather(
                *(
                    client.request(
                        each.reply_subject(stream, consumer_name(subscription, each.partition)),
                        answer(each),
                        timeout=self._nats.timeout_s,
                    )
                    for each in ack_ids
                )
            )
            if is_over:
                await self._tell_sessions(ack_ids)

    async def _tell_sessions(self, ack_ids: Sequence[AckId]) -> None:
        client = await self._nats.client()
        by_session: defaultdict[str, list[int]] = defaultdict(list)
        for each in ack_ids:
            if each.session:
                by_session[each.session].append(each.sequence)
        for session, sequences in by_session.items():
            await client.publish(session_subject(session), json.dumps(sequences).encode())
