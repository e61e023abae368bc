"""How a TerminusDB server is reached."""

from __future__ import annotations

import base64
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from oms_core.settings import SettingsError

_PLAIN_PORT: Final = 80
_TLS_PORT: Final = 443


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """Where a server is, who asks, and how much it may take.

    Args:
        endpoint: `http://host:port` or `https://…`, with a path where a proxy has one.
        organization: The organisation that owns the databases.
        token: A JWT; sent in place of user and password when it is given.
        ca_file: Certificates to trust instead of the system's; for `https` only.
        pool_size: Most connections, and so most requests at once.
        timeout_s: Longest wait for a connection, and between two parts of an answer.
        total_timeout_s: Longest time for a request from its first byte to the answer's last.
        most_answer_bytes: Largest answer that is held in memory.
        read_attempts: How often a read is tried when the server can't be reached.
    """

    endpoint: str
    user: str = "admin"
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    organization: str = "admin"
    ca_file: Path | None = None
    pool_size: int = 10
    timeout_s: float = 30.0
    total_timeout_s: float = 300.0
    most_answer_bytes: int = 256 * 1024 * 1024
    read_attempts: int = 3

    @property
    def authorization(self) -> str:
        """The header's value."""
        if self.token:
            return f"Bearer {self.token}"
        pair = f"{self.user}:{self.password}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"

    @property
    def name(self) -> str:
        """Host and port, for messages: never anything secret."""
        parts = urlsplit(self.endpoint)
        default = _TLS_PORT if parts.scheme == "https" else _PLAIN_PORT
        return f"{parts.hostname}:{parts.port or default}"

    def ssl_context(self) -> ssl.SSLContext | None:
        """What certificates to trust; None for a plain connection.

        Raises:
            SettingsError: the file can't be read, or the endpoint is no HTTP address.
        """
        parts = urlsplit(self.endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(
                "TERMINUSDB_ENDPOINT has to be http://host:port or https://host:port"
            )
        if parts.username is not None or parts.password is not None:
            raise SettingsError(
                "TERMINUSDB_ENDPOINT must not hold a password; give OMS_TERMINUSDB_PASSWORD"
            )
        if parts.scheme == "http":
            return None
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as exc:
            raise SettingsError(f"OMS_TERMINUSDB_CA_FILE: {self.ca_file} can't be read") from exc
