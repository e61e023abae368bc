"""The grpcio server: options, ports, TLS, and the standard services beside OMS's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import grpc
from grpc_channelz.v1 import channelz_pb2_grpc
from grpc_channelz.v1.channelz import aio as channelz_aio
from grpc_health.v1 import health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2_grpc
from grpc_reflection.v1alpha.reflection import aio as reflection_aio
from oms.health.v1 import health_service_pb2_grpc
from oms_core.clock import Clock

from oms_rpc.health import HealthBoard
from oms_rpc.health_servicer import OmsHealthServicer
from oms_rpc.policy import PUBLIC
from oms_rpc.registry import Registry
from oms_rpc.settings import ServerSettings
from oms_rpc.topology import entry

_REFLECTION = "ServerReflectionInfo"
_REFLECTION_SERVICES = (
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
)


class PortInUse(OSError):
    """A port that the server should listen on is taken."""


def new_server(settings: ServerSettings) -> grpc.aio.Server:
    """Makes a server with the limits and intervals of the settings."""
    ms = 1000
    options: list[tuple[str, Any]] = [
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        # The chain bounds responses itself, with an error that says so.
        ("grpc.max_send_message_length", -1),
        ("grpc.max_metadata_size", settings.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", settings.max_metadata_bytes),
        ("grpc.keepalive_time_ms", int(settings.keepalive_s * ms)),
        ("grpc.keepalive_timeout_ms", int(settings.keepalive_timeout_s * ms)),
        ("grpc.keepalive_permit_without_calls", 1),
        (
            "grpc.http2.min_ping_interval_without_data_ms",
            int(settings.min_ping_interval_s * ms),
        ),
        # Without it a second server would bind the same port silently and take half the calls.
        ("grpc.so_reuseport", 1 if settings.workers > 1 else 0),
        ("grpc.enable_channelz", 1 if settings.channelz else 0),
    ]
    if settings.max_connection_age_s is not None:
        options += [
            ("grpc.max_connection_age_ms", int(settings.max_connection_age_s * ms)),
            ("grpc.max_connection_age_grace_ms", int(settings.grace_s * ms)),
        ]
    return grpc.aio.server(options=options)


def add_standard_services(
    registry: Registry, board: HealthBoard, settings: ServerSettings, clock: Clock
) -> None:
    """Registers health, reflection and channelz, through the same chain as everything else."""
    registry.add(health_pb2_grpc.add_HealthServicer_to_server, board.servicer)
    registry.add(
        health_service_pb2_grpc.add_HealthServiceServicer_to_server,
        OmsHealthServicer(board, clock),
    )
    if settings.channelz:
        registry.add(
            channelz_pb2_grpc.add_ChannelzServicer_to_server, channelz_aio.ChannelzServicer()
        )
    if settings.reflection:
        _add_reflection(registry, settings)


def _add_reflection(registry: Registry, settings: ServerSettings) -> None:
    """Registers reflection under both of its names.

    grpcio ships `v1alpha` only; `v1` has the same messages under another package name.
    """
    servicer = reflection_aio.ReflectionServicer((*registry.services, *_REFLECTION_SERVICES))
    is_public = settings.is_reflection_public
    collected: dict[str, Any] = {}
    reflection_pb2_grpc.add_ServerReflectionServicer_to_server(servicer, _Collector(collected))
    for service in _REFLECTION_SERVICES:
        policies = {f"/{service}/{_REFLECTION}": PUBLIC} if is_public else {}
        registry.add_service(service, collected, policies)


class _Collector:
    """Takes the handlers that generated code registers."""

    def __init__(self, into: dict[str, Any]) -> None:
        self._into = into

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Any) -> None:
        """Ignored: the same handlers come again as registered methods."""

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: dict[str, Any]
    ) -> None:
        self._into.update(method_handlers)


def bind(
    server: grpc.aio.Server, settings: ServerSettings, services: Sequence[str]
) -> dict[str, int]:
    """Listens on the port of every hosted service.

    Returns:
        The port by service name, chosen by the system where 0 was asked for.
    Raises:
        PortInUse: a port is taken; it is named.
    """
    credentials = _credentials(settings)
    ports: dict[str, int] = {}
    for index, service in enumerate(services):
        wanted = wanted_port(settings, service, index)
        ports[service] = _bind_one(server, settings.host, wanted, service, credentials)
    return ports


def wanted_port(settings: ServerSettings, service: str, index: int) -> int:
    """The port to listen on for the service at `index` of the start order; 0 for any."""
    if service in settings.ports:
        return settings.ports[service]
    if settings.port is not None and (settings.port == 0 or index == 0):
        return settings.port
    return entry(service).port


def _bind_one(server: grpc.aio.Server, host: str, port: int, service: str, credentials: Any) -> int:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        if credentials is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, credentials)
    except RuntimeError as exc:
        raise PortInUse(
            f"port {port} of service {service!r} can't be bound on {host}: is another server "
            f"running? Stop it, or set OMS_PORTS='{{\"{service}\": <port>}}'"
        ) from exc


def _credentials(settings: ServerSettings) -> Any:
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return None
    pair = (settings.tls_key_file.read_bytes(), settings.tls_cert_file.read_bytes())
    authority = settings.tls_client_ca_file
    return grpc.ssl_server_credentials(
        [pair],
        authority.read_bytes() if authority is not None else None,
        require_client_auth=authority is not None,
    )
