"""Settings of webhooks."""

from __future__ import annotations

from oms_core.settings import Settings
from pydantic import AliasChoices, Field, SecretStr


class WebhookSettings(Settings):
    """How webhooks are kept and delivered. What they may reach says `OutboundSettings`."""

    key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("OMS_EVENTS_KEY", "JWT_SECRET")
    )
    """What the key that encrypts secrets of webhooks is derived from. With another one the secrets
    there are can't be read any more. Left out: that of the tokens."""
    redis_url: SecretStr = Field(default=SecretStr(""), validation_alias="REDIS_URL")
    """Redis or Valkey, in which replicas share the rate of a webhook. Left out: each replica has
    the whole rate."""
    redis_pool_size: int = Field(default=16, ge=1, le=1000, validation_alias="REDIS_POOL_SIZE")
    """Most connections to Redis."""
    origin: str = Field(
        default="oms.local",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$",
        validation_alias="OMS_EVENTS_WEBHOOK_ORIGIN",
    )
    """What this deployment calls itself in the handshake, its host name."""
    suspend_after_s: float = Field(
        default=5 * 86400.0, gt=0, validation_alias="OMS_EVENTS_WEBHOOK_SUSPEND_AFTER_S"
    )
    """How long a webhook may fail without a break before it is suspended, in seconds."""
    keep_attempts_s: float = Field(
        default=30 * 86400.0, ge=60, validation_alias="OMS_EVENTS_WEBHOOK_KEEP_ATTEMPTS_S"
    )
    """How long the log of attempts is kept, in seconds."""
    ack_wait_s: float = Field(
        default=15.0, ge=1, le=300, validation_alias="OMS_EVENTS_WEBHOOK_ACK_WAIT_S"
    )
    """How long after its worker died a delivery is taken up by another, in seconds."""
