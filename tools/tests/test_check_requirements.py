"""The comparison of requirements/*.in with the packages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from check_requirements import ROOT, problems


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder, dependencies in (
        ("libs/core", '["orjson>=3"]'),
        ("svc_a", '["oms-core", "Redis"]'),
    ):
        (tmp_path / folder).mkdir(parents=True)
        text = f'[project]\nname = "x"\ndependencies = {dependencies}\n'
        (tmp_path / folder / "pyproject.toml").write_text(text)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "runtime.in").write_text("orjson\nredis[hiredis]  # cache\n")
    (tmp_path / "requirements" / "dev.in").write_text("-r runtime.in\npytest\n")
    return tmp_path


def test_agreement_has_no_problems(root: Path):
    assert problems(root) == []


def test_dependency_that_is_not_locked_is_named_with_its_package(root: Path):
    (root / "requirements" / "runtime.in").write_text("orjson\n")
    assert problems(root) == ["redis, needed by svc_a, is in no requirements/*.in"]


def test_dead_runtime_requirement_is_named(root: Path):
    with (root / "requirements" / "runtime.in").open("a") as file:
        file.write("Left_Pad\n")
    assert problems(root) == ["left-pad in requirements/runtime.in is needed by no package"]


def test_locks_name_hashes_and_no_index():
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text()
        assert text.count("--hash=sha256:") >= text.count("=="), lock
        assert "://" not in text, lock
