"""What the kernel promises: costs that follow the change, not the size of the graph."""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branches
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.datakernel.v1 import database_service_pb2 as databases
from oms.datakernel.v1 import document_service_pb2 as documents
from oms_testing.e2e import Api, Endpoint, GrpcApi

from tests.bench.processes import Credentials, running_service
from tests.bench.report import Goal, Section

_BULK = 5_000
# Costs that do not follow the size still vary with the machine and the page cache.
_MOST_GROWTH = 2.0
_READ_GOAL = 2.0


@dataclass
class _Scale:
    """Medians at one number of documents, in milliseconds."""

    size: int
    medians: dict[str, float] = field(default_factory=dict)
    bulk_per_s: float = 0.0


async def at_scales(sizes: Sequence[int], *, repeats: int) -> list[Section]:
    """Measures a kernel process over gRPC at several numbers of documents."""
    credentials = Credentials.fresh()
    with TemporaryDirectory() as folder:
        async with running_service("svc_datakernel", Path(folder), credentials) as targets:
            endpoint = Endpoint(targets["datakernel"].address, "", credentials.token)
            async with GrpcApi(endpoint) as api:
                scales = [await _measure(api, size, repeats) for size in sizes]
    return [_scale_section(scales, repeats), _bulk_section(scales)]


def _content(number: int, version: int = 0) -> bytes:
    return json.dumps(
        {
            "iri": f"https://example.org/thing#{number}",
            "labels": [{"language": "en", "text": f"Thing {number}"}],
            "parents": [f"T{number // 10}"],
            "version": version,
        },
        separators=(",", ":"),
    ).encode()


def _upsert(number: int, version: int) -> commits.DocumentOperation:
    return commits.DocumentOperation(
        upsert=commits.DocumentWrite(
            document_id=f"ObjectType/T{number:07}",
            type="ObjectType",
            json=_content(number, version),
        )
    )


async def _commit(api: Api, database: str, numbers: Sequence[int], version: int) -> str:
    answer = await api(
        commits.CreateCommitRequest(
            parent=f"{database}/branches/main",
            operations=[_upsert(number, version) for number in numbers],
        )
    )
    return answer.commit.commit_id


async def _load(api: Api, database: str, size: int) -> float:
    """Fills a database; gives documents per second."""
    started = perf_counter()
    for first in range(0, size, _BULK):
        await _commit(api, database, range(first, min(first + _BULK, size)), 0)
    return size / (perf_counter() - started)


async def _median_ms(repeats: int, call: Callable[[int], Awaitable[Any]]) -> float:
    taken: list[float] = []
    for number in range(repeats):
        started = perf_counter()
        await call(number)
        taken.append(perf_counter() - started)
    return statistics.median(taken) * 1000


async def _measure(api: Api, size: int, repeats: int) -> _Scale:
    database = f"databases/n{size}"
    await api(databases.CreateDatabaseRequest(database_id=f"n{size}"))
    scale = _Scale(size, bulk_per_s=await _load(api, database, size))
    head = (await api(commits.ResolveRevisionRequest(parent=database))).commit.commit_id
    old = Revision(commit=head)
    step = max(1, size // 97)

    def spread(start: int, count: int) -> list[int]:
        """Distinct documents from all over the database."""
        return [(start + index * step) % size for index in range(count)]

    heads = [head]

    async def commit_one(number: int) -> None:
        heads.append(await _commit(api, database, [number * step % size], number + 1))

    async def commit_ten(number: int) -> None:
        heads.append(await _commit(api, database, spread(number, 10), 1000 + number))

    async def diff(number: int) -> None:
        base, target = heads[-2 - number % 5], heads[-1 - number % 5]
        answer = await api(
            commits.DiffCommitsRequest(
                parent=database, base=Revision(commit=base), target=Revision(commit=target)
            )
        )
        assert len(answer.diffs) == 10

    async def branch(number: int) -> None:
        await api(branches.CreateBranchRequest(parent=database, branch_id=f"b{number}"))

    async def read(number: int, revision: Revision | None) -> None:
        await api(
            documents.GetDocumentRequest(
                parent=database,
                document_id=f"ObjectType/T{number * step % size:07}",
                revision=revision,
            )
        )

    medians = scale.medians
    medians["commit, 1 change"] = await _median_ms(repeats, commit_one)
    medians["commit, 10 changes"] = await _median_ms(repeats, commit_ten)
    medians["diff, 10 changes"] = await _median_ms(repeats, diff)
    medians["create a branch"] = await _median_ms(repeats, branch)
    medians["read at the head"] = await _median_ms(repeats * 5, lambda n: read(n, None))
    medians["read as of an old commit"] = await _median_ms(repeats * 5, lambda n: read(n, old))
    return scale


def _scale_section(scales: list[_Scale], repeats: int) -> Section:
    section = Section(
        "The kernel at growing numbers of documents",
        f"One kernel process on SQLite, called over gRPC (TCP), durable commits; medians of "
        f"{repeats} calls ({repeats * 5} for reads) in milliseconds, the call's own cost included. "
        f"The old commit lies {2 * repeats} commits back.",
        ("operation", *(f"{scale.size:,} documents" for scale in scales), "last / first"),
    )
    first, last = scales[0].medians, scales[-1].medians
    for name in first:
        growth = last[name] / first[name]
        cells = (f"{scale.medians[name]:.2f}" for scale in scales)
        section.rows.append((name, *cells, f"{growth:.2f}"))
        text = (
            f"{name}: {growth:.2f} times the cost at {scales[-1].size // scales[0].size:,} "
            f"times the documents; must not grow (at most {_MOST_GROWTH:g})"
        )
        section.goals.append(Goal(text, growth <= _MOST_GROWTH))
    worst = max(
        s.medians["read as of an old commit"] / s.medians["read at the head"] for s in scales
    )
    section.goals.append(
        Goal(
            f"read as of an old commit: {worst:.2f} times a read at the head at the worst; "
            f"promised are at most {_READ_GOAL:g}",
            worst <= _READ_GOAL,
        )
    )
    return section


def _bulk_section(scales: list[_Scale]) -> Section:
    section = Section(
        "Bulk loading",
        f"New documents of about {len(_content(0))} bytes in commits of up to {_BULK:,}.",
        ("documents", "documents/s"),
    )
    for scale in scales:
        section.rows.append((f"{scale.size:,}", f"{scale.bulk_per_s:,.0f}"))
    return section


async def concurrent_writers(*, writers: int, seconds: float) -> Section:
    """Commits per second of many writers at once, on one branch and on one each."""
    credentials = Credentials.fresh()
    section = Section(
        "Concurrent writers",
        f"{writers} callers, each making commits of one change one after the other for "
        f"{seconds:g} s, over gRPC (TCP); every commit durable before it is answered.",
        ("where", "commits/s", "p50 ms", "p99 ms"),
    )
    with TemporaryDirectory() as folder:
        async with running_service("svc_datakernel", Path(folder), credentials) as targets:
            endpoint = Endpoint(targets["datakernel"].address, "", credentials.token)
            async with GrpcApi(endpoint) as api:
                for title, shares in (("all on main", True), ("each on its own branch", False)):
                    section.rows.append(
                        (title, *await _write_side_by_side(api, writers, seconds, shares=shares))
                    )
    return section


async def _write_side_by_side(
    api: Api, writers: int, seconds: float, *, shares: bool
) -> tuple[str, str, str]:
    database = f"databases/writers-{'shared' if shares else 'own'}"
    await api(databases.CreateDatabaseRequest(database_id=database.partition("/")[2]))
    if not shares:
        for writer in range(writers):
            await api(branches.CreateBranchRequest(parent=database, branch_id=f"w{writer}"))
    latencies: list[float] = []
    started = perf_counter()

    async def write(writer: int) -> None:
        branch, version = "main" if shares else f"w{writer}", 0
        while (begin := perf_counter()) - started < seconds:
            version += 1
            await api(
                commits.CreateCommitRequest(
                    parent=f"{database}/branches/{branch}", operations=[_upsert(writer, version)]
                )
            )
            latencies.append(perf_counter() - begin)

    await asyncio.gather(*(write(writer) for writer in range(writers)))
    took = perf_counter() - started
    latencies.sort()
    return (
        f"{len(latencies) / took:,.0f}",
        f"{statistics.median(latencies) * 1000:.0f}",
        f"{latencies[int(len(latencies) * 0.99)] * 1000:.0f}",
    )
