"""Runs buf over the protos of the repository, with everything they import in place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import google.rpc

ROOT = Path(__file__).resolve().parent.parent
# Protos of googleapis that are compiled with ours: annotations, raw HTTP bodies, and the error
# details, without which Envoy could not write them as JSON. No Python is generated for them:
# the wheel has it.
GOOGLEAPIS = (
    "google/api/annotations.proto",
    "google/api/http.proto",
    "google/api/httpbody.proto",
    "google/rpc/code.proto",
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
)


def export_googleapis(folder: Path) -> None:
    """Copies the needed protos of the googleapis-common-protos wheel to `folder`."""
    wheel = Path(google.rpc.__path__[0]).parent.parent
    for name in GOOGLEAPIS:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(wheel / name, target)


def run_buf(*arguments: str, cwd: Path = ROOT, path: str = "") -> None:
    """Runs the environment's buf, with the environment's generators on its path.

    Args:
        path: Where it looks for other generators; PATH by default.
    Raises:
        SystemExit: buf found faults; with its output.
    """
    scripts = Path(sys.executable).parent
    search_path = f"{scripts}{os.pathsep}{path or os.environ.get('PATH', '')}"
    done = subprocess.run(  # noqa: S603 - arguments are this file's own
        [str(scripts / "buf"), *arguments],
        cwd=cwd,
        check=False,
        env=os.environ | {"PATH": search_path},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        # Not before: betterproto2's generator lists every file it writes.
        raise SystemExit(f"buf {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
