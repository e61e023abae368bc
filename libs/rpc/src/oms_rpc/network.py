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

from oms_rpc.errors import NO_RETRY, is_unseen
from oms_rpc.policy import is_read_only
from oms_rpc.settings import ServerSettings
from oms_rpc.topology import entry

_ATTEMPTS = 4
_FIRST_BACKOFF_S = 0.1
_MAX_BACKOFF_S = 2.0
_CONNECT_S = 5
_TOKENS = 100
_TOKENS_A_SUCCESS = 0.1


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
        # A server that is stopping answers CANCELLED to what it has not seen any more.
        "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
    }
    config: dict[str, Any] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        # A peer that fails calls gets a tenth more of them, not a multiple.
        "retryThrottling": {"maxTokens": _TOKENS, "tokenRatio": _TOKENS_A_SUCCESS},
    }
    if names:
        config["methodConfig"] = [{"name": names, "retryPolicy": retry}]
    return json.dumps(config)


def changing_paths(methods: Iterable[MethodDescriptor]) -> frozenset[str]:
    """Paths of the methods that change data, by one request with one answer."""
    return frozenset(
        f"/{m.containing_service.full_name}/{m.name}"
        for m in methods
        if not is_read_only(m) and not (m.client_streaming or m.server_streaming)
    )


class RetryBudget:
    """Allows repeats as long as most calls go well, as gRPC's own retries do.

    Source: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
    """

    def __init__(self) -> None:
        self._tokens: float = _TOKENS

    def succeeded(self) -> None:
        """A call went well."""
        self._tokens = min(_TOKENS, self._tokens + _TOKENS_A_SUCCESS)

    def failed(self) -> bool:
        """A call failed; whether it may be repeated."""
        self._tokens = max(0, self._tokens - 1)
        return self._tokens > _TOKENS / 2


class RepeatUnavailable(grpc.aio.UnaryUnaryClientInterceptor):
    """Repeats a call that carries a `request_id` while its peer is unavailable, and any call that
    came when its peer had begun to stop.

    A peer answers a repeated id with the first call's result, and has not seen a call that came
    too late: so nothing happens twice.
    """

    def __init__(self) -> None:
        self._budget = RetryBudget()

    async def intercept_unary_unary(
        self, continuation: Any, client_call_details: Any, request: Any
    ) -> Any:
        call = await continuation(client_call_details, request)
        now = asyncio.get_running_loop().time
        timeout = client_call_details.timeout
        deadline = float("inf") if timeout is None else now() + timeout
        backoff = _FIRST_BACKOFF_S
        for _ in range(_ATTEMPTS - 1):
            if not await self._may_repeat(call, request):
                break
            pause = backoff * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load
            if now() + pause >= deadline:
                break
            await asyncio.sleep(pause)
            backoff = min(backoff * 2, _MAX_BACKOFF_S)
            left = None if timeout is None else deadline - now()
            call = await continuation(client_call_details._replace(timeout=left), request)
        return call

    async def _may_repeat(self, call: Any, request: Any) -> bool:
        code = await call.code()
        if code == grpc.StatusCode.OK:
            self._budget.succeeded()
            return False
        trailing: tuple[Any, ...] = tuple(await call.trailing_metadata() or ())
        if is_unseen(code, await call.details(), trailing):
            return True
        if code != grpc.StatusCode.UNAVAILABLE or NO_RETRY in trailing:
            return False
        return self._budget.failed() and bool(getattr(request, "request_id", ""))


def target(address: str) -> str:
    """The gRPC target of `host:port`: resolved by DNS again and again. Others stay as they are."""
    has_scheme = "://" in address or address.startswith(("unix:", "dns:", "ipv4:", "ipv6:"))
    return address if has_scheme else f"dns:///{address}"


def open_channels(
    service: str, address: str, settings: ServerSettings
) -> tuple[grpc.aio.Channel, tuple[grpc.aio.Channel, frozenset[str]]]:
    """Opens the channel to a remote service, and the one for calls that change data.

    Both share their connections. The caller closes both.
    """
    methods = list(methods_of(entry(service).packages))
    options = [
        ("grpc.service_config", service_config(methods)),
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_send_message_length", settings.max_message_bytes),
        ("grpc.max_metadata_size", settings.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", settings.max_metadata_bytes * 2),
        ("grpc.keepalive_time_ms", int(settings.peer_keepalive_s * 1000)),
        ("grpc.keepalive_timeout_ms", int(settings.peer_keepalive_timeout_s * 1000)),
        ("grpc.initial_reconnect_backoff_ms", 100),
        # Also how long an attempt to connect may take.
        ("grpc.min_reconnect_backoff_ms", _CONNECT_S * 1000),
        ("grpc.max_reconnect_backoff_ms", 1000),
        # Behind a load balancer a peer's addresses change; look them up again at once.
        ("grpc.dns_min_time_between_resolutions_ms", 1000),
    ]
    plain = _open(target(address), options, settings, [])
    repeating = _open(target(address), options, settings, [RepeatUnavailable()])
    return plain, (repeating, changing_paths(methods))


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
