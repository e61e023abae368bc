"""Writes log lines: those of one turn of the event loop together."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TextIO


class LineLogger:
    """What structlog hands its finished lines to.

    A line of a level below `warning` waits until the loop's current turn ends, so that a busy
    server writes many lines with one system call; others are written at once, with what waits
    before them. Outside of an event loop nothing waits. Safe to use from several threads.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._waiting: deque[str] = deque()

    def info(self, line: str) -> None:
        """Writes a line at the end of the loop's turn."""
        self._waiting.append(line)
        if len(self._waiting) > 1:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
        else:
            loop.call_soon(self.flush)

    debug = info

    def error(self, line: str) -> None:
        """Writes a line now."""
        self._waiting.append(line)
        self.flush()

    warning = critical = exception = error

    def flush(self) -> None:
        """Writes what waits."""
        lines: list[str] = []
        while self._waiting:
            lines.append(self._waiting.popleft())
        if lines:
            self._file.write("\n".join((*lines, "")))
            self._file.flush()
