"""A connection to a real NATS server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from oms_core.errors import ServiceUnavailable
from oms_devstack import running_stack
from oms_nats import NatsConnection, NatsSettings
from oms_testing.proxy import CuttableProxy
from pydantic import SecretStr


def _connection(url: str, timeout_s: float = 5) -> NatsConnection:
    return NatsConnection(NatsSettings(url=SecretStr(url), timeout_s=timeout_s), "test")


async def test_one_client_serves_everything(tmp_path: Path) -> None:
    async with running_stack(tmp_path, only={"nats"}) as stack:
        connection = _connection(stack.urls["NATS_URL"])
        await connection.check()
        assert await connection.client() is await connection.client()
        assert await connection.jetstream() is await connection.jetstream()
        await connection.close()
        await connection.close()


async def test_a_closed_connection_opens_again(tmp_path: Path) -> None:
    async with running_stack(tmp_path, only={"nats"}) as stack:
        connection = _connection(stack.urls["NATS_URL"])
        first = await connection.client()
        await first.close()
        assert await connection.client() is not first
        await connection.check()
        await connection.close()


async def test_a_connection_that_fell_silent_is_given_up_for_another(tmp_path: Path) -> None:
    async with running_stack(tmp_path, only={"nats"}, is_durable=False) as stack:
        address = stack.urls["NATS_URL"]
        port = urlsplit(address).port or 0
        async with CuttableProxy(port).running() as proxy:
            url = address.replace(f":{port}", f":{proxy.port}")
            await _lose_and_find(url, proxy)


async def _lose_and_find(url: str, proxy: CuttableProxy) -> None:
    connection = NatsConnection(NatsSettings(url=SecretStr(url), ping_interval_s=1), "test")
    await connection.check()
    lost = asyncio.Event()
    connection.when_lost(lost.set)
    proxy.fall_silent()
    async with asyncio.timeout(60):
        await lost.wait()
        proxy.speak()
        while not await _answers(connection):  # noqa: ASYNC110 - others' doing
            await asyncio.sleep(0.02)
    await connection.close()


async def _answers(connection: NatsConnection) -> bool:
    try:
        await connection.check()
    except ServiceUnavailable:
        return False
    return True


async def test_without_an_address_it_is_unavailable() -> None:
    with pytest.raises(ServiceUnavailable, match="NATS_URL is not set"):
        await _connection("").check()


async def test_a_server_that_is_away_is_unavailable_without_its_address(
    unused_tcp_port: int,
) -> None:
    url = f"nats://oms:secret@127.0.0.1:{unused_tcp_port}"
    with pytest.raises(ServiceUnavailable) as caught:
        await _connection(url, timeout_s=0.5).check()
    assert "secret" not in caught.value.message
