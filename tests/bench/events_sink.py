"""`python -m tests.bench.events_sink`: a webhook's endpoint that does as little as it can.

It prints its port, and for each line on its input `reset` or `report`; the latter answers how many
requests came since, from when to when, and how old the events in them were.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_SENT = re.compile(rb'"sent_ns":(\d+)')
_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Counts:
    """What came since the last reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.times: list[int] = []
        self.ages: list[int] = []
        self.signed = 0

    def report(self) -> str:
        return json.dumps({"times": self.times, "ages": self.ages, "signed": self.signed})


class Endpoint(asyncio.Protocol):
    """One connection."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while True:
            head_end = self._waiting.find(b"\r\n\r\n")
            if head_end < 0:
                return
            length = _LENGTH.search(self._waiting, 0, head_end)
            end = head_end + 4 + (int(length[1]) if length else 0)
            if len(self._waiting) < end:
                return
            self._count(self._waiting[:end])
            self._waiting = self._waiting[end:]
            self._transport.write(_ANSWER)  # type: ignore[attr-defined]

    def _count(self, request: bytes) -> None:
        now = time.monotonic_ns()
        self._counts.times.append(now)
        self._counts.signed += b"webhook-signature: v1," in request
        self._counts.ages += [now - int(sent) for sent in _SENT.findall(request)]


async def main() -> None:
    """Serves until its input ends."""
    counts, loop = Counts(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Endpoint(counts), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    reader = asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if line.strip() == b"reset":
            counts.reset()
        else:
            print(counts.report(), flush=True)
    server.close()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
