"""`python -m tests.conformance.terminusdb_replay`: what `make conformance` runs."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

from .backends import Backend, backends_at_hand
from .differences import Differences
from .replaying import Result, replay_all
from .report import Report
from .vectors import Case, load

_HERE = Path(__file__).resolve().parent
_CONFORMANCE = _HERE.parent
_OWN_VECTORS = _CONFORMANCE / "terminusdb"
_PASSING = _CONFORMANCE / "terminusdb_passing.json"
_PAGE = _HERE.parents[2] / "docs" / "conformance.md"


def _main(only: str) -> None:
    # Thousands of lines of calls would hide the result.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    folder = Path(os.environ.get("OMS_TERMINUSDB_VECTORS") or _OWN_VECTORS)
    cases = [case for case in load(folder) if re.search(only, case.name)]
    report = Report(Differences(_CONFORMANCE / "terminusdb_differences.json"))
    wanted = os.environ.get("OMS_CONFORMANCE_BACKENDS", "").split()
    for name, backend in backends_at_hand().items():
        if wanted and name not in wanted:
            continue
        results = asyncio.run(_replay(backend, cases))
        report.add(name, results)
        print("\n".join(report.lines(name)))
    if only or folder.resolve() != _OWN_VECTORS:
        return
    _PASSING.write_text(json.dumps(report.passed("sqlite"), indent=1) + "\n", encoding="utf-8")
    report.write(_PAGE)


async def _replay(backend: Backend, cases: Sequence[Case]) -> list[Result]:
    async with backend() as channel:
        return [result async for result in replay_all(channel, cases)]


if __name__ == "__main__":
    _main(sys.argv[1] if len(sys.argv) > 1 else "")
