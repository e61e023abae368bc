"""The first session in README.md works as it is written there."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms_testing.e2e import GrpcApi
from oms_testing.e2e_process import clean_environment

_ROOT = Path(__file__).resolve().parents[2]


def _blocks() -> list[str]:
    readme = (_ROOT / "README.md").read_text()
    session = readme.partition("## A first session")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", session, flags=re.DOTALL)


async def _run(script: str, folder: Path, suite: Any) -> str:
    """Runs a block with bash, as a reader would; only the ports are those of the suite."""
    script = script.replace("127.0.0.1:50050", suite.ports["api"])
    script = script.replace("http://127.0.0.1:8000", suite.listeners["api"])
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", script),
        cwd=folder,
        env={
            **clean_environment(),
            "OMS_TARGET": suite.ports["api"],
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, f"{script}\n---\n{output.decode()}"
    return output.decode()


async def test_the_first_session_runs_as_written(suite: Any, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(_ROOT / ".venv")
    (tmp_path / "data").symlink_to(suite.data_dir)
    session, views = _blocks()
    path = session.splitlines()[0]
    if shutil.which("grpcurl") is None:
        views = views[: views.index("grpcurl")]
    try:
        output = await _run(session, tmp_path, suite)
        assert "administrator" in output
        assert "GoldCustomer" in output
        assert "subClassOf" in output
        output = await _run(f"{path}\n{views}", tmp_path, suite)
        expected = 2 if "grpcurl" in views else 1
        assert output.count("ontologies/shop/objectTypes/GoldCustomer") == expected
    finally:
        async with GrpcApi(suite.endpoint) as api:
            await api(ontologies.DeleteOntologyRequest(name="ontologies/shop"))


def test_the_readme_holds_a_session() -> None:
    assert len(_blocks()) == 2


@pytest.mark.parametrize(
    "path", re.findall(r"\]\((?!http)([^)#]+)\)", (_ROOT / "README.md").read_text())
)
def test_every_link_of_the_readme_leads_somewhere(path: str) -> None:
    assert (_ROOT / path).exists()
