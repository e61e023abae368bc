"""Which media type a response has: RFC 9110, 12.5.1, for the few types there are.

Source: https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
"""

from __future__ import annotations

from typing import Final

RESPONSE: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
HTML: Final = "text/html"

# In order of preference among what a client likes equally.
_OFFERED: Final = (RESPONSE, JSON, EVENTS)
_MAX_LENGTH: Final = 2_000


def response_type(accept: str | None) -> str | None:
    """The type to answer with; None when the client takes none of them.

    A client that says nothing, or that it takes anything, is given `application/json`.
    """
    wanted = parse_accept(accept)
    if not wanted:
        return JSON
    best, best_quality = None, 0.0
    for offered in _OFFERED:
        quality = wanted.get(offered, 0.0)
        if quality > best_quality:
            best, best_quality = offered, quality
    if best is not None:
        return best
    anything = max(wanted.get("*/*", 0.0), wanted.get("application/*", 0.0))
    return JSON if anything > 0 and wanted.get(JSON, 1.0) > 0 else None


def wants_page(accept: str | None) -> bool:
    """Whether it is a browser that opens the address."""
    return parse_accept(accept).get(HTML, 0.0) > 0


def parse_accept(accept: str | None) -> dict[str, float]:
    """Quality by media type, in lower case, without parameters. Malformed parts are skipped."""
    qualities: dict[str, float] = {}
    for part in (accept or "")[:_MAX_LENGTH].split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if "/" not in media:
            continue
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = _quality(parameter[2:])
        qualities[media] = max(quality, qualities.get(media, 0.0))
    return qualities


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def is_json(content_type: str | None) -> bool:
    """Whether a request's body is JSON in UTF-8, as far as its header says."""
    media, *parameters = (piece.strip().lower() for piece in (content_type or "").split(";"))
    charsets = [p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")]
    return media == JSON and all(charset in ("utf-8", "utf8") for charset in charsets)
