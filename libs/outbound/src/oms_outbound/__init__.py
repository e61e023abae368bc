"""Outbound HTTP that stays out of private networks, and signed webhooks."""

from oms_outbound.addresses import AddressKind, kind_of
from oms_outbound.client import OutboundClient
from oms_outbound.errors import (
    ConnectFailure,
    ConnectionLost,
    DnsFailure,
    OutboundError,
    OutboundErrorKind,
    OutboundTimeout,
    ProtocolFailure,
    ResponseTooLarge,
    TargetRefused,
    TlsFailure,
    UrlReason,
    UrlRefused,
)
from oms_outbound.headers import check_headers
from oms_outbound.messages import OutboundRequest, OutboundResponse, Timings
from oms_outbound.policy import OutboundPolicy
from oms_outbound.resolver import LookupFailed, Resolver, SystemResolver
from oms_outbound.settings import OutboundSettings
from oms_outbound.urls import CheckedUrl, check_url

__version__ = "0.1.0"

__all__ = [
    "AddressKind",
    "CheckedUrl",
    "ConnectFailure",
    "ConnectionLost",
    "DnsFailure",
    "LookupFailed",
    "OutboundClient",
    "OutboundError",
    "OutboundErrorKind",
    "OutboundPolicy",
    "OutboundRequest",
    "OutboundResponse",
    "OutboundSettings",
    "OutboundTimeout",
    "ProtocolFailure",
    "Resolver",
    "ResponseTooLarge",
    "SystemResolver",
    "TargetRefused",
    "Timings",
    "TlsFailure",
    "UrlReason",
    "UrlRefused",
    "check_headers",
    "check_url",
    "kind_of",
]
