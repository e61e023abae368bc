"""Requests to JetStream's API, as JSON.

nats-py wraps it too, but leaves out parts of the answers, such as when a stream took its last
message.

Source: https://docs.nats.io/reference/reference-protocols/nats_api_reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from oms_nats import NatsConnection, unavailable

PREFIX: Final = "$JS.API"


class Refused(Exception):
    """JetStream answered with an error.

    Args:
        number: Its number in the server's `server/errors.json`.
        description: What it says.
    """

    def __init__(self, number: int, description: str) -> None:
        super().__init__(f"{number}: {description}")
        self.number = number
        self.description = description


async def ask(
    nats: NatsConnection, subject: str, content: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Sends a request and returns the answer.

    Args:
        subject: What is asked, such as `STREAM.INFO.<name>`.
    Raises:
        Refused: the answer is an error.
        ServiceUnavailable: NATS can't be reached, or did not answer in time.
    """
    from nats.errors import Error

    client = await nats.client()
    payload = b"" if content is None else orjson.dumps(content)
    try:
        answer = await client.request(f"{PREFIX}.{subject}", payload, timeout=nats.timeout_s)
    except (Error, TimeoutError) as exc:
        raise unavailable(type(exc).__name__) from exc
    found = orjson.loads(answer.data)
    error = found.get("error")
    if error is not None:
        raise Refused(error.get("err_code", 0), error.get("description", ""))
    return found
