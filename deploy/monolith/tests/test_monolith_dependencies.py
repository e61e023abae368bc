"""Checks of PostgreSQL, Redis and NATS, against real ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import ServiceUnavailable
from oms_devstack import Stack, free_port, running_stack
from oms_monolith.dependencies import Dependencies
from oms_monolith.settings import DependencySettings
from oms_rpc.health import HealthBoard, State
from pydantic import SecretStr

NAMES = ["postgresql", "redis", "nats"]


def _dependencies(**urls: str) -> Dependencies:
    values = {"database_url": "", "redis_url": "", "nats_url": "", **urls}
    return Dependencies(DependencySettings(**{name: SecretStr(u) for name, u in values.items()}))


def _of(stack: Stack) -> Dependencies:
    return _dependencies(**{name.lower(): url for name, url in stack.urls.items()})


async def _states(dependencies: Dependencies) -> dict[str, str]:
    """What each check says; empty when it passes."""
    states: dict[str, str] = {}
    for check in dependencies.ready_checks():
        assert check.check is not None
        try:
            await check.check()
        except ServiceUnavailable as exc:
            states[check.name] = exc.message
        else:
            states[check.name] = ""
    return states


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    async with running_stack(tmp_path, is_durable=False) as running:
        yield running


def test_no_dependency_is_required():
    checks = _dependencies().ready_checks()
    assert [(check.name, check.is_required) for check in checks] == [(n, False) for n in NAMES]


async def test_what_is_not_configured_is_reported_as_that_and_degrades_nothing():
    board = HealthBoard(SystemClock(), timeout_s=1, interval_s=60)
    for check in _dependencies().ready_checks():
        board.add_check(check)
    await board.set_started()
    assert board.state() is State.SERVING
    assert [(result.name, result.state, result.message) for result in await board.results()] == [
        (name, State.UNSPECIFIED, "not configured") for name in NAMES
    ]


async def test_servers_that_are_up_pass_again_and_again(stack: Stack):
    dependencies = _of(stack)
    for _ in range(3):
        assert await _states(dependencies) == dict.fromkeys(NAMES, "")
    await dependencies.close()
    await dependencies.close()


async def test_servers_that_go_down_are_named_without_their_passwords(stack: Stack):
    dependencies = _of(stack)
    assert await _states(dependencies) == dict.fromkeys(NAMES, "")
    for server in stack.servers:
        await server.process.stop()
    states = await _states(dependencies)
    for name, server in zip(NAMES, stack.servers, strict=True):
        assert states[name].startswith(f"{name} at 127.0.0.1:{server.port} does not answer")
        assert (stack.folder / server.name / "password").read_text() not in states[name]
    await dependencies.close()


async def test_a_server_that_comes_back_passes_again(tmp_path: Path):
    ports = {"postgresql": free_port(), "valkey": free_port(), "nats": free_port()}
    async with running_stack(tmp_path, ports=ports, is_durable=False) as stack:
        dependencies = _of(stack)
        assert await _states(dependencies) == dict.fromkeys(NAMES, "")
    assert all((await _states(dependencies)).values())
    async with running_stack(tmp_path, ports=ports, is_durable=False):
        assert await _states(dependencies) == dict.fromkeys(NAMES, "")
        await dependencies.close()
