"""Which headers a request may carry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, cast

from oms_core.errors import InvalidField

from oms_outbound.messages import Headers
from oms_outbound.policy import OutboundPolicy

MAX_HEADERS: Final = 64
MAX_HEADER_BYTES: Final = 16 * 1024
# RFC 9110, 5.6.2 and 5.5: a token, and visible ASCII with blanks inside.
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_VALUE: Final = re.compile(r"(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?")
_OWN: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
_CREDENTIALS: Final = frozenset({"authorization", "cookie"})


def check_headers(
    headers: Headers, policy: OutboundPolicy, *, field: str = "headers"
) -> list[tuple[str, str]]:
    """Checks a request's own headers; also meant for the moment they are registered.

    Args:
        headers: At most 64 of at most 16 KiB together.
        field: What an error calls them.
    Returns:
        The headers, names in lower case.
    Raises:
        InvalidField: names the header, never its value.
    """
    pairs = _pairs(headers)
    if len(pairs) > MAX_HEADERS:
        raise InvalidField.of(field, f"has {len(pairs)} headers; {MAX_HEADERS} are the most")
    checked = [_check(name, value, policy, field) for name, value in pairs]
    size = sum(len(name) + len(value) + 4 for name, value in checked)
    if size > MAX_HEADER_BYTES:
        raise InvalidField.of(field, f"has {size} bytes; {MAX_HEADER_BYTES} are the most")
    return checked


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    if isinstance(headers, Mapping):
        return list(cast("Mapping[str, str]", headers).items())
    return list(headers)


def _check(name: str, value: str, policy: OutboundPolicy, field: str) -> tuple[str, str]:
    if not _NAME.fullmatch(name):
        raise InvalidField.of(field, f"{name[:128]!r} is not a valid header name")
    lowered = name.lower()
    where = f"{field}[{lowered}]"
    if lowered in _OWN or lowered.startswith("proxy-"):
        raise InvalidField.of(where, "is set by the client alone")
    if lowered in _CREDENTIALS and not policy.allow_credentials:
        raise InvalidField.of(where, "requests may carry no credentials here")
    if not _VALUE.fullmatch(value):
        raise InvalidField.of(where, "has a value that is not visible ASCII without line breaks")
    return lowered, value
