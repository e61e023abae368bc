"""Keeps an upload on disk while it arrives, up to a limit."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from typing import IO

from oms_core.errors import UploadTooLarge

_BUFFER_BYTES = 4 * 1024 * 1024


class Upload:
    """A file on disk without a name: it is gone with its descriptor, even after a crash."""

    def __init__(self, file: IO[bytes], limit_bytes: int) -> None:
        self._file = file
        self._limit = limit_bytes
        self._hash = hashlib.sha256()
        self._size = 0

    @property
    def descriptor(self) -> int:
        """The file descriptor, open for reading and writing."""
        return self._file.fileno()

    @property
    def file(self) -> IO[bytes]:
        """The file, to be read from its start."""
        return self._file

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was received."""
        return self._hash.digest()

    async def receive(self, parts: AsyncIterator[bytes]) -> None:
        """Writes what comes to disk.

        Raises:
            UploadTooLarge: as soon as the limit is passed; the rest is not read.
        """
        pending = bytearray()
        async for part in parts:
            self._size += len(part)
            if self._size > self._limit:
                raise UploadTooLarge(
                    f"the upload is larger than {self._limit} bytes; split it, or have the"
                    " server's limit raised",
                    metadata={"limit_bytes": str(self._limit)},
                )
            pending += part
            if len(pending) >= _BUFFER_BYTES:
                await self._keep(bytes(pending))
                pending.clear()
        await self._keep(bytes(pending))

    async def _keep(self, data: bytes) -> None:
        await asyncio.to_thread(self._write, data)

    def _write(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)
        self._file.flush()


@contextmanager
def open_upload(limit_bytes: int) -> Generator[Upload]:
    """An empty upload, gone when the block ends."""
    with tempfile.TemporaryFile(prefix="oms-import-") as file:
        yield Upload(file, limit_bytes)
