"""What the kernel promises: costs that follow the change, not the size of the graph."""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

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


class _Graph:
    """A database of one size, and what is measured on it. Medians are in milliseconds."""

    def __init__(self, api: Api, size: int) -> None:
        self.size = size
        self.name = f"databases/n{size}"
        self.medians: dict[str, float] = {}
        self.bulk_per_s = 0.0
        self._api = api
        self._heads: list[str] = []
        self._old = Revision()
        # Apart, so that the documents touched lie all over the database.
        self._step = max(1, size // 97)

    async def fill(self) -> None:
        """Makes the documents and times it."""
        await self._api(databases.CreateDatabaseRequest(database_id=self.name.partition("/")[2]))
        self.bulk_per_s = await _load(self._api, self.name, self.size)
        head = await self._api(commits.ResolveRevisionRequest(parent=self.name))
        self._heads.append(head.commit.commit_id)
        self._old = Revision(commit=self._heads[0])

    async def commit(self, number: int, changes: int) -> None:
        """Commits changes of documents that lie apart."""
        numbers = [(number + index * self._step) % self.size for index in range(changes)]
        version = len(self._heads)
        self._heads.append(await _commit(self._api, self.name, numbers, version))

    async def diff(self, number: int) -> None:
        """Compares a commit of ten changes with its parent."""
        base, target = self._heads[-2 - number % 5], self._heads[-1 - number % 5]
        answer = await self._api(
            commits.DiffCommitsRequest(
                parent=self.name, base=Revision(commit=base), target=Revision(commit=target)
            )
        )
        assert len(answer.diffs) == 10

    async def branch(self, number: int) -> None:
        """Creates a branch."""
        await self._api(branches.CreateBranchRequest(parent=self.name, branch_id=f"b{number}"))

    async def read(self, number: int, *, is_old: bool) -> None:
        """Reads a document."""
        document = number * self._step % self.size
        await self._api(
            documents.GetDocumentRequest(
                parent=self.name,
                document_id=f"ObjectType/T{document:07}",
                revision=self._old if is_old else None,
            )
        )


_OPERATIONS: dict[str, Callable[[_Graph, int], Awaitable[None]]] = {
    "commit, 1 change": lambda graph, number: graph.commit(number, 1),
    "commit, 10 changes": lambda graph, number: graph.commit(number, 10),
    "diff, 10 changes": lambda graph, number: graph.diff(number),
    "create a branch": lambda graph, number: graph.branch(number),
    "read at the head": lambda graph, number: graph.read(number, is_old=False),
    "read as of an old commit": lambda graph, number: graph.read(number, is_old=True),
}


async def at_scales(sizes: Sequence[int], *, repeats: int) -> list[Section]:
    """Measures a kernel process over gRPC at several numbers of documents."""
    credentials = Credentials.fresh()
    with TemporaryDirectory() as folder:
        async with running_service("svc_datakernel", Path(folder), credentials) as targets:
            endpoint = Endpoint(targets["datakernel"].address, "", credentials.token)
            async with GrpcApi(endpoint) as api:
                graphs = [_Graph(api, size) for size in sizes]
                for graph in graphs:
                    await graph.fill()
                for name in _OPERATIONS:
                    await _measure(graphs, name, repeats)
    return [_scale_section(graphs, repeats), _bulk_section(graphs)]


async def _measure(graphs: list[_Graph], name: str, repeats: int) -> None:
    """Takes turns between the sizes, so that whatever else the machine does meets all."""
    taken: list[list[float]] = [[] for _ in graphs]
    for number in range(repeats):
        for graph, times in zip(graphs, taken, strict=True):
            started = perf_counter()
            await _OPERATIONS[name](graph, number)
            times.append(perf_counter() - started)
    for graph, times in zip(graphs, taken, strict=True):
        graph.medians[name] = statistics.median(times) * 1000


def _scale_section(graphs: list[_Graph], repeats: int) -> Section:
    section = Section(
        "The kernel at growing numbers of documents",
        f"One kernel process on SQLite, called over gRPC (TCP), durable commits; medians of "
        f"{repeats} calls in milliseconds, in turn between the sizes; the call's own cost is "
        f"included. The old commit lies {2 * repeats} commits back.",
        ("operation", *(f"{graph.size:,} documents" for graph in graphs), "last / first"),
    )
    first, last = graphs[0].medians, graphs[-1].medians
    for name in first:
        growth = last[name] / first[name]
        cells = (f"{graph.medians[name]:.2f}" for graph in graphs)
        section.rows.append((name, *cells, f"{growth:.2f}"))
        text = (
            f"{name}: {growth:.2f} times the cost at {graphs[-1].size // graphs[0].size:,} "
            f"times the documents; must not grow (at most {_MOST_GROWTH:g})"
        )
        section.goals.append(Goal(text, growth <= _MOST_GROWTH))
    old, head = "read as of an old commit", "read at the head"
    worst = max(graph.medians[old] / graph.medians[head] for graph in graphs)
    section.goals.append(
        Goal(
            f"read as of an old commit: {worst:.2f} times a read at the head at the worst; "
            f"promised are at most {_READ_GOAL:g}",
            worst <= _READ_GOAL,
        )
    )
    return section


def _bulk_section(graphs: list[_Graph]) -> Section:
    section = Section(
        "Bulk loading",
        f"New documents of about {len(_content(0))} bytes in commits of up to {_BULK:,}.",
        ("documents", "documents/s"),
    )
    for graph in graphs:
        section.rows.append((f"{graph.size:,}", f"{graph.bulk_per_s:,.0f}"))
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
