"""Compares requirements/*.in with what the packages of this repository say they need.

A dependency of a package that no `.in` file names would not be locked; a line of
`runtime.in` that no package needs is dead. Exits 1 and prints each.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PROJECTS = ("gen", "libs/*", "svc_*", "gateway_envoy", "deploy/*")


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", match.group()).lower() if match else ""


def needed_by_packages(root: Path) -> dict[str, list[str]]:
    """The folders that depend on each third-party distribution, by its normalised name."""
    needed: dict[str, list[str]] = {}
    files = (file for pattern in _PROJECTS for file in root.glob(f"{pattern}/pyproject.toml"))
    for file in files:
        project = tomllib.loads(file.read_text())["project"]
        extras = project.get("optional-dependencies", {}).values()
        for requirement in [*project.get("dependencies", []), *(r for e in extras for r in e)]:
            if not _name(requirement).startswith("oms-"):
                needed.setdefault(_name(requirement), []).append(str(file.parent.relative_to(root)))
    return needed


def listed(file: Path) -> set[str]:
    """The normalised names in a requirements file, its includes left out."""
    lines = (line.partition("#")[0].strip() for line in file.read_text().splitlines())
    return {_name(line) for line in lines if line and not line.startswith("-")}


def problems(root: Path) -> list[str]:
    """One sentence for each disagreement; empty when there is none."""
    needed = needed_by_packages(root)
    runtime = listed(root / "requirements" / "runtime.in")
    known = set[str]().union(*(listed(file) for file in (root / "requirements").glob("*.in")))
    found = [
        f"{name}, needed by {', '.join(folders)}, is in no requirements/*.in"
        for name, folders in needed.items()
        if name not in known
    ]
    found += [
        f"{name} in requirements/runtime.in is needed by no package"
        for name in runtime - needed.keys()
    ]
    return sorted(found)


if __name__ == "__main__":
    lines = problems(ROOT)
    for line in lines:
        print(line, file=sys.stderr)
    sys.exit(1 if lines else 0)
