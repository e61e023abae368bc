"""`make demo` as a person runs it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


async def _demo(*code: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *code,
        cwd=_ROOT / "deploy" / "demo",
        # The demo does not search, and embedding Brick meanwhile costs more than any of its steps.
        env={**os.environ, "OMS_EMBEDDING_SEARCH_ONTOLOGIES": "none"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.mark.timeout(600)
async def test_demo_takes_brick_through_every_step() -> None:
    code, output = await _demo(".")
    assert code == 0, output
    for step in ("Import Brick 1.3", "Import Brick 1.4", "Merge", "as of before", "Export"):
        assert step in output


async def test_demo_exits_with_an_error_on_a_wrong_count() -> None:
    wrong = "from report import expect; expect('types', 3, 4)"
    code, output = await _demo("-c", wrong)
    assert code == 1
    assert "types: got 3, expected 4" in output
