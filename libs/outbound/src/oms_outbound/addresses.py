"""What an IP address is for, by the registries of special-purpose addresses.

Own tables, because `ipaddress.is_global` changed its mind between releases of Python and
says yes to multicast, to 6to4 and to NAT64 of private addresses.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and successors),
IPv6 address space registry (RFC 4291).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class AddressKind(StrEnum):
    """What an address is for."""

    PUBLIC = "public"
    METADATA = "metadata"
    UNSPECIFIED = "unspecified"
    LOOPBACK = "loopback"
    PRIVATE = "private"
    SHARED = "shared"
    LINK_LOCAL = "link_local"
    MULTICAST = "multicast"
    BROADCAST = "broadcast"
    DOCUMENTATION = "documentation"
    BENCHMARKING = "benchmarking"
    TRANSITION = "transition"
    RESERVED = "reserved"


# No list of allowed networks opens these: they serve credentials, name no single machine, or
# hide another address.
NEVER: Final = frozenset(
    {
        AddressKind.METADATA,
        AddressKind.UNSPECIFIED,
        AddressKind.MULTICAST,
        AddressKind.BROADCAST,
        AddressKind.TRANSITION,
    }
)
# What the machines of an organisation have.
INTERNAL: Final = frozenset({AddressKind.LOOPBACK, AddressKind.PRIVATE, AddressKind.SHARED})
NAT64_WELL_KNOWN: Final = IPv6Network("64:ff9b::/96")

# Where machines in clouds ask for their credentials, whatever block the address is in.
_METADATA: Final = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Azure, Google Cloud, DigitalOcean, OpenStack
        "169.254.170.2",  # AWS ECS task roles
        "169.254.170.23",  # AWS EKS pod identity
        "169.254.0.23",  # Tencent Cloud
        "100.100.100.200",  # Alibaba Cloud
        "192.0.0.192",  # Oracle Cloud Classic
        "168.63.129.16",  # Azure host agent; looks public
        "fd00:ec2::254",  # AWS
        "fd00:ec2::23",  # AWS EKS pod identity
        "fd20:ce::254",  # Google Cloud
        "fe80::a9fe:a9fe",  # OpenStack
    )
)
# The first match counts.
_TABLE: Final = (
    ("0.0.0.0/32", AddressKind.UNSPECIFIED),
    ("0.0.0.0/8", AddressKind.RESERVED),
    ("10.0.0.0/8", AddressKind.PRIVATE),
    ("100.64.0.0/10", AddressKind.SHARED),
    ("127.0.0.0/8", AddressKind.LOOPBACK),
    ("169.254.0.0/16", AddressKind.LINK_LOCAL),
    ("172.16.0.0/12", AddressKind.PRIVATE),
    ("192.0.0.0/24", AddressKind.RESERVED),
    ("192.0.2.0/24", AddressKind.DOCUMENTATION),
    ("192.88.99.0/24", AddressKind.TRANSITION),
    ("192.168.0.0/16", AddressKind.PRIVATE),
    ("198.18.0.0/15", AddressKind.BENCHMARKING),
    ("198.51.100.0/24", AddressKind.DOCUMENTATION),
    ("203.0.113.0/24", AddressKind.DOCUMENTATION),
    ("224.0.0.0/4", AddressKind.MULTICAST),
    ("255.255.255.255/32", AddressKind.BROADCAST),
    ("240.0.0.0/4", AddressKind.RESERVED),
    ("0.0.0.0/0", AddressKind.PUBLIC),
    ("::/128", AddressKind.UNSPECIFIED),
    ("::1/128", AddressKind.LOOPBACK),
    ("::/96", AddressKind.TRANSITION),  # IPv4-compatible
    ("::ffff:0:0/96", AddressKind.TRANSITION),  # IPv4-mapped
    ("::ffff:0:0:0/96", AddressKind.TRANSITION),  # IPv4-translated, RFC 2765
    ("64:ff9b::/96", AddressKind.TRANSITION),  # NAT64 where it is not in use
    ("64:ff9b:1::/48", AddressKind.TRANSITION),  # NAT64 of a site, RFC 8215
    ("2001::/32", AddressKind.TRANSITION),  # Teredo
    ("2001:2::/48", AddressKind.BENCHMARKING),
    ("2001:db8::/32", AddressKind.DOCUMENTATION),
    ("2001::/23", AddressKind.RESERVED),
    ("2002::/16", AddressKind.TRANSITION),  # 6to4
    ("3fff::/20", AddressKind.DOCUMENTATION),
    ("2000::/3", AddressKind.PUBLIC),
    ("fc00::/7", AddressKind.PRIVATE),
    ("fe80::/10", AddressKind.LINK_LOCAL),
    ("fec0::/10", AddressKind.PRIVATE),  # site-local, RFC 3879
    ("ff00::/8", AddressKind.MULTICAST),
)
_NETWORKS: Final = {
    version: tuple(
        (network, kind)
        for network, kind in ((ip_network(text), kind) for text, kind in _TABLE)
        if network.version == version
    )
    for version in (4, 6)
}
# ISATAP, RFC 5214: the interface identifier holds an IPv4 address behind this.
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})


def kind_of(
    address: Address, nat64_prefixes: Sequence[IPv6Network] = (NAT64_WELL_KNOWN,)
) -> AddressKind:
    """What an address is for; of a NAT64 address, what the IPv4 address within is for.

    Args:
        address: A scope id makes an address link-local, whatever else it is.
        nat64_prefixes: Prefixes of 96 bits that this network translates to IPv4.
    """
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return AddressKind.LINK_LOCAL
    embedded = nat64_embedded(address, nat64_prefixes)
    if embedded is not None:
        return kind_of(embedded)
    if address in _METADATA:
        return AddressKind.METADATA
    if isinstance(address, IPv6Address) and (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return AddressKind.TRANSITION
    return _registered(address)


@lru_cache(maxsize=4096)
def _registered(address: Address) -> AddressKind:
    for network, kind in _NETWORKS[address.version]:
        if address in network:
            return kind
    return AddressKind.RESERVED


def nat64_embedded(address: Address, prefixes: Iterable[IPv6Network]) -> IPv4Address | None:
    """The IPv4 address that a NAT64 address leads to, RFC 6052."""
    if isinstance(address, IPv6Address) and any(address in prefix for prefix in prefixes):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
