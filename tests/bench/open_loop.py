"""A load generator that does not wait for answers, in a process of its own.

It starts calls at an even rate whatever becomes of them, as many independent callers do, and so
shows what a server does with more than it can do. Orders and results are lines of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any, Final

import grpc.aio
import uvloop

_CONNECTIONS: Final = 8
_TICK_S: Final = 0.005


@dataclass(frozen=True)
class Flood:
    """Calls of one unary method at a rate.

    Attributes:
        request: The message, in hexadecimal.
        rate: Calls a second.
        timeout_s: Deadline of each; an answer that comes later is worth nothing.
    """

    address: str
    path: str
    request: str
    token: str
    seconds: float
    rate: float
    timeout_s: float


@dataclass(frozen=True)
class Flooded:
    """What became of a flood's calls. Latencies are those of calls that went well."""

    sent: int
    seconds: float
    codes: dict[str, int]
    p50_ms: float
    p99_ms: float
    refusal_p99_ms: float


class _Flooding:
    def __init__(self, order: Flood, channels: list[Any]) -> None:
        self._order = order
        self._stubs = [channel.unary_unary(order.path) for channel in channels]
        self._request = bytes.fromhex(order.request)
        self._metadata = (("authorization", f"Bearer {order.token}"),)
        self.codes: Counter[str] = Counter()
        self.good: list[float] = []
        self.refused: list[float] = []
        self.sent = 0

    async def run(self) -> float:
        """Sends all calls, waits for the last, and tells how long they were being sent."""
        started = perf_counter()
        async with asyncio.TaskGroup() as group:
            while (passed := perf_counter() - started) < self._order.seconds:
                while self.sent < passed * self._order.rate:
                    group.create_task(self._call(self._stubs[self.sent % len(self._stubs)]))
                    self.sent += 1
                await asyncio.sleep(_TICK_S)
            return perf_counter() - started

    async def _call(self, stub: Any) -> None:
        begin = perf_counter()
        try:
            await stub(self._request, metadata=self._metadata, timeout=self._order.timeout_s)
        except grpc.aio.AioRpcError as error:
            self.codes[error.code().name] += 1
            if error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED:
                self.refused.append(perf_counter() - begin)
        else:
            self.codes["OK"] += 1
            self.good.append(perf_counter() - begin)


def _percentile_ms(seconds: list[float], share: float) -> float:
    ordered = sorted(seconds)
    return ordered[int(len(ordered) * share)] * 1000 if ordered else 0.0


async def _main() -> None:
    loop = asyncio.get_running_loop()
    channels: dict[str, list[Any]] = {}
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = Flood(**json.loads(line))
        if order.address not in channels:
            channels[order.address] = [
                grpc.aio.insecure_channel(
                    order.address, options=[("grpc.use_local_subchannel_pool", 1)]
                )
                for _ in range(_CONNECTIONS)
            ]
        flooding = _Flooding(order, channels[order.address])
        took = await flooding.run()
        result = Flooded(
            sent=flooding.sent,
            seconds=took,
            codes=dict(flooding.codes),
            p50_ms=_percentile_ms(flooding.good, 0.5),
            p99_ms=_percentile_ms(flooding.good, 0.99),
            refusal_p99_ms=_percentile_ms(flooding.refused, 0.99),
        )
        print(json.dumps(asdict(result)), flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main())
