"""The catalogue as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from svc_events.domain.catalogue.model import EventTypeEntry
from svc_events.domain.catalogue.own import own_entries
from svc_events.domain.catalogue.relayed import relayed_entries


def catalogue(base_url: str) -> Mapping[str, EventTypeEntry]:
    """Every event type that OMS publishes, by name and in that order.

    Args:
        base_url: Where the API is reached, without a slash at the end.
    """
    entries = [*relayed_entries(base_url), *own_entries(base_url)]
    return {entry.type: entry for entry in sorted(entries, key=lambda entry: entry.type)}
