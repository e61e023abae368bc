"""What was measured, as Markdown and on the terminal."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_PACKAGES = ("grpcio", "protobuf", "protovalidate", "uvloop", "python-jose", "rdflib")


@dataclass(frozen=True)
class Goal:
    """A number that was promised, and what came of it. `text` says both with their units."""

    text: str
    is_met: bool


@dataclass
class Section:
    """A table with what it shows and how it was taken."""

    title: str
    method: str
    header: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def markdown(self) -> str:
        """The section as Markdown."""
        lines = [f"## {self.title}", "", self.method, ""]
        lines.append("| " + " | ".join(self.header) + " |")
        lines.append("| " + " | ".join("---" for _ in self.header) + " |")
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        lines += ["", *(f"- {_mark(goal)} {goal.text}" for goal in self.goals), ""]
        return "\n".join(lines)

    def terminal(self) -> str:
        """The section as aligned columns."""
        table = [self.header, *self.rows]
        widths = [max(len(row[column]) for row in table) for column in range(len(self.header))]
        lines = [f"\n{self.title}"]
        for row in table:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines.append("  " + "  ".join(cells).rstrip())
        lines += [f"  {_mark(goal)} {goal.text}" for goal in self.goals]
        return "\n".join(lines)


def write(sections: Sequence[Section], page: str, *, command: str) -> None:
    """Replaces a page of docs/."""
    parts = [_head(command), *(section.markdown() for section in sections)]
    (ROOT / "docs" / page).write_text("\n".join(parts).rstrip() + "\n")


def _mark(goal: Goal) -> str:
    return "**met:**" if goal.is_met else "**missed:**"


def _head(command: str) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return f"""# Performance

Written by `{command}`; do not edit. Each table was measured side by side in one run. Trust the
ratios, not the absolute numbers: they belong to the machine.

| | |
| --- | --- |
| date | {datetime.now(UTC):%Y-%m-%d %H:%M} UTC |
| machine | {_processor()}, {os.cpu_count()} logical cores, {_memory_gib():.0f} GiB memory |
| system | {platform.system()} {platform.release()}, Python {sys.version.split()[0]} |
| packages | {packages} |
| load at the start | {_LOAD_AT_START:.2f} (1 minute) |
| commit | {_commit()} |
"""


_LOAD_AT_START = os.getloadavg()[0]


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _commit() -> str:
    result = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip() or "unknown"
