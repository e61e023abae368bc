"""Settings of calls to the outside."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Network, ip_network
from pathlib import Path
from typing import Self

from oms_core.settings import Settings
from pydantic import Field, model_validator

from oms_outbound.addresses import Network
from oms_outbound.policy import OutboundPolicy, host_pattern


class OutboundSettings(Settings):
    """What webhooks and scheduled calls may reach. Lists are separated by commas."""

    allow_http: bool = Field(default=False, validation_alias="OMS_OUTBOUND_ALLOW_HTTP")
    """Whether `http` URLs are called too."""
    private_networks: str = Field(default="", validation_alias="OMS_OUTBOUND_PRIVATE_NETWORKS")
    """Networks (CIDR) that are called although they are not public."""
    private_hosts: str = Field(default="", validation_alias="OMS_OUTBOUND_PRIVATE_HOSTS")
    """Hosts, or `*.` and a name, that may have loopback, private and shared addresses."""
    only_hosts: str = Field(default="", validation_alias="OMS_OUTBOUND_ONLY_HOSTS")
    """The only hosts that are called. Left out: every public one."""
    denied_networks: str = Field(default="", validation_alias="OMS_OUTBOUND_DENIED_NETWORKS")
    """Networks (CIDR) that are never called, such as public ones of your own."""
    nat64_prefixes: str = Field(
        default="64:ff9b::/96", validation_alias="OMS_OUTBOUND_NAT64_PREFIXES"
    )
    """IPv6 prefixes of 96 bits that this network translates to IPv4; the IPv4 address is judged."""
    allowed_ports: str = Field(default="", validation_alias="OMS_OUTBOUND_ALLOWED_PORTS")
    """The only ports that are called, as `443,8000-8999`. Left out: 80, 443 and those from 1024
    on, without those that other protocols own."""
    denied_ports: str = Field(default="", validation_alias="OMS_OUTBOUND_DENIED_PORTS")
    """Ports that are never called."""
    dns_timeout_s: float = Field(
        default=3.0, gt=0, le=60, validation_alias="OMS_OUTBOUND_DNS_TIMEOUT_S"
    )
    """Longest lookup of a name, in seconds."""
    connect_timeout_s: float = Field(
        default=5.0, gt=0, le=60, validation_alias="OMS_OUTBOUND_CONNECT_TIMEOUT_S"
    )
    """Longest time until a connection is ready, TLS included, in seconds."""
    total_timeout_s: float = Field(
        default=20.0, gt=0, le=600, validation_alias="OMS_OUTBOUND_TOTAL_TIMEOUT_S"
    )
    """Longest call, in seconds."""
    max_request_bytes: int = Field(
        default=1024 * 1024, ge=0, validation_alias="OMS_OUTBOUND_MAX_REQUEST_BYTES"
    )
    """Longest body that is sent."""
    max_response_bytes: int = Field(
        default=16 * 1024,
        ge=0,
        le=16 * 1024 * 1024,
        validation_alias="OMS_OUTBOUND_MAX_RESPONSE_BYTES",
    )
    """How much of an answer's body is read and kept."""
    max_connections: int = Field(
        default=128, ge=1, le=10_000, validation_alias="OMS_OUTBOUND_MAX_CONNECTIONS"
    )
    """Most calls in progress; more wait."""
    max_connections_per_host: int = Field(
        default=16, ge=1, le=1000, validation_alias="OMS_OUTBOUND_MAX_CONNECTIONS_PER_HOST"
    )
    """Most calls in progress to one scheme, host and port."""
    user_agent: str = Field(
        default="OMS-Outbound/0.1",
        pattern=r"^[\x21-\x7e]([\x20-\x7e]{0,126}[\x21-\x7e])?$",
        validation_alias="OMS_OUTBOUND_USER_AGENT",
    )
    """`User-Agent` of every request."""
    ca_file: Path | None = Field(default=None, validation_alias="OMS_OUTBOUND_CA_FILE")
    """PEM file of authorities that are trusted besides the system's."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.policy()
        return self

    def policy(self, *, allow_credentials: bool = False) -> OutboundPolicy:
        """The policy that these settings describe.

        Args:
            allow_credentials: Whether requests may carry `Authorization` and `Cookie`; what
                the caller sends decides that, not the installation.
        """
        return OutboundPolicy(
            allow_http=self.allow_http,
            private_networks=tuple(_networks(self.private_networks)),
            private_hosts=tuple(host_pattern(text) for text in _listed(self.private_hosts)),
            only_hosts=tuple(host_pattern(text) for text in _listed(self.only_hosts)),
            denied_networks=tuple(_networks(self.denied_networks)),
            nat64_prefixes=tuple(IPv6Network(text) for text in _listed(self.nat64_prefixes)),
            allowed_ports=frozenset(_ports(self.allowed_ports)),
            denied_ports=frozenset(_ports(self.denied_ports)),
            allow_credentials=allow_credentials,
            dns_timeout_s=self.dns_timeout_s,
            connect_timeout_s=self.connect_timeout_s,
            total_timeout_s=self.total_timeout_s,
            max_request_bytes=self.max_request_bytes,
            max_response_bytes=self.max_response_bytes,
            max_connections=self.max_connections,
            max_connections_per_host=self.max_connections_per_host,
            max_idle_connections=self.max_connections,
            user_agent=self.user_agent,
            ca_file=self.ca_file,
        )


def _listed(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(",") if part.strip())


def _networks(text: str) -> Iterator[Network]:
    return (ip_network(part) for part in _listed(text))


def _ports(text: str) -> Iterator[int]:
    for part in _listed(text):
        first, _, last = part.partition("-")
        numbers = range(int(first), int(last or first) + 1)
        if not numbers or numbers[0] < 1 or numbers[-1] > 65535:
            raise ValueError(f"{part!r} is not a port, or a range of ports")
        yield from numbers
