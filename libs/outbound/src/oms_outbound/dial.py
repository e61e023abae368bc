"""Opening connections to checked addresses, with TLS that is always verified."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from oms_core.clock import Clock
from oms_core.settings import SettingsError

from oms_outbound.addresses import Address
from oms_outbound.connection import Connection, Limits
from oms_outbound.errors import ConnectFailure, OutboundTimeout, TlsFailure
from oms_outbound.policy import OutboundPolicy
from oms_outbound.urls import CheckedUrl

_MAX_ATTEMPTS: Final = 4
_TLS_GOODBYE_S: Final = 1.0


def tls_context(policy: OutboundPolicy) -> ssl.SSLContext:
    """A context that trusts the system's authorities and those of the policy.

    Not `ssl.create_default_context`: that writes session keys to a file that the
    environment names.

    Raises:
        SettingsError: the policy's file can't be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.hostname_checks_common_name = False
    context.set_alpn_protocols(["http/1.1"])
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if policy.ca_file is not None:
        try:
            context.load_verify_locations(policy.ca_file)
        except (OSError, ssl.SSLError) as exc:
            raise SettingsError(f"{policy.ca_file} holds no usable certificates: {exc}") from exc
    return context


class Dialer:
    """Opens connections."""

    def __init__(self, policy: OutboundPolicy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        # A file that can't be used is told at the start. The system's authorities take a tenth of
        # a second to read, which only who calls over TLS has to spend.
        self._tls = tls_context(policy) if policy.ca_file is not None else None
        self._limits = Limits(policy.max_response_header_bytes, policy.max_response_bytes)

    async def open(self, url: CheckedUrl, addresses: Sequence[Address]) -> Connection:
        """Connects to the first of some judged addresses that answers.

        Args:
            url: Its host is the name that the certificate has to carry.
            addresses: Not empty. Four are tried, each with its share of the time; IPv6 and IPv4
                take turns.
        Raises:
            ConnectFailure, TlsFailure, OutboundTimeout: of the last address tried.
        """
        tried = interleaved(addresses)[:_MAX_ATTEMPTS]
        ends_at = self._clock.monotonic() + self._policy.connect_timeout_s
        for index, address in enumerate(tried):
            share = (ends_at - self._clock.monotonic()) / (len(tried) - index)
            try:
                return await self._open_one(url, address, max(share, 0.0))
            except (ConnectFailure, TlsFailure, OutboundTimeout):
                if index == len(tried) - 1:
                    raise
        raise AssertionError("no address to connect to")

    async def _open_one(self, url: CheckedUrl, address: Address, timeout_s: float) -> Connection:
        ends_at = self._clock.monotonic() + timeout_s
        tls = None if url.scheme == "http" else await self._tls_context()
        connected = await self._connect(url, address, timeout_s)
        if tls is None:
            return await self._wrap(url, address, connected, None)
        timeout_s = max(ends_at - self._clock.monotonic(), 0.0)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._wrap(url, address, connected, tls)
        except TimeoutError:
            raise OutboundTimeout(url.host, "tls", self._policy.connect_timeout_s) from None
        except ssl.SSLCertVerificationError as exc:
            what = f"its certificate does not verify: {exc.verify_message}"
            raise TlsFailure(url.host, what.rstrip(".")) from None
        except OSError as exc:
            reason = exc.reason if isinstance(exc, ssl.SSLError) else "connection lost"
            raise TlsFailure(url.host, f"TLS handshake failed: {reason}") from None

    async def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = await asyncio.to_thread(tls_context, self._policy)
        return self._tls

    async def _connect(self, url: CheckedUrl, address: Address, timeout_s: float) -> socket.socket:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        connecting = socket.socket(family, socket.SOCK_STREAM)
        try:
            connecting.setblocking(False)
            async with asyncio.timeout(timeout_s):
                loop = asyncio.get_running_loop()
                # A numeric address: nothing is looked up again.
                await loop.sock_connect(connecting, (str(address), url.port))
        except BaseException as exc:
            connecting.close()
            if isinstance(exc, TimeoutError) and exc.errno is None:
                raise OutboundTimeout(url.host, "connect", self._policy.connect_timeout_s) from None
            if isinstance(exc, OSError):
                raise ConnectFailure(url.host, _words_of(exc)) from None
            raise
        return connecting

    async def _wrap(
        self,
        url: CheckedUrl,
        address: Address,
        connected: socket.socket,
        tls: ssl.SSLContext | None,
    ) -> Connection:
        now = self._clock.monotonic()
        # From here on the transport owns the socket, also when this fails.
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(url.host, address, self._limits, now),
            sock=connected,
            ssl=tls,
            server_hostname=url.host.strip("[]") if tls else None,
            ssl_shutdown_timeout=_TLS_GOODBYE_S if tls else None,
        )
        return connection


def interleaved(addresses: Sequence[Address]) -> list[Address]:
    """The same addresses, so that both families are tried early (RFC 8305, section 4)."""
    first = [address for address in addresses if address.version == addresses[0].version]
    second = [address for address in addresses if address.version != addresses[0].version]
    pairs = zip_longest(first, second)
    return [address for pair in pairs for address in pair if address is not None]


def _words_of(exc: OSError) -> str:
    # str(exc) would name the address.
    if exc.errno == errno.ECONNREFUSED:
        return "refused the connection"
    return f"can't be connected to: {os.strerror(exc.errno) if exc.errno else 'network error'}"
