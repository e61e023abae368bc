"""One child process that does one RDF job, and what becomes of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from asyncio import StreamReader, StreamReaderProtocol
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from subprocess import PIPE, Popen
from typing import IO, Any

import orjson
from oms_core.errors import LimitExceeded

from svc_api.adapters.rdf.failures import FileUnreadable, NotWritable
from svc_api.adapters.rdf.framing import LENGTH_BYTES, frame
from svc_api.adapters.rdf.limits import RdfLimits

# All that a child needs to find Python and its packages; it gets no secret.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMPDIR")
# Native code does not always survive being refused memory; the kernel kills when it has none.
_OUT_OF_MEMORY = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGKILL}
_SHOWN_BYTES = 2000


class RdfProcessFailed(RuntimeError):
    """A child ended without an answer; a defect of the program. Says what it wrote last."""


class RdfChild:
    """A running child: frames and bytes from it."""

    def __init__(
        self, process: Popen[bytes], output: StreamReader, limits: RdfLimits, errors: IO[bytes]
    ) -> None:
        self._process = process
        self._output = output
        self._limits = limits
        self._errors = errors

    async def answer(self) -> dict[str, Any]:
        """Receives a message.

        Raises:
            FileUnreadable, NotWritable, LimitExceeded: why the job can't be done.
            RdfProcessFailed: it crashed.
        """
        length = int.from_bytes(await self.read(LENGTH_BYTES))
        message = orjson.loads(await self.read(length))
        if "failure" in message:
            raise self._failure(message["failure"])
        return message

    async def read(self, size: int) -> bytes:
        """Receives exactly `size` bytes."""
        try:
            return await self._output.readexactly(size)
        except asyncio.IncompleteReadError as exc:
            raise self._died(await asyncio.to_thread(self._process.wait)) from exc

    def _died(self, code: int) -> Exception:
        if code == -signal.SIGXCPU:
            return LimitExceeded(
                f"the RDF needs more than {self._limits.max_cpu_s} s of CPU time; split it",
                metadata={"limit": "rdf_cpu_s"},
            )
        if code in _OUT_OF_MEMORY:
            return self._out_of_memory()
        self._errors.seek(0)
        last = self._errors.read()[-_SHOWN_BYTES:].decode(errors="replace")
        return RdfProcessFailed(f"the RDF process ended with {code} and no answer: {last}")

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


@asynccontextmanager
async def running_child(
    job: Mapping[str, Any],
    limits: RdfLimits,
    *,
    more: Iterable[Any] = (),
    files: Sequence[int] = (),
) -> AsyncGenerator[RdfChild]:
    """Starts a child on a job; when the block ends, so does the child, whatever it is doing.

    Args:
        job: What to do, in JSON.
        limits: Memory and CPU time are bounded by these.
        more: Further messages that the job needs.
        files: Descriptors that the child gets too.
    """
    bounds = {"memory_bytes": limits.max_memory_bytes, "cpu_s": limits.max_cpu_s}
    with _temporary() as messages, _temporary() as errors:
        await asyncio.to_thread(_write, messages, [{**job, **bounds}, *more])
        process = _start(messages, errors, files)
        try:
            async with _connected(process) as output:
                yield RdfChild(process, output, limits, errors)
        finally:
            process.kill()
            await asyncio.to_thread(process.wait)


def _temporary() -> IO[bytes]:
    return tempfile.TemporaryFile(prefix="oms-rdf-")


def _write(file: IO[bytes], messages: Iterable[Any]) -> None:
    for message in messages:
        file.write(frame(message))
    file.seek(0)


def _start(messages: IO[bytes], errors: IO[bytes], files: Sequence[int]) -> Popen[bytes]:
    # Not the event loop's own way: uvloop forks, which runs gRPC's fork handlers in the
    # child, where they crash now and then. This one uses vfork, which runs none, and is
    # done in about a millisecond.
    return Popen(
        [sys.executable, "-P", "-m", "svc_api.adapters.rdf.worker"],
        stdin=messages,
        stdout=PIPE,
        stderr=errors,
        pass_fds=files,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    )


@asynccontextmanager
async def _connected(process: Popen[bytes]) -> AsyncGenerator[StreamReader]:
    reader = StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: StreamReaderProtocol(reader), process.stdout
    )
    try:
        yield reader
    finally:
        transport.close()
