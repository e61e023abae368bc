"""What graph databases promise: schema-checked and indexed writes, reads, queries and templates."""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import grpc.aio
from google.api.httpbody_pb2 import HttpBody
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branches
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.datakernel.v1 import database_service_pb2 as databases
from oms.datakernel.v1 import maintenance_service_pb2 as maintenance
from oms.datakernel.v1 import model_document_service_pb2 as documents
from oms.datakernel.v1 import query_service_pb2 as queries
from oms_testing.e2e import Api, Endpoint, GrpcApi

from tests.bench.local import channels, logging_to_a_file
from tests.bench.processes import Credentials, echo_server, running_service
from tests.bench.report import Goal, Section

_SCHEMA = [
    {
        "@type": "Class",
        "@id": "Person",
        "@key": {"@type": "Lexical", "@fields": ["name"]},
        "name": "xsd:string",
        "age": "xsd:integer",
        "city": "xsd:string",
        "score": "xsd:decimal",
        "joined": "xsd:date",
    }
]
_BULK = 5_000
_HITS = 100
_SMALL = 10_000
_LARGE = 1_000_000
_PROMISED = (
    ("insert one, durable", "insert_one", 4.0),
    ("get one", "get", 1.0),
    ("WOQL, two triples, limit 10", "woql", 3.0),
    (f"template query, {_HITS} hits", "template", 10.0),
)


def _person(number: int, *, size: int, age: int = 40) -> dict[str, Any]:
    return {
        "@type": "Person",
        "name": f"p{number:07}",
        "age": age + number % 30,
        # Every city has _HITS people, spread over the database.
        "city": f"city {number % max(1, size // _HITS)}",
        "score": number / 4,
        "joined": f"20{number % 24:02}-0{1 + number % 9}-1{number % 10}",
    }


def _body(value: object) -> HttpBody:
    return HttpBody(content_type="application/json", data=json.dumps(value).encode())


class _People:
    """A graph database of some size and the calls made to it."""

    def __init__(self, api: Api, name: str, size: int) -> None:
        self.size = size
        self.name = f"databases/{name}"
        self.main = f"{self.name}/branches/main"
        self._api = api
        self._fresh = 0
        self._version = 0

    async def create(self) -> None:
        """Creates the database and its schema."""
        await self._api(
            databases.CreateDatabaseRequest(
                database_id=self.name.partition("/")[2],
                database=databases.Database(model=databases.DATABASE_MODEL_GRAPH),
            )
        )
        await self._insert(_SCHEMA, graph=documents.GRAPH_SCHEMA)

    async def fill(self) -> float:
        """Inserts everybody; gives documents per second."""
        batches = [
            _body([_person(n, size=self.size) for n in range(first, min(first + _BULK, self.size))])
            for first in range(0, self.size, _BULK)
        ]
        started = perf_counter()
        for body in batches:
            await self._api(documents.InsertDocumentsRequest(parent=self.main, body=body))
        return self.size / (perf_counter() - started)

    async def _insert(self, value: object, **options: Any) -> None:
        await self._api(
            documents.InsertDocumentsRequest(parent=self.main, body=_body(value), **options)
        )

    async def insert_one(self, _: int) -> None:
        """Inserts somebody new, durably."""
        self._fresh += 1
        person = _person(self.size + self._fresh, size=self.size)
        await self._insert(person | {"city": "elsewhere"})

    async def replace(self, number: int, *, count: int = 1) -> str:
        """Changes people who lie apart, in one commit; gives its id."""
        step = max(1, self.size // 97)
        self._version += 1
        people = [
            _person((number + index * step) % self.size, size=self.size, age=self._version)
            for index in range(count)
        ]
        answer = await self._api(
            documents.ReplaceDocumentsRequest(parent=self.main, body=_body(people))
        )
        return answer.commit.commit_id

    async def get(self, number: int, *, commit: str = "") -> None:
        """Gets somebody, each time somebody else."""
        person = number * 7919 % self.size
        await self._api(
            documents.ReadDocumentRequest(
                parent=self.name,
                document_id=f"Person/p{person:07}",
                revision=Revision(commit=commit) if commit else None,
            )
        )

    async def woql(self, number: int) -> None:
        """Ten people with name and city."""
        variable = {"@type": "NodeValue", "variable": "p"}
        triples = [
            {
                "@type": "Triple",
                "subject": variable,
                "predicate": {"@type": "NodeValue", "node": field},
                "object": {"@type": "Value", "variable": field},
            }
            for field in ("name", "city")
        ]
        query = {"@type": "Limit", "limit": 10, "query": {"@type": "And", "and": triples}}
        answer = await self._api(
            queries.QueryRequest(parent=self.name, body=_body({"query": query}))
        )
        assert len(json.loads(answer.body.data)["bindings"]) == 10, number

    async def template(self, number: int) -> None:
        """Everybody of one city."""
        city = f"city {number % (self.size // _HITS)}"
        request = documents.MatchDocumentsRequest(
            parent=self.name, body=_body({"@type": "Person", "city": city}), as_list=True
        )
        assert len(json.loads(await self._api.download(request))) == _HITS

    async def branch(self, number: int) -> None:
        """Creates a branch."""
        await self._api(branches.CreateBranchRequest(parent=self.name, branch_id=f"b{number}"))

    async def diff(self, base: str, target: str) -> None:
        """Compares two commits that differ in ten documents."""
        answer = await self._api(
            commits.DiffCommitsRequest(
                parent=self.name, base=Revision(commit=base), target=Revision(commit=target)
            )
        )
        assert len(answer.diffs) == 10

    async def bytes_on_disk(self) -> int:
        """Size of the database on disk."""
        request = maintenance.GetDatabaseStatisticsRequest(name=self.name)
        answer = await self._api(request)
        return answer.disk_size_bytes


async def _median_ms(call: Callable[[int], Awaitable[object]], repeats: int) -> float:
    times: list[float] = []
    for number in range(repeats):
        started = perf_counter()
        await call(number)
        times.append(perf_counter() - started)
    return statistics.median(times) * 1000


@asynccontextmanager
async def _kernel(folder: Path, credentials: Credentials, **environment: str) -> AsyncIterator[Api]:
    async with running_service("svc_datakernel", folder, credentials, **environment) as targets:
        endpoint = Endpoint(targets["datakernel"].address, "", credentials.token)
        async with GrpcApi(endpoint) as api:
            yield api


async def small(*, repeats: int) -> Section:
    """The promises at ten thousand documents."""
    section = Section(
        "A graph database of 10,000 documents",
        "On SQLite, one call at a time; documents of five fields, checked against their class and "
        "indexed; every commit durable before it is answered; nothing cached; medians of "
        f"{repeats} calls. Over gRPC (TCP) to a kernel process, which is what the promises are "
        "about, and over the local channel of a process that hosts the kernel. The empty call is "
        "one to a bare grpcio server, which answers what it was sent: the least that TCP takes.",
        ("operation", "over TCP, ms", "over the local channel, ms"),
    )
    with TemporaryDirectory() as folder, logging_to_a_file():
        async with (
            _kernel(Path(folder), Credentials.fresh()) as api,
            channels() as (local, _, token),
            echo_server() as echo,
            grpc.aio.insecure_channel(echo.address) as bare,
        ):
            hosted = GrpcApi(Endpoint("local", "", token), channels={"local": local})
            pair = [_People(each, "small", _SMALL) for each in (api, hosted)]
            for people in pair:
                await people.create()
                await people.fill()
            section.rows.append(("an empty call", f"{await _empty_ms(bare, repeats):.2f}", ""))
            for title, name, most_ms in _PROMISED:
                calls = [getattr(people, name) for people in pair]
                took, inside = [await _median_ms(call, repeats) for call in calls]
                section.rows.append((title, f"{took:.2f}", f"{inside:.2f}"))
                section.goals.append(
                    Goal(f"{title}: {took:.2f} ms; at most {most_ms:g} ms", took <= most_ms)
                )
    return section


async def _empty_ms(channel: grpc.aio.Channel, repeats: int) -> float:
    request = databases.GetDatabaseRequest(name="databases/small")
    call: Any = channel.unary_unary(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        f"/bench.Echo/{request.DESCRIPTOR.full_name}",
        request_serializer=databases.GetDatabaseRequest.SerializeToString,
    )
    return await _median_ms(lambda _: call(request), repeats)


async def large(*, size: int, repeats: int) -> list[Section]:
    """The promises at a million documents, beside a database of ten thousand."""
    credentials = Credentials.fresh()
    section = Section(
        f"A graph database of {size:,} documents",
        "As above; medians in milliseconds, the database of 10,000 documents beside it in the "
        "same process, in turn.",
        ("operation", "10,000 documents", f"{size:,} documents"),
    )
    bulk = Section(
        "Bulk insert into a graph database",
        f"Documents of five fields in commits of {_BULK:,}, from JSON over gRPC to durable, "
        "checked and indexed.",
        ("documents", "documents/s", "bytes on disk a document"),
    )
    with TemporaryDirectory() as folder:
        async with _kernel(Path(folder), credentials) as api:
            pair = [_People(api, "beside", _SMALL), _People(api, "large", size)]
            for people in pair:
                await people.create()
                rate = await people.fill()
                per_document = await people.bytes_on_disk() / people.size
                bulk.rows.append((f"{people.size:,}", f"{rate:,.0f}", f"{per_document:,.0f}"))
            bulk.goals.append(
                Goal(f"{rate:,.0f} documents/s; promised are at least 20,000", rate >= 20_000)
            )
            await _compare(section, pair, repeats)
        await _reopened(section, Path(folder), credentials, pair)
    return [bulk, section]


async def _compare(section: Section, pair: Sequence[_People], repeats: int) -> None:
    ends = [(await p.replace(1, count=10), await p.replace(2, count=10)) for p in pair]
    calls: dict[str, list[Callable[[int], Awaitable[object]]]] = {
        "commit, 1 change": [p.replace for p in pair],
        "create a branch": [p.branch for p in pair],
        "get one": [p.get for p in pair],
        "diff, 10 changes": [
            lambda _, p=p, e=e: p.diff(*e) for p, e in zip(pair, ends, strict=True)
        ],
    }
    most_ms = {"create a branch": 5.0, "diff, 10 changes": 20.0}
    for title, sides in calls.items():
        small_ms, large_ms = [await _median_ms(side, repeats) for side in sides]
        section.rows.append((title, f"{small_ms:.2f}", f"{large_ms:.2f}"))
        if title in most_ms:
            text = f"{title}: {large_ms:.2f} ms; at most {most_ms[title]:g} ms"
            section.goals.append(Goal(text, large_ms <= most_ms[title]))
        elif title.startswith("commit"):
            ratio = large_ms / small_ms
            text = f"{title}: {ratio:.2f} times the cost; must not grow (at most 2)"
            section.goals.append(Goal(text, ratio <= 2))


async def _reopened(
    section: Section, folder: Path, credentials: Credentials, pair: Sequence[_People]
) -> None:
    """The first read of each database by a fresh process: opening it and reading once."""
    firsts: list[float] = []
    async with _kernel(folder, credentials) as api:
        await api(databases.ListDatabasesRequest(page_size=1))
        for people in pair:
            started = perf_counter()
            await _People(api, people.name.partition("/")[2], people.size).get(1)
            firsts.append((perf_counter() - started) * 1000)
    section.rows.append(("open and get one", *(f"{first:.1f}" for first in firsts)))
    text = f"opening {pair[-1].size:,} documents: {firsts[-1]:.0f} ms; at most 500 ms"
    section.goals.append(Goal(text, firsts[-1] <= 500))


async def as_of(*, depth: int, repeats: int) -> Section:
    """Reads at the first commit and at the head, with many commits between."""
    credentials = Credentials.fresh()
    section = Section(
        f"Reading as of an old commit, {depth:,} commits later",
        f"A graph database of 1,000 documents, one of which changed {depth:,} times; medians of "
        f"{repeats} gets and queries, in milliseconds.",
        ("operation", "at the head", "at the old commit", "ratio"),
    )
    with TemporaryDirectory() as folder:
        async with _kernel(Path(folder), credentials) as api:
            people = _People(api, "deep", 1_000)
            await people.create()
            await people.fill()
            first = await people.replace(0)
            for _ in range(depth // 100):
                await asyncio.gather(*(people.replace(0) for _ in range(100)))
            head_ms = await _median_ms(people.get, repeats)
            old_ms = await _median_ms(lambda n: people.get(n, commit=first), repeats)
    ratio = old_ms / head_ms
    section.rows.append(("get one", f"{head_ms:.2f}", f"{old_ms:.2f}", f"{ratio:.2f}"))
    section.goals.append(
        Goal(f"get as of an old commit: {ratio:.2f} times a get at the head; at most 2", ratio <= 2)
    )
    return section


async def backends(postgresql_url: str, *, repeats: int, seconds: float) -> Section:
    """SQLite and PostgreSQL side by side."""
    credentials = Credentials.fresh()
    section = Section(
        "SQLite and PostgreSQL",
        f"The same calls to a kernel process on each, over gRPC (TCP), in turn; medians of "
        f"{repeats} calls; writers make commits of one document each for {seconds:g} s.",
        ("operation", "SQLite", "PostgreSQL", "PostgreSQL / SQLite"),
    )
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        async with (
            _kernel(Path(one), credentials) as sqlite,
            _kernel(Path(other), credentials, OMS_KERNEL_URL=postgresql_url) as postgresql,
        ):
            pair = [_People(api, "side-by-side", _SMALL) for api in (sqlite, postgresql)]
            for people in pair:
                await people.create()
                await people.fill()
            gets = [await _median_ms(people.get, repeats) for people in pair]
            inserts = [await _median_ms(people.insert_one, repeats) for people in pair]
            commits_per_s = [await _eight_writers(people, seconds) for people in pair]
    for title, (left, right) in (("get one, ms", gets), ("insert one, ms", inserts)):
        section.rows.append((title, f"{left:.2f}", f"{right:.2f}", f"{right / left:.2f}"))
    left, right = commits_per_s
    section.rows.append(
        ("commits/s of 8 writers", f"{left:,.0f}", f"{right:,.0f}", f"{right / left:.2f}")
    )
    ratio = gets[1] / gets[0]
    section.goals += [
        Goal(f"PostgreSQL's get is {ratio:.2f} times SQLite's; at most 5", ratio <= 5),
        Goal(
            f"eight writers make {right / left:.2f} times as many commits on PostgreSQL; "
            "promised is more than 1",
            right > left,
        ),
    ]
    return section


async def _eight_writers(people: _People, seconds: float) -> float:
    made = 0
    started = perf_counter()

    async def write() -> None:
        nonlocal made
        while perf_counter() - started < seconds:
            await people.insert_one(0)
            made += 1

    await asyncio.gather(*(write() for _ in range(8)))
    return made / (perf_counter() - started)
