"""The logs of every process as one stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TextIO

_POLL_S: Final = 0.1
# Foregrounds that can be read on black and on white: cyan, green, yellow, magenta, blue, red.
_COLOURS: Final = (36, 32, 33, 35, 34, 31)
_MOST_BYTES: Final = 1024 * 1024


class Logged(Protocol):
    """A process with a log."""

    @property
    def name(self) -> str:
        """What its lines begin with."""
        ...

    @property
    def log(self) -> Path:
        """The file that it appends to; may not be there yet."""
        ...


class Running(Protocol):
    """What has processes, of which there may be more later."""

    @property
    def processes(self) -> Sequence[Logged]:
        """Those that run, or have run."""
        ...


@dataclass(slots=True)
class _Place:
    offset: int = 0
    colour: int = 0


class MergedLogs:
    """Copies whole lines, each with the name of its process, in the order in which they are seen.

    Args:
        out: Takes text that ends with a line; flushed after each.
        is_coloured: Whether names are coloured, for a terminal.
    """

    def __init__(self, out: TextIO, *, is_coloured: bool) -> None:
        self._out = out
        self._is_coloured = is_coloured
        self._stack: Running | None = None
        self._places: dict[Path, _Place] = {}

    def watch(self, stack: Running) -> None:
        """Shows the processes of a stack from now on."""
        self._stack = stack

    def copy(self) -> None:
        """Copies what is new, at most a mebibyte of each log."""
        every = list(self._stack.processes) if self._stack is not None else []
        width = max((len(each.name) for each in every), default=0)
        for process in every:
            place = self._places.setdefault(
                process.log, _Place(colour=_COLOURS[len(self._places) % len(_COLOURS)])
            )
            lines = _new_lines(process.log, place)
            if lines:
                label = self._label(process.name.ljust(width), place.colour)
                self._out.write("".join(f"{label}{line}\n" for line in lines))
                self._out.flush()

    def _label(self, name: str, colour: int) -> str:
        return f"\x1b[{colour}m{name} |\x1b[0m " if self._is_coloured else f"{name} | "

    @asynccontextmanager
    async def following(self) -> AsyncGenerator[None]:
        """Copies until the end of the block, and then what came last."""
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.copy()

    async def _follow(self) -> None:
        while True:
            self.copy()
            await asyncio.sleep(_POLL_S)


def _new_lines(path: Path, place: _Place) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(place.offset)
            data = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return []
    whole, newline, _ = data.rpartition(b"\n")
    if not newline and len(data) == _MOST_BYTES:
        whole = data  # a line that never ends is shown in pieces
    place.offset += len(whole) + len(newline)
    return whole.decode(errors="replace").splitlines() if whole else []
