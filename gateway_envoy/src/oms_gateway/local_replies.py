"""Errors that Envoy itself answers, in the form of every other error of OMS."""

from __future__ import annotations

import base64
from typing import Any, Final

from google.rpc import error_details_pb2, status_pb2
from oms_rpc.errors import DOMAIN, STATUS_KEY

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


# What passes with time, and when to try again.
_RETRY_AFTER_S: Final = {429: 1, 502: 1, 503: 1}
_METADATA: Final = {"raised_by": "gateway"}
# Over gRPC the message stands twice, and has to be the same: no placeholder.
_GRPC_MESSAGES: Final = {
    429: "the gateway has too many calls under way; try again later",
    503: "the gateway can't reach the service, or lost it during the call; try again later",
    504: "the service did not answer the gateway before the call's deadline",
}


def render_local_replies() -> dict[str, Any]:
    """Writes the errors of REST calls as `google.rpc.Status`, and puts the same into the trailers
    of gRPC calls where there is more to tell than the code."""
    rest = [_rest_mapper(status, *error) for status, error in _ERRORS.items()]
    grpc = [
        _grpc_mapper(status, *_ERRORS[status], message)
        for status, message in _GRPC_MESSAGES.items()
    ]
    return {"mappers": [*rest, *grpc]}


def _rest_mapper(status: int, code: int, reason: str) -> dict[str, Any]:
    details: list[dict[str, Any]] = [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": DOMAIN,
            "metadata": _METADATA,
        }
    ]
    if status in _RETRY_AFTER_S:
        details.append(
            {
                "@type": "type.googleapis.com/google.rpc.RetryInfo",
                "retryDelay": f"{_RETRY_AFTER_S[status]}s",
            }
        )
    return {
        "filter": {"and_filter": {"filters": [_has_status(status), _is_rest()]}},
        "body_format_override": {
            "content_type": "application/json",
            "json_format": {"code": code, "message": "%LOCAL_REPLY_BODY%", "details": details},
        },
    }


def _grpc_mapper(status: int, code: int, reason: str, message: str) -> dict[str, Any]:
    return {
        "filter": {"and_filter": {"filters": [_has_status(status), _is_grpc()]}},
        "body_format_override": {"text_format_source": {"inline_string": message}},
        "headers_to_add": [
            {
                "header": {
                    "key": STATUS_KEY,
                    "value": _encoded(code, reason, message, _RETRY_AFTER_S.get(status)),
                },
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
            }
        ],
    }


def _encoded(code: int, reason: str, message: str, retry_after_s: int | None) -> str:
    """A serialised `google.rpc.Status` as headers carry it."""
    error = status_pb2.Status(code=code, message=message)
    info = error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=_METADATA)
    error.details.add().Pack(info)
    if retry_after_s is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromSeconds(retry_after_s)
        error.details.add().Pack(retry)
    return base64.b64encode(error.SerializeToString(deterministic=True)).decode().rstrip("=")


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


def _is_grpc() -> dict[str, Any]:
    return {
        "and_filter": {
            "filters": [
                _header("content-type", string_match={"prefix": "application/grpc"}),
                _header("x-envoy-original-path", present_match=True, invert_match=True),
            ]
        }
    }


def _header(name: str, **condition: Any) -> dict[str, Any]:
    return {"header_filter": {"header": {"name": name, **condition}}}
