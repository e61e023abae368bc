"""Queues dead letters, or events of a stream, again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from oms_core.errors import InvalidField, ResourceNotFound
from oms_core.ids import new_request_id
from oms_nats import ConsumerGone

from svc_events.adapters.webhooks.codec import event_in_stream
from svc_events.adapters.webhooks.dead_letters import DeadLetterQuery, DeadLetterStore
from svc_events.adapters.webhooks.dispatcher import queued
from svc_events.adapters.webhooks.matching import Matcher
from svc_events.adapters.webhooks.queue import DeliveryQueue, Queued
from svc_events.adapters.webhooks.reading import Interrupted, StreamReader
from svc_events.domain.webhooks.attempts import DeadLetter
from svc_events.domain.webhooks.model import Standing, Webhook
from svc_events.domain.webhooks.names import token_of

_CHUNK: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where to begin: at a place, a time, or a commit. Nothing: at the end."""

    sequence: int | None = None
    time: datetime | None = None
    commit: str = ""
    after_commit: str = ""


@dataclass(frozen=True, slots=True)
class _Span:
    """Places from `start`, or a time, to `end`."""

    start: int
    end: int
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replayer:
    """Queues again."""

    dead_letters: DeadLetterStore
    queue: DeliveryQueue
    reader: StreamReader

    async def dead(self, webhook: Webhook, query: DeadLetterQuery) -> int:
        """Queues dead letters, each before it is removed; how many.

        Raises:
            InvalidField: one is too large for the queue.
        """
        count, after = 0, 0
        most = await self.queue.max_event_bytes()
        while letters := await self.dead_letters.read(query, after=after, limit=_CHUNK):
            for letter in letters:
                if len(letter.event) > most:
                    what = f"{letter.id} has {len(letter.event)} bytes, more than {most}"
                    raise InvalidField.of("range", what)
            await self.queue.put([_again(webhook, letter) for letter in letters])
            ids = [letter.id for letter in letters]
            count += await self.dead_letters.delete(replace(query, ids=ids))
            after = ids[-1]
        return count

    async def events(
        self, webhook: Webhook, start: Start, *, end: int, most: int
    ) -> tuple[int, int]:
        """Queues the events of a range that match the webhook's filters.

        Args:
            end: The last place; 0: the last one there is.
            most: Most events to queue.
        Returns:
            How many were queued, and the place of the last one that was looked at.
        """
        last = await self.reader.last_sequence(webhook.stream)
        place, time = await self._place(webhook.stream, start, last)
        span = _Span(place, min(end or last, last), time)
        replay = new_request_id()
        count, looked_at = 0, 0
        while span.start <= span.end and count < most:
            try:
                found, looked_at = await self._chunk(webhook, span, most - count)
            except (ConsumerGone, Interrupted):
                continue
            await self.queue.put([replace(each, replay=replay) for each in found])
            count += len(found)
            span = _Span(looked_at + 1, span.end)
        return count, looked_at

    async def _chunk(self, webhook: Webhook, span: _Span, most: int) -> tuple[list[Queued], int]:
        """What matches of the beginning of a range, and the last place that was looked at."""
        # Whether it is enabled right now, and since when, is nothing to a replay.
        settings = replace(webhook.settings, is_disabled=False, require_handshake=False)
        wanted = replace(webhook, settings=settings, standing=Standing(), start_sequence=0)
        matcher = Matcher([wanted])
        found: list[Queued] = []
        stream = webhook.stream
        async with self.reader.reading(stream, start=span.start, time=span.time) as reading:
            async for stored in reading.up_to(span.end):
                event = event_in_stream(stored.event, stream, stored.sequence)
                if event is not None and matcher.matching(event, stored.sequence):
                    found.append(queued(webhook, stored, event))
                if len(found) == min(most, _CHUNK):
                    return found, stored.sequence
        return found, span.end

    async def _place(self, stream: str, start: Start, last: int) -> tuple[int, datetime | None]:
        if start.time is not None:
            return 1, start.time
        commit = start.commit or start.after_commit
        if commit:
            found = await self.reader.places_of_commit(stream, commit, end=last)
            if found is None:
                raise ResourceNotFound.of("commit", commit, f"in streams/{stream}")
            return (found[0] if start.commit else found[1] + 1), None
        return (last + 1 if start.sequence is None else max(start.sequence, 1)), None


def _again(webhook: Webhook, letter: DeadLetter) -> Queued:
    token = token_of(webhook)
    return Queued(
        token=token,
        partition=letter.partition,
        is_ordered=webhook.settings.is_ordered,
        replay=f"dead-{letter.id}",
        delivery_id=letter.delivery_id,
        place=f"{letter.stream}/{letter.sequence}",
        event_type=letter.event_type,
        event=letter.event,
    )
