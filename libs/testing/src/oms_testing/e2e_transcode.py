"""Requests as REST writes them, by the `google.api.http` rules of the protos."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from google.protobuf import json_format
from google.protobuf.message import Message

from oms_testing.e2e_methods import Method

_VARIABLE = re.compile(r"\{([a-z0-9_.]+)(?:=[^}]*)?\}")


@dataclass(frozen=True, slots=True)
class HttpCall:
    """An HTTP request. `query` holds a pair for each value of a repeated field."""

    verb: str
    path: str
    query: tuple[tuple[str, str | int | float | bool | None], ...]
    body: bytes | None


def transcode(method: Method, request: Message) -> HttpCall:
    """Writes a request as its HTTP rule says: path, query and body share out the fields.

    A `body` of type `google.api.HttpBody` is sent raw; that of an upload by the caller.
    """
    fields: dict[str, Any] = json_format.MessageToDict(request, preserving_proto_field_name=True)
    path = _VARIABLE.sub(lambda match: _path_value(fields, match.group(1)), method.template)
    body: bytes | None = None
    if method.body == "*":
        return HttpCall(method.verb, path, (), orjson.dumps(fields))
    if method.is_raw_body and not method.is_client_streaming:
        fields.pop(method.body, None)
        body = getattr(request, method.body).data
    elif method.body and not method.is_client_streaming:
        body = orjson.dumps(fields.pop(method.body, {}))
    elif method.body:
        fields.pop(method.body, None)
    return HttpCall(method.verb, path, tuple(_flatten("", fields)), body)


def _path_value(fields: dict[str, Any], path: str) -> str:
    """Takes a field out and writes it as a part of a path."""
    *steps, last = path.split(".")
    holder = fields
    for step in steps:
        holder = holder.setdefault(step, {})
    return quote(str(holder.pop(last, "")), safe="/")


def _flatten(prefix: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        items: Mapping[str, Any] = value  # pyright: ignore[reportUnknownVariableType] - JSON
        return [
            pair
            for name, inner in items.items()
            for pair in _flatten(f"{prefix}.{name}" if prefix else name, inner)
        ]
    if isinstance(value, list):
        entries: list[Any] = value  # pyright: ignore[reportUnknownVariableType] - JSON
        return [pair for inner in entries for pair in _flatten(prefix, inner)]
    if isinstance(value, bool):
        return [(prefix, str(value).lower())]
    return [(prefix, str(value))]
