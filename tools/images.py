"""Writes the Dockerfile of each image, and the lock of what it installs: `python tools/images.py`.

An image holds a package of this repository with the packages it needs, and nothing else: its lock
is the part of `requirements/*.lock` that those ask for. Part of `make gen`; a test compares.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dockerfile import Image, render

ROOT: Final = Path(__file__).resolve().parent.parent
LOCKS: Final = ROOT / "requirements" / "images"
_FOLDERS: Final = ("gen", "libs/*", "svc_*", "gateway_envoy", "deploy/*")
_GRPC_PORTS: Final = {
    "api": 50050,
    "datakernel": 50051,
    "embedding": 50055,
    "scheduler": 50056,
    "events": 50057,
    "graphql": 50060,
}
_GRAPHQL_HTTP_PORT: Final = 8016
_HTTP_PORTS: Final = (8000, 8001, 8002, 8003, 8004, 8006, 8080)

_EMBEDDING: Final = ("oms-svc-embedding[cpu,offline-model]",)
IMAGES: Final = (
    *(
        Image(
            name=name,
            folder=f"svc_{name}",
            title=title,
            packages=_EMBEDDING if name == "embedding" else (f"oms-svc-{name}",),
            command=("python", "-m", f"svc_{name}"),
            probe=("python", "-m", "oms_rpc.probe", str(_GRPC_PORTS[name])),
            ports=(_GRPC_PORTS[name], *((_GRAPHQL_HTTP_PORT,) if name == "graphql" else ())),
        )
        for name, title in (
            ("api", "the ontology service"),
            ("datakernel", "the data kernel"),
            ("embedding", "the embedding service, on CPUs"),
            ("scheduler", "the scheduler"),
            ("events", "the event gateway"),
            ("graphql", "the GraphQL service"),
        )
    ),
    Image(
        name="monolith",
        folder="deploy/monolith",
        title="every service in one process",
        packages=("oms-monolith", *_EMBEDDING),
        command=("python", "-m", "oms_monolith"),
        probe=("python", "-m", "oms_rpc.probe", "50050"),
        ports=(*_GRPC_PORTS.values(), _GRAPHQL_HTTP_PORT),
    ),
    Image(
        name="gateway",
        folder="gateway_envoy",
        title="Envoy with the configuration of the suite",
        packages=("oms-gateway",),
        command=("python", "-m", "oms_gateway", "run"),
        probe=("python", "-m", "oms_gateway", "probe"),
        ports=_HTTP_PORTS,
        lock="dev",
        is_service=False,
    ),
)
# What builds wheels of this repository's packages.
_BUILDERS: Final = ("hatchling",)


@dataclass(frozen=True, slots=True)
class Package:
    """A package of this repository."""

    folder: str
    dependencies: Sequence[str]
    extras: dict[str, list[str]]


def normalised(requirement: str) -> str:
    """The name of a distribution in a requirement, as registries compare it."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", match.group()).lower() if match else ""


def packages(root: Path = ROOT) -> dict[str, Package]:
    """The packages of this repository by name."""
    found: dict[str, Package] = {}
    for file in sorted(f for pattern in _FOLDERS for f in root.glob(f"{pattern}/pyproject.toml")):
        project = tomllib.loads(file.read_text())["project"]
        found[normalised(project["name"])] = Package(
            str(file.parent.relative_to(root)),
            project.get("dependencies", []),
            project.get("optional-dependencies", {}),
        )
    return found


def needed(requirements: Iterable[str]) -> tuple[list[str], set[str]]:
    """Folders of this repository's packages, and names of others, that requirements ask for."""
    own, folders, others = packages(), set[str](), set[str]()
    waiting = list(requirements)
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        if requirement in seen:
            continue
        seen.add(requirement)
        package = own.get(normalised(requirement))
        if package is None:
            others.add(normalised(requirement))
            continue
        folders.add(package.folder)
        waiting += package.dependencies
        named = re.search(r"\[([^]]*)\]", requirement)
        for extra in (e.strip() for e in named.group(1).split(",")) if named else ():
            waiting += package.extras[extra]
    return sorted(folders), others


def part_of(lock: str, names: set[str]) -> str:
    """The entries of a lock that are named, and all that those ask for, hashes included."""
    entries = re.findall(r"^\S.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    # A name has an entry for each range of Python versions that needs one.
    by_name: dict[str, list[str]] = {}
    for entry in entries:
        if not entry.startswith("#"):
            by_name.setdefault(normalised(entry), []).append(entry)
    missing = names - by_name.keys()
    if missing:
        raise LookupError(f"not locked: {', '.join(sorted(missing))}; run `make lock`")
    parents = {name: _parents("".join(same)) for name, same in by_name.items()}
    wanted = set(names)
    while more := {name for name in by_name if parents[name] & wanted} - wanted:
        wanted |= more
    part = "".join("".join(same) for name, same in by_name.items() if name in wanted)
    # Who else asks for it changes more often than what it is.
    return re.sub(r"^ +#.*\n", "", part, flags=re.MULTILINE)


def _parents(entry: str) -> set[str]:
    """Who asks for an entry, by uv's comment `via`."""
    lines = re.findall(r"^ +# +(?:via )?(\S+)$", entry, re.MULTILINE)
    return {normalised(line) for line in lines if line != "via"}


def files() -> dict[Path, str]:
    """What every generated file has to hold."""
    written: dict[Path, str] = {LOCKS / "build.lock": _lock("dev", set(_BUILDERS))}
    for image in IMAGES:
        folders, others = needed(image.packages)
        written[LOCKS / f"{image.name}.lock"] = _lock(image.lock, others)
        written[ROOT / image.folder / "Dockerfile"] = render(image, folders)
    return written


def _lock(name: str, names: set[str]) -> str:
    whole = (ROOT / "requirements" / f"{name}.lock").read_text()
    return f"# Part of ../{name}.lock, written by tools/images.py.\n" + part_of(whole, names)


def main() -> int:
    """Writes the files, or with `--check` tells which differ."""
    different = [path for path, text in files().items() if not _holds(path, text)]
    if "--check" in sys.argv:
        for path in different:
            print(f"{path.relative_to(ROOT)} is out of date: run `make gen`", file=sys.stderr)
        return 1 if different else 0
    for path, text in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return 0


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
