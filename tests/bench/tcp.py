"""What the whole chain costs a read over TCP, beside a bare server."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import document_service_pb2 as documents
from oms.identity.v1 import identity_service_pb2 as identity
from oms.ontology.v1 import element_pb2 as elements
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.e2e_methods import method_of

from tests.bench.load import Order
from tests.bench.processes import (
    Credentials,
    LoadGenerator,
    Target,
    cpu_seconds,
    echo_server,
    load_generator,
    running_service,
)
from tests.bench.report import Goal, Section

_TCP_GOAL = 0.75
_CONCURRENCY = 32


@dataclass
class _Pair:
    """A read and the echo, measured in turn."""

    name: str
    order: Order
    echo_path: str
    target: Target
    ratios: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    echo_calls: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    echo_cpu_us: list[float] = field(default_factory=list)
    p50_us: list[float] = field(default_factory=list)


async def over_tcp(*, rounds: int, seconds: float) -> Section:
    """Reads through the whole chain against a bare echo server, in turn, in one run."""
    credentials = Credentials.fresh()
    with TemporaryDirectory() as folder:
        async with (
            running_service("oms_monolith", Path(folder), credentials) as targets,
            echo_server() as echo,
            load_generator() as load,
        ):
            pairs = [
                _Pair(
                    name,
                    _order(targets["api"], request, credentials, seconds),
                    f"/bench.Echo/{request.DESCRIPTOR.full_name}",
                    targets["api"],
                )
                for name, request in await _reads(targets["api"], credentials)
            ]
            await _interleave(pairs, echo, load, rounds)
    return _tcp_section(pairs, rounds, seconds)


async def _reads(target: Target, credentials: Credentials) -> list[tuple[str, Any]]:
    """The reads, after what they read has been made."""
    async with GrpcApi(Endpoint(target.address, "", credentials.token)) as api:
        await api(ontologies.CreateOntologyRequest(ontology_id="bench"))
        made = await api(
            object_types.CreateObjectTypeRequest(
                parent="ontologies/bench",
                object_type_id="Zone",
                object_type=object_types.ObjectType(
                    labels=[elements.LocalizedText(language="en", text="Zone")],
                    descriptions=[elements.LocalizedText(language="en", text="A part of a floor")],
                ),
            )
        )
    name = "ontologies/bench/objectTypes/Zone"
    return [
        ("GetCaller", identity.GetCallerRequest()),
        (
            "GetObjectType by commit",
            object_types.GetObjectTypeRequest(name=name, revision=Revision(commit=made.commit_id)),
        ),
        ("GetObjectType by branch", object_types.GetObjectTypeRequest(name=name)),
        (
            "kernel GetDocument by commit",
            documents.GetDocumentRequest(
                parent="databases/bench",
                document_id="ObjectType/Zone",
                revision=Revision(commit=made.commit_id),
            ),
        ),
        (
            "kernel GetDocument by branch",
            documents.GetDocumentRequest(parent="databases/bench", document_id="ObjectType/Zone"),
        ),
    ]


def _order(target: Target, request: Any, credentials: Credentials, seconds: float) -> Order:
    return Order(
        address=target.address,
        path=method_of(request).path,
        request=request.SerializeToString().hex(),
        token=credentials.token,
        seconds=seconds,
        concurrency=_CONCURRENCY,
    )


async def _interleave(pairs: list[_Pair], echo: Target, load: LoadGenerator, rounds: int) -> None:
    """A, B, A, B, … so that whatever else the machine does meets both; the first is warm-up."""
    for number in range(rounds + 1):
        for pair in pairs:
            # The same message and metadata as the read it is compared with.
            bare = replace(pair.order, address=echo.address, path=pair.echo_path)
            before = cpu_seconds(echo.pid)
            plain = await load.round(bare)
            plain_cpu = cpu_seconds(echo.pid) - before
            before = cpu_seconds(pair.target.pid)
            chained = await load.round(pair.order)
            chained_cpu = cpu_seconds(pair.target.pid) - before
            if number == 0:
                continue
            pair.ratios.append(chained.calls_per_s / plain.calls_per_s)
            pair.calls.append(chained.calls_per_s)
            pair.echo_calls.append(plain.calls_per_s)
            pair.cpu_us.append(chained_cpu / chained.calls * 1e6)
            pair.echo_cpu_us.append(plain_cpu / plain.calls * 1e6)
            pair.p50_us.append(chained.p50_us)


def _tcp_section(pairs: list[_Pair], rounds: int, seconds: float) -> Section:
    section = Section(
        "A read through the whole chain over TCP",
        f"Calls per second of one server process under {_CONCURRENCY} calls in flight from another "
        f"process, in turn with a bare `grpc.aio` echo server that gets the same bytes and "
        f"metadata: {rounds} rounds of {seconds:g} s each, medians; the ratio is the median of "
        "each round's own. Processor time is the server's, per call.",
        (
            "read",
            "calls/s",
            "bare echo, calls/s",
            "ratio",
            "lowest–highest",
            "CPU µs",
            "echo CPU µs",
            "p50 ms",
        ),
    )
    for pair in pairs:
        ratio = statistics.median(pair.ratios)
        section.rows.append(
            (
                pair.name,
                f"{statistics.median(pair.calls):,.0f}",
                f"{statistics.median(pair.echo_calls):,.0f}",
                f"{ratio:.2f}",
                f"{min(pair.ratios):.2f}–{max(pair.ratios):.2f}",
                f"{statistics.median(pair.cpu_us):.0f}",
                f"{statistics.median(pair.echo_cpu_us):.0f}",
                f"{statistics.median(pair.p50_us) / 1000:.1f}",
            )
        )
        text = (
            f"{pair.name}: {ratio:.0%} of the bare server's calls/s; promised are {_TCP_GOAL:.0%}"
        )
        section.goals.append(Goal(text, ratio >= _TCP_GOAL))
    return section
