"""A large list as GraphQL: the generated schema's plans beside Strawberry and graphql-core.

Every side starts from the same gRPC answer, and has to end with the same bytes.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from time import process_time
from typing import Any

import orjson
import strawberry
from graphql import parse
from graphql.execution.values import VariableValues
from oms.object.v1 import object_pb2
from oms.object.v1 import object_service_pb2 as pb
from strawberry.extensions import ParserCache, ValidationCache
from svc_graphql.adapters.known import KnownOntology
from svc_graphql.adapters.objects import GrpcObjects
from svc_graphql.domain.execution import executor, reference
from svc_graphql.domain.execution.bindings import Root
from svc_graphql.domain.execution.fetching import Fetcher
from svc_graphql.domain.execution.requests import Find, Paging, Row
from svc_graphql.domain.generated.compiler import Generated, generate
from svc_graphql.domain.ontology.model import BaseType, ObjectType, Ontology, Property

from tests.bench.report import Goal, Section

Run = Callable[[], Awaitable[bytes]]
_ROWS = 1_000
_COMMIT = "c" * 64
_GOAL = 10.0
_TYPES = {
    "name": BaseType.STRING,
    "title": BaseType.STRING,
    "note": BaseType.STRING,
    "big": BaseType.INTEGER,
    "count": BaseType.INT,
    "level": BaseType.INT,
    "score": BaseType.FLOAT,
    "weight": BaseType.FLOAT,
    "price": BaseType.DECIMAL,
    "is_open": BaseType.BOOLEAN,
    "day": BaseType.DATE,
    "moment": BaseType.DATE_TIME,
    "home": BaseType.URI,
}
_QUERY = f"{{ partList(first: {_ROWS}) {{ nodes {{ id {' '.join(_TYPES)} }} }} }}"


async def lists(*, rounds: int) -> Section:
    """Runs every side in turn."""
    sides = _sides()
    bodies = {name: await run() for name, run in sides.items()}
    assert len(set(bodies.values())) == 1, "the sides answer different bytes"
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            gc.collect()
            started = process_time()
            await run()
            taken[name].append((process_time() - started) * 1e3)
    return _section(taken, len(next(iter(bodies.values()))), rounds)


def _section(taken: dict[str, list[float]], size: int, rounds: int) -> Section:
    section = Section(
        f"A list of {_ROWS:,} objects with {len(_TYPES) + 1} fields",
        f"One query: {_ROWS:,} objects are completed and written, {size:,} bytes, the same from "
        f"every side. Processor time, {rounds} rounds in turn, medians. Strawberry runs with its "
        "caches of parsed and validated documents. *From the bytes* begins at one answer of "
        "`SearchObjects` with its values as JSON, of which the plan writes them on as they are. "
        "Otherwise the objects are there already, with a value for each property.",
        ("what", "CPU ms", "times the plan"),
    )
    medians = {name: statistics.median(values) for name, values in taken.items()}
    for name, value in medians.items():
        _, comma, begin = name.partition(",")
        base = medians[f"plan{comma}{begin}"]
        section.rows.append((name, f"{value:.2f}", f"{value / base:.1f}"))
    for begin, told in (("", "with the objects there"), (", from the bytes", "from the bytes")):
        ratio = medians[f"Strawberry{begin}"] / medians[f"plan{begin}"]
        text = f"{ratio:.1f} times as fast as Strawberry with its caches, {told}; promised: 10"
        section.goals.append(Goal(text, ratio >= _GOAL))
    return section


# --- the sides -----------------------------------------------------------------------------


def _sides() -> dict[str, Run]:
    generated = generate(_ontology())
    known = KnownOntology(generated.ontology)
    objects = _objects(known, _answer())
    decoded = _Decoded(objects)
    prepared = executor.prepare(parse(_QUERY), None)
    return {
        "plan": lambda: _planned(generated, prepared, decoded),
        "graphql-core": lambda: _by_graphql_core(generated, prepared, decoded),
        "Strawberry": _strawberry(decoded.rows),
        "plan, from the bytes": lambda: _planned(generated, prepared, objects),
        "Strawberry, from the bytes": _strawberry(objects.rows),
    }


async def _planned(generated: Generated, prepared: executor.Prepared, objects: Any) -> bytes:
    written = await executor.execute(generated, prepared, {}, objects=objects, max_rows=_ROWS)
    assert written.is_planned
    return written.body


async def _by_graphql_core(
    generated: Generated, prepared: executor.Prepared, objects: Any
) -> bytes:
    """The same fetch, written by graphql-core alone."""
    variables = VariableValues({}, {})
    plan = executor.plan_of(generated, prepared, variables)
    fetcher = Fetcher(objects, generated.type_names, variables, max_rows=_ROWS)
    root = Root(_COMMIT)
    fetched = await fetcher.run(plan.root, root, is_serial=False)
    result = reference.write(
        generated, prepared.document, root, fetched=fetched, variables={}, operation_name=None
    )
    return executor.dumped(result.formatted)


def _ontology() -> Ontology:
    properties = tuple(Property(name, type_) for name, type_ in _TYPES.items())
    part = ObjectType("Part", properties=properties)
    return Ontology("bench", _COMMIT, object_types={"Part": part})


def _answer() -> bytes:
    """An answer with values as JSON, as svc_api writes them."""
    return pb.SearchObjectsResponse(
        objects=[
            object_pb2.Object(
                name=f"ontologies/bench/objectTypes/Part/objects/{n}",
                values_json=orjson.dumps(
                    {
                        "name": f"part {n}",
                        "title": f"Part “{n}” of the list",
                        "note": "as good as new, and never used in anger",
                        "big": str(10**18 + n),
                        "count": n,
                        "level": n % 7,
                        "score": n / 8,
                        "weight": n * 0.25 + 0.125,
                        "price": f"{n}.50",
                        "is_open": n % 2 == 0,
                        "day": "2026-01-31",
                        "moment": "2026-01-31T12:00:00Z",
                        "home": f"https://example.org/{n}",
                    }
                ),
                etag=f"{n:032x}",
                create_time=datetime(2026, 1, 31, tzinfo=UTC),
                update_time=datetime(2026, 1, 31, tzinfo=UTC),
                created_by="alice",
                updated_by="alice",
            )
            for n in range(_ROWS)
        ],
        commit_id=_COMMIT,
        total_size=_ROWS,
    ).SerializeToString()


_EVERYTHING = Find("objectTypes/Part", Paging(first=_ROWS, properties=tuple(_TYPES)))


class _BenchObjects(GrpcObjects):
    """Objects whose calls are answered at once."""

    async def rows(self) -> list[Row]:
        """The rows, decoded."""
        page = await self.find(_EVERYTHING)
        return list(page.rows)


class _Answering:
    """A channel that has the bytes of the answer."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def unary_unary(self, path: str, **options: Any) -> Any:
        async def call(_request: Any, **_options: Any) -> Any:
            assert path.endswith("/SearchObjects")
            return options["response_deserializer"](self._answer)

        return call


def _objects(known: KnownOntology, answer: bytes) -> _BenchObjects:
    return _BenchObjects(_Answering(answer), known, commit_id=_COMMIT, branch=None)


class _Decoded:
    """Objects that are decoded once and for all."""

    def __init__(self, objects: _BenchObjects) -> None:
        self._objects = objects
        self._page: Any = None
        self.commit_id = _COMMIT

    async def find(self, request: Any) -> Any:
        if self._page is None:
            page = await self._objects.find(request or _EVERYTHING)
            rows = [Row(row.id, row.type, row.values, row.facts) for row in page.rows]
            self._page = replace(page, rows=rows)
        return self._page

    async def rows(self) -> list[Row]:
        """The rows, as they were decoded."""
        return list((await self.find(None)).rows)


# --- Strawberry ----------------------------------------------------------------------------


def _values(row: Row) -> dict[str, Any]:
    return {name: row.values.get(name) for name in _TYPES}


def _strawberry(rows: Callable[[], Awaitable[list[Row]]]) -> Run:
    python = {BaseType.INT: int, BaseType.FLOAT: float, BaseType.BOOLEAN: bool}
    annotations = {name: python.get(type_, str) for name, type_ in _TYPES.items()}
    body = {"__annotations__": {"id": strawberry.ID, **annotations}}
    part: Any = strawberry.type(type("Part", (), body))
    body = {"__annotations__": {"nodes": list[part]}}
    connection: Any = strawberry.type(type("PartConnection", (), body))

    async def part_list(first: int) -> Any:
        found = (await rows())[:first]
        return connection(nodes=[part(id=row.id, **_values(row)) for row in found])

    part_list.__annotations__["return"] = connection
    query = type("Query", (), {"part_list": strawberry.field(resolver=part_list)})
    schema = strawberry.Schema(
        query=strawberry.type(query), extensions=[ParserCache, ValidationCache]
    )
    text = _QUERY.replace("is_open", "is_open: isOpen")

    async def run() -> bytes:
        result = await schema.execute(text)
        assert not result.errors, result.errors
        return orjson.dumps({"data": result.data})

    return run
