"""Messages of the subprotocol `graphql-transport-ws`, and the codes that connections end with."""

from __future__ import annotations

from typing import Any, Final

import orjson

from svc_graphql.transport.asgi import Message, Scope, header

BAD_REQUEST: Final = 4400
UNAUTHORISED: Final = 4401
FORBIDDEN: Final = 4403
NO_SUBPROTOCOL: Final = 4406
NO_INIT: Final = 4408
TAKEN: Final = 4409
TOO_MANY: Final = 4429
GOING_AWAY: Final = 1001
_MAX_REASON_BYTES: Final = 120
_MAX_ID_CHARACTERS: Final = 200


def closing(code: int, reason: str) -> Message:
    """The message that closes a connection."""
    cut = reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")
    return {"type": "websocket.close", "code": code, "reason": cut}


class Closed(Exception):
    """The connection has to be closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def parsed(message: Message) -> dict[str, Any]:
    """A message of the client.

    Raises:
        Closed: it is no JSON object.
    """
    text = message.get("text")
    if text is None:
        raise Closed(BAD_REQUEST, "messages have to be text")
    try:
        found = orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError) as exc:
        raise Closed(BAD_REQUEST, "a message is no JSON") from exc
    if not isinstance(found, dict):
        raise Closed(BAD_REQUEST, "a message has to be a JSON object")
    return found


def id_of(message: dict[str, Any]) -> str:
    """The id of the operation that a message is about.

    Raises:
        Closed: it has none, or one that is too long.
    """
    key = message.get("id")
    if not isinstance(key, str) or not 0 < len(key) <= _MAX_ID_CHARACTERS:
        raise Closed(BAD_REQUEST, f"an id has to be 1 to {_MAX_ID_CHARACTERS} characters")
    return key


def authorization_of(payload: Any) -> str | None:
    """The token in a payload, None without one.

    Raises:
        Closed: it is no object.
    """
    if payload is None:
        return None
    if not isinstance(payload, dict):
        raise Closed(BAD_REQUEST, "a payload has to be an object")
    for name in ("authorization", "Authorization"):
        if isinstance(payload.get(name), str):
            return payload[name]
    return None


def ending(key: str, errors: list[dict[str, Any]] | None) -> bytes:
    """The message that ends an operation, with errors or without."""
    if errors is None:
        return orjson.dumps({"id": key, "type": "complete"})
    return orjson.dumps({"id": key, "type": "error", "payload": errors})


def client_of(scope: Scope) -> str:
    """The address of the client, as far as known."""
    forwarded = header(scope, b"x-forwarded-for")
    if forwarded:
        return forwarded.rpartition(",")[2].strip()[:100]
    client = scope.get("client")
    return str(client[0]) if client else ""
