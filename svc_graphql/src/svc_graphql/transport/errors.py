"""Typed errors as GraphQL errors."""

from __future__ import annotations

from typing import Any

import orjson
from oms_core.errors import OmsError


def to_graphql(error: OmsError) -> dict[str, Any]:
    """A GraphQL error with `extensions.code` (the gRPC status), `reason` and what else is known."""
    extensions: dict[str, Any] = {"code": error.code.name, "reason": error.reason}
    if error.metadata:
        extensions["metadata"] = error.metadata
    if error.fields:
        extensions["fields"] = [
            {"field": each.field, "description": each.description} for each in error.fields
        ]
    if error.preconditions:
        extensions["preconditions"] = [
            {"type": each.type, "subject": each.subject, "description": each.description}
            for each in error.preconditions
        ]
    if error.retry_after_s is not None:
        extensions["retryAfterS"] = error.retry_after_s
    return {"message": error.message, "extensions": extensions}


def body_of(errors: list[dict[str, Any]]) -> bytes:
    """A response without `data`."""
    return orjson.dumps({"errors": errors})


HTTP_STATUS = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "DATA_LOSS": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""Status of a response without `data`, by the code of its error."""
