"""The OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

from openapi_generator.contract import Contract
from openapi_generator.operations import operations, tag_of
from openapi_generator.schemas import Schemas

_DESCRIPTION = """\
Version control and serving for an organisation's ontology.

Every path is a gRPC method, transcoded by the gateway after proto3's JSON mapping: names in \
lowerCamelCase, 64-bit integers and bytes (base64) as strings, enums by name. Answers hold every \
field of a message but unset messages. Requests may leave out what they don't set; **members that \
are not known are ignored, query parameters that are not known are refused**.

A field that the request message nests is written with dots in a query: `revision.branch=dev`. \
A list repeats its parameter.

Lists are paged: ask again with `pageToken` set to the `nextPageToken` of the answer, until that \
is empty. A mutation with a `requestId` is safe to repeat."""

_ERROR_DESCRIPTION = """\
An error, as `google.rpc.Status`. `details` holds a `google.rpc.ErrorInfo` with domain `oms`, \
whose `reason` is stable (see `common.v1.ErrorReason`), and where they fit \
`google.rpc.BadRequest`, `google.rpc.PreconditionFailure` and `google.rpc.RetryInfo`. \
The HTTP status follows the code: \
INVALID_ARGUMENT and FAILED_PRECONDITION 400, UNAUTHENTICATED 401, PERMISSION_DENIED 403, \
NOT_FOUND 404, ABORTED and ALREADY_EXISTS 409, RESOURCE_EXHAUSTED 429, INTERNAL 500, \
UNIMPLEMENTED 501, UNAVAILABLE 503, DEADLINE_EXCEEDED 504. The gateway itself answers 404 for an \
unknown path, 413 for a body that is too large."""

_REASON = "oms.common.v1.ErrorReason"


def render_openapi(descriptor_set: bytes, *, version: str = "v1") -> str:
    """Describes every method with a `google.api.http` annotation.

    Args:
        descriptor_set: A serialised `FileDescriptorSet` with imports and source info.
        version: Version of the API.
    Returns:
        JSON, two spaces deep; the same descriptors give the same text.
    """
    contract = Contract(descriptor_set)
    schemas = Schemas(contract)
    paths: dict[str, dict[str, Any]] = {}
    for path, verb, operation in operations(contract, schemas):
        paths.setdefault(path, {})[verb] = operation
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "OMS",
            "version": version,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": _tags(contract),
        "paths": paths,
        "components": {
            "schemas": dict(sorted((schemas.components | _error_schemas(contract)).items())),
            "responses": {"Error": _error_response()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _tags(contract: Contract) -> list[dict[str, str]]:
    return [
        {
            "name": tag_of(service.full_name.split(".")[1], service.name),
            "description": contract.comment(service.full_name),
        }
        for service in contract.services()
        if any(contract.bindings(method) for method in service.methods)
    ]


def _error_schemas(contract: Contract) -> dict[str, Any]:
    prefix = "ERROR_REASON_"
    reasons = [
        (value.name.removeprefix(prefix), contract.comment(f"{_REASON}.{value.name}"))
        for value in contract.pool.FindEnumTypeByName(_REASON).values
        if value.number
    ]
    detail = {
        "type": "object",
        "properties": {
            "@type": {"type": "string", "examples": ["type.googleapis.com/google.rpc.ErrorInfo"]},
            "reason": {"$ref": "#/components/schemas/common.v1.ErrorReason"},
            "domain": {"type": "string", "const": "oms"},
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["@type"],
        "description": "An ErrorInfo, or another detail with members of its own.",
        "additionalProperties": True,
    }
    return {
        "common.v1.ErrorReason": {
            "type": "string",
            "enum": [reason for reason, _ in reasons],
            "description": "\n".join(f"- `{reason}`: {comment}" for reason, comment in reasons),
        },
        "rpc.Status": {
            "type": "object",
            "description": "An error, as `google.rpc.Status`.",
            "properties": {
                "code": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 16},
                "message": {"type": "string"},
                "details": {"type": "array", "items": detail},
            },
            "required": ["code", "message"],
        },
    }


def _error_response() -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/rpc.Status"}
    return {
        "description": _ERROR_DESCRIPTION,
        "content": {"application/json": {"schema": reference}},
    }
