"""Random identifiers."""

from __future__ import annotations

import secrets


def new_request_id() -> str:
    """An id for one call: 32 hexadecimal digits, unguessable."""
    return secrets.token_hex(16)


def new_reference_id() -> str:
    """A short id that ties an INTERNAL error to its log line: 16 hexadecimal digits."""
    return secrets.token_hex(8)
