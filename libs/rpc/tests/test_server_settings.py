"""What the environment may say about a server."""

from pathlib import Path

import pytest
from oms_rpc import ServerSettings
from oms_rpc.server import wanted_port
from pydantic import ValidationError


def test_only_this_machine_is_served_unless_asked():
    assert ServerSettings().host == "127.0.0.1"


def test_environment_is_read(monkeypatch):
    monkeypatch.setenv("OMS_HOST", "0.0.0.0")
    monkeypatch.setenv("OMS_PORTS", '{"datakernel": 6000}')
    monkeypatch.setenv("ENABLE_TELEMETRY", "true")
    monkeypatch.setenv("JAEGER_ENDPOINT", "http://jaeger:4317")
    settings = ServerSettings()
    assert settings.host == "0.0.0.0"
    assert settings.ports == {"datakernel": 6000}
    assert settings.telemetry
    assert settings.trace_endpoint == "http://jaeger:4317"


@pytest.mark.parametrize(
    ("settings", "service", "index", "port"),
    [
        ({}, "api", 0, 50050),
        ({}, "datakernel", 1, 50051),
        ({"port": 7000}, "api", 0, 7000),
        ({"port": 7000}, "datakernel", 1, 50051),
        ({"port": 0}, "datakernel", 1, 0),
        ({"port": 0, "ports": {"datakernel": 7001}}, "datakernel", 1, 7001),
    ],
)
def test_port_of_a_service(settings, service, index, port):
    assert wanted_port(ServerSettings(**settings), service, index) == port


@pytest.mark.parametrize(
    "settings",
    [
        {"tls_cert_file": Path("a.pem")},
        {"tls_key_file": Path("a.key")},
        {"tls_client_ca_file": Path("ca.pem")},
        {"workers": 2, "port": 0},
        {"workers": 2, "ports": {"datakernel": 0}},
        {"workers": 0},
        {"port": 70000},
        {"max_concurrent_calls": 0},
        {"grace_s": -1},
    ],
)
def test_contradiction_is_refused(settings):
    with pytest.raises(ValidationError):
        ServerSettings(**settings)


@pytest.mark.parametrize(
    ("environment", "public", "wait"), [("development", True, 0), ("production", False, 5)]
)
def test_defaults_that_depend_on_the_environment(environment, public, wait):
    settings = ServerSettings(environment=environment)
    assert settings.is_reflection_public is public
    assert settings.effective_drain_wait_s == wait
    chosen = ServerSettings(environment=environment, reflection_public=not public, drain_wait_s=1.5)
    assert chosen.is_reflection_public is not public
    assert chosen.effective_drain_wait_s == 1.5
