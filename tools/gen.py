"""Generates gen/ and the methods of the Python client from the protos, or checks them.

    python tools/gen.py            writes what differs
    python tools/gen.py --check    writes nothing; exits 1 and lists the files that differ
    python tools/gen.py --protos-only    lints the protos and writes nothing

Run it in the virtual environment: buf and every generator come from its locked wheels,
so the output is the same on every machine.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from buf_runner import ROOT, export_googleapis, run_buf
from client_generator.service_config import render_service_config
from openapi_generator import render_openapi

# Folders that hold nothing but generated files: what is no longer generated is deleted.
GENERATED = (
    "gen/python",
    "gen/betterproto/oms_betterproto",
    "gen/openapi",
    "gen/descriptors",
    "libs/client/src/oms_client/services",
)


def generate(folder: Path) -> None:
    """Writes everything generated to `folder`, laid out as the repository is."""
    with tempfile.TemporaryDirectory() as scratch:
        # buf.gen.yaml names its outputs from the repository's root.
        out = Path(scratch, "out")
        run_buf("generate", "-o", str(out))
        shutil.copytree(out, folder, dirs_exist_ok=True)
        commented = Path(scratch, "commented.binpb")
        run_buf("build", "--as-file-descriptor-set", "-o", str(commented))
        openapi = folder / "gen" / "openapi" / "openapi.json"
        openapi.parent.mkdir()
        openapi.write_text(render_openapi(commented.read_bytes()), encoding="utf-8")
    descriptors = folder / "gen" / "descriptors" / "oms.binpb"
    descriptors.parent.mkdir()
    run_buf("build", "--as-file-descriptor-set", "--exclude-source-info", "-o", str(descriptors))
    retries = descriptors.parent / "service_config.json"
    retries.write_text(render_service_config(descriptors.read_bytes()), encoding="utf-8")


def _files(folder: Path) -> Iterator[str]:
    for part in GENERATED:
        for path in (folder / part).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(folder).as_posix()


def differing_files(expected: Path, actual: Path) -> list[str]:
    """Files, relative to both folders, that are missing, superfluous or differ; ordered."""

    def content(folder: Path, name: str) -> bytes | None:
        path = folder / name
        return path.read_bytes() if path.is_file() else None

    names = {*_files(expected), *_files(actual)}
    return sorted(name for name in names if content(expected, name) != content(actual, name))


def _write(source: Path, target: Path, names: list[str]) -> None:
    for name in names:
        is_kept = (source / name).is_file()
        print(f"{'written' if is_kept else 'deleted'}: {name}")
        if is_kept:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)
        else:
            (target / name).unlink()


def main() -> int:
    """Runs the command; the exit status is 1 when --check found differences."""
    parser = argparse.ArgumentParser(description="Generates code from the protos.")
    parser.add_argument(
        "--check", action="store_true", help="compare only, and fail on differences"
    )
    parser.add_argument("--protos-only", action="store_true", help="only lint the protos")
    arguments = parser.parse_args()
    is_check: bool = arguments.check
    export_googleapis(ROOT / "build" / "googleapis")
    if arguments.protos_only:
        run_buf("lint")
        run_buf("format", "--diff", "--exit-code", "proto")
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        generate(fresh)
        names = differing_files(fresh, ROOT)
        if not is_check:
            _write(fresh, ROOT, names)
    if is_check and names:
        print("\n".join(f"differs: {name}" for name in names))
        print(
            "generated code does not match proto/: run `make gen` and commit the result.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
