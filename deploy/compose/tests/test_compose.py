"""The compose files, their images, variables and mounts fit the rest. No engine is asked."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from oms_rpc import SERVICES

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = ROOT / "deploy" / "compose"
BASE, SPLIT, WATCHED = (
    f"docker-compose{name}.yml" for name in ("", ".microservices", ".monitoring")
)
TOPOLOGIES = {
    "monolith": (BASE,),
    "microservices": (BASE, SPLIT),
    "everything": (BASE, SPLIT, WATCHED),
}
OURS = re.compile(r"oms/(\w+):")


@cache
def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((COMPOSE / name).read_text())


def _variables(name: str) -> dict[str, str]:
    lines = (line for line in (COMPOSE / name).read_text().splitlines() if "=" in line)
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def _ours() -> dict[str, dict[str, Any]]:
    every = dict(_read(BASE)["services"])
    for name, service in _read(SPLIT)["services"].items():
        every[name] = {**every.get(name, {}), **service}
    return {name: each for name, each in every.items() if OURS.match(each["image"])}


def test_services_are_found_by_the_addresses_that_services_ask_by_themselves() -> None:
    hosts = {entry.default_address.partition(":")[0] for entry in SERVICES if entry.flag}
    assert hosts <= set(_read(SPLIT)["services"])
    assert {"monolith", "gateway", "postgres", "redis", "nats", "terminusdb"} == set(
        _read(BASE)["services"]
    )
    flags = {entry.flag for entry in SERVICES if entry.flag}
    for service in ("monolith", "gateway"):
        environment = _read(SPLIT)["services"][service]["environment"]
        assert {environment[flag] for flag in flags} == {"true"}
        assert flags <= set(_read(BASE)["services"][service]["environment"])
    assert {
        name for name, value in _variables(".env.microservices").items() if value == "true"
    } == flags


@pytest.mark.parametrize("name", sorted(_ours()))
def test_our_containers_can_do_little(name: str) -> None:
    service = _ours()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert {"cpus", "memory"} == set(service["deploy"]["resources"]["limits"])
    dockerfile = ROOT / service["build"]["dockerfile"]
    assert f"oms/{OURS.match(service['image']).group(1)}:" in dockerfile.read_text()  # type: ignore[union-attr]


def test_every_variable_that_a_container_is_given_is_a_setting() -> None:
    page = (ROOT / "docs/settings.md").read_text()
    cells = re.findall(r"^\| (`[A-Z].*?) \|", page, re.MULTILINE)
    known = {name for cell in cells for name in re.findall(r"[A-Z0-9_]{4,}", cell)}
    for name, service in _ours().items():
        assert set(service["environment"]) - known == set(), name


def test_what_has_no_default_is_in_the_example_and_no_secret_is() -> None:
    example = _variables(".env.example")
    for file in TOPOLOGIES["everything"]:
        needed = set(re.findall(r"\$\{(\w+):\?", (COMPOSE / file).read_text()))
        assert needed <= set(example)
        assert {example[name] for name in needed} == {""}
    for file in (".env.microservices", ".env.production"):
        assert not [
            name for name in _variables(file) if re.search("PASSWORD|SECRET|KEY|TOKEN", name)
        ]


def test_published_ports_are_the_documented_ones_on_loopback() -> None:
    published = {
        port
        for file in TOPOLOGIES["everything"]
        for service in _read(file)["services"].values()
        for port in service.get("ports", ())
    }
    assert all(port.startswith("${OMS_PUBLISH:-127.0.0.1}:") for port in published)
    assert {int(port.split(":")[-2]) for port in published} == {
        *(50050, 8000, 8001, 8002, 8003, 8004, 8006, 8080),
        *(9091, 3000, 16686, 9093),
    }


def test_mounted_files_are_there() -> None:
    for file in TOPOLOGIES["everything"]:
        for service in _read(file)["services"].values():
            for volume in service.get("volumes", ()):
                source = volume.replace("${OMS_TOPOLOGY:-monolith}", "microservices").split(":")[0]
                if source.startswith("."):
                    assert (COMPOSE / source).resolve().exists(), source
                else:
                    assert source in _read(file)["volumes"], source


def test_prometheus_looks_where_containers_are() -> None:
    folder = ROOT / "deploy/monitoring/prometheus/targets"
    names = {
        name: {
            target.partition(":")[0]
            for group in yaml.safe_load((folder / f"{name}.yml").read_text())
            for target in group["targets"]
        }
        for name in ("monolith", "microservices")
    }
    assert names["monolith"] == {"monolith"}
    assert names["microservices"] == set(_ours()) - {"gateway"}


@pytest.mark.parametrize("topology", sorted(TOPOLOGIES))
def test_docker_compose_accepts_it(topology: str) -> None:
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not on PATH")
    files = [word for name in TOPOLOGIES[topology] for word in ("--file", name)]
    secrets = [name for name, value in _variables(".env.example").items() if not value]
    environment = {
        "PATH": os.environ["PATH"],
        **dict.fromkeys(secrets, "x"),
        "TERMINUSDB_ENDPOINT": "",
    }
    done = subprocess.run(
        [compose, "--env-file", ".env.example", *files, "config", "--format", "json"],
        cwd=COMPOSE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    is_split = topology != "monolith"
    assert ("data-kernel" in services) is is_split
    assert services["monolith"]["environment"]["USE_EMBEDDING_MS"] == str(is_split).lower()
