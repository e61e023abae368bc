"""Subscriptions over gRPC."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Final

from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import subscription_service_pb2 as pb
from oms.event.v1 import subscription_service_pb2_grpc as pb_grpc
from oms_core.call import current_identity
from oms_core.clock import Clock
from oms_core.errors import InvalidField, ResourceNotFound, StaleEtag
from oms_core.paging import decode_page_token, encode_page_token, page_size
from oms_nats import NatsConnection
from oms_rpc.update_masks import updated

from svc_events.adapters.jetstream.following import follow
from svc_events.adapters.jetstream.pulling import ConsumerGone
from svc_events.adapters.subscriptions.acknowledging import (
    DONE,
    IN_PROGRESS,
    NEVER_AGAIN,
    Acknowledger,
    again_after,
)
from svc_events.adapters.subscriptions.consumers import SubscriptionConsumers
from svc_events.adapters.subscriptions.pull import pull
from svc_events.adapters.subscriptions.store import SubscriptionStore, moved
from svc_events.adapters.subscriptions.stream import stream
from svc_events.domain.filters import parse_filters
from svc_events.domain.subscriptions.ack_ids import AckId, parse_ack_id
from svc_events.domain.subscriptions.record import MAX_RETRY_DELAY_S, Start, Subscription
from svc_events.filter_convert import filters_to_plain
from svc_events.names import stream_of
from svc_events.subscription_convert import (
    CHANGEABLE,
    CommitFinder,
    delivered,
    message_of,
    seconds_of,
    spec_of,
    start_of,
)

_MOST_WAIT_S: Final = 60.0
_HEARTBEAT_S: Final = 15.0
_DEFAULT_OUTSTANDING: Final = 256
_DEFAULT_PULLED: Final = 100


class SubscriptionServicer(pb_grpc.SubscriptionServiceServicer):
    """Manages subscriptions and hands out their events."""

    def __init__(
        self,
        nats: NatsConnection,
        consumers: SubscriptionConsumers,
        store: SubscriptionStore,
        clock: Clock,
        find_commit: CommitFinder,
    ) -> None:
        self._nats = nats
        self._store = store
        self._clock = clock
        self._find_commit = find_commit
        self._consumers = consumers
        self._acknowledger = Acknowledger(nats)

    async def CreateSubscription(
        self, request: pb.CreateSubscriptionRequest, context: Any
    ) -> pb.CreateSubscriptionResponse:
        """Keeps the settings first; consumers that a crash keeps from being made are made later."""
        spec = spec_of(request.subscription)
        spec.check()
        start = await self._start(
            request.subscription.selection.start,
            spec.stream,
            field="subscription.selection.start",
        )
        now = self._clock.now()
        caller = current_identity().subject
        subscription = Subscription(request.subscription_id, spec, start, caller, now, now)
        await self._store.add(subscription)
        try:
            # What a crash left of an earlier one of that id would stand in the way.
            await self._consumers.delete(subscription)
            await self._consumers.ensure(subscription)
        except ResourceNotFound:  # the stream was deleted meanwhile
            await self._store.remove(subscription)
            raise
        return pb.CreateSubscriptionResponse(subscription=await self._counted(subscription))

    async def GetSubscription(
        self, request: pb.GetSubscriptionRequest, context: Any
    ) -> pb.GetSubscriptionResponse:
        """Asks the broker for the counts."""
        subscription = await self._get(request.name)
        return pb.GetSubscriptionResponse(subscription=await self._counted(subscription))

    async def ListSubscriptions(
        self, request: pb.ListSubscriptionsRequest, context: Any
    ) -> pb.ListSubscriptionsResponse:
        """Pages by id."""
        query = ["subscriptions", request.stream]
        cursor = decode_page_token(query, request.page_token, length=1)
        size = page_size(request.page_size)
        found = await self._store.page(
            stream=request.stream.removeprefix("streams/"),
            after=cursor[0] if cursor else "",
            limit=size + 1,
        )
        has_more = len(found) > size
        return pb.ListSubscriptionsResponse(
            subscriptions=[message_of(each) for each in found[:size]],
            next_page_token=encode_page_token(query, [found[size - 1].id]) if has_more else "",
        )

    async def UpdateSubscription(
        self, request: pb.UpdateSubscriptionRequest, context: Any
    ) -> pb.UpdateSubscriptionResponse:
        """Changes the settings, then the consumers; repeating it mends what a crash left."""
        before = await self._get(request.subscription.name)
        _check_etag(before, request.subscription.etag)
        message = updated(message_of(before), request.subscription, request.update_mask, CHANGEABLE)
        spec = spec_of(message)
        spec.check()
        after = replace(
            before, spec=spec, version=before.version + 1, update_time=self._clock.now()
        )
        await self._store.replace(before, after)
        await self._consumers.ensure(after)
        return pb.UpdateSubscriptionResponse(subscription=await self._counted(after))

    async def DeleteSubscription(
        self, request: pb.DeleteSubscriptionRequest, context: Any
    ) -> pb.DeleteSubscriptionResponse:
        """Removes the settings first: by these a stream would make missing consumers anew."""
        subscription = await self._get(request.name)
        _check_etag(subscription, request.etag)
        await self._store.remove(subscription)
        await self._consumers.delete(subscription)
        return pb.DeleteSubscriptionResponse()

    async def SeekSubscription(
        self, request: pb.SeekSubscriptionRequest, context: Any
    ) -> pb.SeekSubscriptionResponse:
        """Begins the next epoch, whose consumers nothing of before can be acknowledged at."""
        before = await self._get(request.name)
        start = await self._start(request.position, before.spec.stream, field="position")
        after = moved(before, start, now=self._clock.now())
        await self._store.replace(before, after)
        await self._consumers.ensure(after)
        await self._consumers.delete(before)
        return pb.SeekSubscriptionResponse(subscription=await self._counted(after))

    async def Subscribe(
        self, request: pb.SubscribeRequest, context: Any
    ) -> AsyncGenerator[pb.SubscribeResponse]:
        """Streams a subscription's events, or those of a stream."""
        heartbeat_s = _bounded(
            "heartbeat",
            seconds_of(request.heartbeat) if request.HasField("heartbeat") else _HEARTBEAT_S,
            least=1.0,
            most=300.0,
        )
        if request.WhichOneof("source") == "subscription":
            responses = self._of_subscription(request, heartbeat_s)
        else:
            responses = self._of_stream(request.selection, heartbeat_s)
        async with aclosing(responses):
            async for response in responses:
                yield response

    async def _of_subscription(
        self, request: pb.SubscribeRequest, heartbeat_s: float
    ) -> AsyncGenerator[pb.SubscribeResponse]:
        subscription = await self._get(request.subscription)
        most = request.max_outstanding or _DEFAULT_OUTSTANDING
        while True:
            deliveries = stream(self._nats, subscription, most=most, heartbeat_s=heartbeat_s)
            try:
                async with aclosing(deliveries):
                    async for some in deliveries:
                        events = [delivered(each, subscription.spec.stream) for each in some]
                        yield pb.SubscribeResponse(events=events)
            except ConsumerGone:
                subscription = await self._recovered(subscription)

    async def _of_stream(
        self, selection: event_pb.Selection, heartbeat_s: float
    ) -> AsyncGenerator[pb.SubscribeResponse]:
        stream_id = stream_of(selection.stream)
        wanted = parse_filters(filters_to_plain(selection.filters), field="selection.filters")
        start = await self._start(selection.start, stream_id, field="selection.start")
        followed = follow(self._nats, stream_id, wanted, start, heartbeat_s=heartbeat_s)
        async with aclosing(followed):
            async for some in followed:
                yield pb.SubscribeResponse(
                    events=[delivered(each, stream_id) for each in some.deliveries],
                    read_sequence=some.read_sequence,
                )

    async def Pull(self, request: pb.PullRequest, context: Any) -> pb.PullResponse:
        """Waits no longer than the caller does."""
        wait_s = _bounded("wait", seconds_of(request.wait), least=0.0, most=_MOST_WAIT_S)
        subscription = await self._get(request.name)
        most = request.max_events or _DEFAULT_PULLED
        try:
            found = await pull(self._nats, subscription, most=most, wait_s=wait_s)
        except ConsumerGone:
            subscription = await self._recovered(subscription)
            found = await pull(self._nats, subscription, most=most, wait_s=wait_s)
        return pb.PullResponse(events=[delivered(each, subscription.spec.stream) for each in found])

    async def Acknowledge(
        self, request: pb.AcknowledgeRequest, context: Any
    ) -> pb.AcknowledgeResponse:
        """The broker confirms each."""
        await self._answer(request.name, request.ack_ids, lambda _: DONE)
        return pb.AcknowledgeResponse()

    async def Reject(self, request: pb.RejectRequest, context: Any) -> pb.RejectResponse:
        """Gives back with a delay, or for good."""
        subscription = await self._get(request.name)
        asked = seconds_of(request.delay) if request.HasField("delay") else None
        if asked is not None:
            _bounded("delay", asked, least=0.0, most=MAX_RETRY_DELAY_S)

        def answer(ack_id: AckId) -> bytes:
            if request.final:
                return NEVER_AGAIN
            delay = subscription.spec.retry_delay_s(ack_id.attempt) if asked is None else asked
            return again_after(delay)

        await self._answer_for(subscription, request.ack_ids, answer)
        return pb.RejectResponse()

    async def ExtendDeadline(
        self, request: pb.ExtendDeadlineRequest, context: Any
    ) -> pb.ExtendDeadlineResponse:
        """Deadlines begin anew at the broker."""
        subscription = await self._get(request.name)
        await self._answer_for(subscription, request.ack_ids, lambda _: IN_PROGRESS, is_over=False)
        return pb.ExtendDeadlineResponse()

    async def _answer(
        self, name: str, ack_ids: Sequence[str], answer: Callable[[AckId], bytes]
    ) -> None:
        await self._answer_for(await self._get(name), ack_ids, answer)

    async def _answer_for(
        self,
        subscription: Subscription,
        ack_ids: Sequence[str],
        answer: Callable[[AckId], bytes],
        *,
        is_over: bool = True,
    ) -> None:
        parsed = [
            parse_ack_id(text, index=index, epoch=subscription.epoch)
            for index, text in enumerate(ack_ids)
        ]
        await self._acknowledger.answer(subscription, parsed, answer, is_over=is_over)

    async def _get(self, name: str) -> Subscription:
        return await self._store.get(name.removeprefix("subscriptions/"))

    async def _recovered(self, subscription: Subscription) -> Subscription:
        """The subscription as it is now, after its consumers were found to be gone.

        Raises:
            ResourceNotFound: it was deleted, or its stream was.
        """
        now = await self._store.get(subscription.id)
        await self._consumers.ensure(now)
        try:
            return await self._store.get(subscription.id)
        except ResourceNotFound:
            await self._consumers.delete(now)  # it was deleted while they were made
            raise

    async def _start(
        self, position: event_pb.StartPosition, stream_id: str, *, field: str
    ) -> Start:
        start = await start_of(position, stream_id, self._find_commit, field=field)
        return await self._consumers.resolved(stream_id, start)

    async def _counted(self, subscription: Subscription) -> pb.Subscription:
        try:
            counts = await self._consumers.counts(subscription)
        except ResourceNotFound:
            await self._consumers.ensure(subscription)
            counts = await self._consumers.counts(subscription)
        return message_of(subscription, counts)


def _check_etag(subscription: Subscription, expected: str) -> None:
    if expected and expected != subscription.etag:
        raise StaleEtag.of(f"subscriptions/{subscription.id}", expected, subscription.etag)


def _bounded(field: str, seconds: float, *, least: float, most: float) -> float:
    if not least <= seconds <= most:
        raise InvalidField.of(field, f"is {seconds:g} s; {least:g} s to {most:g} s are allowed")
    return seconds
