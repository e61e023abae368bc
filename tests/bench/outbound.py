"""What a webhook costs to send, beside the same request by httpcore alone."""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from time import perf_counter, process_time

import httpcore
from oms_devstack import LOOPBACK
from oms_outbound import OutboundClient, OutboundPolicy, OutboundRequest
from oms_outbound.signing import Signer, WebhookSecret, WebhookSigningKey, sign_webhook

from tests.bench.report import ROOT, Goal, Section

Send = Callable[[], Awaitable[None]]

_GOAL = 1000
_IN_FLIGHT = 16
_BODY = b'{"type":"oms.ontology.changed","data":"' + b"x" * 472 + b'"}'
_ID = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"


async def signed_sends(*, rounds: int, sends: int) -> Section:
    """Sends to a server in another process on loopback, in turn with httpcore."""
    section = Section(
        "Webhooks to a server on loopback",
        f"{len(_BODY)} bytes to a server in another process, {_IN_FLIGHT} in flight, kept "
        f"connections, asyncio's own event loop; {rounds} rounds of {sends} sends in turn, "
        "medians. Processor time is the sender's. Beside it the same request by httpcore's "
        "connection pool, which checks nothing.",
        ("what", "sends/s", "CPU µs", "sends/s at a whole core"),
    )
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(_sink())
        senders = await _senders(stack, port)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in senders}
        for _ in range(rounds):
            for name, send in senders.items():
                # A round of httpcore takes several times as long.
                count = sends // 5 if name.startswith("httpcore") else sends
                taken[name].append(await _drive(send, count))
    for name, values in taken.items():
        per_s = statistics.median(rate for rate, _ in values)
        cpu_s = statistics.median(cpu for _, cpu in values)
        section.rows.append((name, f"{per_s:,.0f}", f"{cpu_s * 1e6:.0f}", f"{1 / cpu_s:,.0f}"))
    signed = statistics.median(1 / cpu for _, cpu in taken["signed (v1)"])
    text = f"{signed:,.0f} signed sends/s at a whole core; promised are {_GOAL:,}"
    section.goals.append(Goal(text, signed >= _GOAL))
    return section


async def _senders(stack: AsyncExitStack, port: int) -> dict[str, Send]:
    policy = OutboundPolicy(
        allow_http=True,
        private_networks=(ip_network(f"{LOOPBACK}/32"),),
        max_connections_per_host=_IN_FLIGHT,
    )
    client = await stack.enter_async_context(OutboundClient(policy))
    pool = await stack.enter_async_context(httpcore.AsyncConnectionPool(max_connections=_IN_FLIGHT))
    url = f"http://{LOOPBACK}:{port}/hook"
    return {
        "signed (v1)": _webhook(client, url, [WebhookSecret.generate()]),
        "signed (v1a)": _webhook(client, url, [WebhookSigningKey.generate()]),
        "unsigned": _webhook(client, url, []),
        "httpcore, unsigned": _by_httpcore(pool, url),
    }


def _webhook(client: OutboundClient, url: str, keys: list[Signer]) -> Send:
    async def send() -> None:
        headers = {"content-type": "application/json"}
        if keys:
            headers |= sign_webhook(_ID, datetime.now(UTC), _BODY, keys)
        response = await client.send(OutboundRequest(url=url, headers=headers, body=_BODY))
        assert response.status == 200

    return send


def _by_httpcore(pool: httpcore.AsyncConnectionPool, url: str) -> Send:
    async def send() -> None:
        response = await pool.request(
            "POST", url, headers={"content-type": "application/json"}, content=_BODY
        )
        assert response.status == 200

    return send


async def _drive(send: Send, count: int) -> tuple[float, float]:
    """Sends per second and processor seconds for each."""
    left = count

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await send()

    started, used = perf_counter(), process_time()
    await asyncio.gather(*(worker() for _ in range(_IN_FLIGHT)))
    return count / (perf_counter() - started), (process_time() - used) / count


@asynccontextmanager
async def _sink() -> AsyncGenerator[int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.sink", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()
