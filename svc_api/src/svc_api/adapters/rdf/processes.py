"""Runs RDF work in child processes: bounded in number, time and memory, ended with the call."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from oms_core.errors import LimitExceeded

from svc_api.adapters.rdf.failures import FileUnreadable, NotWritable
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.framing import LENGTH_BYTES, frame
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.limits import RdfLimits
from svc_api.domain.elements import Element
from svc_api.domain.imports import ImportedOntology, ImportReport, SkippedConstruct

PART_BYTES = 512 * 1024
_BATCH = 200
_RETRY_AFTER_S = 5.0
# Native code does not always survive being refused memory; the kernel kills when it has none.
_OUT_OF_MEMORY = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGKILL}
# All that a child needs to find Python and its packages; it gets no secret.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMPDIR")


class RdfProcessFailed(RuntimeError):
    """A child ended without an answer; a defect of the program. Holds its traceback if any."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as read by a child. `has_header` is False when it states no `owl:Ontology`."""

    imported: ImportedOntology
    has_header: bool
    report: ImportReport


class RdfProcesses:
    """Starts a child for each file to read or write, and ends it with the caller.

    A caller that is cancelled, or whose deadline passes, takes its child with it.
    """

    def __init__(self, limits: RdfLimits) -> None:
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.max_processes)
        self._waiting = 0

    async def read(self, file: int, rdf_format: RdfFormat, known: KnownIds) -> ReadFile:
        """Reads and maps a file.

        Args:
            file: A file descriptor; it stays open.
            rdf_format: How the file is written.
            known: Ids that elements of the branch have, by IRI.
        Raises:
            FileUnreadable: the file is at fault.
            LimitExceeded: too many at a time, or the file needs too much memory or time.
        """
        job = {"task": "read", "format": rdf_format, "file": file, "known": asdict(known)}
        async with self._child(job, file) as child:
            first = await self._answer(child)
            elements: list[Element] = []
            while True:
                message = await self._answer(child)
                if "report" in message:
                    break
                elements += [Element(*parts) for parts in message["elements"]]
        imported = ImportedOntology(header=first["header"], elements=elements)
        return ReadFile(imported, first["has_header"], _report(message["report"]))

    async def write(
        self, header: Mapping[str, Any], elements: Sequence[Element], rdf_format: RdfFormat
    ) -> AsyncGenerator[bytes]:
        """Writes an ontology as a file, in parts of at most `PART_BYTES`.

        Raises:
            NotWritable: the format can't express it; raised before the first part.
            LimitExceeded: too many at a time, or it needs too much memory or time.
        """
        job = {"task": "write", "format": rdf_format, "header": header}
        async with self._child(job) as child:
            await _feed(child, elements)
            left = (await self._answer(child))["size"]
            while left:
                part = await _stdout(child).readexactly(min(left, PART_BYTES))
                left -= len(part)
                yield part

    @asynccontextmanager
    async def _child(self, job: Mapping[str, Any], *files: int) -> AsyncGenerator[Process]:
        async with self._slot():
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "svc_api.adapters.rdf.worker",
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                pass_fds=files,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
            try:
                limits = self._limits
                bounds = {"memory_bytes": limits.max_memory_bytes, "cpu_s": limits.max_cpu_s}
                await _send(child, {**job, **bounds})
                yield child
            finally:
                if child.returncode is None:
                    child.kill()
                await child.wait()

    @asynccontextmanager
    async def _slot(self) -> AsyncGenerator[None]:
        if self._slots.locked() and self._waiting >= self._limits.max_waiting:
            raise LimitExceeded(
                "too many imports and exports wait for their turn; try again later",
                metadata={"limit": "rdf_processes"},
                retry_after_s=_RETRY_AFTER_S,
            )
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()

    async def _answer(self, child: Process) -> dict[str, Any]:
        stdout = _stdout(child)
        try:
            length = int.from_bytes(await stdout.readexactly(LENGTH_BYTES))
            message = orjson.loads(await stdout.readexactly(length))
        except asyncio.IncompleteReadError as exc:
            raise await self._died(child) from exc
        if "failure" in message:
            raise self._failure(message["failure"])
        return message

    async def _died(self, child: Process) -> Exception:
        code = await child.wait()
        if code == -signal.SIGXCPU:
            return LimitExceeded(
                f"the RDF needs more than {self._limits.max_cpu_s} s of CPU time; split it",
                metadata={"limit": "rdf_cpu_s"},
            )
        if code in _OUT_OF_MEMORY:
            return self._out_of_memory()
        return RdfProcessFailed(f"the RDF process ended with {code} and no answer")

    def _out_of_memory(self) -> LimitExceeded:
        return LimitExceeded(
            f"the RDF needs more than {self._limits.max_memory_bytes} bytes of memory; split it",
            metadata={"limit": "rdf_memory_bytes"},
        )

    def _failure(self, failure: Mapping[str, Any]) -> Exception:
        if failure["kind"] == "unreadable":
            return FileUnreadable(
                failure["message"], line=failure["line"], column=failure["column"]
            )
        if failure["kind"] == "not-writable":
            return NotWritable(failure["message"])
        if failure["kind"] == "memory":
            return self._out_of_memory()
        return RdfProcessFailed(failure["traceback"])


def _report(message: Mapping[str, Any]) -> ImportReport:
    return ImportReport(
        statement_count=message["statement_count"],
        carried_count=message["carried_count"],
        skipped=tuple(
            SkippedConstruct(
                construct=one["construct"],
                reason=one["reason"],
                statement_count=one["statement_count"],
                examples=tuple(one["examples"]),
            )
            for one in message["skipped"]
        ),
    )


async def _feed(child: Process, elements: Sequence[Element]) -> None:
    for start in range(0, len(elements), _BATCH):
        batch = elements[start : start + _BATCH]
        await _send(child, [[one.collection, one.id, one.body] for one in batch])
    await _send(child, [])


async def _send(child: Process, message: Any) -> None:
    if child.stdin is None:
        raise AssertionError("a child is started with a pipe")
    try:
        child.stdin.write(frame(message))
        await child.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        # It ended early; its answer says why.
        return


def _stdout(child: Process) -> asyncio.StreamReader:
    if child.stdout is None:
        raise AssertionError("a child is started with a pipe")
    return child.stdout
