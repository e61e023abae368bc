"""What callers do to webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from oms_core.clock import Clock
from oms_core.errors import FieldViolation, InvalidField, ServiceUnavailable, UrlRefused
from oms_core.ids import new_request_id
from oms_core.logging import get_logger
from oms_outbound import OutboundClient, check_headers
from oms_outbound import UrlRefused as Refused
from oms_outbound.signing import WebhookSecret, WebhookSigningKey

from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.adapters.webhooks.care import Caretaker
from svc_events.adapters.webhooks.changes import Changes
from svc_events.adapters.webhooks.own_events import OwnEvents
from svc_events.adapters.webhooks.reading import StreamReader
from svc_events.adapters.webhooks.rows import Known
from svc_events.adapters.webhooks.sending import Sender
from svc_events.adapters.webhooks.store import Change, WebhookStore
from svc_events.domain.filters import parse_filters
from svc_events.domain.webhooks.attempts import Attempt
from svc_events.domain.webhooks.model import Scheme, Secret, Settings, State, Webhook
from svc_events.domain.webhooks.names import token_of
from svc_events.domain.webhooks.rotation import rotated
from svc_events.domain.webhooks.updating import standing_after, updated
from svc_events.domain.webhooks.validation import check

_MAX_OVERLAP_S: Final = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class Administration:
    """Creates, changes, tests and deletes webhooks."""

    store: WebhookStore
    streams: EventStreams
    reader: StreamReader
    client: OutboundClient
    sender: Sender
    caretaker: Caretaker
    changes: Changes
    events: OwnEvents
    clock: Clock

    async def create(
        self,
        webhook_id: str,
        settings: Settings,
        secret: str,
        *,
        stream: str,
        scheme: Scheme,
        created_by: str,
    ) -> tuple[Known, str]:
        """Creates a webhook, and asks its endpoint whether it agrees if that is wanted.

        Args:
            secret: The caller's own; empty: one is made.
        Returns:
            The webhook, and the secret that receivers need; empty for Ed25519.
        """
        self._check(settings)
        text, shown = _secret(secret, scheme)
        await self.streams.ensure(stream)
        webhook = await self.store.create(
            webhook_id,
            settings,
            Secret(text=text, created_at=self.clock.now()),
            stream=stream,
            scheme=scheme,
            start_sequence=await self.reader.last_sequence(stream),
            created_by=created_by,
        )
        return await self._announced(await self.store.get(webhook.id)), shown

    async def update(
        self, webhook_id: str, etag: str, wanted: Settings, paths: Sequence[str]
    ) -> Known:
        """Changes settings."""
        before = await self.store.get(webhook_id)
        last = await self.reader.last_sequence(before.webhook.stream)

        def change(known: Known) -> Change:
            webhook = known.webhook
            settings = updated(webhook.settings, wanted, paths)
            self._check(settings)
            standing = standing_after(webhook, settings, paths)
            after = replace(webhook, settings=settings, standing=standing)
            # What happened while nothing was delivered is not for it.
            is_back = webhook.state is not State.ENABLED and after.state is State.ENABLED
            return Change(
                settings=settings,
                standing=standing,
                start_sequence=max(last, webhook.start_sequence) if is_back else None,
            )

        known = await self.store.update(webhook_id, etag, self.clock.now(), change)
        return await self._announced(known)

    async def delete(self, webhook_id: str, etag: str) -> None:
        """Deletes a webhook. What can't be removed at once is removed later."""
        webhook = await self.store.delete(webhook_id, etag, self.clock.now())
        await self.changes.announce()
        try:
            await self.caretaker.clean(webhook.serial, token_of(webhook))
        except ServiceUnavailable as exc:
            get_logger().warning("rest of a webhook stays", webhook=webhook.name, why=str(exc))

    async def rotate(self, webhook_id: str, secret: str, *, overlap_s: float) -> tuple[Known, str]:
        """Adds a secret; the older ones sign on for a while."""
        if not 0 <= overlap_s <= _MAX_OVERLAP_S:
            what = f"is {overlap_s:g} s; it has to be from 0 to 30 days"
            raise InvalidField.of("overlap", what)
        now = self.clock.now()
        scheme = (await self.store.get(webhook_id)).webhook.scheme
        text, shown = _secret(secret, scheme)
        added = Secret(text=text, created_at=now)

        def change(known: Known) -> Change:
            return Change(secrets=rotated(known.secrets, added, now=now, overlap_s=overlap_s))

        known = await self.store.update(webhook_id, "", now, change)
        await self.changes.announce()
        return known, shown

    async def test(self, webhook_id: str) -> tuple[Webhook, Attempt]:
        """Delivers a test event, once, and logs nothing."""
        known = await self.store.get(webhook_id)
        name, event_id = known.webhook.name, new_request_id()
        event = self.events.test(name, event_id, self.clock.now())
        request_id = f"test_{event_id}"
        answer = await self.sender.send(known, request_id, [event])
        attempt = Attempt(
            serial=known.webhook.serial,
            delivery_id=request_id,
            stream=known.webhook.stream,
            sequence=0,
            event_type=event.type,
            event_id=event.id,
            number=1,
            at=answer.at,
            latency_s=answer.latency_s,
            outcome=answer.outcome,
            http_status=answer.status,
            error=answer.error,
            request_headers=answer.headers,
            request_bytes=answer.request_bytes,
            response_headers=answer.response_headers,
            response_body=answer.response_body,
        )
        return known.webhook, attempt

    async def _announced(self, known: Known) -> Known:
        if known.webhook.state is State.UNCONFIRMED:
            await self.caretaker.confirm(known)
            return await self.store.get(known.webhook.id)
        await self.changes.announce()
        return known

    def _check(self, settings: Settings) -> None:
        check(settings)
        parse_filters(list(settings.filters))
        check_headers(settings.headers, self.client.policy)
        try:
            self.client.check_url(settings.url)
        except Refused as exc:
            raise UrlRefused(
                exc.message,
                metadata={"url_host": _host(settings.url), "why": exc.url_reason.value},
                fields=[FieldViolation(each.field, each.description) for each in exc.fields],
            ) from exc


def _host(url: str) -> str:
    """What looks like the host, for an error; empty when nothing does."""
    return url.partition("://")[2].rpartition("@")[2].partition("/")[0][:253]


def _secret(given: str, scheme: Scheme) -> tuple[str, str]:
    """The text to keep, and the text to show."""
    if scheme is Scheme.ED25519:
        key = WebhookSigningKey.parse(given) if given else WebhookSigningKey.generate()
        return key.reveal(), ""
    secret = WebhookSecret.parse(given) if given else WebhookSecret.generate()
    return secret.reveal(), secret.reveal()
