"""The launcher when something is wrong; that it works is shown by tests/e2e/test_launcher.py."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
from oms_devstack import LOOPBACK, free_port
from oms_gateway import HTTP_LISTENERS
from oms_monolith.launch import launched
from oms_rpc import SERVICES, Topology
from oms_testing.e2e_process import ServiceProcess, clean_environment
from oms_testing.effort import thorough

Launch = asyncio.subprocess.Process


def _environment(folder: Path) -> dict[str, str]:
    ports = {entry.name: free_port() for entry in SERVICES}
    variables = {
        name: "OMS_GATEWAY_PORT" if name == "api" else f"OMS_GATEWAY_{name.upper()}_PORT"
        for name in HTTP_LISTENERS
    }
    return {
        **clean_environment(),
        "OMS_DATA_DIR": str(folder / "data"),
        "OMS_PORTS": json.dumps(ports),
        **{variable: str(free_port()) for variable in variables.values()},
        "OMS_GRAPHQL_HTTP_PORT": str(free_port()),
    }


@pytest.fixture
async def launches() -> AsyncIterator[list[Launch]]:
    started: list[Launch] = []
    yield started
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _launch(launches: list[Launch], environment: dict[str, str]) -> Launch:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "oms_monolith.launch"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    launches.append(process)
    return process


async def test_taken_port_stops_the_start_with_a_remedy(tmp_path: Path, launches: list[Launch]):
    environment = _environment(tmp_path)
    with socket.create_server((LOOPBACK, int(environment["OMS_GATEWAY_EVENTS_PORT"]))):
        launch = await _launch(launches, environment)
        output, errors = await asyncio.wait_for(launch.communicate(), 150)
    assert launch.returncode == 1
    assert b"set OMS_GATEWAY_EVENTS_PORT to another one" in errors
    assert b"Traceback" not in errors
    assert output == b""


async def test_service_that_refuses_its_settings_is_reported(
    tmp_path: Path, launches: list[Launch]
):
    environment = _environment(tmp_path) | {"OMS_ENV": "production", "JWT_SECRET": "short-secret"}
    launch = await _launch(launches, environment)
    _, errors = await asyncio.wait_for(launch.communicate(), 150)
    assert launch.returncode != 0
    assert b"JWT_SECRET has 12 bytes; production needs 32 or more" in errors
    assert b"short-secret" not in errors


@pytest.mark.parametrize("victim", thorough(["nats-server", "envoy", "oms_monolith"], 1))
async def test_part_that_dies_stops_everything(tmp_path: Path, launches: list[Launch], victim: str):
    launch = await _launch(launches, _environment(tmp_path))
    assert launch.stdout is not None
    await asyncio.wait_for(launch.stdout.readuntil(b"the data stays"), 150)
    processes = psutil.Process(launch.pid).children(recursive=True)
    [found] = [p for p in processes if victim in " ".join(p.cmdline()[:3])]
    found.send_signal(signal.SIGKILL)
    _, errors = await asyncio.wait_for(launch.communicate(), 150)
    assert launch.returncode == 1
    name = {"nats-server": "nats", "oms_monolith": "monolith"}.get(victim, victim).encode()
    assert name + b" ended with code 137, so everything was stopped" in errors
    assert not [process for process in processes if process.is_running()]


async def test_moved_out_service_is_reached_at_its_address(tmp_path: Path):
    port = free_port()
    secret = secrets.token_urlsafe(48)
    service = ServiceProcess(
        "svc_embedding",
        address=f"{LOOPBACK}:{port}",
        environment={"JWT_SECRET": secret, "OMS_PORTS": json.dumps({"embedding": port})},
        log=tmp_path / "embedding.log",
    )
    await service.start()
    topology = Topology(
        moved_out=frozenset({"embedding"}), addresses={"embedding": service.address}
    )
    environment = clean_environment() | {"JWT_SECRET": secret}
    async with launched(
        tmp_path / "data", environment=environment, topology=topology, only=[], is_durable=False
    ) as suite:
        assert suite.grpc_targets["embedding"] == service.address
        async with httpx.AsyncClient(trust_env=False) as client:
            health = f"{suite.http_urls['embedding']}/health/ready"
            assert (await client.get(health)).status_code == 200
            service.kill()
            await service.wait()
            assert (await client.get(health)).status_code == 503
            assert (await client.get(f"{suite.rest_url}/health/ready")).status_code == 200
