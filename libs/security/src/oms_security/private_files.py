"""Files that only their owner may read."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PRIVATE_MODE: Final = 0o600
_PRIVATE_DIRECTORY_MODE: Final = 0o700


def write_private(path: Path, text: str) -> None:
    """Writes a file whole or not at all, readable by its owner only, and durably."""
    temporary = _write_temporary(path, text)
    try:
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_directory(path.parent)


def create_private(path: Path, text: str) -> bool:
    """Writes a file unless there is one; of several processes at once, one wins.

    Returns:
        Whether this call made it.
    """
    temporary = _write_temporary(path, text)
    try:
        path.hardlink_to(temporary)  # fails when the path exists, unlike a rename
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    _sync_directory(path.parent)
    return True


def restrict(path: Path) -> None:
    """Takes the file away from everybody but its owner, where that can be done."""
    with suppress(PermissionError):  # somebody else's file, such as a mounted secret
        path.chmod(PRIVATE_MODE)


@contextmanager
def exclusive(path: Path) -> Generator[None]:
    """Holds back other processes that change the same file. Blocks while one does."""
    make_private_directory(path.parent)
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, PRIVATE_MODE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def make_private_directory(path: Path) -> None:
    """Makes a directory and its parents; an existing one is left as it is."""
    path.mkdir(mode=_PRIVATE_DIRECTORY_MODE, parents=True, exist_ok=True)


def _write_temporary(path: Path, text: str) -> Path:
    make_private_directory(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
