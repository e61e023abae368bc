"""Settings of the event service."""

from __future__ import annotations

from oms_core.settings import Settings
from pydantic import Field


class EventSettings(Settings):
    """How events are kept. Where NATS and PostgreSQL are say `NatsSettings`, `PostgresSettings`."""

    stream_replicas: int = Field(default=1, ge=1, le=5, validation_alias="OMS_EVENTS_REPLICAS")
    """How many servers of a NATS cluster keep a stream that does not say so itself."""
    max_age_s: float = Field(default=0, ge=0, validation_alias="OMS_EVENTS_MAX_AGE_S")
    """How long the built-in stream keeps events when it is made, in seconds; 0: for ever."""
