"""One connection of a process, opened when first used, opened again when it breaks."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from oms_core.logging import get_logger

from oms_nats.errors import unavailable
from oms_nats.settings import NatsSettings

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.js import JetStreamContext

_RECONNECT_WAIT_S: Final = 0.25
_UNANSWERED_PINGS: Final = 2
_PENDING_BYTES: Final = 64 * 1024 * 1024


class NatsConnection:
    """A client that is shared by everything in a service. Close it with `close`.

    Nothing is opened before the first use. Once connected it reconnects by itself for ever;
    what is asked meanwhile fails after the timeout rather than piling up.
    """

    def __init__(self, settings: NatsSettings, name: str) -> None:
        """Opens nothing.

        Args:
            name: Shows at the server who is connected.
        """
        self._settings = settings
        self._name = name
        self._client: Client | None = None
        self._jetstream: JetStreamContext | None = None
        self._opening = asyncio.Lock()
        self._when_lost: list[Callable[[], None]] = []
        self._log = get_logger()

    @property
    def is_configured(self) -> bool:
        """Whether there is an address."""
        return bool(self._settings.servers)

    @property
    def timeout_s(self) -> float:
        """Longest wait for an answer."""
        return self._settings.timeout_s

    async def client(self) -> Client:
        """The connected client.

        Raises:
            ServiceUnavailable: NATS is not configured or can't be reached.
        """
        client = self._client
        if client is not None and client.is_connected:
            return client
        async with self._opening:
            if self._client is None or self._client.is_closed:
                self._client = await self._connect()
                self._jetstream = None
            if not self._client.is_connected:
                raise unavailable("reconnecting")
            return self._client

    async def jetstream(self) -> JetStreamContext:
        """JetStream over the connected client.

        Raises:
            ServiceUnavailable: NATS is not configured or can't be reached.
        """
        client = await self.client()
        if self._jetstream is None:
            self._jetstream = client.jetstream(timeout=self._settings.timeout_s)
        return self._jetstream

    def when_lost(self, tell: Callable[[], None]) -> None:
        """Calls a function whenever the connection breaks or is closed.

        What was sent and not answered by then will not be answered.
        """
        self._when_lost.append(tell)

    async def check(self) -> None:
        """Raises ServiceUnavailable unless JetStream answers."""
        js = await self.jetstream()
        # Not before: a part of a package that another thread imports can't be had by itself.
        from nats.errors import Error

        try:
            await js.account_info()
        except (Error, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc

    async def close(self) -> None:
        """Sends what is still to be sent and closes. Idempotent."""
        client, self._client, self._jetstream = self._client, None, None
        if client is not None and not client.is_closed:
            with contextlib.suppress(Exception):  # the server may be gone already
                await asyncio.wait_for(client.flush(), self._settings.timeout_s)
            with contextlib.suppress(Exception):
                await client.close()

    async def _connect(self) -> Client:
        if not self._settings.servers:
            raise unavailable("NATS_URL is not set")
        # The driver takes long to import, which is not spent on the event loop.
        nats: Any = await asyncio.to_thread(import_module, "nats")
        errors: Any = import_module("nats.errors")
        options: dict[str, Any] = {
            "servers": self._settings.servers,
            "name": self._name,
            "connect_timeout": self._settings.timeout_s,
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": _RECONNECT_WAIT_S,
            "pending_size": _PENDING_BYTES,
            "ping_interval": self._settings.ping_interval_s,
            "max_outstanding_pings": _UNANSWERED_PINGS,
            "error_cb": self._on_error,
            "disconnected_cb": self._on_disconnected,
            "reconnected_cb": self._on_reconnected,
        }
        if self._settings.credentials_file is not None:
            options["user_credentials"] = str(self._settings.credentials_file)
        if (tls := self._tls()) is not None:
            options["tls"] = tls
        try:
            # Connecting would go on for ever too.
            return await asyncio.wait_for(nats.connect(**options), self._settings.timeout_s)
        except (errors.Error, OSError, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc

    def _tls(self) -> ssl.SSLContext | None:
        settings = self._settings
        if not (settings.ca_file or settings.certificate_file):
            return None
        context = ssl.create_default_context(
            cafile=str(settings.ca_file) if settings.ca_file else None
        )
        if settings.certificate_file:
            context.load_cert_chain(settings.certificate_file, settings.key_file)
        return context

    async def _on_error(self, error: Exception) -> None:
        self._log.warning("nats error", client=self._name, error=type(error).__name__)

    async def _on_disconnected(self) -> None:
        self._log.warning("nats disconnected", client=self._name)
        for tell in self._when_lost:
            tell()

    async def _on_reconnected(self) -> None:
        self._log.info("nats reconnected", client=self._name)
