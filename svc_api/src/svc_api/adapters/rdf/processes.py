"""Reads and writes RDF files in child processes, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from oms_core.errors import LimitExceeded

from svc_api.adapters.rdf.child import running_child
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.limits import RdfLimits
from svc_api.domain.elements import Element
from svc_api.domain.imports import ImportedOntology, ImportReport, SkippedConstruct

PART_BYTES = 512 * 1024
_BATCH = 200
_RETRY_AFTER_S = 5.0


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
        async with self._slot(), running_child(job, self._limits, files=[file]) as child:
            first = await child.answer()
            elements: list[Element] = []
            while True:
                message = await child.answer()
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
        messages = _batches(elements)
        async with self._slot(), running_child(job, self._limits, more=messages) as child:
            left = (await child.answer())["size"]
            while left:
                part = await child.read(min(left, PART_BYTES))
                left -= len(part)
                yield part

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


def _batches(elements: Sequence[Element]) -> Iterator[list[list[Any]]]:
    for start in range(0, len(elements), _BATCH):
        batch = elements[start : start + _BATCH]
        yield [[one.collection, one.id, one.body] for one in batch]
    yield []
