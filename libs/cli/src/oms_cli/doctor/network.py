"""Ports of this machine, and servers that the environment names."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from oms_cli.doctor.findings import Finding, Verdict

_TIMEOUT_S: Final = 3.0
GRPC_PORTS: Final = {
    "api": 50050,
    "datakernel": 50051,
    "embedding": 50055,
    "scheduler": 50056,
    "events": 50057,
    "graphql": 50060,
}
HTTP_PORTS: Final = {
    "api": 8000,
    "embedding": 8001,
    "scheduler": 8002,
    "events": 8003,
    "graphql_ws": 8004,
    "graphql": 8006,
    "datakernel": 8080,
}
# Variable of each server that OMS is given, its usual port, and what is done without it.
_OWN: Final = "not set: the launcher starts its own; elsewhere what needs it is not offered"
_SERVERS: Final = {
    "DATABASE_URL": (5432, _OWN),
    "REDIS_URL": (6379, _OWN),
    "NATS_URL": (4222, _OWN),
    "TERMINUSDB_ENDPOINT": (6363, "not set: graph databases are kept where the others are"),
}


def ports(*, is_up: bool, host: str = "127.0.0.1") -> Iterator[Finding]:
    """Whether something listens on the documented ports of this machine.

    Args:
        is_up: Whether a server of ours answered. If not, a port that is taken is in the way of one.
    """
    for kind, known in (("gRPC", GRPC_PORTS), ("HTTP", HTTP_PORTS)):
        for service, port in known.items():
            is_taken = _connects(host, port) is not None
            yield _port(f"{port} ({kind} of {service})", is_taken=is_taken, is_up=is_up)


def _port(subject: str, *, is_taken: bool, is_up: bool) -> Finding:
    if is_taken and not is_up:
        remedy = (
            "taken, and no OMS answers: stop what listens there, or move OMS (docs/settings.md)"
        )
        return Finding("port", subject, Verdict.FAIL, remedy)
    if is_taken:
        return Finding("port", subject, Verdict.OK, "somebody listens")
    detail = "nobody listens; OMS may be at another one" if is_up else "free"
    return Finding("port", subject, Verdict.NOTE if is_up else Verdict.OK, detail)


def dependencies(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Whether the servers that the environment names can be reached, and how soon."""
    for variable, (default, without) in _SERVERS.items():
        value = environment.get(variable, "")
        if not value:
            yield Finding("dependency", variable, Verdict.NOTE, without)
            continue
        for url in value.split(","):
            yield _reached(variable, url, default)


def _reached(variable: str, url: str, default: int) -> Finding:
    # Not the URL itself: there is a password in it.
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or default
    except ValueError:
        return Finding("dependency", variable, Verdict.FAIL, "is no URL")
    took = _connects(host, port)
    if took is None:
        detail = f"{host}:{port} can't be reached: is it running, does a firewall forbid it?"
        return Finding("dependency", variable, Verdict.FAIL, detail)
    return Finding("dependency", variable, Verdict.OK, f"{host}:{port} in {took * 1000:.1f} ms")


def _connects(host: str, port: int) -> float | None:
    """How long a connection took, in seconds; None if there is none to be had."""
    began = time.perf_counter()
    try:
        socket.create_connection((host, port), timeout=_TIMEOUT_S).close()
    except OSError:
        return None
    return time.perf_counter() - began
