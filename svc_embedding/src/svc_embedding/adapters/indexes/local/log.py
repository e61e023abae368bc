"""A write-ahead log: records that are whole, in order, and on disk once `append` returns.

A record is its length and CRC-32 (four bytes each, little-endian) and that many bytes, one at
least. What a crash left of the last record is cut off when the log is opened: too few bytes, other
ones, or zeros, where the file grew before its content was on disk. A rewritten log takes the place
of the old one by a rename, so there is always a whole one.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import BinaryIO, Final

from oms_core.errors import DataCorrupted

from svc_embedding.adapters.indexes.local.disk import put_in_place, sync_folder, write_all

_MAGIC: Final = b"OMS vector index 1\n"
_HEAD: Final = struct.Struct("<II")
_PART: Final = 1024 * 1024


class Log:
    """One log file; for one process, and one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Opens a log, and makes an empty one where there is none."""
        self._path = path
        is_there = path.exists()
        self._descriptor = os.open(path, os.O_RDWR) if is_there else put_in_place(path, [_MAGIC])
        # Whether a crash can't bring back the file that had this name before.
        self._is_placed = is_there
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
                if not length:
                    if not _is_zero(head, file):
                        raise self._corrupted(at)
                    self._truncate(at)
                    return
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
        """Adds a record, which is not empty. It is on disk when this returns, or not there when it
        raises.

        Raises:
            OSError: the disk is full or broken.
        """
        self._place()
        data = _framed(payload)
        try:
            write_all(self._descriptor, data, self.size)
            os.fdatasync(self._descriptor)
        except OSError:
            self._truncate(self.size)
            raise
        self.size += len(data)

    def rewrite(self, payloads: Iterable[bytes]) -> None:
        """Replaces all records by others, at once.

        Raises:
            OSError: the records are those that there were, or the new ones.
        """
        descriptor = put_in_place(self._path, _file_of(payloads))
        os.close(self._descriptor)
        self._descriptor, self._is_placed = descriptor, False
        self.size = os.fstat(descriptor).st_size
        self._place()

    def close(self) -> None:
        """Closes the file."""
        os.close(self._descriptor)

    def remove(self) -> None:
        """Deletes the file and closes it.

        Raises:
            OSError: it may be there still, and is open.
        """
        self._path.unlink(missing_ok=True)
        sync_folder(self._path.parent)
        self.close()

    def _place(self) -> None:
        """Nothing is added before a crash would find this file under its name."""
        if not self._is_placed:
            sync_folder(self._path.parent)
            self._is_placed = True

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


def _framed(payload: bytes) -> bytes:
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def _file_of(payloads: Iterable[bytes]) -> Generator[bytes]:
    yield _MAGIC
    for payload in payloads:
        yield _framed(payload)


def _is_zero(head: bytes, file: BinaryIO) -> bool:
    """Whether there are only zeros from a head on."""
    return not any(head) and not any(any(part) for part in iter(lambda: file.read(_PART), b""))
