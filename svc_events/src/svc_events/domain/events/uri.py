"""URIs and URI references, by the grammar of RFC 3986, appendix A.

Each pattern consumes a character in one way only and never gives one back (possessive
quantifiers), so that checking is linear in the length.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Final

_UNRESERVED = r"A-Za-z0-9\-._~"
_SUB_DELIMS = r"!$&'()*+,;="
_ESCAPED = r"%[0-9A-Fa-f]{2}"


def _characters(extra: str) -> str:
    """Zero or more unreserved characters, sub-delimiters, escapes and those of `extra`."""
    return rf"(?:[{_UNRESERVED}{_SUB_DELIMS}{extra}]|{_ESCAPED})*+"


_SCHEME = r"[A-Za-z][A-Za-z0-9+\-.]*+:"
_PATH = _characters(":@/")
_HOST = rf"(?:\[(?P<literal>[^\]]*+)\]|{_characters('')})"
# What stands before `@` is matched only if an `@` follows, for the host takes the same characters.
_AUTHORITY = rf"//(?:{_characters(':')}@)?{_HOST}(?::[0-9]*+)?(?:/{_PATH})?"
_TAIL = rf"(?:\?{_characters(':@/?')})?(?:\#{_characters(':@/?')})?"
# Without an authority a path does not begin with `//`, which would be one.
_HIERARCHY = rf"(?:{_AUTHORITY}|(?!//){_PATH})"

_URI: Final = re.compile(rf"{_SCHEME}{_HIERARCHY}{_TAIL}")
# The first segment of a relative path has no colon, or it would be a scheme.
_RELATIVE: Final = re.compile(rf"(?![^:/?\#]*+:){_HIERARCHY}{_TAIL}")
_FUTURE_ADDRESS: Final = re.compile(rf"[vV][0-9A-Fa-f]++\.[{_UNRESERVED}{_SUB_DELIMS}:]++")


def is_uri(text: str) -> bool:
    """Whether a text is a URI: a scheme, and what follows it.

    CloudEvents cites RFC 3986 section 4.3, which leaves no room for a fragment, while its own
    JSON schema says `format: uri`, which does. Schema URIs with a fragment are common, so one is
    allowed.
    """
    return _is_sound(_URI.fullmatch(text))


def is_uri_reference(text: str) -> bool:
    """Whether a text is a URI or a relative reference; the empty text is one."""
    return is_uri(text) or _is_sound(_RELATIVE.fullmatch(text))


def _is_sound(found: re.Match[str] | None) -> bool:
    """Whether it matched, and an address in brackets is an IPv6 address or a future one."""
    if found is None:
        return False
    literal = found["literal"]
    return literal is None or _is_address(literal)


def _is_address(literal: str) -> bool:
    if _FUTURE_ADDRESS.fullmatch(literal):
        return True
    try:
        return IPv6Address(literal).scope_id is None
    except AddressValueError:
        return False
