"""The check of Redis, against a real one."""

from __future__ import annotations

from pathlib import Path

from oms_core.clock import SystemClock
from oms_core.errors import ServiceUnavailable
from oms_devstack import free_port, running_stack
from oms_monolith.dependencies import Redis
from oms_monolith.settings import DependencySettings
from oms_rpc.health import HealthBoard, State
from pydantic import SecretStr


def _redis(url: str) -> Redis:
    return Redis(DependencySettings(redis_url=SecretStr(url)))


async def _says(redis: Redis) -> str:
    """What the check says; empty when it passes."""
    [check] = redis.ready_checks()
    assert (check.name, check.is_required) == ("redis", False)
    assert check.check is not None
    try:
        await check.check()
    except ServiceUnavailable as exc:
        return exc.message
    return ""


async def test_what_is_not_configured_is_reported_as_that_and_degrades_nothing():
    board = HealthBoard(SystemClock(), timeout_s=1, interval_s=60)
    for check in _redis("").ready_checks():
        board.add_check(check)
    await board.set_started()
    assert board.state() is State.SERVING
    assert [(result.name, result.state, result.message) for result in await board.results()] == [
        ("redis", State.UNSPECIFIED, "not configured")
    ]


async def test_a_server_that_goes_down_is_named_without_its_password(tmp_path: Path):
    async with running_stack(tmp_path, only={"valkey"}, is_durable=False) as stack:
        redis = _redis(stack.urls["REDIS_URL"])
        for _ in range(3):
            assert await _says(redis) == ""
        [server] = stack.servers
        await server.process.stop()
        message = await _says(redis)
        assert message.startswith(f"redis at 127.0.0.1:{server.port} does not answer")
        assert (stack.folder / server.name / "password").read_text() not in message
    await redis.close()
    await redis.close()


async def test_a_server_that_comes_back_passes_again(tmp_path: Path):
    ports = {"valkey": free_port()}
    async with running_stack(tmp_path, only={"valkey"}, ports=ports, is_durable=False) as stack:
        redis = _redis(stack.urls["REDIS_URL"])
        assert await _says(redis) == ""
    assert await _says(redis)
    async with running_stack(tmp_path, only={"valkey"}, ports=ports, is_durable=False):
        assert await _says(redis) == ""
        await redis.close()
