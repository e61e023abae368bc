"""Routes of a listener: which call goes to which service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oms_rpc.topology import owner_of

from oms_gateway.artifacts import Artifacts
from oms_gateway.contract import ProtoService, path_regex
from oms_gateway.retries import render_retries
from oms_gateway.settings import GatewaySettings
from oms_gateway.upstreams import EVERY_SERVICE_PACKAGES

_TYPE = "type.googleapis.com/"
TRANSCODER = "envoy.filters.http.grpc_json_transcoder"
BUFFER = "envoy.filters.http.buffer"
# A cluster without endpoints, for requests that another filter answers or sends elsewhere.
NOWHERE = "nowhere"
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

    A REST request is matched twice: by its own path, which says what of it is limited, and once
    transcoded by its gRPC path, which says where it goes.

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
        # Who asks for health wants to know how it is now.
        is_health = service.package in EVERY_SERVICE_PACKAGES
        cluster = own if is_health else owner_of(service.package).name
        retries = render_retries(settings, is_held=not is_health)
        routes += [
            _grpc_route(
                {"path": f"/{service.full_name}/{method.name}"},
                cluster,
                _streaming(settings),
                retries,
            )
            for method in service.methods
            if method.is_client_streaming or method.is_server_streaming
        ]
        prefix = {"prefix": f"/{service.full_name}/"}
        routes.append(_grpc_route(prefix, cluster, _unary(settings), retries))
    retries = render_retries(settings, is_held=False)
    routes += [
        _grpc_route({"prefix": f"/{name}"}, own, _streaming(settings), retries)
        for name in _STANDARD_SERVICES
    ]
    uploads = [
        template
        for service in services
        for method in service.methods
        if method.is_client_streaming
        for template in method.http_templates
    ]
    return [*routes, _unknown_grpc(), *map(_upload_route, uploads), _rest_route(settings)]


def _unary(settings: GatewaySettings) -> dict[str, Any]:
    # Not the route's `timeout`: that one answers UNAVAILABLE and ignores the caller's deadline.
    return {
        "timeout": "0s",
        "idle_timeout": "0s",
        "max_stream_duration": {
            "max_stream_duration": f"{settings.unary_timeout_s}s",
            "grpc_timeout_header_max": f"{settings.max_deadline_s}s",
        },
    }


def _streaming(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "timeout": "0s",
        "idle_timeout": f"{settings.stream_idle_timeout_s}s",
        "max_stream_duration": {"max_stream_duration": "0s", "grpc_timeout_header_max": "0s"},
    }


def _grpc_route(
    match: dict[str, Any], cluster: str, limits: dict[str, Any], retries: dict[str, Any]
) -> dict[str, Any]:
    return {"match": match, "route": {"cluster": cluster, **limits, "retry_policy": retries}}


def _file_route(path: str, file: str, content_type: str) -> dict[str, Any]:
    headers = {
        "content-type": content_type,
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        **(
            {"content-security-policy": _DOCS_POLICY}
            if content_type.startswith("text/html")
            else {}
        ),
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
        "typed_per_filter_config": {TRANSCODER: switched_off()},
    }


def switched_off() -> dict[str, Any]:
    """What a route says of a filter that it does without."""
    return {"@type": _TYPE + "envoy.config.route.v3.FilterConfig", "config": {}, "disabled": True}


def _unknown_grpc() -> dict[str, Any]:
    # By prefix, for gRPC-Web too.
    is_grpc = {"name": "content-type", "string_match": {"prefix": "application/grpc"}}
    return {
        "match": {"prefix": "/", "headers": [is_grpc]},
        "direct_response": {
            "status": 404,
            "body": {"inline_string": "no such gRPC service on this port of the gateway"},
        },
    }


def _upload_route(template: str) -> dict[str, Any]:
    # Passed on while it arrives; the service bounds its size.
    return {
        "match": {"safe_regex": {"regex": path_regex(template)}},
        "route": {"cluster": NOWHERE, "timeout": "0s"},
    }


def _rest_route(settings: GatewaySettings) -> dict[str, Any]:
    # The transcoder refuses what it doesn't know, and matches again what it knows. It would hold
    # a body of any size in memory, so the buffer filter bounds it: 413. A route to a cluster, not
    # a direct response, because the CORS filter looks at no other.
    limit = {
        "@type": _TYPE + "envoy.extensions.filters.http.buffer.v3.BufferPerRoute",
        "buffer": {"max_request_bytes": settings.max_request_bytes},
    }
    return {
        "match": {"prefix": "/"},
        "route": {"cluster": NOWHERE, "timeout": "0s"},
        "typed_per_filter_config": {BUFFER: limit},
    }
