"""Generates the Go and TypeScript code of the clients, or tells whether it is up to date.

    python tools/gen_clients.py            writes gen/go and gen/ts; needs Go and Node
    python tools/gen_clients.py --if-stale    only when the protos changed since
    python tools/gen_clients.py --check    writes nothing and needs neither; 1 when it is stale

What was generated from what is recorded, as hashes, in gen/clients.json. So CI sees without those
toolchains that somebody changed a proto, or the generated code, and not the other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from buf_runner import ROOT, export_googleapis, run_buf

RECORD: Final = Path("gen/clients.json")
TEMPLATE: Final = Path("buf.gen.clients.yaml")
# Built by `go install`; the npm one is pinned in gen/ts/package-lock.json.
GO_PLUGINS: Final = (
    "google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12",
    "google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2",
)
# Folders and the suffix of what is generated in them; what is no longer generated is deleted.
GENERATED: Final[Mapping[str, str]] = {"gen/go": ".pb.go", "gen/ts/src": ".ts"}
_SOURCES: Final = ("proto/oms", "proto/third_party")
_NEEDED: Final = ("go", "node", "npm")


def hashes(root: Path) -> dict[str, str]:
    """The hash of everything that the code is made from, and of the code in each folder."""
    sources = [p for folder in _SOURCES for p in (root / folder).rglob("*.proto")]
    sources += [root / TEMPLATE, root / "gen/ts/package-lock.json"]
    found = {"sources": _hash(root, sources, salt=" ".join(GO_PLUGINS))}
    return found | {folder: _hash(root, _generated(root, folder)) for folder in GENERATED}


def _generated(root: Path, folder: str) -> Iterator[Path]:
    for path in (root / folder).rglob(f"*{GENERATED[folder]}"):
        if "node_modules" not in path.parts:
            yield path


def _hash(root: Path, paths: Iterable[Path], salt: str = "") -> str:
    total = hashlib.sha256(salt.encode())
    for path in sorted(path for path in paths if path.is_file()):
        # Whatever line ends a checkout has.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def problems(root: Path) -> list[str]:
    """One sentence for each part that does not match the record; empty when all do."""
    record = root / RECORD
    recorded = json.loads(record.read_text()) if record.is_file() else {}
    names = {"sources": "the protos, or how code is made from them,"}
    return [
        f"{names.get(part, part)} changed since gen/clients.json was written"
        for part, value in hashes(root).items()
        if recorded.get(part) != value
    ]


def missing_tools() -> list[str]:
    """What generating needs and PATH does not have."""
    return [name for name in _NEEDED if shutil.which(name) is None]


def generate(root: Path) -> None:
    """Writes the code and the record.

    Raises:
        SystemExit: a toolchain is missing, or a generator failed.
    """
    if missing := missing_tools():
        raise SystemExit(f"gen/go and gen/ts need {', '.join(missing)}, not on PATH")
    export_googleapis(root / "build" / "googleapis")
    with tempfile.TemporaryDirectory() as scratch:
        bins = _plugins(root, Path(scratch))
        out = Path(scratch, "out")
        search = os.pathsep.join([*map(str, bins), os.environ["PATH"]])
        run_buf("generate", "--template", str(TEMPLATE), "-o", str(out), path=search)
        for folder in GENERATED:
            for old in list(_generated(root, folder)):
                old.unlink()
            shutil.copytree(out / folder, root / folder, dirs_exist_ok=True)
    (root / RECORD).write_text(json.dumps(hashes(root), indent=2) + "\n")


def _plugins(root: Path, scratch: Path) -> list[Path]:
    """Installs the plugins; gives the folders they are in."""
    go_bin = scratch / "bin"
    for plugin in GO_PLUGINS:
        _run("go", "install", plugin, cwd=scratch, environment={"GOBIN": str(go_bin)})
    _run("npm", "ci", "--no-audit", "--no-fund", cwd=root / "gen" / "ts")
    return [go_bin, root / "gen" / "ts" / "node_modules" / ".bin"]


def _run(*command: str, cwd: Path, environment: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(  # noqa: S603 - commands are this file's own
        command,
        cwd=cwd,
        env=os.environ | (environment or {}),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    """Runs the command; the exit status is 1 when --check found something stale."""
    parser = argparse.ArgumentParser(description="Generates gen/go and gen/ts from the protos.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--check", action="store_true", help="only tell whether they are stale")
    which.add_argument("--if-stale", action="store_true", help="do nothing when they are not")
    arguments = parser.parse_args()
    found = problems(ROOT)
    if arguments.check:
        for line in found:
            print(line, file=sys.stderr)
        if found:
            print("run `make gen-clients` (needs Go and Node) and commit gen/", file=sys.stderr)
        return 1 if found else 0
    if arguments.if_stale and found and (missing := missing_tools()):
        # Whoever has no such toolchain still gets everything else.
        print(f"gen/go and gen/ts are stale and need {', '.join(missing)}", file=sys.stderr)
    elif found or not arguments.if_stale:
        generate(ROOT)
        print("written: gen/go, gen/ts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
