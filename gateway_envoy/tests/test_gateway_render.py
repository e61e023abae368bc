"""The rendered configuration, and what Envoy itself says of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from oms_gateway import (
    HTTP_SERVICES,
    Artifacts,
    ConfigRejected,
    GatewaySettings,
    Upstreams,
    render,
    to_json,
    validate,
)
from oms_gateway.contract import path_regex, read_services
from oms_gateway.upstreams import split_address
from oms_rpc import Topology
from oms_rpc.topology import UnknownService

MONOLITH = Upstreams.of(Topology())
KERNEL_OUT = Upstreams.of(
    Topology(frozenset({"datakernel"}), {"datakernel": "kernel.example:50051"}),
    monolith_host="monolith.example",
)


def rendered(
    upstreams: Upstreams = MONOLITH, settings: GatewaySettings | None = None
) -> dict[str, Any]:
    return render(upstreams, settings or GatewaySettings(), Artifacts.find())


def listeners(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {listener["name"]: listener for listener in config["static_resources"]["listeners"]}


def manager(listener: dict[str, Any]) -> dict[str, Any]:
    return listener["filter_chains"][0]["filters"][0]["typed_config"]


def routes(listener: dict[str, Any]) -> list[dict[str, Any]]:
    return manager(listener)["route_config"]["virtual_hosts"][0]["routes"]


def cluster_of(listener: dict[str, Any], path: str) -> str:
    for route in routes(listener):
        match = route["match"]
        if match.get("path") == path or path.startswith(match.get("prefix", "\0")):
            return route["route"]["cluster"]
    raise LookupError(path)


@pytest.mark.parametrize(
    "upstreams",
    [
        MONOLITH,
        KERNEL_OUT,
        Upstreams({"api": "[::1]:50050"}),
        Upstreams({"api": "unix:/run/oms/api.sock", "datakernel": "10.0.0.1:50051"}),
    ],
    ids=["monolith", "kernel moved out", "IPv6", "Unix socket"],
)
def test_envoy_accepts_the_configuration(upstreams: Upstreams) -> None:
    validate(rendered(upstreams))


def test_envoy_accepts_every_setting(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    settings = GatewaySettings(
        tls_certificate_file=str(certificate),
        tls_key_file=str(key),
        cors_origins="https://a.example, https://b.example",
        access_log=True,
        admin_port=9901,
        trusted_hops=1,
        bind_address="0.0.0.0",
    )
    validate(rendered(settings=settings))


def test_traces_go_where_those_of_the_services_go() -> None:
    settings = GatewaySettings.model_validate(
        {
            "ENABLE_TELEMETRY": "true",
            "JAEGER_ENDPOINT": "https://jaeger.example:14268/api/traces",
            "OMS_TRACE_SAMPLE_RATIO": "0.01",
        }
    )
    config = rendered(settings=settings)
    validate(config)
    for listener in listeners(config).values():
        assert manager(listener)["tracing"]["random_sampling"] == {"value": 1.0}
    (cluster,) = [c for c in config["static_resources"]["clusters"] if c["name"] == "otlp"]
    (lb,) = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]
    address = lb["endpoint"]["address"]["socket_address"]
    assert address == {"address": "jaeger.example", "port_value": 4317}
    assert cluster["transport_socket"]["typed_config"]["sni"] == "jaeger.example"
    plain = rendered()
    assert "otlp" not in {each["name"] for each in plain["static_resources"]["clusters"]}
    assert all("tracing" not in manager(each) for each in listeners(plain).values())


def test_envoy_prints_no_warning(tmp_path: Path) -> None:
    from oms_gateway import envoy_path

    config = tmp_path / "envoy.json"
    config.write_text(to_json(rendered()))
    command = [str(envoy_path()), "--mode", "validate", "--log-level", "warning", "-c", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "warning" not in done.stderr


def test_rejected_configuration_is_told_in_envoys_words() -> None:
    config = rendered()
    config["static_resources"]["clusters"][1]["type"] = "NONSENSE"
    with pytest.raises(ConfigRejected, match="NONSENSE"):
        validate(config)


def test_rendering_twice_gives_the_same_text() -> None:
    assert to_json(rendered()) == to_json(rendered())


def test_every_service_has_its_listener_on_its_port() -> None:
    ports = {
        name: listener["address"]["socket_address"]["port_value"]
        for name, listener in listeners(rendered()).items()
    }
    assert ports == {
        "api": 8000,
        "datakernel": 8080,
        "embedding": 8001,
        "scheduler": 8002,
        "events": 8003,
        "graphql": 8006,
        "graphql_ws": 8004,
    }


def test_listeners_are_on_loopback_unless_told_otherwise() -> None:
    for listener in listeners(rendered()).values():
        assert listener["address"]["socket_address"]["address"] == "127.0.0.1"


def test_service_without_an_upstream_is_not_offered() -> None:
    found = listeners(rendered(Upstreams({"api": "127.0.0.1:50050"})))
    assert list(found) == ["api"]
    with pytest.raises(LookupError):
        cluster_of(found["api"], "/oms.datakernel.v1.BranchService/GetBranch")


def test_port_zero_closes_a_listener() -> None:
    found = listeners(rendered(settings=GatewaySettings(datakernel_port=0)))
    assert "datakernel" not in found
    path = "/oms.datakernel.v1.BranchService/GetBranch"
    assert cluster_of(found["api"], path) == "datakernel"


def test_moved_out_service_is_called_at_its_own_address() -> None:
    found = {c["name"]: c for c in rendered(KERNEL_OUT)["static_resources"]["clusters"]}

    def host(cluster: str) -> dict[str, Any]:
        [endpoint] = found[cluster]["load_assignment"]["endpoints"][0]["lb_endpoints"]
        return endpoint["endpoint"]["address"]["socket_address"]

    assert host("datakernel") == {"address": "kernel.example", "port_value": 50051}
    assert host("api") == {"address": "monolith.example", "port_value": 50050}
    assert found["datakernel"]["type"] == "STRICT_DNS"


def test_every_method_of_the_contract_has_a_route_to_its_service() -> None:
    api = listeners(rendered())["api"]
    for service in read_services(Artifacts.find().descriptors):
        owner = "api" if service.package == "oms.health.v1" else None
        for method in service.methods:
            cluster = cluster_of(api, f"/{service.full_name}/{method.name}")
            assert cluster in HTTP_SERVICES
            assert owner in (None, cluster)


@pytest.mark.parametrize("name", HTTP_SERVICES)
def test_health_of_a_listener_is_that_of_its_service(name: str) -> None:
    listener = listeners(rendered())[name]
    assert cluster_of(listener, "/oms.health.v1.HealthService/GetHealth") == name
    assert cluster_of(listener, "/grpc.health.v1.Health/Check") == name


@pytest.mark.parametrize("name", ["api", "graphql", "graphql_ws"])
def test_graphql_goes_to_its_http_server_and_may_become_a_websocket(name: str) -> None:
    shown = [
        route
        for route in routes(listeners(rendered())[name])
        if route.get("route", {}).get("cluster") == "graphql_http"
    ]
    assert [route["match"].get("path") or route["match"]["prefix"] for route in shown] == [
        "/graphql",
        "/graphql/",
    ]
    for route in shown:
        assert route["route"]["upgrade_configs"] == [{"upgrade_type": "websocket"}]
        assert bool(route["match"]["headers"]) == (name == "graphql_ws")


@pytest.mark.parametrize("name", ["datakernel", "events"])
def test_other_listeners_show_no_graphql(name: str) -> None:
    for route in routes(listeners(rendered())[name]):
        assert route.get("route", {}).get("cluster") != "graphql_http"


def test_streaming_methods_have_no_limit_of_time_but_silence() -> None:
    api = listeners(rendered())["api"]
    path = "/oms.datakernel.v1.CommitService/WatchCommits"
    [watch] = [r for r in routes(api) if r["match"].get("path") == path]
    assert watch["route"]["timeout"] == "0s"
    assert watch["route"]["idle_timeout"] == "3600.0s"
    assert watch["route"]["max_stream_duration"]["max_stream_duration"] == "0s"


def test_admin_interface_is_closed_unless_asked_for_and_then_on_loopback() -> None:
    assert "admin" not in rendered()
    settings = GatewaySettings(admin_port=9901, bind_address="0.0.0.0")
    admin = rendered(settings=settings)["admin"]["address"]["socket_address"]
    assert admin == {"address": "127.0.0.1", "port_value": 9901}


@pytest.mark.parametrize(
    ("environment", "origins", "expected"),
    [("production", "", 0), ("development", "", 1), ("production", "https://a.example", 1)],
)
def test_no_origin_may_call_in_production_unless_named(
    environment: Any, origins: str, expected: int
) -> None:
    settings = GatewaySettings(environment=environment, cors_origins=origins)
    host = manager(listeners(rendered(settings=settings))["api"])["route_config"]["virtual_hosts"][
        0
    ]
    [policy] = host["typed_per_filter_config"].values()
    assert len(policy["allow_origin_string_match"]) == expected


@pytest.mark.parametrize(
    "addresses",
    [
        {},
        {"datakernel": "127.0.0.1:1"},
        {"api": "127.0.0.1"},
        {"api": "127.0.0.1:70000"},
        {"api": ":1"},
        {"api": "127.0.0.1:1", "nonsense": "127.0.0.1:2"},
    ],
)
def test_unusable_addresses_are_refused(addresses: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        Upstreams(addresses)


def test_address_of_ipv6_has_its_brackets_removed() -> None:
    assert split_address("[::1]:50050", service="api") == ("::1", 50050)


def test_half_of_the_tls_files_is_refused() -> None:
    with pytest.raises(ValueError, match="both or neither"):
        GatewaySettings(tls_certificate_file="/certificate.pem")


def test_missing_descriptors_are_told(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path / "no.binpb", tmp_path / "no.json")
    with pytest.raises(FileNotFoundError):
        render(MONOLITH, GatewaySettings(), artifacts)


def test_package_without_a_service_is_refused(tmp_path: Path) -> None:
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

    files = FileDescriptorSet()
    files.file.add(name="x.proto", package="oms.nothing.v1").service.add(name="X")
    descriptors = tmp_path / "x.binpb"
    descriptors.write_bytes(files.SerializeToString())
    with pytest.raises(UnknownService, match=r"oms\.nothing\.v1"):
        render(MONOLITH, GatewaySettings(), Artifacts(descriptors, Artifacts.find().openapi))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("/v1/{name=ontologies/*}:import", r"/v1/ontologies/[^/]+:import"),
        ("/v1/{parent=databases/*}/documents/{id=**}", r"/v1/databases/[^/]+/documents/.+"),
        ("/v1/{id}", r"/v1/[^/]+"),
    ],
)
def test_template_is_matched_segment_by_segment(template: str, expected: str) -> None:
    assert path_regex(template) == expected


def test_command_renders_from_the_environment(tmp_path: Path) -> None:
    output = tmp_path / "envoy.json"
    environment = {"USE_DATA_KERNEL_GATEWAY": "true", "DATA_KERNEL_ADDR": "kernel.example:1"}
    command = [sys.executable, "-m", "oms_gateway", "render", "--output", str(output)]
    subprocess.run(command, check=True, env=environment)
    assert "kernel.example" in output.read_text()
    assert json.loads(output.read_text())["static_resources"]["listeners"]


def test_command_fails_on_what_envoy_refuses() -> None:
    # A port that another setting has taken already.
    environment = {"OMS_GATEWAY_BIND_ADDRESS": "nonsense"}
    command = [sys.executable, "-m", "oms_gateway", "validate"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "nonsense" in done.stderr
