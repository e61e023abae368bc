"""Stale code of clients is found without the toolchains that make it."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _load() -> Any:
    """The tool, which finds its neighbours where Python finds a script's."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("gen_clients")
    finally:
        sys.path.remove(str(ROOT / "tools"))


TOOL = _load()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A little of what there is, recorded as it is."""
    for name in ("proto/oms/identity", "proto/third_party"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("buf.gen.clients.yaml", "gen/ts/package-lock.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    for folder, suffix in TOOL.GENERATED.items():
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / f"a{suffix}").write_text("// generated\n")
    (tmp_path / TOOL.RECORD).write_text(json.dumps(TOOL.hashes(tmp_path)))
    return tmp_path


def test_what_is_recorded_matches(checkout: Path) -> None:
    assert TOOL.problems(checkout) == []
    windows = checkout / "gen/go/a.pb.go"
    windows.write_bytes(windows.read_bytes().replace(b"\n", b"\r\n"))
    (checkout / "gen/go/README.md").write_text("not generated")
    assert TOOL.problems(checkout) == []


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda root: (root / "proto/oms/identity/v1/more.proto").write_text("x"), "the protos"),
        (lambda root: (root / "buf.gen.clients.yaml").write_text("x"), "the protos"),
        (lambda root: (root / "gen/ts/package-lock.json").write_text("x"), "the protos"),
        (lambda root: (root / "gen/go/a.pb.go").write_text("by hand"), "gen/go"),
        (lambda root: (root / "gen/ts/src/b.ts").write_text("left over"), "gen/ts/src"),
        (lambda root: (root / TOOL.RECORD).unlink(), "the protos"),
    ],
)
def test_every_change_is_told(checkout: Path, change: Callable[[Path], None], part: str) -> None:
    change(checkout)
    assert any(line.startswith(part) for line in TOOL.problems(checkout))


def test_no_lock_file_names_where_packages_came_from() -> None:
    locks = [
        ROOT / "gen/ts/package-lock.json",
        ROOT / "docs/clients/examples/node/package-lock.json",
    ]
    for lock in locks:
        packages = json.loads(lock.read_text())["packages"]
        assert not [n for n, p in packages.items() if "://" in p.get("resolved", "")], lock
