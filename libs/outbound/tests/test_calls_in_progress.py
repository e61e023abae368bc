"""Calls that wait, are given up or are ended, and what becomes of their places and connections."""

from __future__ import annotations

import asyncio

import pytest
from oms_outbound import ConnectionLost, OutboundRequest, OutboundTimeout


def to(server, **options) -> OutboundRequest:
    return OutboundRequest(url=f"http://127.0.0.1:{server.port}/", **options)


async def silent(peer) -> None:
    await peer.request()
    await peer.gone()


async def test_slow_host_holds_up_nobody_else(serve, open_client, resolver):
    slow, quick = await serve(silent), await serve()
    resolver.answer("slow.example", ["127.0.0.1"])
    resolver.answer("quick.example", ["127.0.0.1"])
    client = await open_client(max_connections=8, max_connections_per_host=4)
    waiting = [
        asyncio.create_task(client.send(OutboundRequest(url=f"http://slow.example:{slow.port}/")))
        for _ in range(50)
    ]
    for _ in range(20):
        url = f"http://quick.example:{quick.port}/"
        assert (await client.send(OutboundRequest(url=url))).status == 200
    assert not any(call.done() for call in waiting)
    assert len(slow.peers) == 4
    for call in waiting:
        call.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_waiting_for_a_place_counts_as_time_of_the_call(serve, open_client):
    server = await serve(silent)
    client = await open_client(max_connections_per_host=1)
    first = asyncio.create_task(client.send(to(server)))
    await server.was_asked.wait()
    with pytest.raises(OutboundTimeout) as caught:
        await client.send(to(server, timeout_s=0.05))
    assert caught.value.phase == "queue"
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_cancelled_call_closes_its_connection_and_frees_its_place(serve, open_client):
    left = asyncio.Event()

    async def handler(peer):
        request = await peer.request()
        if b"/hang" in request:
            await peer.gone()
            left.set()
        else:
            peer.answer()

    server = await serve(handler)
    client = await open_client(max_connections=1)
    url = f"http://127.0.0.1:{server.port}"
    call = asyncio.create_task(client.send(OutboundRequest(url=f"{url}/hang")))
    await server.was_asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await left.wait()
    assert (await client.send(OutboundRequest(url=url))).status == 200


async def test_closing_ends_calls_and_connections(serve, open_client):
    left = asyncio.Event()

    async def handler(peer):
        await silent(peer)
        left.set()

    server = await serve(handler)
    client = await open_client()
    call = asyncio.create_task(client.send(to(server)))
    await server.was_asked.wait()
    await client.close()
    with pytest.raises(ConnectionLost):
        await call
    await left.wait()
    with pytest.raises(ConnectionLost):
        await client.send(to(server))
