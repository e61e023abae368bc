"""Errors that Envoy itself answers, in the form of every other error of OMS."""

from __future__ import annotations

from typing import Any

# HTTP status -> gRPC code and `oms.common.v1.ErrorReason`.
_ERRORS = {
    400: (3, "INVALID_FIELD"),
    403: (7, "PERMISSION_DENIED"),
    404: (12, "UNIMPLEMENTED"),
    405: (12, "UNIMPLEMENTED"),
    408: (4, "DEADLINE_EXCEEDED"),
    413: (8, "LIMIT_EXCEEDED"),
    414: (8, "LIMIT_EXCEEDED"),
    415: (3, "INVALID_FIELD"),
    426: (12, "UNIMPLEMENTED"),
    429: (8, "LIMIT_EXCEEDED"),
    431: (8, "LIMIT_EXCEEDED"),
    500: (13, "INTERNAL"),
    501: (12, "UNIMPLEMENTED"),
    502: (14, "SERVICE_UNAVAILABLE"),
    503: (14, "SERVICE_UNAVAILABLE"),
    504: (4, "DEADLINE_EXCEEDED"),
}


def render_local_replies() -> dict[str, Any]:
    """Writes the errors of REST calls as `google.rpc.Status`; gRPC calls keep their trailers."""
    return {"mappers": [_mapper(status, *error) for status, error in _ERRORS.items()]}


def _mapper(status: int, code: int, reason: str) -> dict[str, Any]:
    return {
        "filter": {"and_filter": {"filters": [_has_status(status), _is_rest()]}},
        "body_format_override": {
            "content_type": "application/json",
            "json_format": {
                "code": code,
                "message": "%LOCAL_REPLY_BODY%",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": reason,
                        "domain": "oms",
                        "metadata": {"raised_by": "gateway"},
                    }
                ],
            },
        },
    }


def _has_status(status: int) -> dict[str, Any]:
    value = {"default_value": status, "runtime_key": f"oms.local_reply.{status}"}
    return {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}


def _is_rest() -> dict[str, Any]:
    # Once transcoded, a REST request has the content type of gRPC; what it had been shows in the
    # header that the transcoder leaves.
    return {
        "or_filter": {
            "filters": [
                _header(
                    "content-type",
                    string_match={"prefix": "application/grpc"},
                    invert_match=True,
                    treat_missing_header_as_empty=True,
                ),
                _header("x-envoy-original-path", present_match=True),
            ]
        }
    }


def _header(name: str, **condition: Any) -> dict[str, Any]:
    return {"header_filter": {"header": {"name": name, **condition}}}
