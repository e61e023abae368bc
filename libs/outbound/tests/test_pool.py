"""Connections that are kept, and for how long."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from unittest.mock import create_autospec

import pytest
from oms_outbound import OutboundPolicy, OutboundRequest
from oms_outbound.connection import Connection, Limits
from oms_outbound.pool import Slots


def to(server, host="127.0.0.1") -> OutboundRequest:
    return OutboundRequest(url=f"http://{host}:{server.port}/", method="GET")


async def test_places_of_hosts_without_calls_are_forgotten():
    slots = Slots(OutboundPolicy())
    for number in range(3):
        async with slots.taken(("https", f"{number}.example", 443)):
            async with slots.taken(("https", f"{number}.example", 443)):
                assert len(slots) == 1
            assert len(slots) == 1
    assert len(slots) == 0


async def test_peer_that_sends_faster_than_is_read_is_held_up():
    transport = create_autospec(asyncio.Transport, instance=True)
    connection = Connection("a.example", ip_address("8.8.8.8"), Limits(16384, 2**20), 0.0)
    connection.connection_made(transport)
    call = asyncio.create_task(connection.exchange("GET", "/", [("host", "a.example")], b""))
    await asyncio.sleep(0)
    connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    connection.data_received(bytes(64 * 1024))
    transport.pause_reading.assert_called_once_with()
    await asyncio.sleep(0)
    transport.resume_reading.assert_called_once_with()
    connection.data_received(bytes(100_000 - 64 * 1024))
    assert len((await call).body) == 100_000


@pytest.mark.parametrize(
    ("policy", "seconds"),
    [
        ({"idle_timeout_s": 30.0, "dns_ttl_s": 1000.0}, 31),
        ({"idle_timeout_s": 1000.0, "max_connection_age_s": 300.0, "dns_ttl_s": 1000.0}, 301),
    ],
)
async def test_connection_grows_too_old_or_idle(serve, open_client, clock, policy, seconds):
    server = await serve()
    client = await open_client(clock=clock, **policy)
    await client.send(to(server))
    clock.advance(seconds - 2)
    assert (await client.send(to(server))).is_reused
    clock.advance(seconds)
    assert not (await client.send(to(server))).is_reused
    assert len(server.peers) == 2


async def test_idle_connections_are_closed_without_another_call(serve, open_client):
    gone = asyncio.Event()

    async def handler(peer):
        await peer.request()
        peer.answer()
        await peer.gone()
        gone.set()

    server = await serve(handler)
    client = await open_client(idle_timeout_s=0.02)
    await client.send(to(server))
    await gone.wait()


async def test_oldest_idle_connection_makes_room(serve, open_client):
    servers = [await serve() for _ in range(3)]
    client = await open_client(max_idle_connections=2)
    for server in servers:
        await client.send(to(server))
    reused = [(await client.send(to(server))).is_reused for server in reversed(servers)]
    assert reused == [True, True, False]


async def test_hosts_with_one_address_share_no_connection(serve, open_client, resolver):
    server = await serve()
    client = await open_client()
    for host in ("a.example", "b.example"):
        resolver.answer(host, ["127.0.0.1"])
        assert not (await client.send(to(server, host))).is_reused
    assert (await client.send(to(server, "a.example"))).is_reused


async def test_connection_closed_by_its_server_is_not_handed_out(serve, open_client):
    closing = asyncio.Event()

    async def handler(peer):
        await peer.request()
        peer.answer()
        await closing.wait()

    server = await serve(handler)
    client = await open_client()
    await client.send(to(server))
    closing.set()
    # The server's task ends once its side is closed, and so has the client's.
    await server.all_closed()
    response = await client.send(to(server))
    assert not response.is_reused
