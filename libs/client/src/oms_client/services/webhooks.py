"""Calls of `oms.event.v1.WebhookService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import duration_pb2
from google.protobuf import field_mask_pb2
from google.protobuf import timestamp_pb2
from oms.event.v1 import event_service_pb2 as event_event_service_pb2
from oms.event.v1 import webhook_service_pb2 as event_webhook_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncWebhooks", "Webhooks"]

_CREATE: Final = Method(
    "/oms.event.v1.WebhookService/CreateWebhook",
    event_webhook_service_pb2.CreateWebhookRequest,
    event_webhook_service_pb2.CreateWebhookResponse,
)
_GET: Final = Method(
    "/oms.event.v1.WebhookService/GetWebhook",
    event_webhook_service_pb2.GetWebhookRequest,
    event_webhook_service_pb2.GetWebhookResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.event.v1.WebhookService/ListWebhooks",
    event_webhook_service_pb2.ListWebhooksRequest,
    event_webhook_service_pb2.ListWebhooksResponse,
    is_read_only=True,
    items="webhooks",
)
_UPDATE: Final = Method(
    "/oms.event.v1.WebhookService/UpdateWebhook",
    event_webhook_service_pb2.UpdateWebhookRequest,
    event_webhook_service_pb2.UpdateWebhookResponse,
)
_DELETE: Final = Method(
    "/oms.event.v1.WebhookService/DeleteWebhook",
    event_webhook_service_pb2.DeleteWebhookRequest,
    event_webhook_service_pb2.DeleteWebhookResponse,
)
_ROTATE_SECRET: Final = Method(
    "/oms.event.v1.WebhookService/RotateSecret",
    event_webhook_service_pb2.RotateSecretRequest,
    event_webhook_service_pb2.RotateSecretResponse,
)
_TEST: Final = Method(
    "/oms.event.v1.WebhookService/TestWebhook",
    event_webhook_service_pb2.TestWebhookRequest,
    event_webhook_service_pb2.TestWebhookResponse,
)
_LIST_ATTEMPTS: Final = Method(
    "/oms.event.v1.WebhookService/ListAttempts",
    event_webhook_service_pb2.ListAttemptsRequest,
    event_webhook_service_pb2.ListAttemptsResponse,
    is_read_only=True,
    items="attempts",
)
_LIST_DEAD_LETTERS: Final = Method(
    "/oms.event.v1.WebhookService/ListDeadLetters",
    event_webhook_service_pb2.ListDeadLettersRequest,
    event_webhook_service_pb2.ListDeadLettersResponse,
    is_read_only=True,
    items="dead_letters",
)
_GET_DEAD_LETTER: Final = Method(
    "/oms.event.v1.WebhookService/GetDeadLetter",
    event_webhook_service_pb2.GetDeadLetterRequest,
    event_webhook_service_pb2.GetDeadLetterResponse,
    is_read_only=True,
)
_REPLAY_DEAD_LETTERS: Final = Method(
    "/oms.event.v1.WebhookService/ReplayDeadLetters",
    event_webhook_service_pb2.ReplayDeadLettersRequest,
    event_webhook_service_pb2.ReplayDeadLettersResponse,
)
_DELETE_DEAD_LETTERS: Final = Method(
    "/oms.event.v1.WebhookService/DeleteDeadLetters",
    event_webhook_service_pb2.DeleteDeadLettersRequest,
    event_webhook_service_pb2.DeleteDeadLettersResponse,
)
_REPLAY_EVENTS: Final = Method(
    "/oms.event.v1.WebhookService/ReplayEvents",
    event_webhook_service_pb2.ReplayEventsRequest,
    event_webhook_service_pb2.ReplayEventsResponse,
)
_GET_WEBHOOK_STATISTICS: Final = Method(
    "/oms.event.v1.WebhookService/GetWebhookStatistics",
    event_webhook_service_pb2.GetWebhookStatisticsRequest,
    event_webhook_service_pb2.GetWebhookStatisticsResponse,
    is_read_only=True,
)


class Webhooks:
    """Webhooks: HTTP endpoints that events are delivered to, signed as Standard Webhooks says and
    in the CloudEvents HTTP binding.

    A delivery is repeated until the endpoint answers 2xx, at growing intervals, ten times over
    about 75 hours unless set otherwise; then it is kept as a dead letter, to be replayed by
    hand. `webhook-id` is the same in every attempt, so receivers can recognise a repetition.
    Endpoints in private, loopback, link-local and metadata networks are refused unless the
    deployment allows them, redirects are never followed.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: event_webhook_service_pb2.CreateWebhookRequest | None = None,
        /,
        *,
        webhook_id: str = "",
        webhook: event_webhook_service_pb2.Webhook | Mapping[str, Any] | None = None,
        secret: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.CreateWebhookResponse:
        """Creates a webhook and answers its first secret, which is shown this once.
        INVALID_ARGUMENT for a URL that can't be or must not be called.

        Args:
            given: The request as a message; what the others set is put on top.
            webhook_id: Last segment of the new name: a letter, then letters, digits and `-`, in
                lower case; at most 63.
            webhook: The webhook. Its `name` is ignored.
            secret: A secret of the caller's own: `whsec_` and 24 to 64 bytes in base64, or
                `whsk_` for Ed25519. Left out: one is made.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "webhook_id": webhook_id,
            "webhook": webhook,
            "secret": secret,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: event_webhook_service_pb2.GetWebhookRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.GetWebhookResponse:
        """Gets a webhook, without its secrets. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_webhook_service_pb2.ListWebhooksRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[event_webhook_service_pb2.Webhook, event_webhook_service_pb2.ListWebhooksResponse]:
        """Lists webhooks, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def update(
        self,
        given: event_webhook_service_pb2.UpdateWebhookRequest | None = None,
        /,
        *,
        webhook: event_webhook_service_pb2.Webhook | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.UpdateWebhookResponse:
        """Changes the fields of a webhook that the mask names. What is queued already goes to the
        new URL. Deliveries follow within moments, two seconds at the most; those under way are
        finished as they were begun.

        Args:
            given: The request as a message; what the others set is put on top.
            webhook: The webhook with its new values. With an `etag`, it is changed only while it
                has that.
            update_mask: Fields to change. Left out: every field that is set and can be changed.
                `disabled` put to false ends a suspension.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "webhook": webhook,
            "update_mask": update_mask,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: event_webhook_service_pb2.DeleteWebhookRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.DeleteWebhookResponse:
        """Deletes a webhook with its secrets, what is queued for it, its dead letters and its log.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)

    def rotate_secret(
        self,
        given: event_webhook_service_pb2.RotateSecretRequest | None = None,
        /,
        *,
        name: str = "",
        secret: str = "",
        overlap: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.RotateSecretResponse:
        """Adds a secret, which signs beside the older ones until these expire, and answers it this
        once. LIMIT_EXCEEDED when more than 5 would sign at once. Deliveries follow within
        moments, two seconds at the most.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            secret: A secret of the caller's own. Left out: one is made.
            overlap: How long the older secrets go on signing, up to 30 days. Left out: 24 h. At
                most 5 sign at once.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "secret": secret,
            "overlap": overlap,
        }
        return self._calls.unary(_ROTATE_SECRET, given, timeout_s, fields)

    def test(
        self,
        given: event_webhook_service_pb2.TestWebhookRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.TestWebhookResponse:
        """Delivers an event `oms.event.webhook.test.v1` at once and answers what came back. Nothing
        is queued, nothing repeated; the webhook need not be enabled.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_TEST, given, timeout_s, fields)

    def list_attempts(
        self,
        given: event_webhook_service_pb2.ListAttemptsRequest | None = None,
        /,
        *,
        parent: str = "",
        delivery_id: str = "",
        outcome: event_webhook_service_pb2.AttemptOutcome | str | None = None,
        start_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        end_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[event_webhook_service_pb2.Attempt, event_webhook_service_pb2.ListAttemptsResponse]:
        """Lists the attempts of a webhook's deliveries, newest first. They are kept for a time that
        the deployment sets.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `webhooks/{webhook}`.
            delivery_id: Only attempts of this delivery.
            outcome: Only attempts that ended so.
            start_time: Only attempts at this time or later.
            end_time: Only attempts before this time.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "delivery_id": delivery_id,
            "outcome": outcome,
            "start_time": start_time,
            "end_time": end_time,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST_ATTEMPTS, given, timeout_s, fields)

    def list_dead_letters(
        self,
        given: event_webhook_service_pb2.ListDeadLettersRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[event_webhook_service_pb2.DeadLetter, event_webhook_service_pb2.ListDeadLettersResponse]:
        """Lists the events that could not be delivered, oldest first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `webhooks/{webhook}`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST_DEAD_LETTERS, given, timeout_s, fields)

    def get_dead_letter(
        self,
        given: event_webhook_service_pb2.GetDeadLetterRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.GetDeadLetterResponse:
        """Gets a dead letter with its event. NOT_FOUND when it is not there.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}/deadLetters/{dead_letter}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET_DEAD_LETTER, given, timeout_s, fields)

    def replay_dead_letters(
        self,
        given: event_webhook_service_pb2.ReplayDeadLettersRequest | None = None,
        /,
        *,
        parent: str = "",
        range: event_webhook_service_pb2.DeadLetterRange | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.ReplayDeadLettersResponse:
        """Queues dead letters again, one or a range, with all attempts before them.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `webhooks/{webhook}`.
            range: Which. Left out: all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "range": range,
        }
        return self._calls.unary(_REPLAY_DEAD_LETTERS, given, timeout_s, fields)

    def delete_dead_letters(
        self,
        given: event_webhook_service_pb2.DeleteDeadLettersRequest | None = None,
        /,
        *,
        parent: str = "",
        range: event_webhook_service_pb2.DeadLetterRange | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.DeleteDeadLettersResponse:
        """Removes dead letters for good, one or a range.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `webhooks/{webhook}`.
            range: Which. Left out: all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "range": range,
        }
        return self._calls.unary(_DELETE_DEAD_LETTERS, given, timeout_s, fields)

    def replay_events(
        self,
        given: event_webhook_service_pb2.ReplayEventsRequest | None = None,
        /,
        *,
        name: str = "",
        start: event_event_service_pb2.StartPosition | Mapping[str, Any] | None = None,
        end_sequence: int = 0,
        max_events: int = 0,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.ReplayEventsResponse:
        """Queues events of the webhook's stream that match its filters again, a range of them,
        whether they were delivered before or not.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            start: Where to start. Required.
            end_sequence: Where to stop: with the event at this position. 0: with the last one
                there is now.
            max_events: Most events to queue, up to 100,000. 0 means 10,000.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "start": start,
            "end_sequence": end_sequence,
            "max_events": max_events,
        }
        return self._calls.unary(_REPLAY_EVENTS, given, timeout_s, fields)

    def get_webhook_statistics(
        self,
        given: event_webhook_service_pb2.GetWebhookStatisticsRequest | None = None,
        /,
        *,
        name: str = "",
        period: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.GetWebhookStatisticsResponse:
        """Counts a webhook's deliveries over a time.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            period: Over how long, up to now, from 1 min to 30 days. Left out: 24 h.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "period": period,
        }
        return self._calls.unary(_GET_WEBHOOK_STATISTICS, given, timeout_s, fields)


class AsyncWebhooks:
    """Webhooks: HTTP endpoints that events are delivered to, signed as Standard Webhooks says and
    in the CloudEvents HTTP binding.

    A delivery is repeated until the endpoint answers 2xx, at growing intervals, ten times over
    about 75 hours unless set otherwise; then it is kept as a dead letter, to be replayed by
    hand. `webhook-id` is the same in every attempt, so receivers can recognise a repetition.
    Endpoints in private, loopback, link-local and metadata networks are refused unless the
    deployment allows them, redirects are never followed.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: event_webhook_service_pb2.CreateWebhookRequest | None = None,
        /,
        *,
        webhook_id: str = "",
        webhook: event_webhook_service_pb2.Webhook | Mapping[str, Any] | None = None,
        secret: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.CreateWebhookResponse:
        """Creates a webhook and answers its first secret, which is shown this once.
        INVALID_ARGUMENT for a URL that can't be or must not be called.

        Args:
            given: The request as a message; what the others set is put on top.
            webhook_id: Last segment of the new name: a letter, then letters, digits and `-`, in
                lower case; at most 63.
            webhook: The webhook. Its `name` is ignored.
            secret: A secret of the caller's own: `whsec_` and 24 to 64 bytes in base64, or
                `whsk_` for Ed25519. Left out: one is made.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "webhook_id": webhook_id,
            "webhook": webhook,
            "secret": secret,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: event_webhook_service_pb2.GetWebhookRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.GetWebhookResponse:
        """Gets a webhook, without its secrets. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_webhook_service_pb2.ListWebhooksRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[event_webhook_service_pb2.Webhook, event_webhook_service_pb2.ListWebhooksResponse]:
        """Lists webhooks, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def update(
        self,
        given: event_webhook_service_pb2.UpdateWebhookRequest | None = None,
        /,
        *,
        webhook: event_webhook_service_pb2.Webhook | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.UpdateWebhookResponse:
        """Changes the fields of a webhook that the mask names. What is queued already goes to the
        new URL. Deliveries follow within moments, two seconds at the most; those under way are
        finished as they were begun.

        Args:
            given: The request as a message; what the others set is put on top.
            webhook: The webhook with its new values. With an `etag`, it is changed only while it
                has that.
            update_mask: Fields to change. Left out: every field that is set and can be changed.
                `disabled` put to false ends a suspension.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "webhook": webhook,
            "update_mask": update_mask,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: event_webhook_service_pb2.DeleteWebhookRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.DeleteWebhookResponse:
        """Deletes a webhook with its secrets, what is queued for it, its dead letters and its log.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)

    async def rotate_secret(
        self,
        given: event_webhook_service_pb2.RotateSecretRequest | None = None,
        /,
        *,
        name: str = "",
        secret: str = "",
        overlap: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.RotateSecretResponse:
        """Adds a secret, which signs beside the older ones until these expire, and answers it this
        once. LIMIT_EXCEEDED when more than 5 would sign at once. Deliveries follow within
        moments, two seconds at the most.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            secret: A secret of the caller's own. Left out: one is made.
            overlap: How long the older secrets go on signing, up to 30 days. Left out: 24 h. At
                most 5 sign at once.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "secret": secret,
            "overlap": overlap,
        }
        return await self._calls.unary(_ROTATE_SECRET, given, timeout_s, fields)

    async def test(
        self,
        given: event_webhook_service_pb2.TestWebhookRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.TestWebhookResponse:
        """Delivers an event `oms.event.webhook.test.v1` at once and answers what came back. Nothing
        is queued, nothing repeated; the webhook need not be enabled.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_TEST, given, timeout_s, fields)

    def list_attempts(
        self,
        given: event_webhook_service_pb2.ListAttemptsRequest | None = None,
        /,
        *,
        parent: str = "",
        delivery_id: str = "",
        outcome: event_webhook_service_pb2.AttemptOutcome | str | None = None,
        start_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        end_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[event_webhook_service_pb2.Attempt, event_webhook_service_pb2.ListAttemptsResponse]:
        """Lists the attempts of a webhook's deliveries, newest first. They are kept for a time that
        the deployment sets.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `webhooks/{webhook}`.
            delivery_id: Only attempts of this delivery.
            outcome: Only attempts that ended so.
            start_time: Only attempts at this time or later.
            end_time: Only attempts before this time.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "delivery_id": delivery_id,
            "outcome": outcome,
            "start_time": start_time,
            "end_time": end_time,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST_ATTEMPTS, given, timeout_s, fields)

    def list_dead_letters(
        self,
        given: event_webhook_service_pb2.ListDeadLettersRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[event_webhook_service_pb2.DeadLetter, event_webhook_service_pb2.ListDeadLettersResponse]:
        """Lists the events that could not be delivered, oldest first.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `webhooks/{webhook}`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST_DEAD_LETTERS, given, timeout_s, fields)

    async def get_dead_letter(
        self,
        given: event_webhook_service_pb2.GetDeadLetterRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.GetDeadLetterResponse:
        """Gets a dead letter with its event. NOT_FOUND when it is not there.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}/deadLetters/{dead_letter}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET_DEAD_LETTER, given, timeout_s, fields)

    async def replay_dead_letters(
        self,
        given: event_webhook_service_pb2.ReplayDeadLettersRequest | None = None,
        /,
        *,
        parent: str = "",
        range: event_webhook_service_pb2.DeadLetterRange | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.ReplayDeadLettersResponse:
        """Queues dead letters again, one or a range, with all attempts before them.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `webhooks/{webhook}`.
            range: Which. Left out: all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "range": range,
        }
        return await self._calls.unary(_REPLAY_DEAD_LETTERS, given, timeout_s, fields)

    async def delete_dead_letters(
        self,
        given: event_webhook_service_pb2.DeleteDeadLettersRequest | None = None,
        /,
        *,
        parent: str = "",
        range: event_webhook_service_pb2.DeadLetterRange | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.DeleteDeadLettersResponse:
        """Removes dead letters for good, one or a range.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `webhooks/{webhook}`.
            range: Which. Left out: all.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "range": range,
        }
        return await self._calls.unary(_DELETE_DEAD_LETTERS, given, timeout_s, fields)

    async def replay_events(
        self,
        given: event_webhook_service_pb2.ReplayEventsRequest | None = None,
        /,
        *,
        name: str = "",
        start: event_event_service_pb2.StartPosition | Mapping[str, Any] | None = None,
        end_sequence: int = 0,
        max_events: int = 0,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.ReplayEventsResponse:
        """Queues events of the webhook's stream that match its filters again, a range of them,
        whether they were delivered before or not.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            start: Where to start. Required.
            end_sequence: Where to stop: with the event at this position. 0: with the last one
                there is now.
            max_events: Most events to queue, up to 100,000. 0 means 10,000.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "start": start,
            "end_sequence": end_sequence,
            "max_events": max_events,
        }
        return await self._calls.unary(_REPLAY_EVENTS, given, timeout_s, fields)

    async def get_webhook_statistics(
        self,
        given: event_webhook_service_pb2.GetWebhookStatisticsRequest | None = None,
        /,
        *,
        name: str = "",
        period: duration_pb2.Duration | datetime.timedelta | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_webhook_service_pb2.GetWebhookStatisticsResponse:
        """Counts a webhook's deliveries over a time.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `webhooks/{webhook}`.
            period: Over how long, up to now, from 1 min to 30 days. Left out: 24 h.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "period": period,
        }
        return await self._calls.unary(_GET_WEBHOOK_STATISTICS, given, timeout_s, fields)
