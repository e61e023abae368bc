"""Webhooks between proto and the domain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms.event.v1 import webhook_service_pb2 as pb
from oms_core.errors import InvalidField
from oms_outbound.signing import WebhookSigningKey

from svc_events.adapters.webhooks.rows import Known
from svc_events.convert import event_to_pb
from svc_events.domain.events import CloudEvent
from svc_events.domain.subjects import DEFAULT_STREAM
from svc_events.domain.webhooks.attempts import Attempt, DeadLetter, Outcome, Statistics
from svc_events.domain.webhooks.model import (
    STANDARD_RETRY_S,
    Mode,
    Scheme,
    Settings,
    State,
    Webhook,
)
from svc_events.domain.webhooks.updating import FIELDS
from svc_events.filter_convert import filters_from_plain, filters_to_plain

_DEFAULT_TIMEOUT_S: Final = 15.0
_DEFAULT_BATCH: Final = 100
_DEFAULT_CONCURRENCY: Final = 16

_MODES: Final[Mapping[int, Mode]] = {
    pb.WEBHOOK_MODE_UNSPECIFIED: Mode.STRUCTURED,
    pb.WEBHOOK_MODE_STRUCTURED: Mode.STRUCTURED,
    pb.WEBHOOK_MODE_BINARY: Mode.BINARY,
    pb.WEBHOOK_MODE_BATCHED: Mode.BATCHED,
}
_MODE_NUMBERS: Final[Mapping[Mode, Any]] = {
    mode: number for number, mode in _MODES.items() if number
}
_STATES: Final[Mapping[State, Any]] = {
    State.ENABLED: pb.WEBHOOK_STATE_ENABLED,
    State.DISABLED: pb.WEBHOOK_STATE_DISABLED,
    State.SUSPENDED: pb.WEBHOOK_STATE_SUSPENDED,
    State.UNCONFIRMED: pb.WEBHOOK_STATE_UNCONFIRMED,
}
_SCHEMES: Final[Mapping[Scheme, Any]] = {
    Scheme.HMAC: pb.SIGNATURE_SCHEME_HMAC_SHA256,
    Scheme.ED25519: pb.SIGNATURE_SCHEME_ED25519,
}


def segment(name: str) -> str:
    """The last part of a name of two; for an empty one the built-in stream."""
    return name.partition("/")[2] or DEFAULT_STREAM


def to_scheme(number: int) -> Scheme:
    """How requests are signed."""
    return Scheme.ED25519 if number == pb.SIGNATURE_SCHEME_ED25519 else Scheme.HMAC


def to_outcome(number: int) -> Outcome | None:
    """An outcome; None for the unspecified one."""
    return Outcome(number) if number else None


def to_settings(message: pb.Webhook) -> Settings:
    """The settings of a webhook; what is left out has its default."""
    return Settings(
        description=message.description,
        url=message.url,
        filters=tuple(filters_to_plain(message.filters)),
        headers=dict(message.headers),
        mode=_MODES[message.mode],
        batch_size=message.batch_size or _DEFAULT_BATCH,
        timeout_s=(
            to_seconds(message.timeout) if message.HasField("timeout") else _DEFAULT_TIMEOUT_S
        ),
        rate_limit=message.rate_limit,
        max_concurrency=message.max_concurrency or _DEFAULT_CONCURRENCY,
        is_ordered=message.ordering == subscription_pb.DELIVERY_ORDERING_BY_KEY,
        ordering_key=message.ordering_key,
        retry_s=tuple(map(to_seconds, message.retry.delays)) or STANDARD_RETRY_S,
        require_handshake=message.require_handshake,
        is_disabled=message.disabled,
    )


def paths_set(message: pb.Webhook) -> list[str]:
    """The fields that are set and can be changed, for an update without a mask."""
    names = [field.name for field, _ in message.ListFields()]
    return [name for name in names if name in FIELDS]


def from_known(known: Known, now: datetime, *, pending: int = 0) -> pb.Webhook:
    """A webhook as callers see it: without secrets and the values of its headers."""
    webhook = known.webhook
    settings = webhook.settings
    ordering = (
        subscription_pb.DELIVERY_ORDERING_BY_KEY
        if settings.is_ordered
        else subscription_pb.DELIVERY_ORDERING_NONE
    )
    return pb.Webhook(
        name=webhook.name,
        description=settings.description,
        url=settings.url,
        stream=f"streams/{webhook.stream}",
        filters=filters_from_plain(settings.filters),
        headers=dict.fromkeys(settings.headers, ""),
        mode=_MODE_NUMBERS[settings.mode],
        batch_size=settings.batch_size,
        signature=_SCHEMES[webhook.scheme],
        timeout=from_seconds(settings.timeout_s),
        rate_limit=settings.rate_limit,
        max_concurrency=settings.max_concurrency,
        ordering=ordering,
        ordering_key=settings.ordering_key,
        retry=event_pb.RetryDelays(delays=map(from_seconds, settings.retry_s)),
        require_handshake=settings.require_handshake,
        disabled=settings.is_disabled,
        state=_STATES[webhook.state],
        state_reason=webhook.state_reason,
        public_keys=_public_keys(known, now),
        pending_count=pending,
        etag=webhook.etag,
        create_time=from_moment(webhook.created_at),
        update_time=from_moment(webhook.updated_at),
        created_by=webhook.created_by,
    )


def from_attempt(webhook: Webhook, attempt: Attempt) -> pb.Attempt:
    """An attempt. One that is not in the log has no name."""
    return pb.Attempt(
        name=f"{webhook.name}/attempts/{attempt.id}" if attempt.id else "",
        delivery_id=attempt.delivery_id,
        event=f"streams/{attempt.stream}/events/{attempt.sequence}" if attempt.sequence else "",
        event_type=attempt.event_type,
        event_id=attempt.event_id,
        attempt_number=attempt.number,
        attempt_time=from_moment(attempt.at),
        latency=from_seconds(attempt.latency_s),
        outcome=_number(attempt.outcome.value),
        http_status=attempt.http_status,
        error=attempt.error,
        request_headers=attempt.request_headers,
        request_size_bytes=attempt.request_bytes,
        response_headers=attempt.response_headers,
        response_body=attempt.response_body,
        next_attempt_time=from_moment(attempt.next_at),
        event_count=attempt.event_count,
    )


def from_dead_letter(
    webhook: Webhook, letter: DeadLetter, event: CloudEvent | None = None
) -> pb.DeadLetter:
    """A dead letter."""
    return pb.DeadLetter(
        name=f"{webhook.name}/deadLetters/{letter.id}",
        delivery_id=letter.delivery_id,
        event_name=f"streams/{letter.stream}/events/{letter.sequence}",
        event=None if event is None else event_to_pb(event),
        event_type=letter.event_type,
        attempt_count=letter.attempt_count,
        last_error=letter.last_error,
        last_http_status=letter.last_http_status,
        dead_time=from_moment(letter.dead_at),
    )


def from_statistics(
    webhook: Webhook, found: Statistics, pending: int
) -> pb.GetWebhookStatisticsResponse:
    """Counts over a time."""
    return pb.GetWebhookStatisticsResponse(
        attempt_count=found.attempts,
        delivered_count=found.delivered,
        failed_count=found.attempts - found.delivered,
        pending_count=pending,
        dead_letter_count=found.dead_letters,
        latency_p50=_optional_seconds(found.latency_p50_s),
        latency_p99=_optional_seconds(found.latency_p99_s),
        last_delivered_time=from_moment(found.last_delivered_at),
        last_failed_time=from_moment(found.last_failed_at),
        failing_since=from_moment(webhook.standing.failing_since),
    )


def to_seconds(duration: Duration) -> float:
    """A duration in seconds."""
    return duration.ToTimedelta().total_seconds()


def from_seconds(seconds: float) -> Duration:
    """A duration, to the microsecond."""
    duration = Duration()
    duration.FromTimedelta(timedelta(seconds=seconds))
    return duration


def to_moment(message: Any, name: str) -> datetime | None:
    """A time of a message's field; None when it is not set.

    Raises:
        InvalidField: outside the years 1 to 9999.
    """
    if not message.HasField(name):
        return None
    try:
        return getattr(message, name).ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError) as exc:
        raise InvalidField.of(name, "is outside the years 1 to 9999") from exc


def from_moment(moment: datetime | None) -> Timestamp | None:
    """A time."""
    if moment is None:
        return None
    message = Timestamp()
    message.FromDatetime(moment)
    return message


def _optional_seconds(seconds: float | None) -> Duration | None:
    return None if seconds is None else from_seconds(seconds)


def _public_keys(known: Known, now: datetime) -> list[str]:
    if known.webhook.scheme is not Scheme.ED25519:
        return []
    return [
        WebhookSigningKey.parse(each.text).public_key.reveal()
        for each in reversed(known.secrets)
        if each.signs_at(now)
    ]


def _number(value: int) -> Any:
    """A number of an enum; the type that protobuf wants differs between its implementations."""
    return value
