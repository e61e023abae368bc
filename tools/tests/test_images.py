"""Dockerfiles and their locks: up to date, sound, and able to start what they are for."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from oms_devstack import LOOPBACK, free_port
from oms_gateway import HTTP_LISTENERS, GatewaySettings
from oms_rpc import SERVICES
from oms_testing.effort import examples

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
_IMPORTS = re.compile(r"^ *(?:from|import) ((?:oms|svc)(?:_\w+)?)\b", re.MULTILINE)


@cache
def _tool() -> Any:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("images")
    finally:
        sys.path.remove(str(ROOT / "tools"))


def _images() -> list[Any]:
    return list(_tool().IMAGES)


def _instructions(image: Any) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile with what follows them, stages told by FROM."""
    text = (ROOT / image.folder / "Dockerfile").read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = (line.partition(" ") for line in text.splitlines() if line.strip())
    return [(name, rest) for name, _, rest in lines]


def _stages(image: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    lines = _instructions(image)
    second = [index for index, (name, _) in enumerate(lines) if name == "FROM"][1]
    return lines[:second], lines[second:]


every_image = pytest.mark.parametrize("image", _images(), ids=lambda image: image.name)


def test_files_are_what_the_code_says() -> None:
    different = [path for path, text in _tool().files().items() if path.read_text() != text]
    assert different == [], "run `make gen`"


def test_every_service_has_an_image() -> None:
    folders = {path.parent.name for path in ROOT.glob("svc_*/pyproject.toml")}
    assert {image.folder for image in _images()} >= folders


@every_image
def test_a_dockerfile_copies_what_is_there_and_leaves_tests_out(image: Any) -> None:
    sources = [
        source
        for name, rest in _instructions(image)
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert image.folder in sources
    assert all((ROOT / source).exists() for source in sources)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    shown = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    for source in sources:
        assert any(
            Path(source).is_relative_to(each)
            or Path(source).match(each)
            or Path(source).parts[0] == each
            for each in shown
        ), source


@every_image
def test_a_container_is_no_root_and_tells_its_health_and_version(image: Any) -> None:
    build, final = _stages(image)
    values: dict[str, str] = dict(final)
    assert [name for name, _ in build].count("USER") == 0
    assert values["USER"] == "10001:10001"
    assert final.index(("USER", values["USER"])) < final.index(("ENTRYPOINT", values["ENTRYPOINT"]))
    assert values["STOPSIGNAL"] == "SIGTERM"
    assert json.loads(values["HEALTHCHECK"].partition("CMD ")[2]) == list(image.probe)
    assert json.loads(values["ENTRYPOINT"]) == list(image.command)
    labels = values["LABEL"]
    assert 'org.opencontainers.image.version="$VERSION"' in labels
    assert 'org.opencontainers.image.licenses="Apache-2.0"' in labels
    assert "io.oms.sbom=" in labels
    # The final stage has neither sources nor what builds.
    assert [rest for name, rest in final if name == "COPY"] == ["--from=build /opt/oms /opt/oms"]


def test_ports_are_those_of_the_topology() -> None:
    ports = {e.name: {e.port, *((e.http_port,) if e.http_port else ())} for e in SERVICES}
    for image in _images():
        if image.name in ports:
            assert set(image.ports) == ports[image.name]
        if image.name == "monolith":
            assert set(image.ports) == set().union(*ports.values())
        if image.name == "gateway":
            settings = GatewaySettings()
            assert set(image.ports) == {settings.port(name) for name in HTTP_LISTENERS}


def _imported(folder: str) -> set[str]:
    """Packages of this repository that the sources of a folder import."""
    found: set[str] = set()
    for path in (ROOT / folder / "src").rglob("*.py"):
        found.update(_IMPORTS.findall(path.read_text()))
    return found


@every_image
def test_an_image_holds_each_package_of_ours_that_it_imports(image: Any) -> None:
    folders, _ = _tool().needed(image.packages)
    there = {path.name for folder in folders for path in (ROOT / folder).glob("src/*")}
    there |= {path.name for path in (ROOT / "gen" / "python").iterdir()}
    # Only `python -m oms_monolith.launch` needs these: it is not in the image.
    there |= {"oms_devstack", "oms_gateway"} if image.name == "monolith" else set()
    assert _imported(image.folder) <= there


def test_a_part_of_a_lock_has_what_its_entries_ask_for() -> None:
    lock = """# by uv
a==1 \\
    --hash=sha256:aa
    # via -r requirements/runtime.in
b==2 ; sys_platform == 'linux' \\
    --hash=sha256:bb
    # via
    #   a
    #   d
c==3 ; python_full_version < '3.12' \\
    --hash=sha256:cc
    # via b
c==4 ; python_full_version >= '3.12' \\
    --hash=sha256:c4
    # via b
d==4 \\
    --hash=sha256:dd
    # via -r requirements/runtime.in
"""
    part = _tool().part_of(lock, {"a"})
    assert re.findall(r"^(\w)==", part, re.MULTILINE) == ["a", "b", "c", "c"]
    assert "--hash=sha256:bb" in part
    with pytest.raises(LookupError, match="not locked: e"):
        _tool().part_of(lock, {"e"})


def test_a_bill_of_materials_names_what_is_installed() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/sbom.py"), "oms-test", "1.2.3"],
        capture_output=True,
        text=True,
        check=True,
    )
    bill = json.loads(done.stdout)
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["version"] == "1.2.3"
    purls = [component["purl"] for component in bill["components"]]
    assert any(purl.startswith("pkg:pypi/grpcio@") for purl in purls)


def test_hadolint_has_nothing_to_say() -> None:
    hadolint = shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("hadolint is not on PATH")
    files = [str(ROOT / image.folder / "Dockerfile") for image in _images()]
    done = subprocess.run([hadolint, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


class Built:
    """An image's file system, as far as its steps make it, in a folder."""

    def __init__(self, image: Any, folder: Path) -> None:
        self._image = image
        self._folder = folder

    def _moved(self, text: str) -> str:
        for name in ("/opt/oms", "/build", "/wheels"):
            text = re.sub(rf"(?<![\w.]){name}\b", f"{self._folder}{name}", text)
        return text

    def build(self) -> None:
        """Carries out the first stage, with this interpreter in place of the base image's."""
        source = self._folder / "src"
        source.mkdir()
        (self._folder / "opt").mkdir()
        environment = {**os.environ, "VERSION": "9.9.9"}
        environment["PATH"] = f"{Path(sys.base_prefix, 'bin')}:{environment['PATH']}"
        environment.pop("VIRTUAL_ENV", None)
        for name, rest in _stages(self._image)[0]:
            if name == "ENV":
                environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            elif name == "COPY":
                *sources, target = rest.split()
                for each in sources:
                    self._copy(ROOT / each, source / target, is_folder=target.endswith("/"))
            elif name == "RUN":
                # uv reads its index from variables, pip also from files.
                subprocess.run(
                    ["bash", "-euc", self._moved(rest)], cwd=source, env=environment, check=True
                )

    @staticmethod
    def _copy(source: Path, target: Path, *, is_folder: bool) -> None:
        ignore = shutil.ignore_patterns("tests", "__pycache__")
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignore)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / source.name)

    def start(self, ports: dict[str, int]) -> subprocess.Popen[bytes]:
        """Runs the command of the image with its variables."""
        data = self._folder / "data"
        data.mkdir()
        return subprocess.Popen(
            [str(self._folder / "opt/oms/bin/python"), *self._image.command[1:]],
            cwd=data,
            env=self.environment(ports, data),
        )

    def environment(self, ports: dict[str, int], data: Path) -> dict[str, str]:
        host = {"OMS_HOST": LOOPBACK, "OMS_GATEWAY_BIND_ADDRESS": LOOPBACK}
        listeners = [f"_{name.upper()}" for name in HTTP_LISTENERS if name != "api"]
        return {
            "PATH": f"{self._folder / 'opt/oms/bin'}:/usr/bin:/bin",
            "JWT_SECRET": "only for this test " * 4,
            "OMS_DATA_DIR": str(data),
            "OMS_PORTS": json.dumps(ports),
            "OMS_GATEWAY_PORT": str(ports["api"]),
            **{f"OMS_GATEWAY{name}_PORT": "0" for name in listeners},
            "OMS_GRAPHQL_HTTP_PORT": "0",
            **host,
        }

    def is_serving(self, ports: dict[str, int]) -> bool:
        """What the health check of the image says."""
        numbers = {str(entry.port): str(ports[entry.name]) for entry in SERVICES}
        probe = [numbers.get(word, word) for word in self._image.probe[1:]]
        done = subprocess.run(
            [str(self._folder / "opt/oms/bin/python"), *probe],
            env=self.environment(ports, self._folder / "data"),
            check=False,
            capture_output=True,
        )
        return done.returncode == 0


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


@pytest.mark.skipif(examples(10) <= 10, reason="takes minutes; OMS_TEST_EFFORT=2 runs it")
@pytest.mark.timeout(900)
@every_image
def test_the_steps_of_a_dockerfile_make_what_starts(image: Any, tmp_path: Path) -> None:
    built = Built(image, tmp_path)
    built.build()
    bill = json.loads((tmp_path / "opt/oms/sbom.cdx.json").read_text())
    assert bill["metadata"]["component"] == {
        "type": "container",
        "name": f"oms-{image.name}",
        "version": "9.9.9",
    }
    ports = {entry.name: free_port() for entry in SERVICES}
    process = built.start(ports)
    try:
        deadline = time.monotonic() + PATIENCE_S
        # Two are healthy only with others behind them, of which there are none: they listen.
        is_alone = image.name not in {"api", "gateway"}
        while not (built.is_serving(ports) if is_alone else _listens(ports["api"])):
            assert process.poll() is None, "it ended"
            assert time.monotonic() < deadline, "it does not serve"
        assert process.poll() is None
    finally:
        process.terminate()
        assert process.wait(60) == 0
