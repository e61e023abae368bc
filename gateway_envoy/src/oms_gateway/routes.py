"""Routes of a listener: which call goes to which service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oms_gateway.artifacts import Artifacts
from oms_gateway.contract import ProtoService
from oms_gateway.settings import GatewaySettings
from oms_gateway.upstreams import EVERY_SERVICE_PACKAGES, PACKAGE_OWNERS

_TYPE = "type.googleapis.com/"
TRANSCODER = "envoy.filters.http.grpc_json_transcoder"
# Services of gRPC itself that every server offers. Not channelz: it tells of other callers.
_STANDARD_SERVICES = ("grpc.health.v1.Health", "grpc.reflection.v1.", "grpc.reflection.v1alpha.")
# Exactly what the page needs: its own inline script, and calls to its own origin.
_DOCS_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def render_routes(
    services: Sequence[ProtoService],
    *,
    own: str,
    settings: GatewaySettings,
    artifacts: Artifacts,
) -> list[dict[str, Any]]:
    """The routes of a listener, first match first.

    REST requests are matched after they were transcoded, that is, by gRPC path as well.

    Args:
        services: The services the listener shows.
        own: The OMS service whose health and reflection it shows.
        settings: For the limits of time.
        artifacts: Files served as they are.
    """
    routes = [
        _file_route("/openapi.json", artifacts.openapi.as_posix(), "application/json"),
        _file_route("/docs", artifacts.docs.as_posix(), "text/html; charset=utf-8"),
    ]
    for service in services:
        cluster = own if service.package in EVERY_SERVICE_PACKAGES else PACKAGE_OWNERS[service.package]
        routes += [
            _grpc_route({"path": f"/{service.full_name}/{method}"}, cluster, _streaming(settings))
            for method in service.streaming_methods
        ]
        routes.append(_grpc_route({"prefix": f"/{service.full_name}/"}, cluster, _unary(settings)))
    routes += [
        _grpc_route({"prefix": f"/{name}"}, own, _streaming(settings)) for name in _STANDARD_SERVICES
    ]
    return [*routes, _not_found()]


def _unary(settings: GatewaySettings) -> dict[str, Any]:
    # Not the route's `timeout`: that one answers UNAVAILABLE and ignores the caller's deadline.
    limit = f"{settings.unary_timeout_s}s"
    return {
        "timeout": "0s",
        "idle_timeout": "0s",
        "max_stream_duration": {"max_stream_duration": limit, "grpc_timeout_header_max": limit},
    }


def _streaming(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "timeout": "0s",
        "idle_timeout": f"{settings.stream_idle_timeout_s}s",
        "max_stream_duration": {"max_stream_duration": "0s", "grpc_timeout_header_max": "0s"},
    }


def _grpc_route(match: dict[str, Any], cluster: str, limits: dict[str, Any]) -> dict[str, Any]:
    return {
        "match": match,
        "route": {
            "cluster": cluster,
            **limits,
            # Only failures after which the service can't have seen the call.
            "retry_policy": {
                "retry_on": "connect-failure,refused-stream",
                "num_retries": 2,
                "retry_back_off": {"base_interval": "0.05s", "max_interval": "0.5s"},
            },
        },
    }


def _file_route(path: str, file: str, content_type: str) -> dict[str, Any]:
    headers = {
        "content-type": content_type,
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        **({"content-security-policy": _DOCS_POLICY} if content_type.startswith("text/html") else {}),
    }
    return {
        "match": {
            "path": path,
            "headers": [{"name": ":method", "string_match": {"safe_regex": {"regex": "GET|HEAD"}}}],
        },
        "direct_response": {"status": 200, "body": {"filename": file}},
        "response_headers_to_add": [
            {
                "header": {"key": key, "value": value},
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
            }
            for key, value in headers.items()
        ],
        "typed_per_filter_config": {TRANSCODER: _switched_off()},
    }


def _switched_off() -> dict[str, Any]:
    return {"@type": _TYPE + "envoy.config.route.v3.FilterConfig", "config": {}, "disabled": True}


def _not_found() -> dict[str, Any]:
    return {
        "match": {"prefix": "/"},
        "direct_response": {
            "status": 404,
            "body": {"inline_string": "no such path or method; see /docs for what there is"},
        },
    }
