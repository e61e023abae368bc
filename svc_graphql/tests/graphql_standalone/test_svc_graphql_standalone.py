"""The GraphQL service as a process of its own."""

from __future__ import annotations

import json
import secrets
import signal
from pathlib import Path

import httpx
from oms_devstack import free_port
from oms_testing.e2e_process import ServiceProcess, is_serving


async def test_it_starts_alone_answers_and_stops(tmp_path: Path):
    port, http_port = free_port(), free_port()
    process = ServiceProcess(
        "svc_graphql",
        address=f"127.0.0.1:{port}",
        environment={
            "OMS_PORTS": json.dumps({"graphql": port}),
            "OMS_GRAPHQL_HTTP_PORT": str(http_port),
            "JWT_SECRET": secrets.token_urlsafe(48),
        },
        log=tmp_path / "graphql.log",
    )
    await process.start()
    assert await is_serving(process.address, service="graphql")
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        # It waits while what serves it is loaded.
        query = {"query": "{ __typename }"}
        answer = await client.post(f"http://127.0.0.1:{http_port}/graphql", json=query)
    assert answer.json() == {"data": {"__typename": "Query"}}
    process.signal(signal.SIGTERM)
    assert await process.wait() == 0
