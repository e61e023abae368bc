"""Settings of the scheduler service."""

from __future__ import annotations

from oms_core.settings import Settings


class SchedulerSettings(Settings):
    """What the service itself can be told; nothing yet. Its server reads `ServerSettings`."""
