"""Routes to the GraphQL service, which speaks HTTP itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oms_gateway.retries import render_retries
from oms_gateway.routes import TRANSCODER, switched_off
from oms_gateway.settings import GatewaySettings
from oms_gateway.upstreams import GRAPHQL_WS, http_cluster_name

_PATH = "/graphql"


def graphql_routes(listener: str, settings: GatewaySettings) -> Sequence[dict[str, Any]]:
    """The routes of a listener to GraphQL, empty for one that does not show it.

    `api` and `graphql` show it over HTTP and WebSocket, `graphql_ws` to WebSockets alone.
    """
    if listener not in ("api", "graphql", GRAPHQL_WS):
        return ()
    headers = [_is_websocket()] if listener == GRAPHQL_WS else []
    return [
        _route({"path": _PATH, "headers": headers}, settings),
        _route({"prefix": f"{_PATH}/", "headers": headers}, settings),
    ]


def _is_websocket() -> dict[str, Any]:
    return {
        "name": "upgrade",
        "string_match": {"exact": "websocket", "ignore_case": True},
    }


def _route(match: dict[str, Any], settings: GatewaySettings) -> dict[str, Any]:
    return {
        "match": match,
        "route": {
            "cluster": http_cluster_name("graphql"),
            # The service has limits of its own; subscriptions last.
            "timeout": "0s",
            "idle_timeout": f"{settings.stream_idle_timeout_s}s",
            "upgrade_configs": [{"upgrade_type": "websocket"}],
            "retry_policy": render_retries(settings, is_http2=False),
        },
        "typed_per_filter_config": {TRANSCODER: switched_off()},
    }
