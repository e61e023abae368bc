"""The task that writes an ontology into a file."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
from contextlib import aclosing, suppress
from datetime import UTC
from pathlib import Path
from threading import Lock
from typing import Any, Final

from oms.common.v1 import revision_pb2
from oms.ontology.v1 import transfer_service_pb2 as pb
from oms.ontology.v1 import transfer_service_pb2_grpc as pb_grpc

from svc_scheduler.adapters.targets.builtin.ontologies import BRANCH, ONTOLOGY
from svc_scheduler.adapters.targets.methods import Methods
from svc_scheduler.adapters.targets.tasks import Kind, Parameter, Task, TaskRun
from svc_scheduler.domain.targets.attempts import AttemptFailed
from svc_scheduler.domain.targets.model import Json

VARIABLE: Final = "OMS_SCHEDULER_EXPORT_DIR"
_FORMATS: Final = {
    "turtle": (pb.RDF_FORMAT_TURTLE, "ttl"),
    "rdf-xml": (pb.RDF_FORMAT_RDF_XML, "rdf"),
    "json-ld": (pb.RDF_FORMAT_JSON_LD, "jsonld"),
    "n-triples": (pb.RDF_FORMAT_N_TRIPLES, "nt"),
}
_FILE_MODE: Final = 0o600


def export_snapshot(methods: Methods, directory: Path | None) -> Task:
    """The task that exports a branch into a directory of this deployment."""
    return Task(
        id="export-snapshot",
        description="Writes a branch of an ontology as RDF into the deployment's directory for "
        "exports, as `{ontology}.{branch}.{time of the run}.{extension}`.",
        parameters=(
            ONTOLOGY,
            BRANCH,
            Parameter(
                "format",
                f"One of {', '.join(_FORMATS)}. Left out: turtle.",
                pattern="|".join(_FORMATS),
            ),
            Parameter(
                "keep",
                "How many files of the branch and format are kept, the newest. 0: all.",
                Kind.NUMBER,
                most=100_000,
            ),
        ),
        permissions=frozenset(
            {methods.permission_of("oms.ontology.v1.TransferService/ExportOntology")}
        ),
        run=_Exporter(directory).run,
        unavailable="" if directory else f"needs a directory; set {VARIABLE}",
    )


class _Exporter:
    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    async def run(self, run: TaskRun) -> Json:
        assert self._directory is not None, "a task that is unavailable is not run"
        prefix = f"{run.text('ontology')}.{run.text('branch', 'main')}."
        extension = _FORMATS[run.text("format", "turtle")][1]
        time = run.attempt.fire_time.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        file = _File(self._directory / f"{prefix}{time}.{extension}")
        try:
            await self._write(run, file)
            removed = await asyncio.to_thread(
                _remove_older, self._directory, prefix, extension, run.number("keep", 0)
            )
        except OSError as exc:
            why = f"the export can't be written: {exc.strerror}"
            raise AttemptFailed("UNAVAILABLE", why) from exc
        finally:
            await asyncio.shield(asyncio.to_thread(file.discard))
        run.tell(f"{file.path.name}: {file.size} bytes; {removed} older files removed")
        return {
            "file": file.path.name,
            "sizeBytes": file.size,
            "sha256": file.digest.hexdigest(),
            "removedFileCount": removed,
        }

    async def _write(self, run: TaskRun, file: _File) -> None:
        stub: Any = pb_grpc.TransferServiceStub(run.channel("api"))
        request = pb.ExportOntologyRequest(
            name=f"ontologies/{run.text('ontology')}",
            revision=revision_pb2.Revision(branch=run.text("branch", "main")),
            format=_FORMATS[run.text("format", "turtle")][0],
        )
        await asyncio.to_thread(file.open)
        async with aclosing(run.stream(stub.ExportOntology, request)) as parts:
            async for part in parts:
                await asyncio.to_thread(file.write, part.body.data)
        await asyncio.to_thread(file.finish)


class _File:
    """A file that is there whole or not at all, for its owner's eyes only.

    Methods block, and hold each other back: a thread goes on after its task was cancelled.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.digest = hashlib.sha256()
        self._temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        self._handle: int | None = None
        self._is_over = False
        self._lock = Lock()

    def open(self) -> None:
        with self._lock:
            if self._is_over:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._handle = os.open(self._temporary, flags, _FILE_MODE)

    def write(self, content: bytes) -> None:
        with self._lock:
            if self._handle is None:
                return
            self.digest.update(content)
            self.size += len(content)
            view = memoryview(content)
            while view:
                view = view[os.write(self._handle, view) :]

    def finish(self) -> None:
        with self._lock:
            if self._handle is None:
                return
            os.fsync(self._handle)
            self._close()
            self._temporary.replace(self.path)

    def discard(self) -> None:
        """Ends it, and removes what was not finished."""
        with self._lock:
            self._is_over = True
            self._close()
            with suppress(OSError):  # what can't be removed was not made, or can't be helped
                self._temporary.unlink(missing_ok=True)

    def _close(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def _remove_older(directory: Path, prefix: str, extension: str, keep: int) -> int:
    if keep == 0:
        return 0
    ours = re.compile(rf"{re.escape(prefix)}\d{{8}}T\d{{6}}Z\.{extension}")
    # The time in the name orders them.
    found = sorted(path for path in directory.iterdir() if ours.fullmatch(path.name))
    for path in found[:-keep]:
        path.unlink(missing_ok=True)
    return len(found[:-keep])
