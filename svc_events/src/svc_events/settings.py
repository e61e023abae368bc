"""Settings of the event service."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from oms_core.settings import Settings
from pydantic import AfterValidator, Field


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise ValueError("has to be http:// or https://, a host, and at most a path")
    return url.rstrip("/")


class EventSettings(Settings):
    """How events are kept. Where NATS and PostgreSQL are say `NatsSettings`, `PostgresSettings`."""

    stream_replicas: int = Field(default=1, ge=1, le=5, validation_alias="OMS_EVENTS_REPLICAS")
    """How many servers of a NATS cluster keep a stream that does not say so itself."""
    public_url: Annotated[str, AfterValidator(_checked_url)] = Field(
        default="http://127.0.0.1:8000", validation_alias="OMS_PUBLIC_URL"
    )
    """Where others reach the gateway, as `dataschema` of events says. The same in every replica."""
    max_age_s: float = Field(default=0, ge=0, validation_alias="OMS_EVENTS_MAX_AGE_S")
    """How long the built-in stream keeps events when it is made, in seconds; 0: for ever."""
