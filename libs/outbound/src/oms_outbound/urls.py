"""Checks of a URL when it is registered, and again whenever it is called.

There is one parser, and what it returns is what is connected to: nobody reads the text a
second time. What different parsers read differently is refused rather than guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Final, Literal

from oms_outbound.addresses import Address
from oms_outbound.errors import UrlReason, UrlRefused
from oms_outbound.hosts import HostRefused, normalise_host
from oms_outbound.policy import OutboundPolicy, matches

_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
# RFC 3986, appendix B, for a URL with an authority.
_PARTS: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<target>[^#]*)(?P<fragment>#.*)?"
)
_AUTHORITY: Final = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>.*))?")
_PORT: Final = re.compile(r"[0-9]{1,5}")
# RFC 3986: pchar, "/" and "?"
# and "[]", which many write in queries
_TARGET: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2})*")
_LOOPBACK: Final = (IPv4Address("127.0.0.1"), IPv6Address("::1"))


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """A URL that was checked, in its canonical form.

    Attributes:
        scheme: `https` or `http`.
        host: Lower-case ASCII name or address; an IPv6 address in brackets.
        port: Always given.
        target: Path and query as they are sent.
        address: The host when it is an address.
    """

    scheme: Literal["https", "http"]
    host: str
    port: int
    target: str = field(repr=False)
    address: Address | None

    @property
    def authority(self) -> str:
        """Host, and the port unless it is the scheme's own: the `Host` header."""
        if self.port == _DEFAULT_PORTS[self.scheme]:
            return self.host
        return f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def check_url(url: str, policy: OutboundPolicy, *, field: str = "url") -> CheckedUrl:
    """Checks a URL, without asking DNS: a name's addresses are judged when it is called.

    Args:
        url: Absolute, of at most `policy.max_url_length` characters; ASCII but for its host.
        policy: What may be called.
        field: What an error calls the URL.
    Raises:
        UrlRefused: an `InvalidField` that names the field and carries the rule in `url_reason`.
    """
    try:
        return _check(url, policy)
    except HostRefused as exc:
        raise UrlRefused(field, exc.reason, exc.description) from None


def _refused(reason: UrlReason, description: str) -> HostRefused:
    return HostRefused(reason, description)


def _check(url: str, policy: OutboundPolicy) -> CheckedUrl:
    if len(url) > policy.max_url_length:
        raise _refused(
            UrlReason.TOO_LONG,
            f"has {len(url)} characters; {policy.max_url_length} are the most",
        )
    _check_characters(url)
    parts = _PARTS.fullmatch(url)
    if parts is None:
        raise _refused(UrlReason.FORM, "is not an absolute URL like https://example.com/path")
    scheme = _scheme(parts["scheme"], policy)
    if parts["fragment"] is not None:
        raise _refused(UrlReason.FRAGMENT, "has a fragment ('#'), which is never sent")
    host, address, port = _authority(parts["authority"], scheme)
    checked = CheckedUrl(scheme, host, port, _target(parts["target"]), address)
    _judge(checked, policy)
    return checked


def _check_characters(url: str) -> None:
    # Parsers drop some of these and turn others into slashes, each in its own way.
    for character in url:
        if character <= " " or character in "\x7f\\":
            raise _refused(
                UrlReason.CHARACTER,
                f"contains the character U+{ord(character):04X}, which no URL may contain",
            )


def _scheme(text: str, policy: OutboundPolicy) -> Literal["https", "http"]:
    match text.lower():
        case "https":
            return "https"
        case "http" if policy.allow_http:
            return "http"
        case _:
            wanted = "https or http" if policy.allow_http else "https"
            raise _refused(UrlReason.SCHEME, f"has the scheme {text!r}; it has to be {wanted}")


def _authority(text: str, scheme: str) -> tuple[str, Address | None, int]:
    if "@" in text:
        raise _refused(UrlReason.USERINFO, "has a user name or password in front of its host")
    parts = _AUTHORITY.fullmatch(text)
    if parts is None:
        raise _refused(UrlReason.HOST, "the host is not a valid host name")
    if not parts["host"]:
        raise _refused(UrlReason.HOST, "has no host")
    host, address = normalise_host(parts["host"])
    return host, address, _port(parts["port"], scheme)


def _port(text: str | None, scheme: str) -> int:
    if text is None:
        return _DEFAULT_PORTS[scheme]
    port = int(text) if _PORT.fullmatch(text) else 0
    if not 1 <= port <= 65535:
        raise _refused(UrlReason.PORT, "the port is not a number from 1 to 65535")
    return port


def _target(text: str) -> str:
    if not _TARGET.fullmatch(text):
        raise _refused(
            UrlReason.CHARACTER, "path or query has a character that has to be percent-encoded"
        )
    return text if text.startswith("/") else f"/{text}"


def _judge(url: CheckedUrl, policy: OutboundPolicy) -> None:
    if not policy.permits_port(url.port):
        raise _refused(UrlReason.PORT_REFUSED, f"port {url.port} must not be called")
    if not policy.permits_host(url.host):
        raise _refused(UrlReason.HOST_REFUSED, f"host {url.host!r} is not one of those allowed")
    if url.address is not None:
        if not policy.permits_address(url.address):
            raise _refused(
                UrlReason.ADDRESS_REFUSED,
                f"{url.host} is an address that outbound calls must not reach",
            )
    elif _is_localhost(url.host) and not _permits_localhost(url.host, policy):
        raise _refused(UrlReason.HOST_REFUSED, f"{url.host!r} is this machine itself")


def _is_localhost(host: str) -> bool:
    # RFC 6761: these never leave the machine.
    return matches(host, ("localhost", "*.localhost"))


def _permits_localhost(host: str, policy: OutboundPolicy) -> bool:
    return any(policy.permits_address(address, host) for address in _LOOPBACK)
