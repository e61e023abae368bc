"""The examples of clients in other languages, built and run against a suite.

They need toolchains and minutes, so CI leaves them out: `make clients` runs those whose toolchain
is there. That the generated code is that of the protos is checked everywhere, by hashes.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from oms_testing.e2e_process import clean_environment
from oms_testing.effort import is_thorough

_ROOT = Path(__file__).resolve().parents[2]
_EXAMPLES = _ROOT / "docs" / "clients" / "examples"
_BUILD_S = 1800.0


@dataclass(frozen=True)
class Example:
    """How an example is built, where its folder is, and how it is run with an ontology's id."""

    tools: Sequence[str]
    folder: Path
    builds: Sequence[tuple[Path, Sequence[str]]]
    run: Sequence[str]


_NPM = ("npm", "ci", "--no-audit", "--no-fund")
_NODE = (
    (_ROOT / "gen/ts", _NPM),
    (_ROOT / "gen/ts", ("npm", "run", "build")),
    (_EXAMPLES / "node", _NPM),
    (_EXAMPLES / "node", ("npm", "run", "build")),
)
_MAVEN = ("mvn", "-q", "-B")
EXAMPLES = {
    "go": Example(
        ("go",),
        _EXAMPLES / "go",
        [(_ROOT / "gen/go", ("go", "vet", "./...")), (_EXAMPLES / "go", ("go", "vet", "."))],
        ("go", "run", "."),
    ),
    "node": Example(("node", "npm"), _EXAMPLES / "node", _NODE, ("node", "dist/node.js")),
    "web": Example(("node", "npm"), _EXAMPLES / "node", _NODE, ("node", "dist/web.js")),
    "java": Example(
        ("mvn", "java"),
        _EXAMPLES / "java",
        [(_ROOT / "gen/java", (*_MAVEN, "install")), (_EXAMPLES / "java", (*_MAVEN, "compile"))],
        (*_MAVEN, "exec:java", "-Dexec.args={}"),
    ),
    "rust": Example(
        ("cargo",),
        _EXAMPLES / "rust",
        [(_EXAMPLES / "rust", ("cargo", "build", "--quiet"))],
        ("cargo", "run", "--quiet", "--"),
    ),
}


async def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**clean_environment(), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, f"{' '.join(command)}\n{output.decode()}"
    return output.decode()


@pytest.mark.timeout(_BUILD_S)
@pytest.mark.skipif(not is_thorough(), reason="takes minutes; `make clients` runs it")
@pytest.mark.parametrize("language", EXAMPLES)
@pytest.mark.parametrize("suite", ["monolith"], indirect=True)
async def test_the_example_runs(language: str, suite: Any, ontology_id: str) -> None:
    example = EXAMPLES[language]
    missing = [tool for tool in example.tools if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not on PATH")
    for folder, command in example.builds:
        await _run(command, folder, {})
    arguments = [part.format(ontology_id) for part in example.run]
    if arguments == list(example.run):
        arguments.append(ontology_id)
    environment = {
        "OMS_TARGET": suite.ports["api"],
        "OMS_URL": suite.listeners["api"],
        "OMS_TOKEN": suite.endpoint.token,
    }
    output = await _run(arguments, example.folder, environment)
    # Maven puts codes for colours around it.
    assert re.search(r"merged [0-9a-f]{64} with 1 change\n", output), output
    assert "refused RESOURCE_NOT_FOUND" in output


def test_every_example_is_run() -> None:
    folders = {folder.name for folder in _EXAMPLES.iterdir()}
    assert {example.folder.name for example in EXAMPLES.values()} == folders
    assert all(os.access(example.folder, os.R_OK) for example in EXAMPLES.values())
