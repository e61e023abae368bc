"""One attempt: the request, its signatures, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from oms_core.clock import Clock
from oms_core.errors import InvalidField, OmsError
from oms_core.tracing import TRACEPARENT, traceparent
from oms_outbound import (
    OutboundClient,
    OutboundError,
    OutboundErrorKind,
    OutboundRequest,
    OutboundResponse,
)
from oms_outbound.backoff import parse_retry_after
from oms_outbound.signing import Signer, parse_signer, sign_webhook

from svc_events.adapters.webhooks.rows import Known
from svc_events.domain.events import (
    CloudEvent,
    HttpMessage,
    to_http_batched,
    to_http_binary,
    to_http_structured,
)
from svc_events.domain.webhooks.attempts import MAX_LOGGED_BODY, MAX_LOGGED_HEADERS, Outcome
from svc_events.domain.webhooks.model import Mode
from svc_events.domain.webhooks.outcomes import outcome_of_status, refusal

_SHOWN_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of an attempt.

    Args:
        headers: Of the request, as they are logged: without signatures and the values of the
            webhook's own.
        retry_after_s: What the endpoint asked for.
    """

    at: datetime
    latency_s: float
    outcome: Outcome
    status: int = 0
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    request_bytes: int = 0
    response_headers: Mapping[str, str] = field(default_factory=dict[str, str])
    response_body: bytes = b""
    retry_after_s: float | None = None


class Sender:
    """Sends events to endpoints. Nothing that goes wrong there is raised here."""

    def __init__(self, client: OutboundClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def send(self, known: Known, request_id: str, events: Sequence[CloudEvent]) -> Answer:
        """Makes one attempt. The endpoint gets the `traceparent` of the current span, if its trace
        is kept.

        Args:
            request_id: The `webhook-id`.
            events: One, unless the webhook is batched.
        """
        at, started = self._clock.now(), self._clock.monotonic()
        settings = known.webhook.settings
        message = _message(settings.mode, events)
        headers = [*settings.headers.items(), *message.headers]
        signed = sign_webhook(request_id, at, message.body, _signers(known, at))
        parent = traceparent()
        if parent and all(name.lower() != TRACEPARENT for name, _ in headers):
            headers.append((TRACEPARENT, parent))
        request = OutboundRequest(
            url=settings.url,
            headers=[*headers, *signed.items()],
            body=message.body,
            timeout_s=settings.timeout_s,
        )
        try:
            found = _answered(await self._client.send(request), at)
        except (OutboundError, InvalidField) as exc:
            found = _failed(exc)
        logged = dict(message.headers) | {
            name: value for name, value in signed.items() if not name.endswith("signature")
        }
        return Answer(
            at=at,
            latency_s=self._clock.monotonic() - started,
            headers=logged | dict.fromkeys((name.lower() for name in settings.headers), "***"),
            request_bytes=len(message.body),
            **found,
        )


def _message(mode: Mode, events: Sequence[CloudEvent]) -> HttpMessage:
    match mode:
        case Mode.BATCHED:
            return to_http_batched(events)
        case Mode.BINARY:
            return to_http_binary(events[0])
        case Mode.STRUCTURED:
            return to_http_structured(events[0])


def _signers(known: Known, at: datetime) -> list[Signer]:
    # Newest first: receivers that know only one try the first signature first.
    return [_signer(each.text) for each in reversed(known.secrets) if each.signs_at(at)]


@lru_cache(maxsize=4096)
def _signer(text: str) -> Signer:
    return parse_signer(text)


def _answered(response: OutboundResponse, at: datetime) -> dict[str, Any]:
    outcome = outcome_of_status(response.status)
    return {
        "outcome": outcome,
        "status": response.status,
        "error": "" if outcome is Outcome.DELIVERED else refusal(response.status),
        "response_headers": _shortened(response.headers),
        "response_body": response.body[:MAX_LOGGED_BODY],
        "retry_after_s": parse_retry_after(response.header("retry-after"), at),
    }


def _failed(error: OmsError | OutboundError) -> dict[str, Any]:
    kind = error.kind if isinstance(error, OutboundError) else None
    match kind:
        case OutboundErrorKind.TIMEOUT:
            outcome = Outcome.TIMED_OUT
        case None | OutboundErrorKind.TARGET_REFUSED:
            # Without a kind, the URL or a header is against the policy as it is by now.
            outcome = Outcome.FORBIDDEN
        case _:
            outcome = Outcome.UNREACHABLE
    return {"outcome": outcome, "error": error.message[:_SHOWN_ERROR]}


def _shortened(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    kept: dict[str, str] = {}
    room = MAX_LOGGED_HEADERS
    for name, value in headers:
        room -= len(name) + len(value)
        if room < 0:
            break
        kept[name] = f"{kept[name]}, {value}" if name in kept else value
    return kept
