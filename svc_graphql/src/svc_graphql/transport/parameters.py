"""The parameters of a request, out of JSON or a query string."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from oms_core.errors import InvalidField, LimitExceeded

from svc_graphql.transport.documents import Documents
from svc_graphql.transport.engine import OperationRequest

_MAX_PARAMETERS = 20


def from_json(
    body: bytes, documents: Documents, *, max_batch: int
) -> list[OperationRequest] | OperationRequest:
    """One request, or as many as a batch holds.

    Raises:
        InvalidField: the body is no JSON, or a parameter has the wrong type.
        LimitExceeded: a batch, and those are refused or this one is too large.
        DocumentUnknown: see `Documents.find`.
    """
    parsed = _json("body", body)
    if isinstance(parsed, list):
        if len(parsed) > max_batch or max_batch == 1:
            raise LimitExceeded(
                f"a batch of {len(parsed)} operations was sent; "
                + (f"at most {max_batch} are allowed" if max_batch > 1 else "send one at a time"),
                metadata={"limit": "batch"},
            )
        if not parsed:
            raise InvalidField.of("body", "is a batch without operations")
        return [from_mapping(each, documents) for each in parsed]
    return from_mapping(parsed, documents)


def from_query(query_string: bytes, documents: Documents) -> OperationRequest:
    """The request of a GET.

    Raises:
        InvalidField: a parameter is malformed, or there are too many.
        DocumentUnknown: see `Documents.find`.
    """
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_MAX_PARAMETERS,
            errors="strict",
        )
    except ValueError as exc:
        raise InvalidField.of("query string", "is malformed") from exc
    values: dict[str, Any] = dict(pairs)
    if len(values) != len(pairs):
        raise InvalidField.of("query string", "has a parameter twice")
    for name in ("variables", "extensions"):
        if values.get(name):
            values[name] = _json(name, values[name])
        else:
            values.pop(name, None)
    if not values.get("operationName"):
        values.pop("operationName", None)
    return from_mapping(values, documents)


def from_mapping(parsed: Any, documents: Documents) -> OperationRequest:
    """The request that a JSON object holds.

    Raises:
        InvalidField: a parameter is missing or has the wrong type.
        DocumentUnknown: see `Documents.find`.
    """
    if not isinstance(parsed, dict):
        raise InvalidField.of("body", "has to be a JSON object")
    query = _optional(parsed, "query", str, "a string")
    name = _optional(parsed, "operationName", str, "a string or null")
    variables = _optional(parsed, "variables", dict, "an object or null")
    extensions = _optional(parsed, "extensions", dict, "an object or null")
    document_id = _optional(parsed, "documentId", str, "a string")
    return OperationRequest(
        document=documents.find(query, document_id, extensions or {}),
        operation_name=name or None,
        variables=variables or {},
        extensions=extensions or {},
    )


def _optional(parsed: Mapping[str, Any], name: str, kind: Callable[..., Any], expected: str) -> Any:
    value = parsed.get(name)
    if value is not None and type(value) is not kind:
        raise InvalidField.of(name, f"has to be {expected}")
    return value


def _json(name: str, text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise InvalidField.of(name, f"is no JSON: {exc.msg} at {exc.pos}") from exc
    except RecursionError as exc:
        raise InvalidField.of(name, "is nested too deeply") from exc
