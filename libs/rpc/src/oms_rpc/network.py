"""Network channels to peers that run elsewhere."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor

from oms_rpc.policy import is_read_only
from oms_rpc.settings import ServerSettings
from oms_rpc.topology import entry

_ATTEMPTS = 4
_FIRST_BACKOFF_S = 0.1
_MAX_BACKOFF_S = 2.0


def methods_of(packages: Iterable[str]) -> Iterator[MethodDescriptor]:
    """Every method that the generated modules of some proto packages declare."""
    for package in packages:
        for module in _modules(package):
            for service in module.DESCRIPTOR.services_by_name.values():
                yield from service.methods


def _modules(package: str) -> Iterator[Any]:
    try:
        folder = importlib.import_module(package)
    except ModuleNotFoundError:
        return
    for found in pkgutil.iter_modules(folder.__path__):
        if found.name.endswith("_pb2"):
            yield importlib.import_module(f"{package}.{found.name}")


def service_config(methods: Iterable[MethodDescriptor]) -> str:
    """The gRPC service config: round robin, and retries of methods that change nothing.

    Source: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
    """
    names = [
        {"service": m.containing_service.full_name, "method": m.name}
        for m in methods
        if is_read_only(m) and not m.server_streaming
    ]
    retry = {
        "maxAttempts": _ATTEMPTS,
        "initialBackoff": f"{_FIRST_BACKOFF_S}s",
        "maxBackoff": f"{_MAX_BACKOFF_S}s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    config: dict[str, Any] = {"loadBalancingConfig": [{"round_robin": {}}]}
    if names:
        config["methodConfig"] = [{"name": names, "retryPolicy": retry}]
    return json.dumps(config)


def repeatable_paths(methods: Iterable[MethodDescriptor]) -> frozenset[str]:
    """Paths of the methods that change data and are safe to repeat: they take a `request_id`."""
    return frozenset(
        f"/{m.containing_service.full_name}/{m.name}"
        for m in methods
        if not is_read_only(m)
        and not (m.client_streaming or m.server_streaming)
        and "request_id" in m.input_type.fields_by_name
    )


class RepeatUnavailable(grpc.aio.UnaryUnaryClientInterceptor):
    """Repeats a call that carries a `request_id` while its peer is unavailable.

    The peer answers a repeated id with the first call's result, so nothing happens twice.
    """

    async def intercept_unary_unary(
        self, continuation: Any, client_call_details: Any, request: Any
    ) -> Any:
        call = await continuation(client_call_details, request)
        if not request.request_id:
            return call
        now = asyncio.get_running_loop().time
        timeout = client_call_details.timeout
        deadline = float("inf") if timeout is None else now() + timeout
        backoff = _FIRST_BACKOFF_S
        for _ in range(_ATTEMPTS - 1):
            pause = backoff * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load
            if await call.code() != grpc.StatusCode.UNAVAILABLE or now() + pause >= deadline:
                break
            await asyncio.sleep(pause)
            backoff = min(backoff * 2, _MAX_BACKOFF_S)
            left = None if timeout is None else deadline - now()
            call = await continuation(client_call_details._replace(timeout=left), request)
        return call


def target(address: str) -> str:
    """The gRPC target of `host:port`: resolved by DNS again and again. Others stay as they are."""
    has_scheme = "://" in address or address.startswith(("unix:", "dns:", "ipv4:", "ipv6:"))
    return address if has_scheme else f"dns:///{address}"


def open_channels(
    service: str, address: str, settings: ServerSettings
) -> tuple[grpc.aio.Channel, tuple[grpc.aio.Channel, frozenset[str]]]:
    """Opens the channel to a remote service, and the one that repeats calls with a `request_id`.

    Both share their connections. The caller closes both.
    """
    methods = list(methods_of(entry(service).packages))
    options = [
        ("grpc.service_config", service_config(methods)),
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_send_message_length", settings.max_message_bytes),
        ("grpc.max_metadata_size", settings.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", settings.max_metadata_bytes * 2),
        ("grpc.keepalive_time_ms", int(settings.keepalive_s * 1000)),
        ("grpc.keepalive_timeout_ms", int(settings.keepalive_timeout_s * 1000)),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 5000),
        # Behind a load balancer a peer's addresses change; look them up again at once.
        ("grpc.dns_min_time_between_resolutions_ms", 1000),
    ]
    plain = _open(target(address), options, settings, [])
    repeating = _open(target(address), options, settings, [RepeatUnavailable()])
    return plain, (repeating, repeatable_paths(methods))


def _open(
    where: str, options: list[tuple[str, Any]], settings: ServerSettings, interceptors: list[Any]
) -> grpc.aio.Channel:
    if settings.tls_peer_ca_file is None:
        return grpc.aio.insecure_channel(where, options, interceptors=interceptors)
    credentials = grpc.ssl_channel_credentials(
        settings.tls_peer_ca_file.read_bytes(),
        _read(settings.tls_key_file),
        _read(settings.tls_cert_file),
    )
    return grpc.aio.secure_channel(where, credentials, options, interceptors=interceptors)


def _read(path: Path | None) -> bytes | None:
    return path.read_bytes() if path is not None else None
