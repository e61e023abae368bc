"""Opaque page tokens that belong to one query."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence

import orjson

from oms_core.errors import InvalidPageToken

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000


def page_size(requested: int) -> int:
    """The page size to use for a requested one; 0 means the default."""
    return min(requested or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)


def _fingerprint(query: Sequence[str]) -> str:
    return hashlib.sha256(orjson.dumps(list(query))).hexdigest()[:16]


def encode_page_token(query: Sequence[str], cursor: Sequence[str]) -> str:
    """Makes the token of a query's next page.

    Args:
        query: Everything that identifies the query, page size left out.
        cursor: Where the next page starts, such as the commit and the last id.
    """
    return base64.urlsafe_b64encode(orjson.dumps([_fingerprint(query), *cursor])).decode()


def decode_page_token(query: Sequence[str], token: str, *, length: int) -> list[str] | None:
    """Reads a token back.

    Args:
        query: The query as it was given to `encode_page_token`.
        token: What the caller sent; empty for the first page.
        length: How many strings the cursor has.
    Returns:
        The cursor, or None for the first page.
    Raises:
        InvalidPageToken: the token is damaged or belongs to another query.
    """
    if not token:
        return None
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, binascii.Error) as exc:
        raise _invalid("is damaged") from exc
    if (
        not isinstance(parts, list)
        or len(parts) != length + 1
        or not all(isinstance(part, str) for part in parts)
    ):
        raise _invalid("is damaged")
    if parts[0] != _fingerprint(query):
        raise _invalid("belongs to another query")
    return parts[1:]


def _invalid(why: str) -> InvalidPageToken:
    return InvalidPageToken(
        f"page_token {why}; start again without one", metadata={"field": "page_token"}
    )
