"""HTTP filters of a listener, in the order a request passes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oms_gateway.artifacts import Artifacts
from oms_gateway.contract import ProtoService
from oms_gateway.routes import BUFFER, TRANSCODER
from oms_gateway.settings import GatewaySettings

_HTTP = "type.googleapis.com/envoy.extensions.filters.http."
_GZIP = "type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip"
CORS = "envoy.filters.http.cors"
_COMPRESSED = (
    "application/json",
    "text/html",
    "text/turtle",
    "application/rdf+xml",
    "application/ld+json",
    "application/n-triples",
)
_LOCALHOST = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"


def render_filters(
    services: Sequence[ProtoService], *, settings: GatewaySettings, artifacts: Artifacts
) -> list[dict[str, Any]]:
    """The filters. A response passes them from the last to the first."""
    return [
        # Answers preflights, which carry no token and match no method.
        {"name": CORS, "typed_config": {"@type": _HTTP + "cors.v3.Cors"}},
        # Turns gRPC-Web into gRPC before anything looks at the content type.
        {
            "name": "envoy.filters.http.grpc_web",
            "typed_config": {"@type": _HTTP + "grpc_web.v3.GrpcWeb"},
        },
        # Only where a route switches it on.
        {
            "name": BUFFER,
            "disabled": True,
            "typed_config": {
                "@type": _HTTP + "buffer.v3.Buffer",
                "max_request_bytes": settings.max_request_bytes,
            },
        },
        # Outside of the transcoder: it sees the JSON, and leaves gRPC alone by content type.
        _compressor(),
        _transcoder(services, settings, artifacts),
        {
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": _HTTP + "router.v3.Router", "suppress_envoy_headers": True},
        },
    ]


def _compressor() -> dict[str, Any]:
    return {
        "name": "envoy.filters.http.compressor",
        "typed_config": {
            "@type": _HTTP + "compressor.v3.Compressor",
            "response_direction_config": {
                "common_config": {
                    "min_content_length": 1024,
                    "content_type_matcher": [{"prefix": kind} for kind in _COMPRESSED],
                },
                "remove_accept_encoding_header": True,
            },
            "compressor_library": {
                "name": "gzip",
                "typed_config": {
                    "@type": _GZIP,
                    "compression_level": "BEST_SPEED",
                },
            },
        },
    }


def _transcoder(
    services: Sequence[ProtoService], settings: GatewaySettings, artifacts: Artifacts
) -> dict[str, Any]:
    return {
        "name": TRANSCODER,
        "typed_config": {
            "@type": _HTTP + "grpc_json_transcoder.v3.GrpcJsonTranscoder",
            "proto_descriptor": artifacts.descriptors.as_posix(),
            "services": [service.full_name for service in services],
            # lowerCamelCase names, enums by name, and a member for every field: a reader of JSON
            # should not have to know what a missing list means.
            "print_options": {"always_print_primitive_fields": True},
            "convert_grpc_status": True,
            "request_validation_options": {
                "reject_unknown_method": True,
                "reject_unknown_query_parameters": True,
                "reject_binding_body_field_collisions": True,
            },
            # In a multi-segment variable a literal slash separates; `%2F` stays `%2F`, which
            # no resource name may hold.
            "url_unescape_spec": "ALL_CHARACTERS_EXCEPT_SLASH",
            # Browsers write a space in a query as `+`.
            "query_param_unescape_plus": True,
            "max_request_body_size": settings.max_request_bytes,
            "max_response_body_size": settings.max_response_bytes,
        },
    }


def cors_policy(settings: GatewaySettings) -> dict[str, Any]:
    """Which pages of other origins may call, per virtual host."""
    origins: list[dict[str, Any]] = [{"exact": origin} for origin in settings.origins()]
    if not origins and settings.environment == "development":
        origins = [{"safe_regex": {"regex": _LOCALHOST}}]
    return {
        "@type": _HTTP + "cors.v3.CorsPolicy",
        "allow_origin_string_match": origins,
        "allow_methods": "GET, POST, PATCH, PUT, DELETE, OPTIONS",
        "allow_headers": (
            "authorization, content-type, x-request-id, traceparent, tracestate, "
            "grpc-timeout, x-grpc-web, x-user-agent"
        ),
        "expose_headers": "x-request-id, grpc-status, grpc-message, grpc-status-details-bin",
        "max_age": "3600",
    }
