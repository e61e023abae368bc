"""Refuses changes of the protos that break clients: buf's category FILE.

    python tools/breaking.py             compares proto/ with what clients may be built from
    python tools/breaking.py --release   makes proto/ as it is what later changes are compared to

Two states are compared with:

- `proto/released.binpb`, the contract of the last release. It is a file of the repository, so
  the check works, and can fail, on a fresh or shallow clone and on the branch main itself;
  a deliberate break shows in its review as a change of this file.
- The contract as main has it: `gen/descriptors/oms.binpb` of the merge base with main, or of the
  commit before HEAD when HEAD is on main. Left out, with a line that says so, where git does not
  have that commit.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from buf_runner import ROOT, export_googleapis, run_buf

_RELEASED = ROOT / "proto" / "released.binpb"
_COMMITTED = "gen/descriptors/oms.binpb"
# What is imported from others is for them to keep compatible.
_IMPORTED = ["google", "buf"]


def _git(*arguments: str) -> bytes | None:
    """Git's output, or None when git has no answer."""
    try:
        done = subprocess.run(  # noqa: S603 - arguments are this file's own
            ["git", *arguments],  # noqa: S607 - whichever git the developer uses
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def _commit(*arguments: str) -> str:
    return (_git(*arguments) or b"").decode().strip()


def _commit_of_main() -> str:
    """The commit whose contract HEAD may not break; empty when git does not have it."""
    head = _commit("rev-parse", "--verify", "HEAD")
    for branch in ("origin/main", "main"):
        base = _commit("merge-base", "HEAD", branch)
        if base and base != head:
            return base
    return _commit("rev-parse", "--verify", "HEAD^")


def _build(image: Path) -> None:
    run_buf("build", "--as-file-descriptor-set", "--exclude-source-info", "-o", str(image))


def _compare(image: Path, what: str) -> None:
    print(f"comparing proto/ with {what}", flush=True)
    config = yaml.safe_load((ROOT / "buf.yaml").read_text())
    breaking = config["breaking"] | {"ignore": _IMPORTED}
    with tempfile.TemporaryDirectory() as folder:
        # One image: buf would take the modules of the working tree for three of them.
        current = Path(folder, "current.binpb")
        _build(current)
        rules = json.dumps({"version": config["version"], "breaking": breaking})
        run_buf("breaking", str(current), "--against", str(image), "--config", rules)


def _compare_with_main() -> None:
    commit = _commit_of_main()
    content = _git("show", f"{commit}:{_COMMITTED}") if commit else None
    if not content:
        print("not compared with main: git does not have its last state")
        return
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "main.binpb")
        image.write_bytes(content)
        _compare(image, f"commit {commit[:12]}")


def main() -> int:
    """Runs the command; exits with buf's findings when something breaks."""
    parser = argparse.ArgumentParser(description="Refuses breaking changes of the protos.")
    parser.add_argument("--release", action="store_true", help="record proto/ as released")
    is_release: bool = parser.parse_args().release
    export_googleapis(ROOT / "build" / "googleapis")
    if is_release:
        _build(_RELEASED)
        return 0
    _compare(_RELEASED, "the last release")
    _compare_with_main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
