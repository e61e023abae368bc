"""The embedding service as a process of its own."""

from __future__ import annotations

import json
import secrets
import signal
from pathlib import Path

from oms_devstack import free_port
from oms_testing.e2e_process import ServiceProcess, is_serving


async def test_it_starts_alone_answers_health_and_stops(tmp_path: Path):
    port = free_port()
    process = ServiceProcess(
        "svc_embedding",
        address=f"127.0.0.1:{port}",
        environment={
            "OMS_PORTS": json.dumps({"embedding": port}),
            "JWT_SECRET": secrets.token_urlsafe(48),
            "OMS_DATA_DIR": str(tmp_path),
        },
        log=tmp_path / "embedding.log",
    )
    await process.start()
    assert await is_serving(process.address, service="embedding")
    process.signal(signal.SIGTERM)
    assert await process.wait() == 0
