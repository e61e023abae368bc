"""Writing files so that a crash, a full disk or a caller who left leaves the old or the new one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from oms_core.errors import ServiceUnavailable

TEMPORARY: Final = ".new"
"""What the name of a file ends with until it is whole; its own name, so that no two share one."""
_T = TypeVar("_T")


def write_all(descriptor: int, data: bytes, at: int) -> int:
    """Writes bytes at a place of a file, however many writes that takes; how many bytes."""
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, at)
        at += written
        view = view[written:]
    return len(data)


def sync_folder(folder: Path) -> None:
    """Makes it durable which files there are in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(path: Path, parts: Iterable[bytes]) -> int:
    """Writes a new file and gives it the name of another one, whole or not at all.

    Until the folder is synced the other one may come back after a crash.

    Returns:
        The descriptor of the file, open for reading and writing.
    Raises:
        OSError: the other file is there as it was.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        at = 0
        for part in parts:
            at += write_all(descriptor, part, at)
        os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        os.close(descriptor)
        temporary.unlink(missing_ok=True)
        raise
    return descriptor


def replace_file(path: Path, data: bytes) -> None:
    """Puts a small file in the place of another one, durably."""
    os.close(put_in_place(path, [data]))
    sync_folder(path.parent)


@contextmanager
def disk_errors() -> Generator[None]:
    """Tells callers that the disk is full or broken.

    Raises:
        ServiceUnavailable: in place of OSError.
    """
    try:
        yield
    except OSError as exc:
        raise ServiceUnavailable(
            f"the vector index can't be read or written ({exc.strerror})",
            metadata={"service": "vector index"},
        ) from exc


async def finished(work: Coroutine[Any, Any, _T]) -> _T:
    """Waits for work to its end, also when the caller is cancelled meanwhile."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as exc:
            cancelled = exc
        except Exception:  # noqa: BLE001 - raised below
            break
    result = task.result()
    if cancelled is not None:
        raise cancelled
    return result
