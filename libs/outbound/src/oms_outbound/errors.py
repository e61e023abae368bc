"""What goes wrong with a call to the outside.

None of these names an address that a name resolved to: whoever registers a URL must not
learn about this network from the answers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from oms_core.errors import DeadlineExceeded, FieldViolation, InvalidField, ServiceUnavailable

Phase = Literal["queue", "dns", "connect", "tls", "response"]


class UrlReason(StrEnum):
    """Which rule a URL breaks."""

    TOO_LONG = "too_long"
    CHARACTER = "character"
    FORM = "form"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    HOST = "host"
    NUMERIC_HOST = "numeric_host"
    ZONE_ID = "zone_id"
    HOST_REFUSED = "host_refused"
    ADDRESS_REFUSED = "address_refused"
    PORT = "port"
    PORT_REFUSED = "port_refused"
    FRAGMENT = "fragment"


class UrlRefused(InvalidField):
    """A URL that is malformed, ambiguous, or against the policy."""

    def __init__(self, field: str, reason: UrlReason, description: str) -> None:
        super().__init__(
            f"{field}: {description}",
            metadata={"url_reason": reason.value},
            fields=[FieldViolation(field, description)],
        )
        self.url_reason = reason


class OutboundErrorKind(StrEnum):
    """How a call failed, fit for storing beside a delivery."""

    TARGET_REFUSED = "target_refused"
    DNS_FAILURE = "dns_failure"
    CONNECT_FAILURE = "connect_failure"
    TLS_FAILURE = "tls_failure"
    CONNECTION_LOST = "connection_lost"
    PROTOCOL_FAILURE = "protocol_failure"
    RESPONSE_TOO_LARGE = "response_too_large"
    TIMEOUT = "timeout"


class OutboundError(Exception):
    """A call that brought no answer; each subclass is an `OmsError` too.

    Attributes:
        kind: How it failed.
        host: The host as the URL names it.
        message: One sentence, fit for whoever registered the URL.
    """

    kind: ClassVar[OutboundErrorKind]
    host: str
    message: str


class _Unavailable(ServiceUnavailable, OutboundError):
    def __init__(self, host: str, what: str) -> None:
        super().__init__(f"{host}: {what}", metadata={"host": host, "kind": self.kind.value})
        self.host = host


class TargetRefused(InvalidField, OutboundError):
    """A host has an address that the policy keeps calls away from."""

    kind = OutboundErrorKind.TARGET_REFUSED

    def __init__(self, host: str) -> None:
        what = "resolves to an address that outbound calls must not reach"
        super().__init__(
            f"{host}: {what}",
            metadata={"host": host, "kind": self.kind.value},
            fields=[FieldViolation("url", f"{host} {what}")],
        )
        self.host = host


class DnsFailure(_Unavailable):
    """A host's name has no address, or the lookup failed or took too long."""

    kind = OutboundErrorKind.DNS_FAILURE


class ConnectFailure(_Unavailable):
    """No connection to any of the host's addresses."""

    kind = OutboundErrorKind.CONNECT_FAILURE


class TlsFailure(_Unavailable):
    """No TLS session: a certificate that does not verify, or a failed handshake."""

    kind = OutboundErrorKind.TLS_FAILURE


class ConnectionLost(_Unavailable):
    """The peer closed the connection before its answer was complete.

    Args:
        is_before_answer: Whether not a byte of an answer had come.
    """

    kind = OutboundErrorKind.CONNECTION_LOST

    def __init__(self, host: str, *, is_before_answer: bool) -> None:
        where = "before it answered" if is_before_answer else "in the middle of its answer"
        super().__init__(host, f"closed the connection {where}")
        self.is_before_answer = is_before_answer


class ProtocolFailure(_Unavailable):
    """What the peer sent is not HTTP/1.1."""

    kind = OutboundErrorKind.PROTOCOL_FAILURE


class ResponseTooLarge(_Unavailable):
    """The head of the answer breaks a limit. A long body is cut, not an error."""

    kind = OutboundErrorKind.RESPONSE_TOO_LARGE


class OutboundTimeout(DeadlineExceeded, OutboundError):
    """A call, or one of its phases, took longer than allowed.

    Attributes:
        phase: What the call was waiting for: a free connection (`queue`), `dns`, `connect`,
            `tls`, or the `response`.
    """

    kind = OutboundErrorKind.TIMEOUT

    def __init__(self, host: str, phase: Phase, limit_s: float) -> None:
        super().__init__(
            f"{host}: no answer within {limit_s:g} s, waited for: {phase}",
            metadata={"host": host, "kind": self.kind.value, "phase": phase},
        )
        self.host = host
        self.phase: Phase = phase
