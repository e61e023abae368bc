"""The sessions in README.md and docs/kernel/README.md work as they are written there."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from oms.datakernel.v1 import database_service_pb2 as databases
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.scheduler.v1 import job_service_pb2 as jobs
from oms_testing.e2e import GrpcApi
from oms_testing.e2e_process import clean_environment

_ROOT = Path(__file__).resolve().parents[2]


_PAGES = [
    "README.md",
    "docs/embedding/README.md",
    "svc_embedding/README.md",
    "svc_scheduler/README.md",
    "docs/adr/0016-scheduler.md",
    *sorted(f"docs/clients/{page.name}" for page in _ROOT.glob("docs/clients/*.md")),
    *sorted(f"docs/scheduler/{page.name}" for page in _ROOT.glob("docs/scheduler/*")),
    *sorted(f"docs/kernel/{page.name}" for page in _ROOT.glob("docs/kernel/*")),
]


def _blocks(page: str = "README.md", heading: str = "## A first session") -> list[str]:
    text = (_ROOT / page).read_text()
    session = text.partition(heading)[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", session, flags=re.DOTALL)


async def _run(script: str, folder: Path, suite: Any, *, target: str = "") -> str:
    """Runs a block with bash, as a reader would; only the ports are those of the suite.

    Args:
        target: The server that `oms` talks to; the first service's by default.
    """
    script = script.replace("127.0.0.1:50050", suite.ports["api"])
    script = script.replace("127.0.0.1:50051", suite.ports["datakernel"])
    script = script.replace("127.0.0.1:50055", suite.ports["embedding"])
    script = script.replace("127.0.0.1:50056", suite.ports["scheduler"])
    script = script.replace("http://127.0.0.1:8000", suite.listeners["api"])
    script = script.replace("http://127.0.0.1:8001", suite.listeners["embedding"])
    script = script.replace("http://127.0.0.1:8002", suite.listeners["scheduler"])
    script = script.replace("http://127.0.0.1:8006", suite.listeners["graphql"])
    script = script.replace("http://127.0.0.1:8080", suite.listeners["datakernel"])
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", script),
        cwd=folder,
        env={
            **clean_environment(),
            "OMS_TARGET": target or suite.ports["api"],
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


async def test_the_session_of_the_kernel_runs_as_written(suite: Any, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(_ROOT / ".venv")
    (tmp_path / "data").symlink_to(suite.data_dir)
    session, views, farewell = _blocks("docs/kernel/README.md", "## A session")
    has_grpcurl = shutil.which("grpcurl") is not None
    script = "\n".join([session, *([views] if has_grpcurl else []), farewell])
    try:
        output = await _run(script, tmp_path, suite)
    except AssertionError:
        async with GrpcApi(suite.endpoint) as api:
            await api(databases.DeleteDatabaseRequest(name="databases/shop-data"))
        raise
    assert (
        '"bindings":[{"product":"Product/Tea","price":{"@type":"xsd:decimal","@value":4.5}}]'
        in (output)
    )
    assert '"price":{"@after":3.99,"@before":4.5,"@op":"SwapValue"}' in output
    assert output.count('"@type":"Product","name":"Tea","price":4.5') == 2
    assert '"faults":[]' in output
    assert ("oms.datakernel.v1.QueryService" in output) == has_grpcurl


async def test_the_first_embedding_calls_run_as_written(suite: Any, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(_ROOT / ".venv")
    (tmp_path / "data").symlink_to(suite.data_dir)
    calls, view = _blocks("docs/embedding/README.md", "## A first call")
    [short] = _blocks("README.md", "## Texts as vectors")
    has_grpcurl = shutil.which("grpcurl") is not None
    script = "\n".join([calls, short, *([view] if has_grpcurl else [])])
    output = await _run(script, tmp_path, suite)
    assert output.count('"scores":[0.') == 2
    assert '"object":"list"' in output
    assert '"provider":"onnx"' in output
    assert ("VECTOR_ENCODING_INT8" in output) == has_grpcurl


@pytest.mark.parametrize("suite", ["split"], indirect=True)
async def test_the_first_jobs_run_as_written(suite: Any, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(_ROOT / ".venv")
    (tmp_path / "data").symlink_to(suite.data_dir)
    [short] = _blocks("README.md", "## Jobs")
    terminal, rest, view = _blocks("docs/scheduler/README.md", "## Jobs")
    has_grpcurl = shutil.which("grpcurl") is not None
    path = "export PATH=$PWD/.venv/bin:$PATH"
    script = "\n".join([path, short, terminal, rest, *([view] if has_grpcurl else [])])
    # `oms` finds everything behind the gateway, wherever the scheduler runs.
    target = suite.listeners["api"].removeprefix("http://")
    async with GrpcApi(suite.endpoint) as api:
        await api(ontologies.CreateOntologyRequest(ontology_id="shop"))
        try:
            output = await _run(script, tmp_path, suite, target=target)
        finally:
            await api(ontologies.DeleteOntologyRequest(name="ontologies/shop"))
            for job in (await api(jobs.ListJobsRequest())).jobs:
                await api(jobs.DeleteJobRequest(name=job.name))
    assert output.count("RUN_STATE_SUCCEEDED") == 2
    assert '"description":"Still there?"' in output
    assert '"parameters":{"from":"hand"}' in output
    assert ("jobs/status" in output) == has_grpcurl
    assert "error" not in output


def test_the_pages_hold_their_sessions() -> None:
    assert len(_blocks()) == 2
    assert len(_blocks("docs/kernel/README.md", "## A session")) == 3


@pytest.mark.parametrize("page", _PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    folder = (_ROOT / page).parent
    links = re.findall(r"\]\((?!http)([^)#]+)", (_ROOT / page).read_text())
    assert [link for link in links if not (folder / link).exists()] == []
