"""Real processes: signals, several workers on one port, failing starts."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue, Int32Value

pytestmark = pytest.mark.slow

MAIN = """
import asyncio, os
import grpc
from google.protobuf.wrappers_pb2 import BytesValue, Int32Value
from oms_core.errors import TokenInvalid
from oms_rpc import Process, ServerSettings, Service, Topology, run
from oms_rpc.policy import PUBLIC

class Tokens:
    async def authenticate(self, token):
        raise TokenInvalid("none is valid here")

async def pid(request, context):
    return Int32Value(value=os.getpid())

async def slow(request, context):
    print("slow started", flush=True)
    try:
        await asyncio.sleep(float(request.value))
    finally:
        print("slow ended", flush=True)
    return request

def add(servicer, server):
    server.add_registered_method_handlers("contract.v1.Probe", {
        "Pid": grpc.unary_unary_rpc_method_handler(
            pid, BytesValue.FromString, Int32Value.SerializeToString),
        "Slow": grpc.unary_unary_rpc_method_handler(
            slow, BytesValue.FromString, BytesValue.SerializeToString),
    })

async def setup(ctx):
    if os.environ.get("DIE_IN_SETUP"):
        os._exit(3)
    policies = {f"/contract.v1.Probe/{name}": PUBLIC for name in ("Pid", "Slow")}
    ctx.add_servicer(add, object(), policies=policies)
    ctx.stack.callback(print, "stack closed", flush=True)

run(Process(
    services=[Service("datakernel", setup)],
    server=ServerSettings(),
    topology=Topology.from_environment(),
    authenticator=Tokens(),
))
"""


class Child:
    """A process under test with its log and its output."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.lines: list[str] = []
        self._arrived = asyncio.Condition()
        self._readers = [
            asyncio.create_task(self._read(stream)) for stream in (process.stdout, process.stderr)
        ]

    async def _read(self, stream) -> None:
        while line := await stream.readline():
            async with self._arrived:
                self.lines.append(line.decode().rstrip())
                self._arrived.notify_all()

    async def line(self, text: str, *, count: int = 1) -> None:
        """Waits until the process has written a text so many times."""
        async with asyncio.timeout(60), self._arrived:
            await self._arrived.wait_for(lambda: sum(text in line for line in self.lines) >= count)

    async def ended(self) -> int:
        """Waits for the end and returns the exit status."""
        async with asyncio.timeout(60):
            status = await self.process.wait()
            await asyncio.gather(*self._readers)
        return status

    def events(self) -> list[dict]:
        return [json.loads(line) for line in self.lines if line.startswith("{")]

    def channel(self) -> grpc.aio.Channel:
        # A pool of its own: a new connection, which the kernel may give to any worker.
        options = [("grpc.use_local_subchannel_pool", 1)]
        return grpc.aio.insecure_channel(f"127.0.0.1:{self.port}", options)

    async def pid(self) -> int:
        async with self.channel() as channel:
            method = channel.unary_unary(
                "/contract.v1.Probe/Pid", BytesValue.SerializeToString, Int32Value.FromString
            )
            return (await method(BytesValue(), timeout=10, wait_for_ready=True)).value


@pytest.fixture
def launch(tmp_path: Path, unused_tcp_port: int):
    script = tmp_path / "server_main.py"
    script.write_text(MAIN)

    @asynccontextmanager
    async def launch(**environment: str) -> AsyncIterator[Child]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(script),
            env={**os.environ, "OMS_PORT": str(unused_tcp_port), **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        child = Child(process, unused_tcp_port)
        try:
            yield child
        finally:
            if process.returncode is None:
                process.kill()
            await child.ended()

    return launch


def slow(channel: grpc.aio.Channel, seconds: float):
    method = channel.unary_unary("/contract.v1.Probe/Slow")
    return method(BytesValue(value=str(seconds).encode()).SerializeToString())


async def test_first_signal_drains_and_exits_cleanly(launch):
    async with launch() as child:
        await child.line('"event":"ready"')
        async with child.channel() as channel:
            call = slow(channel, 0.3)
            await child.line("slow started")
            child.process.send_signal(signal.SIGTERM)
            await call
        assert await child.ended() == 0
    events = [e["event"] for e in child.events()]
    assert events.index("signal") < events.index("draining") < events.index("stopped")
    assert child.lines.index("slow ended") < child.lines.index("stack closed")


async def test_second_signal_exits_at_once(launch):
    async with launch() as child:
        await child.line('"event":"ready"')
        async with child.channel() as channel:
            call = slow(channel, 60)
            await child.line("slow started")
            child.process.send_signal(signal.SIGINT)
            await child.line('"event":"draining"')
            child.process.send_signal(signal.SIGINT)
            assert await child.ended() == 1
            with pytest.raises(grpc.aio.AioRpcError):
                await call
    assert "stack closed" not in child.lines


async def test_port_that_is_taken_ends_the_start_with_its_number(launch, unused_tcp_port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", unused_tcp_port))
        other.listen()
        async with launch() as child:
            assert await child.ended() == 1
    [failed] = [e for e in child.events() if e["event"] == "start failed"]
    assert str(unused_tcp_port) in failed["error"]
    assert "stack closed" in child.lines


async def test_workers_share_the_port_and_a_dead_one_is_replaced(launch):
    async with launch(OMS_WORKERS="2") as child:
        await child.line('"event":"ready"', count=2)
        started = [e["pid"] for e in child.events() if e["event"] == "worker started"]
        assert len(started) == 2
        assert await child.pid() in started
        os.kill(started[0], signal.SIGKILL)
        await child.line('"event":"ready"', count=3)
        assert len([e for e in child.events() if e["event"] == "worker died"]) == 1
        seen = set()
        while len(seen) < 2:
            seen.add(await child.pid())
        assert started[0] not in seen
        child.process.send_signal(signal.SIGTERM)
        assert await child.ended() == 0
    assert len([line for line in child.lines if line == "stack closed"]) == 2


async def test_workers_that_keep_dying_end_the_parent(launch):
    async with launch(OMS_WORKERS="2", DIE_IN_SETUP="1") as child:
        assert await child.ended() == 1
    assert [e["event"] for e in child.events()][-1] == "workers keep dying, giving up"


async def test_workers_stop_when_their_parent_is_killed(launch):
    async with launch(OMS_WORKERS="2") as child:
        await child.line('"event":"ready"', count=2)
        child.process.kill()
        await child.line("stack closed", count=2)


async def test_workers_refuse_a_port_that_another_server_holds(launch, unused_tcp_port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", unused_tcp_port))
        other.listen()
        async with launch(OMS_WORKERS="2") as child:
            assert await child.ended() == 1
    assert str(unused_tcp_port) in child.events()[-1]["error"]
