"""The data directory: one user at a time, private files."""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from oms_devstack.errors import DataDirInUse

_POLL_S = 0.05


@asynccontextmanager
async def locked(folder: Path, *, leftover_timeout_s: float = 20.0) -> AsyncGenerator[int]:
    """Takes a data directory for this process and everything it starts.

    The servers inherit the lock's descriptor, so the lock is held until the last of them is
    gone, also when this process was killed. A start just after a crash therefore waits for
    the crashed stack's servers to end.

    Args:
        folder: Created, readable by its owner only, if it does not exist.
        leftover_timeout_s: How long to wait for the servers of a crashed owner.
    Returns:
        The descriptor to hand to child processes.
    Raises:
        DataDirInUse: another process uses the directory.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await _take(descriptor, folder, leftover_timeout_s)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


async def _take(descriptor: int, folder: Path, leftover_timeout_s: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + leftover_timeout_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 32, 0).decode(errors="replace")
            if owner.isdecimal() and _is_alive(int(owner)):
                raise DataDirInUse(folder, f"process {owner}") from None
            if loop.time() > deadline:
                raise DataDirInUse(folder, "servers of a crashed process") from None
            await asyncio.sleep(_POLL_S)
        else:
            return


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def write_private(path: Path, text: str) -> None:
    """Replaces a file atomically; only its owner can read it."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    fresh.replace(path)


def kept_secret(path: Path) -> str:
    """The random secret kept in a private file; made at the first call."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text().strip()
