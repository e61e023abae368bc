"""Where a client connects, how, and as whom: from arguments, or else from the environment.

The variables are those of the `oms` command: OMS_TARGET (also OMS_ADDRESS), OMS_TOKEN,
OMS_API_KEY_FILE, OMS_TLS and OMS_CA.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import grpc

from oms_client.credentials import Credentials, find_api_key, is_loopback
from oms_client.retries import RetryPolicy

__version__: Final = "0.1.0"
DEFAULT_ADDRESS: Final = "127.0.0.1:50050"
_MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024
_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})


class UnencryptedTokenWarning(UserWarning):
    """A token goes to another machine over a connection that is not encrypted."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How to reach a server. What is left out comes from the environment.

    Attributes:
        address: `host:port`, or another name that gRPC resolves.
        token: An access token, or what gives the current one before every call. An empty one:
            calls are made as nobody.
        api_key: An API key, exchanged for a token when one is needed, and again when it expires.
        api_key_file: A file that holds the API key.
        tls: Whether to talk TLS; with `ca_file` always.
        ca_file: The authority to trust, PEM; the system's by default.
        timeout_s: The deadline of a call, repeats included, in seconds.
        transfer_timeout_s: The deadline of an upload or a download, in seconds.
        retries: Which calls are repeated, and how.
        options: Further options of the gRPC channel.
    """

    address: str = ""
    token: str | Callable[[], str] | None = field(default=None, repr=False)
    api_key: str = field(default="", repr=False)
    api_key_file: str | Path | None = None
    tls: bool | None = None
    ca_file: str | Path | None = None
    timeout_s: float = 60.0
    transfer_timeout_s: float = 1800.0
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def target(self) -> str:
        """Where calls go."""
        named = os.environ.get("OMS_TARGET") or os.environ.get("OMS_ADDRESS")
        return self.address or named or DEFAULT_ADDRESS

    def credentials(self) -> Credentials:
        """Whom calls are made as.

        Raises:
            CredentialsError: a file with an API key can't be used.
        """
        if self.token is not None:
            return Credentials(token=self.token)
        if self.api_key:
            return Credentials(api_key=self.api_key)
        token = os.environ.get("OMS_TOKEN", "")
        if token and self.api_key_file is None:
            return Credentials(token=token)
        named = self.api_key_file or os.environ.get("OMS_API_KEY_FILE")
        found = find_api_key(self.target, Path(named) if named else None)
        return Credentials(api_key=found.api_key if found else "")

    def channel_credentials(self) -> grpc.ChannelCredentials | None:
        """What to encrypt with; None for a connection that is not encrypted."""
        named = self.ca_file or os.environ.get("OMS_CA")
        is_tls = os.environ.get("OMS_TLS", "").lower() in _TRUE if self.tls is None else self.tls
        if not (is_tls or named):
            return None
        return grpc.ssl_channel_credentials(Path(named).read_bytes() if named else None)

    def channel_options(self) -> list[tuple[str, Any]]:
        """Options of the channel."""
        return [
            ("grpc.primary_user_agent", f"oms-client-python/{__version__}"),
            ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
            ("grpc.keepalive_time_ms", 60_000),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 5000),
            # A proxy of the environment is for other machines.
            ("grpc.enable_http_proxy", 0 if is_loopback(self.target) else 1),
            *self.options,
        ]

    def warn_if_exposed(self, credentials: Credentials) -> None:
        """Warns when a token would go to another machine for everybody to read."""
        if not credentials.is_anonymous and not is_loopback(self.target):
            warnings.warn(
                f"the token goes to {self.target} unencrypted; pass tls=True or set OMS_TLS",
                UnencryptedTokenWarning,
                stacklevel=3,
            )
