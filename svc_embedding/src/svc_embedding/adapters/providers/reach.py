"""What the client of providers may reach: the configured addresses, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, ip_network
from typing import Final

from oms_outbound import OutboundPolicy, UrlRefused, check_headers, check_url
from oms_outbound.addresses import Network
from oms_outbound.urls import CheckedUrl

from svc_embedding.domain.model_config import RemoteProvider

MAX_RESPONSE_BYTES: Final = 16 * 1024 * 1024
# The longest texts of one request, with every character written as six.
_MAX_REQUEST_BYTES: Final = 32 * 1024 * 1024
# Permits whatever has the form of a URL: the operator wrote it.
_ANYWHERE: Final = OutboundPolicy(
    allow_http=True,
    private_networks=(ip_network("0.0.0.0/0"), ip_network("::/0")),
    allowed_ports=frozenset(range(1, 65536)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a provider is called.

    Args:
        url: Without the part after the base.
        is_private: Whether it may be at an address that is not public.
    """

    url: CheckedUrl
    is_private: bool


def place_of(url: str, provider: RemoteProvider) -> Place:
    """Where a provider is called.

    Raises:
        ValueError: the URL is malformed, or sends a key in the clear to who knows whom.
    """
    if "?" in url:
        raise ValueError("base_url: has a query, to which nothing can be appended")
    try:
        checked = check_url(url, _ANYWHERE, field="base_url")
    except UrlRefused as exc:
        raise ValueError(exc.message) from None
    if checked.scheme == "http" and not provider.allow_private:
        raise ValueError("base_url: `http` needs `allow_private`; elsewhere keys go by `https`")
    return Place(checked, provider.allow_private)


def check_extra_headers(provider: RemoteProvider) -> None:
    """Checks the configured headers.

    Raises:
        InvalidField: names the header.
    """
    check_headers(provider.headers, OutboundPolicy(), field="headers")


def policy_for(
    base: OutboundPolicy, places: Sequence[Place], providers: Iterable[RemoteProvider]
) -> OutboundPolicy:
    """The policy for calls to these places.

    Args:
        base: Of the installation: its denied networks, authorities and prefixes stay.
    """
    private = [place.url for place in places if place.is_private]
    networks: list[Network] = []
    for url in private:
        if url.address is not None:
            bits = 32 if isinstance(url.address, IPv4Address) else 128
            networks.append(ip_network(f"{url.address}/{bits}"))
    known = list(providers)
    connections = min(1000, sum(each.max_concurrency for each in known) or 1)
    return replace(
        base,
        allow_http=any(place.url.scheme == "http" for place in places),
        allow_credentials=True,
        private_hosts=tuple(sorted({url.host for url in private if url.address is None})),
        private_networks=(*base.private_networks, *networks),
        only_hosts=tuple(sorted({place.url.host for place in places})),
        allowed_ports=frozenset(place.url.port for place in places),
        denied_ports=frozenset(),
        total_timeout_s=max((each.timeout_s for each in known), default=20.0),
        max_request_bytes=_MAX_REQUEST_BYTES,
        max_response_bytes=MAX_RESPONSE_BYTES,
        max_connections=connections,
        max_connections_per_host=connections,
        max_idle_connections=connections,
        user_agent="OMS-Embedding/0.1",
    )
