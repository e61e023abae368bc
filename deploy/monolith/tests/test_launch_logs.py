"""Logs of many processes as one stream, and the question whether a service takes calls."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

import grpc.aio
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from oms_monolith.launch.logs import MergedLogs
from oms_monolith.launch.serving import check_serving


@dataclass
class Process:
    name: str
    log: Path


@dataclass
class Stack:
    processes: list[Process] = field(default_factory=list)


def test_lines_come_whole_and_named(tmp_path: Path) -> None:
    out, stack = io.StringIO(), Stack()
    logs = MergedLogs(out, is_coloured=False)
    logs.copy()
    logs.watch(stack)
    for name in ("kernel", "a"):
        stack.processes.append(Process(name, tmp_path / f"{name}.log"))
    logs.copy()
    assert out.getvalue() == ""
    (tmp_path / "kernel.log").write_text("one\ntwo\nthr")
    (tmp_path / "a.log").write_text("")
    logs.copy()
    assert out.getvalue() == "kernel | one\nkernel | two\n"
    with (tmp_path / "kernel.log").open("a") as file:
        file.write("ee\n\xff\n")
    (tmp_path / "a.log").write_text("alone\n")
    logs.copy()
    assert out.getvalue().splitlines()[2:] == ["kernel | three", "kernel | \xff", "a      | alone"]


def test_names_are_coloured_apart_on_a_terminal(tmp_path: Path) -> None:
    out = io.StringIO()
    stack = Stack([Process(name, tmp_path / name) for name in ("a", "b")])
    for process in stack.processes:
        process.log.write_text("x\n")
    logs = MergedLogs(out, is_coloured=True)
    logs.watch(stack)
    logs.copy()
    assert out.getvalue() == "\x1b[36ma |\x1b[0m x\n\x1b[32mb |\x1b[0m x\n"


def test_a_line_without_end_is_shown_in_pieces(tmp_path: Path) -> None:
    out = io.StringIO()
    (tmp_path / "log").write_bytes(b"x" * (1024 * 1024 + 1) + b"\n")
    logs = MergedLogs(out, is_coloured=False)
    logs.watch(Stack([Process("a", tmp_path / "log")]))
    logs.copy()
    logs.copy()
    assert [len(line) for line in out.getvalue().splitlines()] == [4 + 1024 * 1024, 4 + 1]


async def test_what_came_last_is_shown_too(tmp_path: Path) -> None:
    out = io.StringIO()
    logs = MergedLogs(out, is_coloured=False)
    logs.watch(Stack([Process("a", tmp_path / "log")]))
    async with logs.following():
        (tmp_path / "log").write_text("last\n")
    assert out.getvalue() == "a | last\n"


async def test_a_service_is_asked_whether_it_takes_calls() -> None:
    server = grpc.aio.server()
    servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    await check_serving(address)
    await servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    with pytest.raises(ConnectionError, match="is not serving yet"):
        await check_serving(address)
    await server.stop(None)
    with pytest.raises(ConnectionError, match=f"{address} answers UNAVAILABLE"):
        await check_serving(address)
