"""The set-up script's refusals; that it works shows in every run of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "bootstrap.sh"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    shutil.copy(SCRIPT, tmp_path / "tools" / "bootstrap.sh")
    (tmp_path / "bin").mkdir()
    for name in ("bash", "dirname"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or "")
    return tmp_path


def _python(folder: Path, name: str, version: str, status: int) -> None:
    script = folder / name
    script.write_text(
        f'#!/bin/bash\n[[ $1 == --version ]] && echo "Python {version}"\nexit {status}\n'
    )
    script.chmod(0o755)


def _run(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(checkout / "bin"), "HOME": os.environ.get("HOME", "/"), **variables}
    script = str(checkout / "tools" / "bootstrap.sh")
    return subprocess.run(
        [script], env=environment, capture_output=True, text=True, check=False, timeout=30
    )


def test_machine_without_a_new_python_is_told_what_to_do(checkout: Path):
    _python(checkout / "bin", "python3", "3.9.2", 1)
    done = _run(checkout)
    assert done.returncode == 1
    assert "no Python 3.11 or newer on PATH" in done.stderr
    assert "make PYTHON=" in done.stderr


def test_named_interpreter_that_is_too_old_is_refused_by_its_version(checkout: Path):
    _python(checkout / "bin", "python3.10", "3.10.1", 1)
    done = _run(checkout, PYTHON="python3.10")
    assert done.returncode == 1
    assert "PYTHON=python3.10 is not a Python 3.11 or newer (Python 3.10.1)" in done.stderr


def test_python_without_venv_is_told_where_it_is(checkout: Path):
    script = checkout / "bin" / "python3"
    script.write_text("#!/bin/bash\n[[ $1 != -m ]]\n")
    script.chmod(0o755)
    done = _run(checkout)
    assert done.returncode == 1
    assert "python3-venv" in done.stderr
