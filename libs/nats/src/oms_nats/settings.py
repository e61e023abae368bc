"""Where NATS is."""

from __future__ import annotations

from pathlib import Path

from oms_core.settings import Settings
from pydantic import Field, SecretStr


class NatsSettings(Settings):
    """The NATS servers, with JetStream, that events and work queues lie in."""

    url: SecretStr = Field(default=SecretStr(""), validation_alias="NATS_URL")
    """Servers of one cluster, separated by commas, as `nats://user:password@host:port`, or `tls://…`.
    Left out: what needs them answers UNAVAILABLE."""
    credentials_file: Path | None = Field(default=None, validation_alias="OMS_NATS_CREDENTIALS")
    """A credentials file (JWT and key) in place of user and password."""
    ca_file: Path | None = Field(default=None, validation_alias="OMS_NATS_CA_FILE")
    """Certificates that the servers' have to be signed by. Left out: the system's."""
    certificate_file: Path | None = Field(default=None, validation_alias="OMS_NATS_CERTIFICATE")
    """The client's own certificate, where servers ask for one."""
    key_file: Path | None = Field(default=None, validation_alias="OMS_NATS_KEY")
    """The key of the client's own certificate."""
    timeout_s: float = Field(default=5, gt=0, le=60, validation_alias="OMS_NATS_TIMEOUT_S")
    """Longest wait for an answer of JetStream, in seconds."""
    ping_interval_s: float = Field(
        default=10, ge=0.5, le=300, validation_alias="OMS_NATS_PING_INTERVAL_S"
    )
    """How often a connection is tried, in seconds. One that has died without a word is given up
    after three times that, and another one opened."""

    @property
    def servers(self) -> list[str]:
        """Every address, with its password."""
        return [each.strip() for each in self.url.get_secret_value().split(",") if each.strip()]
