"""The host of a URL in its one form: lower-case ASCII, or an address."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final

import idna

from oms_outbound.addresses import Address
from oms_outbound.errors import UrlReason

_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_OCTET: Final = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4: Final = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
# What an IPv4 parser of some system may take for a part of an address.
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_NAME: Final = 253


class HostRefused(ValueError):
    """A host that is no name and no address, or one that may be read in two ways."""

    def __init__(self, reason: UrlReason, description: str) -> None:
        super().__init__(description)
        self.reason = reason
        self.description = description


def normalise_host(text: str) -> tuple[str, Address | None]:
    """The canonical form of a host and, when it is an address, the address.

    Args:
        text: As it stands in a URL; an IPv6 address in brackets.
    Raises:
        HostRefused: says why.
    """
    if text.startswith("["):
        address = _ipv6(text)
        return f"[{address}]", address
    name = _to_ascii(text).removesuffix(".")
    if _IPV4.fullmatch(name):
        return _ipv4(name, text)
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        raise _numeric()
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise HostRefused(UrlReason.HOST, "the host is not a valid host name")
    return name, None


def _ipv4(name: str, text: str) -> tuple[str, Address]:
    # A dot at the end, or digits of another script, make systems disagree on what this is.
    if name != text:
        raise _numeric()
    return name, IPv4Address(name)


def _numeric() -> HostRefused:
    return HostRefused(
        UrlReason.NUMERIC_HOST,
        "the host is a number; write an IPv4 address as four decimal numbers, like 192.0.2.1",
    )


def _ipv6(text: str) -> IPv6Address:
    inner = text[1:-1]
    if not text.endswith("]") or not inner.isascii():
        raise HostRefused(UrlReason.HOST, "the host is not a valid IPv6 address")
    if "%" in inner:
        raise HostRefused(UrlReason.ZONE_ID, "the host has a zone id; only this machine knows it")
    try:
        return IPv6Address(inner)
    except ValueError:
        raise HostRefused(UrlReason.HOST, "the host is not a valid IPv6 address") from None


def _to_ascii(text: str) -> str:
    lowered = text.lower() if text.isascii() else text
    if lowered.isascii() and "xn--" not in lowered:
        return lowered
    try:
        return idna.encode(lowered, uts46=True, std3_rules=True).decode("ascii").lower()
    except UnicodeError:
        raise HostRefused(
            UrlReason.HOST, "the host is not a valid internationalised name"
        ) from None
