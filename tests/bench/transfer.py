"""Import and export of a real ontology through REST."""

from __future__ import annotations

import statistics
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import brickschema
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.ontology.v1 import transfer_service_pb2 as transfer
from oms_monolith.launch import launched
from oms_testing.e2e import Endpoint, RestApi
from oms_testing.e2e_process import clean_environment

from tests.bench.report import Goal, Section

_GOAL_PER_S = 2_000
_BRICK = Path(brickschema.__file__).parent / "ontologies" / "1.4" / "Brick.ttl"
_EXPORTS = {
    "Turtle": transfer.RDF_FORMAT_TURTLE,
    "N-Triples": transfer.RDF_FORMAT_N_TRIPLES,
    "RDF/XML": transfer.RDF_FORMAT_RDF_XML,
    "JSON-LD": transfer.RDF_FORMAT_JSON_LD,
}


async def brick(*, repeats: int) -> Section:
    """Moves Brick 1.4 in and out, end to end: client, Envoy, monolith, kernel, disk."""
    with TemporaryDirectory() as folder:
        async with launched(Path(folder) / "data", environment=clean_environment()) as suite:
            token = suite.secrets.token(ttl=timedelta(hours=1))
            endpoint = Endpoint(suite.grpc_target, suite.rest_url, token)
            async with RestApi(endpoint) as api:
                return await _measure(api, repeats)


async def _measure(api: RestApi, repeats: int) -> Section:
    data = _BRICK.read_bytes()
    section = Section(
        "Brick 1.4 through REST",
        f"The Turtle file of {len(data) / 2**20:.1f} MiB, from the first byte sent to the answer, "
        f"through Envoy, with a durable commit; medians of {repeats}.",
        ("step", "seconds", "statements", "statements/s"),
    )
    imports: list[float] = []
    statements = carried = 0
    for number in range(repeats):
        name = f"ontologies/brick-{number}"
        await api(ontologies.CreateOntologyRequest(ontology_id=f"brick-{number}"))
        started = perf_counter()
        answer = await _import(api, name, data)
        imports.append(perf_counter() - started)
        statements, carried = answer.statement_count, answer.carried_statement_count
    started = perf_counter()
    await _import(api, name, data)
    again = perf_counter() - started
    _add(section, "import Turtle into an empty ontology", statistics.median(imports), statements)
    _add(section, "import the same once more", again, statements)
    for title, number in _EXPORTS.items():
        taken: list[float] = []
        for _ in range(repeats):
            started = perf_counter()
            await api.download(transfer.ExportOntologyRequest(name=name, format=number))
            taken.append(perf_counter() - started)
        _add(section, f"export {title}", statistics.median(taken), carried)
    per_s = statements / statistics.median(imports)
    text = f"import: {per_s:,.0f} statements/s end to end; promised are {_GOAL_PER_S:,}"
    section.goals.append(Goal(text, per_s >= _GOAL_PER_S))
    return section


async def _import(api: RestApi, name: str, data: bytes) -> Any:
    return await api.upload(
        transfer.ImportOntologyRequest(name=name, format=transfer.RDF_FORMAT_TURTLE),
        data,
        content_type="text/turtle",
    )


def _add(section: Section, step: str, seconds: float, statements: int) -> None:
    section.rows.append((step, f"{seconds:.2f}", f"{statements:,}", f"{statements / seconds:,.0f}"))
