"""Settings of the event service."""

from __future__ import annotations

from oms_core.settings import Settings


class EventSettings(Settings):
    """What the service itself can be told; nothing yet. Its server reads `ServerSettings`."""
