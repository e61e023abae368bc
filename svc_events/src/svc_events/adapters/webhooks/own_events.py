"""Events that the service publishes about its webhooks, into the built-in stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from svc_events.adapters.webhooks.codec import read_event
from svc_events.domain.catalogue.names import WEBHOOK_DEAD_LETTERED, WEBHOOK_SUSPENDED, WEBHOOK_TEST
from svc_events.domain.events import CloudEvent, EventData, Timestamp
from svc_events.domain.events.data import JSON
from svc_events.domain.relay.translation import schema_url
from svc_events.domain.webhooks.attempts import DeadLetter

ABOUT_WEBHOOKS: Final = "oms.event.webhook."
"""How the types begin."""

Publish = Callable[[CloudEvent], Awaitable[None]]
"""Publishes an event of the service's own; one of the same id and source at most once."""


@dataclass(frozen=True, slots=True)
class OwnEvents:
    """Makes the events, as the catalogue of event types has them.

    Args:
        base_url: Where the API is reached, and with it the schemas.
    """

    base_url: str

    def test(self, webhook: str, event_id: str, at: datetime) -> CloudEvent:
        """A webhook, by its resource name, is tried out."""
        return self._event(WEBHOOK_TEST, event_id, webhook, at, {})

    def suspended(self, webhook: str, event_id: str, at: datetime, reason: str) -> CloudEvent:
        """A webhook was suspended."""
        return self._event(WEBHOOK_SUSPENDED, event_id, webhook, at, {"reason": reason})

    def dead_lettered(self, webhook: str, letter: DeadLetter) -> CloudEvent:
        """An event was given up."""
        about = read_event(letter.event)
        data = {
            "dead_letter": f"{webhook}/deadLetters/{letter.id}",
            "event": {
                "name": f"streams/{letter.stream}/events/{letter.sequence}",
                "id": about.id,
                "source": about.source,
                "type": about.type,
            },
            "attempt_count": letter.attempt_count,
            "last_error": letter.last_error,
            "last_http_status": letter.last_http_status,
        }
        # A worker that dies before it acknowledges does all this again.
        event_id = f"{letter.id}-{letter.attempt_count}"
        return self._event(WEBHOOK_DEAD_LETTERED, event_id, webhook, letter.dead_at, data)

    def _event(
        self,
        event_type: str,
        event_id: str,
        webhook: str,
        at: datetime,
        data: Mapping[str, object],
    ) -> CloudEvent:
        return CloudEvent(
            id=event_id,
            source=f"/{webhook}",
            type=event_type,
            subject=webhook,
            time=Timestamp.of(at),
            datacontenttype=JSON,
            dataschema=schema_url(self.base_url, event_type),
            data=EventData.text(orjson.dumps({"webhook": webhook, **data}).decode()),
        )
