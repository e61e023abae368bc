"""Ports, secrets and the text of the launcher."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, cast

import pytest
from oms_devstack import LOOPBACK, PortInUse, free_port
from oms_monolith.launch.launched import Launched
from oms_monolith.launch.ports import LaunchPorts
from oms_monolith.launch.secrets import Secrets
from oms_monolith.launch.welcome import welcome
from oms_security import SecuritySettings, TokenAuthenticator
from pydantic import SecretStr


def test_published_ports_are_those_of_the_documentation():
    ports = LaunchPorts.published()
    assert ports.grpc == {
        "api": 50050,
        "datakernel": 50051,
        "embedding": 50055,
        "scheduler": 50056,
        "events": 50057,
        "graphql": 50060,
    }
    assert ports.http == {
        "api": 8000,
        "datakernel": 8080,
        "embedding": 8001,
        "scheduler": 8002,
        "events": 8003,
        "graphql": 8006,
        "graphql_ws": 8004,
    }
    assert ports.behind == {"graphql": 8016}


def test_published_ports_can_be_moved_and_closed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OMS_PORTS", '{"api": 51050}')
    monkeypatch.setenv("OMS_GATEWAY_PORT", "9000")
    monkeypatch.setenv("OMS_GATEWAY_EVENTS_PORT", "0")
    ports = LaunchPorts.published()
    assert ports.grpc["api"] == 51050
    assert ports.http["api"] == 9000
    assert "events" not in ports.http


@pytest.mark.parametrize(
    ("kind", "service", "remedy"),
    [
        ("grpc", "api", "OMS_PORTS"),
        ("http", "api", "OMS_GATEWAY_PORT"),
        ("http", "datakernel", "OMS_GATEWAY_DATAKERNEL_PORT"),
        ("http", "graphql_ws", "OMS_GATEWAY_GRAPHQL_WS_PORT"),
        ("behind", "graphql", "OMS_GRAPHQL_HTTP_PORT"),
    ],
)
def test_taken_port_is_named_with_its_remedy(kind: str, service: str, remedy: str):
    ports = LaunchPorts.free()
    with socket.create_server((LOOPBACK, free_port())) as taken:
        port = taken.getsockname()[1]
        changed: Any = {
            "grpc": dict(ports.grpc),
            "http": dict(ports.http),
            "behind": dict(ports.behind),
        }
        changed[kind][service] = port
        with pytest.raises(PortInUse, match=rf"port {port} for .* of {service} .*{remedy}"):
            LaunchPorts(**changed, metrics=ports.metrics).check()


async def test_secrets_are_kept_and_their_tokens_accepted(tmp_path: Path):
    first, second = Secrets(tmp_path, {}), Secrets(tmp_path, {})
    assert first.jwt_secret == second.jwt_secret
    settings = SecuritySettings(jwt_secret=SecretStr(second.jwt_secret))
    identity = await TokenAuthenticator(settings).authenticate(first.token())
    assert (identity.subject, identity.roles) == ("administrator", ("administrator",))


async def test_given_secret_is_used(tmp_path: Path):
    given = "given-" * 12
    secrets = Secrets(tmp_path, {"JWT_SECRET": given, "JWT_ALGORITHM": "HS512"})
    settings = SecuritySettings(jwt_secret=SecretStr(given), jwt_algorithm="HS512")
    await TokenAuthenticator(settings).authenticate(secrets.token())


def test_welcome_shows_addresses_commands_and_one_secret_only(tmp_path: Path):
    secrets = Secrets(tmp_path, {})
    suite = Launched(
        folder=tmp_path,
        grpc_targets={"api": "127.0.0.1:50050", "events": "127.0.0.1:50057"},
        http_urls={
            "api": "http://127.0.0.1:8000",
            "events": "http://127.0.0.1:8003",
            "graphql": "http://127.0.0.1:8006",
            "graphql_ws": "http://127.0.0.1:8004",
        },
        secrets=secrets,
        stack=cast(Any, None),
        restart=cast(Any, None),
    )
    text = welcome(suite)
    for shown in (
        "127.0.0.1:50057",
        "http://127.0.0.1:8003",
        "http://127.0.0.1:8006/graphql",
        "ws://127.0.0.1:8004/graphql",
        "http://127.0.0.1:8000/docs",
        "export TOKEN=ey",
        "curl -H",
        "grpcurl -plaintext",
        f"OMS_DATA_DIR={tmp_path} .venv/bin/oms whoami",
    ):
        assert shown in text
    assert secrets.jwt_secret not in text
    assert "oms_" not in text, "an API key"
