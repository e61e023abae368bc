"""Which webhooks of a stream an event is for."""

from __future__ import annotations

from collections.abc import Iterable

from svc_events.adapters.webhooks.own_events import ABOUT_WEBHOOKS
from svc_events.domain.events import CloudEvent
from svc_events.domain.filters import FilterIndex, parse_filters
from svc_events.domain.webhooks.model import State, Webhook


class Matcher:
    """Webhooks by their filters; those that deliver nothing are left out."""

    def __init__(self, webhooks: Iterable[Webhook]) -> None:
        self._webhooks = {each.serial: each for each in webhooks if each.state is State.ENABLED}
        self._index = FilterIndex(
            (serial, parse_filters(list(each.settings.filters)))
            for serial, each in self._webhooks.items()
        )

    def matching(self, event: CloudEvent, sequence: int) -> list[Webhook]:
        """The webhooks that an event at a place of the stream is for."""
        found = (self._webhooks[serial] for serial in self._index.matching(event))
        return [
            webhook
            for webhook in found
            if sequence > webhook.start_sequence and not _concerns(event, webhook)
        ]


def _concerns(event: CloudEvent, webhook: Webhook) -> bool:
    """Whether an event tells of the webhook itself: telling it so could go on for ever."""
    return event.type.startswith(ABOUT_WEBHOOKS) and event.subject == webhook.name
