"""What follows from attempts: suspensions, and events that tell of them and of dead letters."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from oms_core.clock import Clock
from oms_core.errors import ServiceUnavailable
from oms_core.logging import get_logger

from svc_events.adapters.webhooks.changes import Changes
from svc_events.adapters.webhooks.own_events import (
    ABOUT_WEBHOOKS,
    OwnEvents,
    Publish,
)
from svc_events.adapters.webhooks.store import WebhookStore
from svc_events.domain.events import CloudEvent
from svc_events.domain.webhooks.attempts import DeadLetter
from svc_events.domain.webhooks.model import Webhook
from svc_events.domain.webhooks.outcomes import is_failing_too_long

_TRIES: Final = 60
_PAUSE_S: Final = 0.5


class FollowUp:
    """Suspends webhooks and tells of it.

    Args:
        suspend_after_s: How long a webhook may fail without a break.
    """

    def __init__(
        self,
        store: WebhookStore,
        changes: Changes,
        events: OwnEvents,
        publish: Publish,
        *,
        clock: Clock,
        suspend_after_s: float,
    ) -> None:
        self._store = store
        self._changes = changes
        self._events = events
        self._publish = publish
        self._clock = clock
        self._suspend_after_s = suspend_after_s
        self._log = get_logger()

    async def gone(self, webhook: Webhook) -> None:
        """Suspends a webhook whose endpoint answered 410."""
        await self._suspend(webhook, "the endpoint answered 410, it is gone")

    async def failing(self, webhook: Webhook, since: datetime) -> None:
        """Suspends a webhook once it has failed for long enough."""
        if is_failing_too_long(since, self._clock.now(), self._suspend_after_s):
            await self._suspend(webhook, f"nothing was delivered since {since.isoformat()}")

    async def dead(self, webhook: Webhook, letters: Sequence[DeadLetter]) -> None:
        """Tells of dead letters, except of those that tell of webhooks themselves: webhooks that
        fail would go on telling each other for ever."""
        for letter in letters:
            if letter.event_type.startswith(ABOUT_WEBHOOKS):
                continue
            await self._tell(self._events.dead_lettered(webhook.name, letter))

    async def _suspend(self, webhook: Webhook, reason: str) -> None:
        now = self._clock.now()
        if not await self._store.suspend(webhook.serial, reason, now):
            return
        self._log.warning("webhook suspended", webhook=webhook.name, why=reason)
        await self._changes.announce()
        event_id = f"{webhook.serial}-{now.isoformat()}"
        await self._tell(self._events.suspended(webhook.name, event_id, now, reason))

    async def _tell(self, event: CloudEvent) -> None:
        for _ in range(_TRIES):
            try:
                await self._publish(event)
            except ServiceUnavailable:
                await asyncio.sleep(_PAUSE_S)
            else:
                return
        self._log.error("event about a webhook was not published", type=event.type)
