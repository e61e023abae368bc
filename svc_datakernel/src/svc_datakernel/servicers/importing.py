"""`ImportDocuments`: JSON Lines of any length, in bounded memory, a commit a batch."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from oms.datakernel.v1 import model_document_service_pb2 as pb
from oms_core.clock import Clock
from oms_core.errors import InvalidField, OmsError, UploadTooLarge

from svc_datakernel import convert, graph_convert
from svc_datakernel.domain.graph.requests import Insertion
from svc_datakernel.domain.graph.store import GraphDocuments
from svc_datakernel.domain.graph.view import TransactionDraft
from svc_datakernel.domain.model import Commit

_DEFAULT_BATCH: Final = 10_000
_BATCH_BYTES: Final = 16 * graph_convert.MIB
_MOST_LINE_BYTES: Final = graph_convert.MOST_BODY_BYTES
_MOST_DRAINED_BYTES: Final = 64 * graph_convert.MIB
_BLANK: Final = b" \t\r\n"


@dataclass(slots=True)
class Batch:
    """Documents that become one commit; `first_line` counts from 0 over the whole import."""

    first_line: int
    lines: list[bytes] = field(default_factory=list[bytes])
    size_bytes: int = 0


class LineBatches:
    """Cuts parts into lines and lines into batches, always at the same places.

    Args:
        batch_size: Most documents in a batch; one of 16 MiB ends earlier.
        skip_lines: Lines to pass over first.
    """

    def __init__(self, batch_size: int, skip_lines: int) -> None:
        self._batch_size = batch_size
        self._skip_lines = skip_lines
        self._rest: list[bytes] = []
        self._rest_bytes = 0
        self._batch: Batch | None = None
        self.line_count = 0
        """Lines read, empty ones and those passed over included."""

    def add(self, part: bytes) -> Sequence[Batch]:
        """Takes a part in; answers the batches that are complete.

        Raises:
            UploadTooLarge: a line is longer than a document may be.
        """
        *lines, rest = part.split(b"\n")
        full: list[Batch] = []
        for line in lines:
            self._keep(line)
            full += self._line(b"".join(self._rest))
            self._rest, self._rest_bytes = [], 0
        self._keep(rest)
        return full

    def finish(self) -> Sequence[Batch]:
        """What is left at the end; a last line needs no line break."""
        last = b"".join(self._rest)
        full = [*self._line(last)] if last else []
        if self._batch is not None:
            full.append(self._batch)
            self._batch = None
        return full

    def _keep(self, part: bytes) -> None:
        self._rest_bytes += len(part)
        if self._rest_bytes > _MOST_LINE_BYTES:
            raise UploadTooLarge(
                f"line {self.line_count + 1} has more than the {_MOST_LINE_BYTES} bytes allowed",
                metadata={"field": "body", "line": str(self.line_count + 1)},
            )
        if part:
            self._rest.append(part)

    def _line(self, line: bytes) -> Sequence[Batch]:
        number = self.line_count
        self.line_count += 1
        if number < self._skip_lines or not line.strip(_BLANK):
            return ()
        batch = self._batch = self._batch or Batch(number)
        batch.lines.append(line)
        batch.size_bytes += len(line)
        if len(batch.lines) < self._batch_size and batch.size_bytes < _BATCH_BYTES:
            return ()
        self._batch = None
        return (batch,)


class Importing:
    """One import."""

    def __init__(
        self,
        store: GraphDocuments,
        clock: Clock,
        first: pb.ImportDocumentsRequest,
        requests: AsyncIterator[pb.ImportDocumentsRequest],
    ) -> None:
        self._store = store
        self._clock = clock
        self._first = first
        self._requests = requests
        self._target = graph_convert.to_target(first.parent)
        self._batches = LineBatches(first.batch_size or _DEFAULT_BATCH, first.skip_lines)
        self._documents = 0
        self._commits = 0
        self._head: Commit | None = None

    @classmethod
    async def begin(
        cls,
        store: GraphDocuments,
        clock: Clock,
        requests: AsyncIterator[pb.ImportDocumentsRequest],
    ) -> Importing:
        """Reads the first message.

        Raises:
            InvalidField: there is none, or it names no branch.
        """
        first = await anext(aiter(requests), None)
        if first is None or not first.parent:
            raise InvalidField.of("parent", "the first message has to name a branch")
        return cls(store, clock, first, requests)

    async def run(self) -> pb.ImportDocumentsResponse:
        """Stores everything.

        Raises:
            OmsError: as `GraphDocuments.write`, with the lines of the batch it failed on and the
                number of lines stored before in the metadata.
        """
        try:
            await self._store_all()
        except OmsError:
            await self._drain()
            raise
        return pb.ImportDocumentsResponse(
            line_count=self._batches.line_count,
            document_count=self._documents,
            commit_count=self._commits,
            head=convert.from_commit(self._target.database, self._head) if self._head else None,
        )

    async def _store_all(self) -> None:
        for batch in self._batches.add(self._first.body.data):
            await self._write(batch)
        async for request in self._requests:
            # A gateway may repeat the fields of the URL in every message.
            if request.parent not in ("", self._first.parent):
                raise InvalidField.of("parent", "is another one than in the first message")
            for batch in self._batches.add(request.body.data):
                await self._write(batch)
        for batch in self._batches.finish():
            await self._write(batch)
        if self._head is None:
            # Nothing to store: only the branch's head is answered.
            await self._write(Batch(0))

    async def _write(self, batch: Batch) -> None:
        body = b"\n".join(batch.lines)
        insertion = Insertion(body=body, overwrite=self._first.overwrite)
        try:
            outcome = await self._store.write(self._target, self._draft(batch, body), insertion)
        except OmsError as exc:
            exc.metadata |= {
                "first_line": str(batch.first_line + 1),
                "batch_documents": str(len(batch.lines)),
                "stored_lines": str(batch.first_line),
            }
            raise
        self._head = outcome.commit
        if not outcome.is_repeated and not outcome.is_unchanged:
            self._documents += len(batch.lines)
            self._commits += 1

    def _draft(self, batch: Batch, body: bytes) -> TransactionDraft:
        first = self._first
        name = f"import/{first.import_id}/{batch.first_line}" if first.import_id else ""
        return TransactionDraft(
            author=convert.to_author(self._clock.now()),
            message=first.message,
            request_id=name,
            fingerprint=sha256(body).digest() if name else b"",
            keeps_answer=False,
        )

    async def _drain(self) -> None:
        """Reads on after an error, for a while.

        A client that is still sending when the call ends often sees a broken connection
        and not the error.
        """
        left = _MOST_DRAINED_BYTES
        with contextlib.suppress(OmsError):
            async for request in self._requests:
                left -= len(request.body.data)
                if left < 0:
                    return
