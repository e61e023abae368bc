"""Calls of `oms.event.v1.SubscriptionService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import duration_pb2
from google.protobuf import field_mask_pb2
from oms.event.v1 import event_service_pb2 as event_event_service_pb2
from oms.event.v1 import subscription_service_pb2 as event_subscription_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncSubscriptions", "Subscriptions"]

_CREATE: Final = Method(
    "/oms.event.v1.SubscriptionService/CreateSubscription",
    event_subscription_service_pb2.CreateSubscriptionRequest,
    event_subscription_service_pb2.CreateSubscriptionResponse,
)
_GET: Final = Method(
    "/oms.event.v1.SubscriptionService/GetSubscription",
    event_subscription_service_pb2.GetSubscriptionRequest,
    event_subscription_service_pb2.GetSubscriptionResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.event.v1.SubscriptionService/ListSubscriptions",
    event_subscription_service_pb2.ListSubscriptionsRequest,
    event_subscription_service_pb2.ListSubscriptionsResponse,
    is_read_only=True,
    items="subscriptions",
)
_UPDATE: Final = Method(
    "/oms.event.v1.SubscriptionService/UpdateSubscription",
    event_subscription_service_pb2.UpdateSubscriptionRequest,
    event_subscription_service_pb2.UpdateSubscriptionResponse,
)
_DELETE: Final = Method(
    "/oms.event.v1.SubscriptionService/DeleteSubscription",
    event_subscription_service_pb2.DeleteSubscriptionRequest,
    event_subscription_service_pb2.DeleteSubscriptionResponse,
)
_SEEK: Final = Method(
    "/oms.event.v1.SubscriptionService/SeekSubscription",
    event_subscription_service_pb2.SeekSubscriptionRequest,
    event_subscription_service_pb2.SeekSubscriptionResponse,
)
_SUBSCRIBE: Final = Method(
    "/oms.event.v1.SubscriptionService/Subscribe",
    event_subscription_service_pb2.SubscribeRequest,
    event_subscription_service_pb2.SubscribeResponse,
    is_endless=True,
)
_PULL: Final = Method(
    "/oms.event.v1.SubscriptionService/Pull",
    event_subscription_service_pb2.PullRequest,
    event_subscription_service_pb2.PullResponse,
)
_ACKNOWLEDGE: Final = Method(
    "/oms.event.v1.SubscriptionService/Acknowledge",
    event_subscription_service_pb2.AcknowledgeRequest,
    event_subscription_service_pb2.AcknowledgeResponse,
)
_REJECT: Final = Method(
    "/oms.event.v1.SubscriptionService/Reject",
    event_subscription_service_pb2.RejectRequest,
    event_subscription_service_pb2.RejectResponse,
)
_EXTEND_DEADLINE: Final = Method(
    "/oms.event.v1.SubscriptionService/ExtendDeadline",
    event_subscription_service_pb2.ExtendDeadlineRequest,
    event_subscription_service_pb2.ExtendDeadlineResponse,
)


class Subscriptions:
    """Subscriptions: durable positions in a stream, each with filters, from which any number of
    clients consume together. An event is delivered again until it is acknowledged, so a client
    may see one twice; the inbox helper of the client library keeps it from acting twice.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: event_subscription_service_pb2.CreateSubscriptionRequest | None = None,
        /,
        *,
        subscription_id: str = "",
        subscription: event_subscription_service_pb2.Subscription | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.CreateSubscriptionResponse:
        """Creates a subscription. ALREADY_EXISTS when there is one of that id, NOT_FOUND when the
        stream or the commit to start at is not there.

        Args:
            given: The request as a message; what the others set is put on top.
            subscription_id: Last segment of the new name: a letter, then letters, digits and
                `-`, in lower case; at most 63.
            subscription: The subscription. Its `name` is ignored.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "subscription_id": subscription_id,
            "subscription": subscription,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: event_subscription_service_pb2.GetSubscriptionRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.GetSubscriptionResponse:
        """Gets a subscription with its counts. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_subscription_service_pb2.ListSubscriptionsRequest | None = None,
        /,
        *,
        stream: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[event_subscription_service_pb2.Subscription, event_subscription_service_pb2.ListSubscriptionsResponse]:
        """Lists subscriptions, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            stream: Only those of this stream, `streams/{stream}`. Empty: of all.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "stream": stream,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def update(
        self,
        given: event_subscription_service_pb2.UpdateSubscriptionRequest | None = None,
        /,
        *,
        subscription: event_subscription_service_pb2.Subscription | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.UpdateSubscriptionResponse:
        """Changes the fields of a subscription that the mask names. Stream, start and ordering
        can't be changed. New filters hold for events delivered from then on.

        Args:
            given: The request as a message; what the others set is put on top.
            subscription: The subscription with its new values. With an `etag`, it is changed
                only while it has that.
            update_mask: Fields to change, such as `selection.filters`. Left out: every field
                that is set and can be changed.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "subscription": subscription,
            "update_mask": update_mask,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: event_subscription_service_pb2.DeleteSubscriptionRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.DeleteSubscriptionResponse:
        """Deletes a subscription with its position. Streams of it that are open end with NOT_FOUND.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)

    def seek(
        self,
        given: event_subscription_service_pb2.SeekSubscriptionRequest | None = None,
        /,
        *,
        name: str = "",
        position: event_event_service_pb2.StartPosition | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.SeekSubscriptionResponse:
        """Moves a subscription to another position. What was delivered before can't be acknowledged
        any more.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            position: Where to go on. Left out: with the events published from now on.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "position": position,
        }
        return self._calls.unary(_SEEK, given, timeout_s, fields)

    def subscribe(
        self,
        given: event_subscription_service_pb2.SubscribeRequest | None = None,
        /,
        *,
        subscription: str | None = None,
        selection: event_event_service_pb2.Selection | Mapping[str, Any] | None = None,
        max_outstanding: int = 0,
        heartbeat: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Stream[event_subscription_service_pb2.SubscribeResponse]:
        """Streams events as they come. With a subscription each is to be acknowledged by
        `Acknowledge`; no more than `max_outstanding` are under way to this caller. Without one
        the events of a stream are followed from a position of the caller's own, nothing is kept
        and nothing acknowledged.

        Args:
            given: The request as a message; what the others set is put on top.
            subscription: `subscriptions/{subscription}`: its events, to be acknowledged.
            selection: The events of a stream, nothing to be acknowledged. Resume with
                `start.sequence`.
            max_outstanding: Most events under way to this caller, up to 10,000. 0 means 256.
            heartbeat: How often an empty message tells that the stream lives, from 1 s to 5 min.
                Left out: 15 s.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "subscription": subscription,
            "selection": selection,
            "max_outstanding": max_outstanding,
            "heartbeat": heartbeat,
        }
        return self._calls.stream(_SUBSCRIBE, given, timeout_s, fields)

    def pull(
        self,
        given: event_subscription_service_pb2.PullRequest | None = None,
        /,
        *,
        name: str = "",
        max_events: int = 0,
        wait: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.PullResponse:
        """Gets events of a subscription, as many as are there, after waiting for the first one if
        need be.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            max_events: Most events in the answer, up to 1,000. 0 means 100. Fewer when they
                would pass 1 MiB.
            wait: How long to wait for the first one, up to 60 s. Left out: not at all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "max_events": max_events,
            "wait": wait,
        }
        return self._calls.unary(_PULL, given, timeout_s, fields)

    def acknowledge(
        self,
        given: event_subscription_service_pb2.AcknowledgeRequest | None = None,
        /,
        *,
        name: str = "",
        ack_ids: Iterable[str] = (),
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.AcknowledgeResponse:
        """Acknowledges deliveries: they are done and never come again. Durable once answered. One
        whose deadline passed may have been delivered again; acknowledging it still counts.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            ack_ids: `ack_id` of each delivery, 1 to 1,000. INVALID_ARGUMENT for one of another
                subscription.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "ack_ids": ack_ids,
        }
        return self._calls.unary(_ACKNOWLEDGE, given, timeout_s, fields)

    def reject(
        self,
        given: event_subscription_service_pb2.RejectRequest | None = None,
        /,
        *,
        name: str = "",
        ack_ids: Iterable[str] = (),
        delay: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        final: bool = False,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.RejectResponse:
        """Gives deliveries back: they come again after a delay, or never, when the rejection is
        final.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            ack_ids: `ack_id` of each delivery, 1 to 1,000.
            delay: When they come again, from 0 to 7 days. Left out: as the subscription's
                `retry` says.
            final: Never deliver them again.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "ack_ids": ack_ids,
            "delay": delay,
            "final": final,
        }
        return self._calls.unary(_REJECT, given, timeout_s, fields)

    def extend_deadline(
        self,
        given: event_subscription_service_pb2.ExtendDeadlineRequest | None = None,
        /,
        *,
        name: str = "",
        ack_ids: Iterable[str] = (),
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.ExtendDeadlineResponse:
        """Tells that deliveries are still being worked on: their deadlines begin anew.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            ack_ids: `ack_id` of each delivery, 1 to 1,000.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "ack_ids": ack_ids,
        }
        return self._calls.unary(_EXTEND_DEADLINE, given, timeout_s, fields)


class AsyncSubscriptions:
    """Subscriptions: durable positions in a stream, each with filters, from which any number of
    clients consume together. An event is delivered again until it is acknowledged, so a client
    may see one twice; the inbox helper of the client library keeps it from acting twice.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: event_subscription_service_pb2.CreateSubscriptionRequest | None = None,
        /,
        *,
        subscription_id: str = "",
        subscription: event_subscription_service_pb2.Subscription | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.CreateSubscriptionResponse:
        """Creates a subscription. ALREADY_EXISTS when there is one of that id, NOT_FOUND when the
        stream or the commit to start at is not there.

        Args:
            given: The request as a message; what the others set is put on top.
            subscription_id: Last segment of the new name: a letter, then letters, digits and
                `-`, in lower case; at most 63.
            subscription: The subscription. Its `name` is ignored.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "subscription_id": subscription_id,
            "subscription": subscription,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: event_subscription_service_pb2.GetSubscriptionRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.GetSubscriptionResponse:
        """Gets a subscription with its counts. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_subscription_service_pb2.ListSubscriptionsRequest | None = None,
        /,
        *,
        stream: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[event_subscription_service_pb2.Subscription, event_subscription_service_pb2.ListSubscriptionsResponse]:
        """Lists subscriptions, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            stream: Only those of this stream, `streams/{stream}`. Empty: of all.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "stream": stream,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def update(
        self,
        given: event_subscription_service_pb2.UpdateSubscriptionRequest | None = None,
        /,
        *,
        subscription: event_subscription_service_pb2.Subscription | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.UpdateSubscriptionResponse:
        """Changes the fields of a subscription that the mask names. Stream, start and ordering
        can't be changed. New filters hold for events delivered from then on.

        Args:
            given: The request as a message; what the others set is put on top.
            subscription: The subscription with its new values. With an `etag`, it is changed
                only while it has that.
            update_mask: Fields to change, such as `selection.filters`. Left out: every field
                that is set and can be changed.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "subscription": subscription,
            "update_mask": update_mask,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: event_subscription_service_pb2.DeleteSubscriptionRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.DeleteSubscriptionResponse:
        """Deletes a subscription with its position. Streams of it that are open end with NOT_FOUND.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)

    async def seek(
        self,
        given: event_subscription_service_pb2.SeekSubscriptionRequest | None = None,
        /,
        *,
        name: str = "",
        position: event_event_service_pb2.StartPosition | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.SeekSubscriptionResponse:
        """Moves a subscription to another position. What was delivered before can't be acknowledged
        any more.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            position: Where to go on. Left out: with the events published from now on.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "position": position,
        }
        return await self._calls.unary(_SEEK, given, timeout_s, fields)

    def subscribe(
        self,
        given: event_subscription_service_pb2.SubscribeRequest | None = None,
        /,
        *,
        subscription: str | None = None,
        selection: event_event_service_pb2.Selection | Mapping[str, Any] | None = None,
        max_outstanding: int = 0,
        heartbeat: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> AsyncStream[event_subscription_service_pb2.SubscribeResponse]:
        """Streams events as they come. With a subscription each is to be acknowledged by
        `Acknowledge`; no more than `max_outstanding` are under way to this caller. Without one
        the events of a stream are followed from a position of the caller's own, nothing is kept
        and nothing acknowledged.

        Args:
            given: The request as a message; what the others set is put on top.
            subscription: `subscriptions/{subscription}`: its events, to be acknowledged.
            selection: The events of a stream, nothing to be acknowledged. Resume with
                `start.sequence`.
            max_outstanding: Most events under way to this caller, up to 10,000. 0 means 256.
            heartbeat: How often an empty message tells that the stream lives, from 1 s to 5 min.
                Left out: 15 s.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "subscription": subscription,
            "selection": selection,
            "max_outstanding": max_outstanding,
            "heartbeat": heartbeat,
        }
        return self._calls.stream(_SUBSCRIBE, given, timeout_s, fields)

    async def pull(
        self,
        given: event_subscription_service_pb2.PullRequest | None = None,
        /,
        *,
        name: str = "",
        max_events: int = 0,
        wait: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.PullResponse:
        """Gets events of a subscription, as many as are there, after waiting for the first one if
        need be.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            max_events: Most events in the answer, up to 1,000. 0 means 100. Fewer when they
                would pass 1 MiB.
            wait: How long to wait for the first one, up to 60 s. Left out: not at all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "max_events": max_events,
            "wait": wait,
        }
        return await self._calls.unary(_PULL, given, timeout_s, fields)

    async def acknowledge(
        self,
        given: event_subscription_service_pb2.AcknowledgeRequest | None = None,
        /,
        *,
        name: str = "",
        ack_ids: Iterable[str] = (),
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.AcknowledgeResponse:
        """Acknowledges deliveries: they are done and never come again. Durable once answered. One
        whose deadline passed may have been delivered again; acknowledging it still counts.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            ack_ids: `ack_id` of each delivery, 1 to 1,000. INVALID_ARGUMENT for one of another
                subscription.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "ack_ids": ack_ids,
        }
        return await self._calls.unary(_ACKNOWLEDGE, given, timeout_s, fields)

    async def reject(
        self,
        given: event_subscription_service_pb2.RejectRequest | None = None,
        /,
        *,
        name: str = "",
        ack_ids: Iterable[str] = (),
        delay: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        final: bool = False,
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.RejectResponse:
        """Gives deliveries back: they come again after a delay, or never, when the rejection is
        final.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            ack_ids: `ack_id` of each delivery, 1 to 1,000.
            delay: When they come again, from 0 to 7 days. Left out: as the subscription's
                `retry` says.
            final: Never deliver them again.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "ack_ids": ack_ids,
            "delay": delay,
            "final": final,
        }
        return await self._calls.unary(_REJECT, given, timeout_s, fields)

    async def extend_deadline(
        self,
        given: event_subscription_service_pb2.ExtendDeadlineRequest | None = None,
        /,
        *,
        name: str = "",
        ack_ids: Iterable[str] = (),
        timeout_s: float | None = None,
    ) -> event_subscription_service_pb2.ExtendDeadlineResponse:
        """Tells that deliveries are still being worked on: their deadlines begin anew.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `subscriptions/{subscription}`.
            ack_ids: `ack_id` of each delivery, 1 to 1,000.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "ack_ids": ack_ids,
        }
        return await self._calls.unary(_EXTEND_DEADLINE, given, timeout_s, fields)
