"""Where the time of a start goes: imports by package, and what the last start told."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from oms_cli.doctor.findings import Finding, Verdict

_MODULE: Final = "oms_monolith.services"
_TIMEOUT_S: Final = 120.0
_SHOWN: Final = 8
_TAIL_BYTES: Final = 4 * 1024 * 1024
# As `python -X importtime` writes it: own microseconds, with those of what it imports, name.
_LINE: Final = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)$", re.MULTILINE)


def imports() -> Iterator[Finding]:
    """Imports what the monolith imports, in a process of its own, and adds up by package."""
    if find_spec(_MODULE.partition(".")[0]) is None:
        detail = "the server is not installed here"
        yield Finding("start-up", "imports", Verdict.NOTE, detail)
        return
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and a module of ours
            [sys.executable, "-X", "importtime", "-c", f"import {_MODULE}"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT_S,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as exc:
        detail = f"import {_MODULE}: {type(exc).__name__}"
        yield Finding("start-up", "imports", Verdict.FAIL, detail)
        return
    yield from shares(_LINE.findall(done.stderr))


def shares(modules: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """The packages that take longest, out of microseconds and names of modules."""
    took: Counter[str] = Counter()
    for microseconds, name in modules:
        took[name.partition(".")[0]] += int(microseconds)
    total = took.total()
    detail = f"{total / 1e6:.2f} s for {len(modules)} modules"
    yield Finding("start-up", "imports", Verdict.OK, detail)
    for package, microseconds in took.most_common(_SHOWN):
        share = f"{microseconds / 1000:.0f} ms, {100 * microseconds / total:.0f} %"
        yield Finding("start-up", f"import {package}", Verdict.OK, share)


def last_start(folder: Path) -> Iterator[Finding]:
    """What each process of the launcher told when it was ready the last time."""
    for log in sorted(folder.glob("*/*.log")):
        told = _ready(log)
        if told is not None and log.parent.name == log.stem:
            seconds, state = told
            detail = f"ready {seconds:.1f} s after the process began, {state}"
            yield Finding("start-up", log.stem, Verdict.OK, detail)


def _ready(log: Path) -> tuple[float, str] | None:
    with log.open("rb") as file:
        lines = file.read(_TAIL_BYTES).splitlines()
    for line in lines:
        if b'"ready"' in line:
            try:
                event = json.loads(line)
                return float(event["seconds_since_process_start"]), str(event["state"])
            except (ValueError, KeyError, TypeError):
                continue
    return None
