"""RDF work in child processes: bounded, sealed, and gone with its caller."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from oms_core.errors import LimitExceeded, UploadTooLarge
from svc_api.adapters.rdf.child import RdfProcessFailed
from svc_api.adapters.rdf.failures import FileUnreadable, NotWritable
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.limits import MIB, RdfLimits
from svc_api.adapters.rdf.processes import PART_BYTES, RdfProcesses
from svc_api.adapters.rdf.uploads import open_upload
from svc_api.domain.elements import Element

SMALL = b"<http://e/A> a <http://www.w3.org/2002/07/owl#Class> ."
# Keeps a child busy for far longer than a test takes.
LONG = b"<http://e/A> <http://e/p> " + b",".join(b"%d" % n for n in range(3_000_000)) + b" ."


@contextmanager
def _file(content: bytes):
    with open_upload(len(content)) as upload:
        os.write(upload.descriptor, content)
        yield upload.descriptor


def _children() -> set[int]:
    """Process ids of this process's children that parse or write RDF."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            try:
                command = Path(f"/proc/{pid}/cmdline").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if "adapters.rdf.worker" in command:
                found.add(int(pid))
    return found


def _environments() -> bytes:
    return b"".join(Path(f"/proc/{one}/environ").read_bytes() for one in _children())


async def _until(condition) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - another process announces nothing
            await asyncio.sleep(0.01)


async def test_file_is_read_with_its_report() -> None:
    with _file(SMALL) as file:
        read = await RdfProcesses(RdfLimits()).read(file, RdfFormat.TURTLE, KnownIds())
    assert [one.key for one in read.imported.elements] == [("objectTypes", "A")]
    assert (read.report.statement_count, read.report.carried_count) == (1, 1)
    assert not read.has_header


async def test_mistake_on_line_40000_is_found_there() -> None:
    lines = [f"<http://e/{n}> a <http://www.w3.org/2002/07/owl#Class> ." for n in range(50_000)]
    lines[39_999] = "<http://e/39999> a this is wrong ."
    with _file("\n".join(lines).encode()) as file, pytest.raises(FileUnreadable) as caught:
        await RdfProcesses(RdfLimits()).read(file, RdfFormat.TURTLE, KnownIds())
    assert caught.value.line == 40_000


async def test_cancelled_caller_takes_its_child_along() -> None:
    processes = RdfProcesses(RdfLimits())
    with _file(LONG) as file:
        reading = asyncio.create_task(processes.read(file, RdfFormat.TURTLE, KnownIds()))
        await _until(_children)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert not _children()


async def test_abandoned_export_takes_its_child_along() -> None:
    elements = [
        Element("objectTypes", f"T{n}", {"descriptions": [{"text": "x" * 10_000}]})
        for n in range(400)
    ]
    written = RdfProcesses(RdfLimits()).write({}, elements, RdfFormat.N_TRIPLES)
    async with aclosing(written):
        assert len(await anext(written)) <= PART_BYTES
        assert _children()
    assert not _children()


async def test_no_more_children_than_allowed_and_no_endless_queue() -> None:
    processes = RdfProcesses(RdfLimits(max_processes=1, max_waiting=1))
    with _file(LONG) as long, _file(SMALL) as small:
        first = asyncio.create_task(processes.read(long, RdfFormat.TURTLE, KnownIds()))
        await _until(_children)
        second = asyncio.create_task(processes.read(small, RdfFormat.TURTLE, KnownIds()))
        await asyncio.sleep(0)
        with pytest.raises(LimitExceeded) as caught:
            await processes.read(small, RdfFormat.TURTLE, KnownIds())
        assert caught.value.retry_after_s
        assert len(_children()) == 1
        first.cancel()
        await second
        with pytest.raises(asyncio.CancelledError):
            await first


async def test_too_much_memory_is_a_limit_and_not_a_crash() -> None:
    processes = RdfProcesses(RdfLimits(max_memory_bytes=160 * MIB))
    with _file(LONG) as file, pytest.raises(LimitExceeded) as caught:
        await processes.read(file, RdfFormat.TURTLE, KnownIds())
    assert caught.value.metadata == {"limit": "rdf_memory_bytes"}


async def test_too_much_time_is_a_limit() -> None:
    processes = RdfProcesses(RdfLimits(max_cpu_s=1))
    with _file(LONG) as file, pytest.raises(LimitExceeded) as caught:
        await processes.read(file, RdfFormat.TURTLE, KnownIds())
    assert caught.value.metadata == {"limit": "rdf_cpu_s"}


async def test_child_gets_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JWT_SECRET", "not for children")
    with _file(LONG) as file:
        reading = asyncio.create_task(
            RdfProcesses(RdfLimits()).read(file, RdfFormat.TURTLE, KnownIds())
        )
        await _until(_environments)
        environment = _environments()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert b"PATH=" in environment
    assert b"not for children" not in environment


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_child_that_dies_at_once_is_a_failure_that_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, new_loop: Any
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no such module >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))

    async def read() -> None:
        with _file(SMALL) as file:
            await RdfProcesses(RdfLimits()).read(file, RdfFormat.TURTLE, KnownIds())

    with (
        asyncio.Runner(loop_factory=new_loop) as runner,
        pytest.raises(RdfProcessFailed, match=r"ended with 1 .*no such module"),
    ):
        runner.run(read())


def test_no_handler_of_forks_runs_for_a_child() -> None:
    # gRPC registers some; where they run, as uvloop makes them, children crash now and then.
    forks: list[str] = []
    os.register_at_fork(before=lambda: forks.append("fork"))

    async def read() -> None:
        with _file(SMALL) as file:
            await RdfProcesses(RdfLimits()).read(file, RdfFormat.TURTLE, KnownIds())

    uvloop.run(read())
    assert forks == []


async def test_what_a_format_cannot_express_is_said() -> None:
    elements = [
        Element(
            "objectTypes", "A", {"annotations": [{"predicate": "http://e/1", "iri": "http://e/"}]}
        )
    ]
    with pytest.raises(NotWritable, match="http://e/1"):
        await anext(RdfProcesses(RdfLimits()).write({}, elements, RdfFormat.RDF_XML))


async def test_upload_stops_at_its_limit_and_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sent = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"x" * 1024

    with open_upload(10 * 1024) as upload, pytest.raises(UploadTooLarge) as caught:
        await upload.receive(parts())
    assert caught.value.metadata == {"limit_bytes": "10240"}
    assert sent == 11
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


async def test_child_refuses_the_network() -> None:
    program = (
        "import sys, socket; from svc_api.adapters.rdf import worker;"
        "sys.addaudithook(worker._refuse_outside);"
        "socket.create_connection(('127.0.0.1', 1))"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await child.communicate()
    assert b"OutsideAccess: socket." in errors
    assert child.returncode == 1
