"""Writes the gRPC service config that clients of any language may be opened with."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf import descriptor_pb2

_READS = descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
_POLICY = {
    "maxAttempts": 4,
    "initialBackoff": "0.1s",
    "maxBackoff": "2s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}
# Stops repeats when more than a tenth of the calls fail.
_THROTTLING = {"maxTokens": 20, "tokenRatio": 0.1}


def render_service_config(descriptors: bytes) -> str:
    """A budget of repeats, a deadline for calls, and repeats of the methods that change nothing.

    Source: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
    """
    unary: list[dict[str, str]] = []
    reads: list[dict[str, str]] = []
    for file in descriptor_pb2.FileDescriptorSet.FromString(descriptors).file:
        for service in file.service:
            for method in service.method:
                name = {"service": f"{file.package}.{service.name}", "method": method.name}
                is_stream = method.client_streaming or method.server_streaming
                if not is_stream:
                    is_read = method.options.idempotency_level == _READS
                    (reads if is_read else unary).append(name)
    config: dict[str, Any] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "retryThrottling": _THROTTLING,
        "methodConfig": [
            {"name": reads, "timeout": "60s", "retryPolicy": _POLICY},
            {"name": unary, "timeout": "60s"},
        ],
    }
    return json.dumps(config, indent=1) + "\n"
