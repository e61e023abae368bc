"""A write-ahead log: records that are whole, in order, and on disk once `append` returns.

A record is its length and CRC-32 (four bytes each, little-endian) and that many bytes. What a crash
left of the last record is cut off when the log is opened. A rewritten log takes the place of the
old one by a rename, so there is always a whole one.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from oms_core.errors import DataCorrupted

_MAGIC: Final = b"OMS vector index 1\n"
_HEAD: Final = struct.Struct("<II")
_TEMPORARY: Final = ".new"


class Log:
    """One log file; for one process, and one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Opens a log, and makes an empty one where there is none."""
        self._path = path
        path.with_suffix(_TEMPORARY).unlink(missing_ok=True)
        if not path.exists():
            self._replace(iter(()))
        self._descriptor = os.open(path, os.O_RDWR)
        self.size = os.fstat(self._descriptor).st_size

    def records(self) -> Generator[bytes]:
        """The records, in order. Cuts off what was not written whole.

        Raises:
            DataCorrupted: a record in the middle is not as it was written.
        """
        end = self.size
        with self._path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise self._corrupted(0)
            at = len(_MAGIC)
            while at < end:
                head = file.read(_HEAD.size)
                length, checksum = _HEAD.unpack(head) if len(head) == _HEAD.size else (end, 0)
                after = at + _HEAD.size + length
                payload = file.read(length) if after <= end else b""
                if after > end or zlib.crc32(payload) != checksum:
                    if after < end:
                        raise self._corrupted(at)
                    self._truncate(at)
                    return
                yield payload
                at = after

    def append(self, payload: bytes) -> None:
        """Adds a record. It is on disk when this returns, or not there when it raises.

        Raises:
            OSError: the disk is full or broken.
        """
        data = _HEAD.pack(len(payload), zlib.crc32(payload)) + payload
        try:
            _write_all(self._descriptor, data, self.size)
            os.fdatasync(self._descriptor)
        except OSError:
            self._truncate(self.size)
            raise
        self.size += len(data)

    def rewrite(self, payloads: Iterable[bytes]) -> None:
        """Replaces all records by others, at once."""
        self._replace(iter(payloads))
        os.close(self._descriptor)
        self._descriptor = os.open(self._path, os.O_RDWR)
        self.size = os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Closes the file."""
        os.close(self._descriptor)

    def remove(self) -> None:
        """Closes and deletes the file."""
        self.close()
        self._path.unlink()
        _sync_folder(self._path.parent)

    def _replace(self, payloads: Iterator[bytes]) -> None:
        with replacing(self._path) as descriptor:
            at = _write_all(descriptor, _MAGIC, 0)
            for payload in payloads:
                head = _HEAD.pack(len(payload), zlib.crc32(payload))
                at += _write_all(descriptor, head + payload, at)

    def _truncate(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)
        os.fsync(self._descriptor)
        self.size = size

    def _corrupted(self, at: int) -> DataCorrupted:
        return DataCorrupted(
            f"the index {self._path.name} is damaged at byte {at}; restore it from a backup, or "
            f"delete "
            "the file and fill it again",
            metadata={"file": self._path.name, "offset": str(at)},
        )


@contextmanager
def replacing(path: Path) -> Generator[int]:
    """A new file that takes the place of another one at the end, whole or not at all."""
    temporary = path.with_suffix(_TEMPORARY)
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        yield descriptor
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(path)
    _sync_folder(path.parent)


def _write_all(descriptor: int, data: bytes, at: int) -> int:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, at)
        at += written
        view = view[written:]
    return len(data)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
