"""Makes a fixture: what an earlier commit of this repository writes, as `oms-backup` copies it.

    python tests/upgrade/make.py COMMIT [KIND]…

Checks the commit out beside, has its code serve and fill a suite, copies that with today's
`oms-backup`, and packs the archive as `tests/upgrade/<commit>.tar.xz`. KIND is `services`,
`streams` or `kernel`; by default all of them.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_SOURCES: Final = (
    "gen/python",
    "gen/betterproto",
    "libs/*/src",
    "svc_*/src",
    "*/src",
    "deploy/*/src",
)
# API keys are random and of no use here.
_KINDS: Final = ("services", "streams", "kernel")
_PATIENCE_S: Final = 300


async def make(commit: str, into: Path, kinds: Sequence[str] = _KINDS) -> Path:
    """Makes the fixture of a commit; returns its file."""
    short = _git("rev-parse", "--short=8", commit)
    with TemporaryDirectory() as name:
        folder, tree = Path(name), Path(name) / "tree"
        _git("worktree", "add", "--detach", str(tree), short)
        try:
            await _fill(tree, folder / "data", folder / "archive", kinds)
        finally:
            _git("worktree", "remove", "--force", str(tree))
        target = into / f"{short}.tar.xz"
        with tarfile.open(target, "w:xz") as packed:
            for path in sorted((folder / "archive").rglob("*")):
                name_inside = path.relative_to(folder / "archive")
                packed.add(path, name_inside, recursive=False, filter=_anonymous)
    return target


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def _sources(tree: Path) -> list[str]:
    return [str(path) for pattern in _SOURCES for path in sorted(tree.glob(pattern))]


async def _fill(tree: Path, data: Path, archive: Path, kinds: Sequence[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", str(Path(__file__).with_name("write_data.py")), str(data)),
        cwd=tree,
        # Before the packages of this checkout, which are found by files of the environment.
        env={**os.environ, "PYTHONPATH": os.pathsep.join(_sources(tree))},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE_S):
        said = await process.stdout.readuntil(b"\n")
    if said.strip() != b"ready":
        raise RuntimeError(f"the earlier suite says {said!r}")
    copying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "oms_monolith.backup", "create", str(archive)),
        *(part for kind in kinds for part in ("--only", kind)),
        env={**os.environ, "OMS_DATA_DIR": str(data)},
    )
    code = await copying.wait()
    process.stdin.close()
    await process.wait()
    if code:
        raise RuntimeError("the earlier suite could not be copied")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    made = asyncio.run(make(sys.argv[1], Path(__file__).parent, sys.argv[2:] or _KINDS))
    sys.stdout.write(f"{made}: {made.stat().st_size} bytes\n")
