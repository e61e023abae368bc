"""What addresses are for, and which of them are called."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_outbound import AddressKind, OutboundPolicy, kind_of
from oms_outbound.addresses import NEVER

DEFAULT = OutboundPolicy()
EVERYTHING = OutboundPolicy(
    private_networks=(ip_network("0.0.0.0/0"), ip_network("::/0")), private_hosts=("a.example",)
)
v4_addresses = st.ip_addresses(v=4)
v6_addresses = st.ip_addresses(v=6) | st.builds(
    lambda prefix, rest: IPv6Address(int(prefix.network_address) | rest),
    st.sampled_from(
        [
            ip_network(text)
            for text in ("2000::/3", "2001::/23", "2001:db8::/32", "fc00::/7", "fe80::/10", "::/64")
        ]
    ),
    st.integers(0, 2**64 - 1),
)


def teredo(address: IPv4Address) -> list[IPv6Address]:
    as_server = int(IPv6Address("2001::")) | int(address) << 64 | 0xF7F7F7F7
    as_client = int(IPv6Address("2001:0:4136:e378::")) | int(address) ^ 0xFFFFFFFF
    return [IPv6Address(as_server), IPv6Address(as_client)]


def hidden_in(address: IPv4Address) -> list[IPv6Address]:
    """Every IPv6 address that some mechanism takes for an IPv4 address, NAT64's left out."""
    number = int(address)
    bases = ("::ffff:0:0", "::", "::ffff:0:0:0", "64:ff9b:1::", "2001:470:1:2:0:5efe:0:0")
    bases += ("fe80::200:5efe:0:0", "2607:f8b0::200:5efe:0:0")
    found = [IPv6Address(int(IPv6Address(base)) | number) for base in bases]
    found.append(IPv6Address(int(IPv6Address("2002::")) | number << 80))
    return found + teredo(address)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0.0.0.0", AddressKind.UNSPECIFIED),
        ("0.1.2.3", AddressKind.RESERVED),
        ("10.255.255.255", AddressKind.PRIVATE),
        ("11.0.0.0", AddressKind.PUBLIC),
        ("100.63.255.255", AddressKind.PUBLIC),
        ("100.64.0.0", AddressKind.SHARED),
        ("100.100.100.200", AddressKind.METADATA),
        ("100.127.255.255", AddressKind.SHARED),
        ("100.128.0.0", AddressKind.PUBLIC),
        ("127.255.255.254", AddressKind.LOOPBACK),
        ("168.63.129.16", AddressKind.METADATA),
        ("169.254.0.1", AddressKind.LINK_LOCAL),
        ("169.254.169.254", AddressKind.METADATA),
        ("169.254.170.2", AddressKind.METADATA),
        ("172.15.255.255", AddressKind.PUBLIC),
        ("172.16.0.0", AddressKind.PRIVATE),
        ("172.31.255.255", AddressKind.PRIVATE),
        ("172.32.0.0", AddressKind.PUBLIC),
        ("192.0.0.8", AddressKind.RESERVED),
        ("192.0.0.192", AddressKind.METADATA),
        ("192.0.2.1", AddressKind.DOCUMENTATION),
        ("192.88.99.1", AddressKind.TRANSITION),
        ("192.168.1.1", AddressKind.PRIVATE),
        ("198.18.0.1", AddressKind.BENCHMARKING),
        ("198.20.0.0", AddressKind.PUBLIC),
        ("198.51.100.7", AddressKind.DOCUMENTATION),
        ("203.0.113.7", AddressKind.DOCUMENTATION),
        ("224.0.0.1", AddressKind.MULTICAST),
        ("239.255.255.255", AddressKind.MULTICAST),
        ("240.0.0.1", AddressKind.RESERVED),
        ("255.255.255.255", AddressKind.BROADCAST),
        ("8.8.8.8", AddressKind.PUBLIC),
        ("::", AddressKind.UNSPECIFIED),
        ("::1", AddressKind.LOOPBACK),
        ("::7f00:1", AddressKind.TRANSITION),
        ("::ffff:127.0.0.1", AddressKind.TRANSITION),
        ("::ffff:8.8.8.8", AddressKind.TRANSITION),
        ("64:ff9b::8.8.8.8", AddressKind.PUBLIC),
        ("64:ff9b::127.0.0.1", AddressKind.LOOPBACK),
        ("64:ff9b::10.0.0.1", AddressKind.PRIVATE),
        ("64:ff9b::169.254.169.254", AddressKind.METADATA),
        ("64:ff9b:1::8.8.8.8", AddressKind.TRANSITION),
        ("100::1", AddressKind.RESERVED),
        ("2001:0:1::1", AddressKind.TRANSITION),
        ("2001:2::1", AddressKind.BENCHMARKING),
        ("2001:20::1", AddressKind.RESERVED),
        ("2001:db8::1", AddressKind.DOCUMENTATION),
        ("2002:7f00:1::", AddressKind.TRANSITION),
        ("2606:4700::1111", AddressKind.PUBLIC),
        ("3fff:fff::1", AddressKind.DOCUMENTATION),
        ("4000::1", AddressKind.RESERVED),
        ("fc00::1", AddressKind.PRIVATE),
        ("fd00:ec2::254", AddressKind.METADATA),
        ("fd00:ec2::253", AddressKind.PRIVATE),
        ("fe80::1", AddressKind.LINK_LOCAL),
        ("fe80::1%1", AddressKind.LINK_LOCAL),
        ("2606:4700::1111%1", AddressKind.LINK_LOCAL),
        ("fec0::1", AddressKind.PRIVATE),
        ("ff02::1", AddressKind.MULTICAST),
    ],
)
def test_address_has_its_registered_kind(text, kind):
    assert kind_of(ip_address(text)) is kind
    assert DEFAULT.permits_address(ip_address(text)) == (kind is AddressKind.PUBLIC)


@given(v4_addresses | v6_addresses)
def test_public_address_is_public_for_python_too(address):
    # NAT64 left out: Python judges its prefix, not the address within.
    if kind_of(address, nat64_prefixes=()) is AddressKind.PUBLIC:
        assert address.is_global
        names = ("private", "multicast", "reserved", "loopback", "link_local", "unspecified")
        assert [name for name in names if getattr(address, f"is_{name}")] == []


@given(v4_addresses)
def test_ipv4_address_that_python_calls_global_is_public_or_known_to_differ(address):
    # What Python lets pass and this does not: multicast, 6to4 relays, protocol assignments,
    # metadata at a public address.
    if address.is_global and kind_of(address) is not AddressKind.PUBLIC:
        assert (
            address.is_multicast
            or address in ip_network("192.88.99.0/24")
            or address in ip_network("192.0.0.0/24")
            or address == ip_address("168.63.129.16")
        )


@given(v4_addresses)
def test_ipv4_address_inside_ipv6_stays_closed_whatever_is_allowed(address):
    for hidden in hidden_in(address):
        assert not DEFAULT.permits_address(hidden)
        if kind_of(hidden) is AddressKind.TRANSITION:
            assert not EVERYTHING.permits_address(hidden, "a.example")


@given(v4_addresses)
def test_nat64_address_is_judged_by_the_address_within(address):
    outer = IPv6Address(int(IPv6Address("64:ff9b::")) | int(address))
    assert kind_of(outer) is kind_of(address)
    assert DEFAULT.permits_address(outer) == DEFAULT.permits_address(address)
    without = OutboundPolicy(nat64_prefixes=())
    assert not without.permits_address(outer)


def test_nat64_prefix_of_a_site_is_judged_by_the_address_within():
    policy = OutboundPolicy(nat64_prefixes=(IPv6Network("2a00:1:2:3::/96"),))
    assert policy.permits_address(ip_address("2a00:1:2:3::8.8.8.8"))
    assert not policy.permits_address(ip_address("2a00:1:2:3::10.0.0.1"))
    allowed = OutboundPolicy(
        nat64_prefixes=policy.nat64_prefixes, private_networks=(ip_network("10.0.0.0/8"),)
    )
    assert allowed.permits_address(ip_address("2a00:1:2:3::10.0.0.1"))
    with pytest.raises(ValueError, match="96 bits"):
        OutboundPolicy(nat64_prefixes=(IPv6Network("2a00:1:2::/48"),))


@given(v4_addresses | v6_addresses)
def test_what_must_never_be_called_is_not_opened_by_any_list(address):
    assert EVERYTHING.permits_address(address, "a.example") == (kind_of(address) not in NEVER)


@given(v4_addresses | v6_addresses)
def test_denied_network_wins_over_everything(address):
    policy = OutboundPolicy(
        private_networks=EVERYTHING.private_networks,
        denied_networks=(ip_network(address), ip_network("9.0.0.0/8")),
    )
    assert not policy.permits_address(address)


def test_private_network_opens_itself_only():
    policy = OutboundPolicy(private_networks=(ip_network("10.1.0.0/16"), ip_network("fd12::/16")))
    assert policy.permits_address(ip_address("10.1.2.3"))
    assert policy.permits_address(ip_address("fd12::1"))
    assert policy.permits_address(ip_address("8.8.8.8"))
    assert not policy.permits_address(ip_address("10.2.0.1"))
    assert not policy.permits_address(ip_address("::ffff:10.1.2.3"))


def test_private_host_may_have_internal_addresses_and_no_others():
    policy = OutboundPolicy(private_hosts=("sink.corp.example", "*.svc.example"))
    for address in ("10.0.0.1", "127.0.0.1", "::1", "fd00::1", "100.64.0.1"):
        assert policy.permits_address(ip_address(address), "sink.corp.example")
        assert policy.permits_address(ip_address(address), "a.b.svc.example")
        for other in ("corp.example", "svc.example", "xsvc.example", "a.sink.corp.example", None):
            assert not policy.permits_address(ip_address(address), other)
    for address in ("169.254.169.254", "169.254.1.1", "224.0.0.1", "0.0.0.0", "192.0.2.1"):
        assert not policy.permits_address(ip_address(address), "sink.corp.example")
