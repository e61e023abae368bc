"""Metrics of a running suite, also through the eyes of a real Prometheus."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from oms_devstack import LOOPBACK, free_port
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as plain_families

PATIENCE_S = 60
POLL_S = 0.1
GIVEN = Path(__file__).resolve().parents[2] / "deploy" / "monitoring" / "prometheus"
OPENMETRICS = {"accept": "application/openmetrics-text; version=1.0.0"}


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():  # noqa: ASYNC110 - the state belongs to other processes
            await asyncio.sleep(POLL_S)


async def page(url: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(url)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in plain_families(answer.text)
        for sample in family.samples
    }


async def test_a_rest_call_is_an_http_request_where_it_is_served(suite) -> None:
    key = (
        "http_requests_total",
        (
            ("handler", "oms.ontology.v1.OntologyService/ListOntologies"),
            ("method", "GET"),
            ("status", "200"),
        ),
    )
    url = suite.metrics["monolith"]
    before = (await page(url)).get(key, 0.0)
    headers = {"authorization": f"Bearer {suite.endpoint.token}"}
    async with httpx.AsyncClient(headers=headers) as client:
        answer = await client.get(f"{suite.listeners['api']}/v1/ontologies")
    assert answer.status_code == 200

    async def is_counted() -> bool:
        return (await page(url)).get(key, 0.0) > before

    await until(is_counted)  # after its answer is sent


async def test_every_process_tells_about_itself(suite) -> None:
    for url in suite.metrics.values():
        async with httpx.AsyncClient() as client:
            answer = await client.get(url, headers=OPENMETRICS)
        families = {family.name for family in text_string_to_metric_families(answer.text)}
        assert {"grpc_server_handled", "memory_usage_bytes", "active_connections"} <= families


@asynccontextmanager
async def prometheus(folder: Path) -> AsyncIterator[str]:
    binary = shutil.which("prometheus")
    if binary is None:
        pytest.skip("prometheus is not on PATH")
    address = f"{LOOPBACK}:{free_port()}"
    process = await asyncio.create_subprocess_exec(
        binary,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--enable-feature=exemplar-storage",
        "--log.level=error",
    )
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        await process.wait()


def configure(folder: Path, metrics: dict[str, str]) -> None:
    """The given configuration, told where this suite's processes are, and in a hurry."""
    shutil.copytree(GIVEN / "rules", folder / "rules")
    config = yaml.safe_load((GIVEN / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    del config["alerting"]
    config["scrape_configs"] = [job for job in config["scrape_configs"] if job["job_name"] == "oms"]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    (folder / "targets").mkdir()
    targets: list[dict[str, Any]] = [
        {"targets": [url.split("/")[2]], "labels": {"service": name}}
        for name, url in metrics.items()
    ]
    (folder / "targets" / "suite.yml").write_text(json.dumps(targets))


async def query(client: httpx.AsyncClient, expression: str) -> dict[str, float]:
    """Values by the label `service`; none while Prometheus starts."""
    try:
        answer = await client.get("/api/v1/query", params={"query": expression})
        found = answer.json()["data"]["result"]
    except (httpx.TransportError, ValueError, KeyError):
        return {}
    return {each["metric"]["service"]: float(each["value"][1]) for each in found}


async def test_a_real_prometheus_scrapes_every_process(suite, tmp_path: Path) -> None:
    configure(tmp_path, suite.metrics)
    async with prometheus(tmp_path) as url, httpx.AsyncClient(base_url=url) as client:

        async def are_up() -> bool:
            return await query(client, "up") == dict.fromkeys(suite.metrics, 1.0)

        async def is_recorded() -> bool:
            # The rules work on what was scraped.
            return "monolith" in await query(client, "sum by (service) (oms:calls:rate5m)")

        await until(are_up)
        await until(is_recorded)
