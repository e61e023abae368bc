"""Health on every listener, over HTTP and over gRPC."""

from __future__ import annotations

from typing import Any

import grpc.aio
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from oms.health.v1 import health_service_pb2 as health
from oms_testing.e2e import Api
from oms_testing.e2e_errors import from_http

LISTENERS = ("api", "embedding", "scheduler", "events", "datakernel")


@pytest.mark.parametrize("listener", LISTENERS)
async def test_every_listener_tells_its_health(suite: Any, check: Any, listener: str) -> None:
    async with httpx.AsyncClient(base_url=suite.listeners[listener], trust_env=False) as client:
        for path in ("/health", "/health/live", "/health/ready"):
            response = await client.get(path)
            assert (response.status_code, response.json()["status"]) == (
                200,
                "HEALTH_STATUS_SERVING",
            )
        refused = check(from_http(await client.get("/health/detailed")))
        assert (refused.http_status, refused.reason) == (401, "TOKEN_MISSING")
        bearer = {"authorization": f"Bearer {suite.endpoint.token}"}
        detailed = await client.get("/health/detailed", headers=bearer)
        assert detailed.status_code == 200
        components = {entry["name"]: entry for entry in detailed.json()["components"]}
        assert listener in components


async def test_the_report_names_every_part(api: Api) -> None:
    report = await api(health.GetDetailedHealthRequest())
    assert report.status == health.HEALTH_STATUS_SERVING
    assert report.version
    assert report.ready_time.seconds
    names = [component.name for component in report.components]
    assert "api" in names
    assert all(c.status == health.HEALTH_STATUS_SERVING for c in report.components if c.required)


@pytest.mark.parametrize("service", LISTENERS)
async def test_every_port_speaks_the_standard_health_protocol(suite: Any, service: str) -> None:
    async with grpc.aio.insecure_channel(suite.ports[service]) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=10)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        watch = stub.Watch(health_pb2.HealthCheckRequest(), timeout=10)
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        watch.cancel()


@pytest.mark.parametrize("listener", LISTENERS)
async def test_the_contract_is_served_to_people_and_machines(suite: Any, listener: str) -> None:
    async with httpx.AsyncClient(base_url=suite.listeners[listener], trust_env=False) as client:
        openapi = (await client.get("/openapi.json")).json()
        assert openapi["openapi"].startswith("3.")
        assert "/health" in openapi["paths"]
        page = await client.get("/docs")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
