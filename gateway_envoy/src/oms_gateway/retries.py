"""How calls are held while a service is started again, and refused once it stays away.

A call is tried again only after a failure before the service has seen it, so nothing is done
twice and no service does more work for it. Each try lasts as long as the service does not take
connections; that ends when health checks have failed for as long as `hold_s`, and from then on
calls are refused at once.
"""

from __future__ import annotations

import math
from typing import Any, Final

from oms_rpc.errors import STOPPING_MESSAGE

from oms_gateway.settings import GatewaySettings

_CHECK_EVERY_S: Final = 1.0
_LOOK_FOR_EVERY_S: Final = 0.5
_FIRST_LOOK_EVERY_S: Final = 0.25
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 0.5
# Each pause is between nothing and its length.
_PAUSES_PER_S: Final = 8
_FEW: Final = 2
_CHECK_TIMEOUT_S: Final = 2.0
# The preface of HTTP/2 with empty SETTINGS, and the acknowledgement of these. A process that is
# frozen still takes connections, but does not answer. https://www.rfc-editor.org/rfc/rfc9113
_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")
_HTTP2_GREETING: Final = {
    "send": {"text": _PREFACE.hex()},
    "receive": [{"text": "000000040100000000"}],
}
_UNSEEN_GRPC: Final = {
    "retry_on": "connect-failure,refused-stream,retriable-headers",
    # What a gRPC server that has begun to stop answers calls that arrive before its clients have
    # heard of that. A service's own errors say more.
    "retriable_headers": [
        {"name": "grpc-message", "string_match": {"exact": STOPPING_MESSAGE}},
    ],
}


def render_retries(
    settings: GatewaySettings, *, is_http2: bool = True, is_held: bool = True
) -> dict[str, Any]:
    """The retry policy of a route.

    Args:
        is_held: Whether its calls wait for a service that is started again.
    """
    return {
        # Only failures after which the service can't have seen the call.
        **(_UNSEEN_GRPC if is_http2 else {"retry_on": "connect-failure"}),
        "num_retries": math.ceil(settings.hold_s * _PAUSES_PER_S) if is_held else _FEW,
        "retry_back_off": {
            "base_interval": f"{_FIRST_PAUSE_S}s",
            "max_interval": f"{_LONGEST_PAUSE_S}s",
        },
        # Another replica, where there is one.
        "retry_host_predicate": [
            {
                "name": "envoy.retry_host_predicates.previous_hosts",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3."
                    "PreviousHostsPredicate"
                },
            }
        ],
        "host_selection_retry_max_attempts": 3,
    }


def render_health_checks(settings: GatewaySettings, *, has_grpc: bool) -> list[dict[str, Any]]:
    """How a cluster finds out which of its servers run.

    Not whether they are ready: one that lacks what it depends on says so itself, and one that is
    about to stop is called as long as it takes calls. So not by gRPC's health service either,
    whose first answer other than SERVING would take the server out.
    """
    return [
        {
            "tcp_health_check": _HTTP2_GREETING if has_grpc else {},
            "reuse_connection": False,
            "timeout": f"{_CHECK_TIMEOUT_S}s",
            "interval": f"{_CHECK_EVERY_S}s",
            "no_traffic_interval": f"{_FIRST_LOOK_EVERY_S}s",
            "no_traffic_healthy_interval": f"{_CHECK_EVERY_S}s",
            "unhealthy_interval": f"{_LOOK_FOR_EVERY_S}s",
            "unhealthy_threshold": math.ceil(settings.hold_s / _LOOK_FOR_EVERY_S),
            "healthy_threshold": 1,
        }
    ]
