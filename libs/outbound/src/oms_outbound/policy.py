"""What calls to the outside may reach, and how much of anything they take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Network
from pathlib import Path
from typing import ClassVar, Final

from oms_outbound.addresses import (
    INTERNAL,
    NAT64_WELL_KNOWN,
    NEVER,
    Address,
    AddressKind,
    Network,
    kind_of,
    nat64_embedded,
)
from oms_outbound.hosts import normalise_host

# Ports that other protocols own and that a web page may not call either. Source: the Fetch
# standard, "bad port". Below 1024 nothing but 80 and 443 is called anyway.
_FOREIGN_PORTS: Final = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080}
    | set(range(6665, 6670))
)
_LOW_PORTS: Final = frozenset({80, 443})


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboundPolicy:
    """What calls may reach and how much they take; the default reaches the public web by HTTPS.

    Host patterns are a host name, or `*.` and a name for every name below it. They are
    compared in lower case and in their ASCII form. Times are in seconds.

    Attributes:
        allow_http: Whether `http` URLs are called too.
        private_networks: Networks that are called although they are not public. Addresses of
            cloud metadata, multicast and of transition mechanisms stay closed.
        private_hosts: Patterns of hosts that may have loopback, private and shared addresses.
        only_hosts: Patterns of the only hosts that are called; empty: every host.
        denied_networks: Networks that are never called; they win over everything.
        nat64_prefixes: Prefixes of 96 bits behind which this network reaches IPv4 addresses;
            the address within is judged.
        allowed_ports: The only ports; empty: 80, 443 and those from 1024 on, without those
            that other protocols own.
        denied_ports: Ports that are never called; they win over the allowed ones.
        allow_credentials: Whether a request may carry `Authorization` and `Cookie`.
        dns_timeout_s: Longest lookup of a name.
        connect_timeout_s: Longest time until a connection is ready, TLS included.
        total_timeout_s: Longest call, from waiting for a connection to the end of the answer.
        max_url_length: In characters.
        max_request_bytes: Longest body that is sent.
        max_response_header_bytes: Longest head of an answer; a longer one is an error.
        max_response_bytes: How much of an answer's body is kept; the rest is not read.
        max_addresses: Most addresses of a host; a host with more is refused.
        dns_ttl_s: How long a judged answer of DNS is used.
        max_connections: Most calls in progress; more wait.
        max_connections_per_host: The same for one scheme, host and port.
        max_idle_connections: Most connections that are kept for another call.
        idle_timeout_s: How long an unused connection is kept.
        max_connection_age_s: How long a connection is used at all.
        user_agent: `User-Agent` of every request.
        ca_file: PEM file of authorities that are trusted besides the system's.
    """

    # Where an answer redirects to was never checked, so nobody goes there.
    max_redirects: ClassVar[int] = 0

    allow_http: bool = False
    private_networks: tuple[Network, ...] = ()
    private_hosts: tuple[str, ...] = ()
    only_hosts: tuple[str, ...] = ()
    denied_networks: tuple[Network, ...] = ()
    nat64_prefixes: tuple[IPv6Network, ...] = (NAT64_WELL_KNOWN,)
    allowed_ports: frozenset[int] = frozenset()
    denied_ports: frozenset[int] = frozenset()
    allow_credentials: bool = False
    dns_timeout_s: float = 3.0
    connect_timeout_s: float = 5.0
    total_timeout_s: float = 20.0
    max_url_length: int = 2048
    max_request_bytes: int = 1024 * 1024
    max_response_header_bytes: int = 16 * 1024
    max_response_bytes: int = 16 * 1024
    max_addresses: int = 32
    dns_ttl_s: float = 10.0
    max_connections: int = 128
    max_connections_per_host: int = 16
    max_idle_connections: int = 128
    idle_timeout_s: float = 30.0
    max_connection_age_s: float = 300.0
    user_agent: str = "OMS-Outbound/0.1"
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if any(prefix.prefixlen != 96 for prefix in self.nat64_prefixes):
            raise ValueError("nat64_prefixes: only prefixes of 96 bits can be judged")
        for pattern in (*self.private_hosts, *self.only_hosts):
            if host_pattern(pattern) != pattern:
                raise ValueError(f"{pattern!r} is no host pattern in its canonical form")
        if any(normalise_host(name.removeprefix("*."))[1] for name in self.private_hosts):
            raise ValueError("private_hosts: an address belongs into private_networks")

    def permits_address(self, address: Address, host: str | None = None) -> bool:
        """Whether an address may be connected to.

        Args:
            address: The address itself, as it would be connected to.
            host: The name it belongs to, in lower-case ASCII; None for an address in a URL.
        """
        kind = kind_of(address, self.nat64_prefixes)
        if kind in NEVER or self._is_in(address, self.denied_networks):
            return False
        if kind is AddressKind.PUBLIC or self._is_in(address, self.private_networks):
            return True
        return kind in INTERNAL and host is not None and matches(host, self.private_hosts)

    def permits_host(self, host: str) -> bool:
        """Whether a host, by name or address, is among those that may be called."""
        return not self.only_hosts or matches(host, self.only_hosts)

    def permits_port(self, port: int) -> bool:
        """Whether a port may be called."""
        if port in self.denied_ports:
            return False
        if self.allowed_ports:
            return port in self.allowed_ports
        return port in _LOW_PORTS or (port >= 1024 and port not in _FOREIGN_PORTS)

    def _is_in(self, address: Address, networks: tuple[Network, ...]) -> bool:
        embedded = nat64_embedded(address, self.nat64_prefixes) if networks else None
        return any(
            address in network or (embedded is not None and embedded in network)
            for network in networks
        )


def host_pattern(text: str) -> str:
    """The canonical form of a host pattern.

    Raises:
        ValueError: it is neither a host nor `*.` and a name.
    """
    prefix = "*." if text.startswith("*.") else ""
    host, address = normalise_host(text.removeprefix("*."))
    if prefix and address is not None:
        raise ValueError(f"{text!r}: there is nothing below an address")
    return prefix + host


def matches(host: str, patterns: Iterable[str]) -> bool:
    """Whether a host is one of some patterns: a name, or `*.` and what it ends with."""
    return any(
        host.endswith(pattern[1:]) and len(host) >= len(pattern)
        if pattern.startswith("*.")
        else host == pattern
        for pattern in patterns
    )
