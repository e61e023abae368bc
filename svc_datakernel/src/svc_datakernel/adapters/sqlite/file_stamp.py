"""Files told from one another, and whether somebody has written to one, without opening it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# File systems tell times in steps of some milliseconds: what is written within the step of a time
# does not show in it.
_STEP_NS: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """Tells a file from another one that took its path later."""

    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> FileIdentity:
        """Identity of the file that is at a path now.

        Raises:
            FileNotFoundError: there is none.
        """
        return stamp_of(path).identity


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What shows that a file was written to.

    Args:
        changed: When it was last, in nanoseconds since 1970.
        size: In bytes.
    """

    identity: FileIdentity
    changed: int
    size: int


def stamp_of(path: str | Path) -> FileStamp:
    """The stamp of the file that is at a path now.

    Raises:
        FileNotFoundError: there is none.
    """
    status = os.stat(path)  # noqa: PTH116 - a tenth of what a Path's costs, and it is called often
    identity = FileIdentity(status.st_dev, status.st_ino)
    return FileStamp(identity, status.st_mtime_ns, status.st_size)


class WriteWatch:
    """Notices that a database may have been written to, by this process or another one.

    Every commit is written to the log of SQLite, `-wal`, or to the file itself; asking for their
    stamps costs a hundredth of asking SQLite.
    """

    def __init__(self, path: Path, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._file = str(path)
        self._log = f"{path}-wal"
        self._now_ns = now_ns
        self._known: tuple[FileStamp, FileStamp | None] | None = None

    def has_news(self) -> bool:
        """Whether there may have been a write since the last call that said so.

        Raises:
            FileNotFoundError: the file is gone.
        """
        now = self._now_ns()
        stamps = (stamp_of(self._file), self._log_stamp())
        if stamps == self._known:
            return False
        last = max(stamp.changed for stamp in stamps if stamp is not None)
        self._known = stamps if last < now - _STEP_NS else None
        return True

    def _log_stamp(self) -> FileStamp | None:
        try:
            return stamp_of(self._log)
        except FileNotFoundError:
            return None
