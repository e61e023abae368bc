"""The whole stack: real servers, started, stopped, crashed."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import nats
import psutil
import psycopg
import pytest
import redis.asyncio
from oms_devstack import (
    LOOPBACK,
    DataDirInUse,
    Order,
    PortInUse,
    ServerFailed,
    Stack,
    free_port,
    running_stack,
    starting_stack,
)


async def eventually(condition: Callable[[], bool], *, timeout_s: float = 15.0) -> None:
    """Waits until a condition holds; fails the test when it does not in time."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - another process has no event to wait on
            await asyncio.sleep(0.02)


def processes_naming(folder: Path) -> list[psutil.Process]:
    """Processes that name a folder in their command line, or work in it."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            texts = [*process.cmdline(), process.cwd()]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # gone, a zombie, or another user's
        if any(str(folder) in text for text in texts):
            found.append(process)
    return found


OWNER = """
import asyncio, sys
from pathlib import Path
from oms_devstack import running_stack

async def main():
    async with running_stack(Path(sys.argv[1]), is_durable=False) as stack:
        print("READY", flush=True)
        await stack.first_to_end()

asyncio.run(main())
"""


@pytest.fixture
async def owner(tmp_path: Path):
    """Starts another Python process that owns a stack on `tmp_path`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OWNER, str(tmp_path / "data")),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 60)
    assert line.startswith(b"READY")
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def _write(stack: Stack) -> None:
    async with await psycopg.AsyncConnection.connect(stack.urls["DATABASE_URL"]) as db:
        await db.execute("CREATE TABLE kept (value text)")
        await db.execute("INSERT INTO kept VALUES ('row')")
    async with redis.asyncio.Redis.from_url(stack.urls["REDIS_URL"]) as cache:
        await cache.set("kept", "key")
    client = await nats.connect(stack.urls["NATS_URL"])
    await client.jetstream().add_stream(name="KEPT", subjects=["kept.>"])
    await client.jetstream().publish("kept.one", b"event")
    await client.close()


async def _read(stack: Stack) -> tuple[object, object, object]:
    async with await psycopg.AsyncConnection.connect(stack.urls["DATABASE_URL"]) as db:
        row = await (await db.execute("SELECT value FROM kept")).fetchone()
    async with redis.asyncio.Redis.from_url(stack.urls["REDIS_URL"]) as cache:
        key = await cache.get("kept")
    client = await nats.connect(stack.urls["NATS_URL"])
    event = (await client.jetstream().get_msg("KEPT", 1)).data
    await client.close()
    return row, key, event


KEPT = (("row",), b"key", b"event")


async def test_second_start_finds_the_data(tmp_path: Path):
    async with running_stack(tmp_path / "data", is_durable=False) as stack:
        await _write(stack)
        urls = dict(stack.urls)
    assert processes_naming(tmp_path) == []
    async with running_stack(tmp_path / "data", is_durable=False) as stack:
        assert await _read(stack) == KEPT
        assert stack.urls == urls, "ports and passwords are kept"


async def test_killed_owner_leaves_no_process_and_the_next_start_works(tmp_path: Path, owner):
    left = processes_naming(tmp_path)
    assert len(left) > 6
    owner.kill()
    await owner.wait()
    # Not waiting: the start itself has to wait for the servers of the killed owner.
    async with running_stack(tmp_path / "data", is_durable=False) as stack:
        for server in stack.servers:
            await server.check()
        assert not any(process.is_running() for process in left)
    assert processes_naming(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="parent-death signals are Linux's")
async def test_killed_guards_take_their_servers_along(tmp_path: Path, owner):
    guards = psutil.Process(owner.pid).children()
    assert len(guards) == 3
    for guard in guards:
        guard.kill()
    await eventually(lambda: processes_naming(tmp_path) in ([], [psutil.Process(owner.pid)]))


async def test_leftover_pid_file_of_another_program_is_cleared(tmp_path: Path):
    only = ["postgresql"]
    async with running_stack(tmp_path, only=only, is_durable=False):
        pid_file = tmp_path / "postgresql" / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    # As after a power failure, with the number taken by a living process since.
    pid_file.write_text("\n".join([str(psutil.Process().ppid()), *lines[1:]]) + "\n")
    async with running_stack(tmp_path, only=only, is_durable=False) as stack:
        await stack.servers[0].check()


async def test_interrupted_set_up_is_done_again(tmp_path: Path):
    half = tmp_path / "postgresql" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    async with running_stack(tmp_path, only=["postgresql"], is_durable=False) as stack:
        await stack.servers[0].check()


VISITOR = """
import signal, socket, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print("up", flush=True)
signal.sigwait({signal.SIGTERM})
socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
"""


async def test_program_beside_the_servers_stops_before_them(tmp_path: Path):
    port = free_port()
    async with starting_stack(tmp_path, only=["valkey"], ports={"valkey": port}) as stack:
        folder = stack.home("visitor")
        command = (sys.executable, "-c", VISITOR, str(port))
        order = Order(command=command, cwd=folder, log=folder / "visitor.log")
        visitor = await stack.run(order, name="visitor")
        await eventually(lambda: visitor.log.exists() and "up" in visitor.log.read_text())
        await stack.ready()
    assert await visitor.wait() == 0, visitor.log.read_text()


async def test_given_server_is_used_and_not_started(tmp_path: Path):
    given = {"DATABASE_URL": "postgresql://elsewhere/db", "NATS_URL": "nats://elsewhere"}
    async with running_stack(tmp_path, given=given, is_durable=False) as stack:
        assert [server.name for server in stack.servers] == ["valkey"]
        assert stack.urls.items() >= given.items()
        assert stack.urls["REDIS_URL"].startswith("redis://")
        assert not (tmp_path / "postgresql").exists()


async def test_taken_port_is_named(tmp_path: Path):
    with socket.create_server((LOOPBACK, free_port())) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"port {port} for valkey is taken"):
            async with running_stack(tmp_path, ports={"valkey": port}, only=["valkey"]):
                pass


async def test_kept_port_that_is_taken_is_replaced(tmp_path: Path):
    async with running_stack(tmp_path, only=["valkey"]) as stack:
        port = stack.servers[0].port
    with socket.create_server((LOOPBACK, port)):
        async with running_stack(tmp_path, only=["valkey"]) as stack:
            assert stack.servers[0].port != port
            await stack.servers[0].check()


async def test_second_stack_on_one_folder_is_refused(tmp_path: Path, owner):
    with pytest.raises(DataDirInUse, match=rf"data is in use by process {owner.pid}; stop it"):
        async with running_stack(tmp_path / "data"):
            pass


async def test_failed_server_is_reported_with_its_log_and_the_others_stop(tmp_path: Path):
    broken = tmp_path / "nats" / "data" / "jetstream"
    broken.parent.mkdir(parents=True)
    broken.write_text("a file where NATS wants a folder")
    with pytest.raises(
        ServerFailed, match=r"nats ended with code 1; .*nats\.log:\n(?s:.*)not a dir"
    ):
        async with running_stack(tmp_path, only=["nats", "valkey"]):
            pass
    assert processes_naming(tmp_path) == []


async def test_server_that_ends_by_itself_is_noticed(tmp_path: Path):
    async with running_stack(tmp_path, only=["nats", "valkey"]) as stack:
        [victim] = [p for p in processes_naming(tmp_path) if p.name() == "valkey-server"]
        victim.send_signal(signal.SIGKILL)
        ended = await asyncio.wait_for(stack.first_to_end(), 60)
        assert ended.name == "valkey"
        assert await ended.wait() == 128 + signal.SIGKILL


async def test_secrets_show_in_no_command_line_log_or_repr(tmp_path: Path):
    async with running_stack(tmp_path, is_durable=False) as stack:
        secrets = [path.read_text() for path in tmp_path.glob("*/password")]
        assert len(set(secrets)) == 3
        shown = [" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])]
        shown += [str(p.environ()) for p in processes_naming(tmp_path)]
        shown += [path.read_text() for path in tmp_path.glob("*/*.log")]
        shown.append(repr(stack))
    assert not [text for text in shown if any(secret in text for secret in secrets)]


async def test_servers_listen_on_loopback_only_and_want_the_password(tmp_path: Path):
    async with running_stack(tmp_path, is_durable=False) as stack:
        listening = {
            connection.laddr.ip
            for process in processes_naming(tmp_path)
            for connection in process.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        }
        assert listening == {LOOPBACK}
        port = stack.servers[0].port
        with pytest.raises(psycopg.OperationalError, match="password"):
            await psycopg.AsyncConnection.connect(f"postgresql://oms:no@{LOOPBACK}:{port}/oms")


async def test_files_are_open_to_their_owner_only(tmp_path: Path):
    async with running_stack(tmp_path / "data", only=["valkey", "nats"]):
        modes = {p.name: p.stat().st_mode & 0o077 for p in (tmp_path / "data").rglob("*")}
    assert modes["password"] == modes["valkey.conf"] == modes["nats.conf"] == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
