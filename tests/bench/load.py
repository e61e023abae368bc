"""A load generator that runs in a process of its own.

It reads one order a line as JSON and answers one result a line, so that whoever drives it
can interleave rounds against several servers. Messages are bytes both ways: nothing of the
client's own work with messages is measured.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from time import perf_counter, process_time
from typing import Any

import grpc.aio
import uvloop


@dataclass(frozen=True)
class Order:
    """A round of one unary call, made over and over.

    Attributes:
        request: The message, in hexadecimal.
        concurrency: Calls in flight at any moment.
    """

    address: str
    path: str
    request: str
    token: str
    seconds: float
    concurrency: int


@dataclass(frozen=True)
class Round:
    """What a round measured. Latencies are in microseconds."""

    calls: int
    seconds: float
    p50_us: float
    p99_us: float
    client_cpu_us: float
    response_bytes: int

    @property
    def calls_per_s(self) -> float:
        """Calls answered per second."""
        return self.calls / self.seconds


async def _round(order: Order, call: Callable[[], Awaitable[bytes]]) -> Round:
    size = len(await call())
    latencies: list[float] = []
    started, cpu = perf_counter(), process_time()
    end = started + order.seconds

    async def worker() -> None:
        while (begin := perf_counter()) < end:
            await call()
            latencies.append(perf_counter() - begin)

    await asyncio.gather(*(worker() for _ in range(order.concurrency)))
    took, cpu = perf_counter() - started, process_time() - cpu
    latencies.sort()
    return Round(
        calls=len(latencies),
        seconds=took,
        p50_us=statistics.median(latencies) * 1e6,
        p99_us=latencies[int(len(latencies) * 0.99)] * 1e6,
        client_cpu_us=cpu / len(latencies) * 1e6,
        response_bytes=size,
    )


async def _main() -> None:
    loop = asyncio.get_running_loop()
    channels: dict[str, Any] = {}
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = Order(**json.loads(line))
        if order.address not in channels:
            channels[order.address] = grpc.aio.insecure_channel(order.address)
        stub = channels[order.address].unary_unary(order.path)
        request = bytes.fromhex(order.request)
        metadata = (("authorization", f"Bearer {order.token}"),) if order.token else ()

        def call(stub: Any = stub, request: bytes = request, metadata: Any = metadata) -> Any:
            return stub(request, metadata=metadata, timeout=30)

        print(json.dumps(asdict(await _round(order, call))), flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main())
