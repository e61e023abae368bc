"""What JetStream answers to a publication."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import orjson

# As the server writes it, which is quicker found so than parsed.
_plain_ack = re.compile(
    rb'\{"stream":"[^"\\]*","(?:domain":"[^"\\]*",")?seq":(\d+)(,"duplicate":true)?\}'
).fullmatch

NO_RESPONDERS: Final[dict[str, Any]] = {"code": 503, "err_code": 0, "description": "no responders"}


class Place(NamedTuple):
    """Where an event lies in its stream.

    Args:
        sequence: Position, from 1.
        is_duplicate: Whether it lay there already.
    """

    sequence: int
    is_duplicate: bool


def read_acknowledgement(answer: bytes) -> Place | dict[str, Any]:
    """The place of an event, or the member `error` of the answer."""
    found = _plain_ack(answer)
    if found is not None:
        return Place(int(found[1]), found[2] is not None)
    if not answer:
        return NO_RESPONDERS
    try:
        content = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return {"err_code": 0, "description": "an answer that is no JSON"}
    if "error" in content:
        return content["error"]
    return Place(content["seq"], bool(content.get("duplicate")))
