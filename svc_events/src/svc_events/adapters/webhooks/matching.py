"""Which webhooks of a stream an event is for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from svc_events.domain.events import CloudEvent
from svc_events.domain.filters import Facts, Predicate, compile_filter, parse_filters
from svc_events.domain.webhooks.model import State, Webhook


class Matcher(Protocol):
    """Webhooks by their filters."""

    def matching(self, event: CloudEvent, sequence: int) -> list[Webhook]:
        """The webhooks that an event at a place of the stream is for."""
        ...


class SequentialMatcher:
    """Asks every webhook's filters."""

    def __init__(self, webhooks: Iterable[Webhook]) -> None:
        self._wanted: list[tuple[Webhook, Predicate]] = [
            (webhook, compile_filter(parse_filters(list(webhook.settings.filters))))
            for webhook in webhooks
            if webhook.state is State.ENABLED
        ]

    def matching(self, event: CloudEvent, sequence: int) -> list[Webhook]:
        facts = Facts.of(event)
        return [
            webhook
            for webhook, passes in self._wanted
            if sequence > webhook.start_sequence and passes(facts) and not concerns(event, webhook)
        ]


def concerns(event: CloudEvent, webhook: Webhook) -> bool:
    """Whether an event tells of the webhook itself: telling it so could go on for ever."""
    return event.type.startswith("oms.event.webhook.") and event.subject == webhook.name
