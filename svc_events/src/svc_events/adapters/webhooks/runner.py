"""Delivers what is queued for one webhook, on this replica."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from oms_core.clock import Clock
from oms_core.errors import OmsError, ServiceUnavailable
from oms_core.logging import get_logger
from oms_core.tasks import end, raise_if_cancelled
from oms_core.tracing import TRACEPARENT, Kind, continued
from oms_nats import ConsumerGone, Puller
from oms_outbound.backoff import RetrySchedule

from svc_events.adapters.jetstream.metadata import facts_of
from svc_events.adapters.webhooks.codec import read_event
from svc_events.adapters.webhooks.limiter import RateLimiter
from svc_events.adapters.webhooks.log_writer import LogWriter
from svc_events.adapters.webhooks.queue import DELIVERY, PLACE, DeliveryQueue
from svc_events.adapters.webhooks.rows import Known
from svc_events.adapters.webhooks.sending import Answer, Sender
from svc_events.domain.events import CloudEvent
from svc_events.domain.webhooks.attempts import Attempt, DeadLetter, Outcome
from svc_events.domain.webhooks.batching import batches
from svc_events.domain.webhooks.model import Mode, Webhook
from svc_events.domain.webhooks.names import QUEUE, batch_id, token_of
from svc_events.domain.webhooks.outcomes import Decision, Verdict, decide

if TYPE_CHECKING:
    from nats.aio.msg import Msg

_PAUSE_S: Final = 0.5
_GRACE_S: Final = 5.0
_ASKED_AT_ONCE: Final = 512


class Consequences(Protocol):
    """What follows from attempts beyond the delivery itself."""

    async def gone(self, webhook: Webhook) -> None:
        """The endpoint answered 410."""
        ...

    async def failing(self, webhook: Webhook, since: datetime) -> None:
        """It has delivered nothing for a while."""
        ...

    async def dead(self, webhook: Webhook, letters: Sequence[DeadLetter]) -> None:
        """Events were given up. They are stored; nothing may be raised that can't be repeated."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What every webhook's deliveries share."""

    queue: DeliveryQueue
    sender: Sender
    limiter: RateLimiter
    log: LogWriter
    consequences: Consequences
    clock: Clock


@dataclass(frozen=True, slots=True)
class Delivery:
    """A queued event that is under way."""

    message: Msg
    event: CloudEvent
    id: str
    stream: str
    sequence: int
    partition: int
    number: int
    trace: str = ""

    @classmethod
    def of(cls, message: Msg) -> Delivery:
        """Raises OmsError when the message holds no event."""
        headers = message.headers or {}
        stream, _, sequence = headers.get(PLACE, "/0").partition("/")
        return cls(
            message=message,
            event=read_event(message.data),
            id=headers.get(DELIVERY, ""),
            stream=stream,
            sequence=int(sequence),
            partition=int(message.subject.rpartition(".")[2]),
            number=facts_of(message).attempt,
            trace=headers.get(TRACEPARENT, ""),
        )


class Runner:
    """One webhook's deliveries: bounded, and on their own, so they delay no other webhook's.

    `known` may be replaced at any time; attempts that begin from then on use it.
    """

    def __init__(self, known: Known, tools: Tools) -> None:
        self.known = known
        self.tools = tools
        self.held: dict[str, Msg] = {}
        self._log = get_logger()

    async def run(self) -> None:
        """Delivers until it is cancelled; then what is under way is finished, for a while."""
        while True:
            raise_if_cancelled()
            try:
                await self._run()
            except ServiceUnavailable as exc:
                self._log.debug("deliveries wait", webhook=self._name, why=str(exc))
            except ConsumerGone as exc:
                self._log.info("consumer made again", webhook=self._name, why=str(exc))
            await asyncio.sleep(_PAUSE_S)

    @property
    def _name(self) -> str:
        return self.known.webhook.name

    async def _run(self) -> None:
        names = await self.tools.queue.ensure_consumers(self.known.webhook)
        raise_if_cancelled()
        alive = asyncio.create_task(self._keep_alive())
        lanes = [asyncio.create_task(Lane(self, name).run()) for name in names]
        try:
            done, _ = await asyncio.wait(lanes, return_when=asyncio.FIRST_COMPLETED)
            for lane in done:
                lane.result()
        finally:
            try:
                await end(*lanes)
            finally:
                # Also when who cancels insists.
                alive.cancel()

    async def _keep_alive(self) -> None:
        """Tells the broker of what is under way, so that nobody else gets it meanwhile."""
        from nats.errors import Error

        while True:
            await asyncio.sleep(self.tools.queue.ack_wait_s / 3)
            for message in list(self.held.values()):
                with contextlib.suppress(Error):
                    await message.in_progress()

    async def deliver(self, messages: Sequence[Msg]) -> None:
        """Makes one attempt for the messages and settles each of them."""
        settled = False
        try:
            deliveries = await self._read(messages)
            if deliveries:
                await self._attempt(deliveries)
            settled = True
        finally:
            for message in messages:
                self.held.pop(message.reply, None)
            if not settled:
                await _give_back(messages)

    async def _read(self, messages: Sequence[Msg]) -> list[Delivery]:
        deliveries: list[Delivery] = []
        for message in messages:
            try:
                deliveries.append(Delivery.of(message))
            except (OmsError, ValueError) as exc:
                self._log.error("no event in the queue", webhook=self._name, why=str(exc))
                await message.term()
        return deliveries

    async def _attempt(self, deliveries: Sequence[Delivery]) -> None:
        known, tools = self.known, self.tools
        request_id = batch_id([each.id for each in deliveries])
        with _span(known.webhook, deliveries):
            await self._wait_for_turn(known.webhook)
            answer = await tools.sender.send(known, request_id, [each.event for each in deliveries])
        schedule = RetrySchedule(delays_s=(0.0, *known.webhook.settings.retry_s))
        decisions = [self._decide(answer, each, schedule) for each in deliveries]
        letters = [
            _dead_letter(known.webhook, each, answer, tools.clock.now())
            for each, decision in zip(deliveries, decisions, strict=True)
            if decision.verdict is Verdict.DEAD
        ]
        attempt = _attempt(known.webhook, request_id, deliveries, answer, decisions[0])
        written = await tools.log.write(attempt, letters)
        if written.dead_letters:
            await tools.consequences.dead(known.webhook, written.dead_letters)
        for each, decision in zip(deliveries, decisions, strict=True):
            await _settle(each.message, decision)
        if decisions[0].verdict is Verdict.GONE:
            await tools.consequences.gone(known.webhook)
        elif written.failing_since is not None and answer.outcome is not Outcome.DELIVERED:
            await tools.consequences.failing(known.webhook, written.failing_since)

    async def _wait_for_turn(self, webhook: Webhook) -> None:
        rate = webhook.requests_per_second
        if rate:
            wait_s = await self.tools.limiter.reserve(token_of(webhook), rate)
            if wait_s:
                await asyncio.sleep(wait_s)

    def _decide(self, answer: Answer, delivery: Delivery, schedule: RetrySchedule) -> Decision:
        delay_s = schedule.delay_before(delivery.number + 1, retry_after_s=answer.retry_after_s)
        return decide(answer.outcome, answer.status, delay_s)


class Lane:
    """Pulls from one consumer and keeps a bounded number of attempts under way."""

    def __init__(self, runner: Runner, consumer: str) -> None:
        self._runner = runner
        settings = runner.known.webhook.settings
        self._puller = Puller(runner.tools.queue.connection, QUEUE, consumer, held=runner.held)
        self._most = 1 if settings.is_ordered else settings.max_concurrency
        self._batch_size = settings.batch_size if settings.mode is Mode.BATCHED else 1
        # So many wait here for a free slot, so that none waits for the broker. More would be kept
        # from other replicas, and count as attempted when this one dies.
        self._ahead = min(self._batch_size * max(1, self._most // 4), _ASKED_AT_ONCE)
        self._slots = asyncio.Semaphore(self._most)
        self._tasks: set[asyncio.Task[None]] = set()
        self._log = get_logger()

    async def run(self) -> None:
        """Delivers until it is cancelled, or its consumer is gone."""
        try:
            await self._puller.open()
            while True:
                await self._slots.acquire()
                raise_if_cancelled()
                try:
                    messages = await self._next()
                except BaseException:
                    self._slots.release()
                    raise
                self._start(messages)
        finally:
            await self._puller.close()
            await self._finish()

    async def _next(self) -> list[Msg]:
        messages = [await self._puller.next(self._room)]
        while len(messages) < self._batch_size:
            more = self._puller.next_nowait()
            if more is None:
                break
            messages.append(more)
        return messages

    def _room(self, waiting: int) -> int:
        if waiting > self._ahead // 2:
            return 0
        # The slot of who asks is taken already.
        free = self._most - len(self._tasks)
        wanted = free * self._batch_size + self._ahead - waiting
        return min(max(wanted, 0 if waiting else 1), _ASKED_AT_ONCE)

    def _start(self, messages: list[Msg]) -> None:
        parts = list(batches(messages, lambda message: len(message.data), most=self._batch_size))
        task = asyncio.create_task(self._deliver(parts))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, parts: list[list[Msg]]) -> None:
        try:
            for part in parts:
                await self._runner.deliver(part)
        except Exception as exc:  # noqa: BLE001 - one delivery's fault; it comes again
            self._log.error("delivery failed", consumer=self._puller.consumer, exc_info=exc)
        finally:
            self._slots.release()

    async def _finish(self) -> None:
        untouched: list[Msg] = []
        with contextlib.suppress(ConsumerGone):
            while (message := self._puller.next_nowait()) is not None:
                untouched.append(message)
        for message in untouched:
            self._runner.held.pop(message.reply, None)
        await _give_back(untouched)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GRACE_S)
        await end(*self._tasks)


def _span(webhook: Webhook, deliveries: Sequence[Delivery]) -> AbstractContextManager[Any]:
    """Goes on with the trace that the event was published in: of a batch the first that has one.
    An event whose trace is not kept begins none."""
    trace = next((each.trace for each in deliveries if each.trace), "")
    if not trace:
        return contextlib.nullcontext()
    return continued("POST webhook", Kind.CLIENT, trace, oms_webhook=webhook.name)


async def _give_back(messages: Sequence[Msg]) -> None:
    """Lets them come again at once; without that they would after a while."""
    from nats.errors import Error

    with contextlib.suppress(Error):
        for message in messages:
            if not message.is_acked:
                await message.nak()


async def _settle(message: Msg, decision: Decision) -> None:
    match decision.verdict:
        case Verdict.DONE | Verdict.DEAD:
            await message.ack()
        case Verdict.AGAIN | Verdict.GONE:
            await message.nak(delay=decision.delay_s)


def _attempt(
    webhook: Webhook,
    request_id: str,
    deliveries: Sequence[Delivery],
    answer: Answer,
    decision: Decision,
) -> Attempt:
    first = deliveries[0]
    is_repeated = decision.verdict is Verdict.AGAIN
    ended_at = answer.at + timedelta(seconds=answer.latency_s)
    return Attempt(
        serial=webhook.serial,
        delivery_id=request_id,
        stream=first.stream,
        sequence=first.sequence,
        event_type=first.event.type,
        event_id=first.event.id,
        number=max(each.number for each in deliveries),
        at=answer.at,
        latency_s=answer.latency_s,
        outcome=answer.outcome,
        http_status=answer.status,
        error=answer.error,
        request_headers=answer.headers,
        request_bytes=answer.request_bytes,
        response_headers=answer.response_headers,
        response_body=answer.response_body,
        next_at=ended_at + timedelta(seconds=decision.delay_s) if is_repeated else None,
        event_count=len(deliveries),
    )


def _dead_letter(webhook: Webhook, delivery: Delivery, answer: Answer, now: datetime) -> DeadLetter:
    return DeadLetter(
        serial=webhook.serial,
        delivery_id=delivery.id,
        stream=delivery.stream,
        sequence=delivery.sequence,
        event=delivery.message.data,
        event_type=delivery.event.type,
        partition=delivery.partition,
        attempt_count=delivery.number,
        last_error=answer.error,
        last_http_status=answer.status,
        dead_at=now,
    )
