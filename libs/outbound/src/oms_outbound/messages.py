"""What is sent and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from oms_outbound.addresses import Address
from oms_outbound.urls import CheckedUrl

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboundRequest:
    """One call.

    Attributes:
        url: Where to; text is checked against the client's policy at every call.
        method: GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.
        headers: Besides those that the client sets: Host, User-Agent, Accept-Encoding,
            Content-Length, Connection.
        body: Sent as it is.
        timeout_s: For the whole call; the policy's if that is shorter.
        is_repeatable: Whether the call may be sent again when a kept connection turns out to
            be closed. None: by its method, as RFC 9110 has it (not POST, not PATCH).
    """

    # A URL may carry a token, as a header and a body may: none of them is printed.
    url: str | CheckedUrl = field(repr=False)
    method: str = "POST"
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    timeout_s: float | None = None
    is_repeatable: bool | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time of a call went, in seconds.

    Attributes:
        queue_s: Waiting for a free connection.
        dns_s: Looking the name up; 0 when an answer was still good.
        connect_s: Connecting, TLS included; 0 on a kept connection.
        total_s: Everything.
    """

    queue_s: float
    dns_s: float
    connect_s: float
    total_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboundResponse:
    """What came back, whatever its status: a redirect is not followed.

    Attributes:
        headers: Names in lower case, in the order received.
        body: The first `max_response_bytes` of the body, as sent: nothing is decompressed.
        is_truncated: Whether the body went on.
        address: What was connected to. For the operator, not for whoever registered the URL.
        is_reused: Whether the connection had served another call before.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    is_truncated: bool
    timings: Timings
    address: Address
    is_reused: bool

    def header(self, name: str) -> str | None:
        """The first header of a name, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)
